"""Resources that two targets write with one id and different content, so that each run undoes the other one's.

Resources in resource groups of others are the usual case: targets share a hub's zones, networks and vaults.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from mlinfra.diagnostics import Diagnostic, Related, finding
from mlinfra.emit.subnets import subnets_of_others
from mlinfra.graph.findings import at
from mlinfra.languages import ROWS
from mlinfra.languages.resource import Of
from mlinfra.plan import Plan
from mlinfra.rules.targets import ONE_RESOURCE_TWICE

_NOTES = ("tags", "description", "notes")  # keys that say nothing of what a resource does: the last run may write them


class _Written(NamedTuple):
    plan: Plan
    owner: str  # address of the entry that it is made for
    address: str
    name: str
    content: Any


def written_twice(plans: Sequence[Plan]) -> Iterator[Diagnostic]:
    """One finding for each id whose content differs between two targets; `plans` in promotion order."""
    first: dict[str, _Written] = {}
    for plan in plans:
        for identifier, written in _of_target(plan):
            other = first.setdefault(identifier.lower(), written)
            if other.content != written.content:
                yield _finding(other, written, identifier)


def _of_target(plan: Plan) -> Iterator[tuple[str, _Written]]:
    for item in plan.resources:
        resource = item.resource
        body = {key: value for key, value in resource.body.items() if key not in _NOTES}
        content = with_ids(body, plan)
        yield item.id, _Written(plan, resource.owner, resource.address, resource.names[-1], content)
    for _, subnet in subnets_of_others(plan):
        content = subnet.options, [(joint.property, joint.id.lower()) for joint in subnet.joints]
        yield subnet.id, _Written(plan, subnet.address, subnet.address, subnet.name, content)


def with_ids(value: Any, plan: Plan) -> Any:
    """A value of a body with the ids of the resources that it refers to, which differ between targets."""
    if isinstance(value, Of):
        planned, entry = plan.by_address.get(value.address), plan.graph.entries.get(value.address)
        identifier = planned.id if planned else entry.id if entry else value.address
        return str(identifier).lower(), value.property
    if isinstance(value, dict):
        pairs = ((with_ids(key, plan), with_ids(below, plan)) for key, below in value.items())
        return {key: below for key, below in pairs if key not in _NOTES}
    return [with_ids(below, plan) for below in value] if isinstance(value, list | tuple) else value


def _finding(first: _Written, second: _Written, identifier: str) -> Diagnostic:
    graph = second.plan.graph
    entry, name = graph.entries[second.owner], f"{second.name}-${{target.name}}"
    target, other = graph.target, first.plan.graph.target
    message = (
        f"{second.address}: {other.name} and {target.name} write different content to one Azure resource, {identifier}"
    )
    help = f"write azure_name: {name}"
    altering = ROWS[entry.section].altering
    if entry.because and altering and "azure_name" in altering.model_fields:
        help = f"write derived: {{{second.address}: {{azure_name: {name}}}}}"
    related = (Related(f"target {target.name} is written here", target.span),)
    return finding(ONE_RESOURCE_TWICE, message, at(entry), help, related)

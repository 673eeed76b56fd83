"""Rules of what `bootstrap.sh` makes beside a target: the group with the identities of its service connections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.azure.name_rules import RESOURCE_GROUP
from mlinfra.azure.names import name_problem
from mlinfra.diagnostics import Code, Diagnostic, Related, Span, finding
from mlinfra.graph import Graph
from mlinfra.header import Header, Target
from mlinfra.header.places import TARGETS, is_written
from mlinfra.rules.rule import over_targets
from mlinfra.source import tree

CONNECTIONS_GROUP = Code(
    "MLI551",
    "error",
    "Resource group of service connections that can't be",
    "The identities of a target's service connections live in a resource group of their own, called as the target's "
    "with -connections behind it: whoever deploys to a group may change the identities in it",
    "Give the target's resource group a shorter name, or the other target's another one",
    "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules",
)


def _groups_of_connections_are_their_own(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    if graphs and graphs[0].header.pipelines:
        yield from _wrong_groups(graphs[0].header)


def _wrong_groups(header: Header) -> Iterator[Diagnostic]:
    groups = {(target.subscription, target.resource_group.name.lower()): target for target in header.targets}
    for target in header.targets:
        name = target.resource_group.of_connections
        span = _place(header, target)
        if problem := name_problem(RESOURCE_GROUP, name):
            message = f'the group of the connections of target {target.name} would be "{name}", which {problem}'
            yield finding(CONNECTIONS_GROUP, message, span, "write a shorter resource_group.name")
        elif other := groups.get((target.subscription, name.lower())):
            message = f'the group of the connections of target {target.name} would be "{name}", where {other.name} is'
            related = (Related(f"target {other.name} is deployed to it", _place(header, other)),)
            yield finding(CONNECTIONS_GROUP, message, span, "write another resource_group.name", related)


def _place(header: Header, target: Target) -> Span:
    """Where its resource group is named, else the target itself."""
    path = (TARGETS, target.name, "resource_group", "name")
    return tree.deepest(header.written, path).span if is_written(header.written, path) else target.span


BOOTSTRAP_RULES = (over_targets(CONNECTIONS_GROUP, _groups_of_connections_are_their_own),)

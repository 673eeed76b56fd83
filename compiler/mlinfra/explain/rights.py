"""Who grants a right that is missing: our own script, or that of the owner of another resource group."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from mlinfra.azure.failures import Cause, Found
from mlinfra.emit.elsewhere import HandOver, hand_overs
from mlinfra.plan import Plan

_OF_RIGHTS = frozenset({"no_right", "linked_scope", "may_not_assign_roles"})
_TARGET = "<target>"
_OF_OWNER = (
    "The owner of resource group {group} runs {folder}/run.sh, which gives the connection its rights there; "
    "--audit says what is missing, and README.md beside it lists it"
)
_OF_OTHERS = (
    "The scope is in resource group {group}, which is not a group of the platform: ask its owner for the action that "
    "the error names, for the connection of the step that failed"
)
_GROUP = re.compile(r"/resourceGroups/(?P<name>[^/'\"\s]+)", re.IGNORECASE)
_OF_AZURE = ("mc_", "databricks-rg-", "networkwatcher")  # groups that services of Azure keep


def with_advice(found: Found, said: str, plans: Sequence[Plan], target: str) -> Cause:
    """The cause with what to do in a target, empty if no one is known: of rights, who grants them at that scope."""
    cause = found.cause
    if cause.key in _OF_RIGHTS:
        scope = " ".join(found.named) or said
        own = next(_of_owners(scope, plans), None) or next(_of_owners(said, plans), None) or _elsewhere(scope, plans)
        if own:
            return cause._replace(do=own)
    return cause._replace(do=cause.do.replace(_TARGET, target)) if target else cause


def _elsewhere(scope: str, plans: Sequence[Plan]) -> str | None:
    """What to do about a scope in a group that is none of the platform's, and for which there is no hand-over."""
    group = _GROUP.search(scope)
    if group is None or not plans:
        return None
    ours = {plan.graph.target.resource_group.name.lower() for plan in plans}
    ours |= {plan.graph.target.resource_group.of_connections.lower() for plan in plans}
    name = group["name"]
    return None if name.lower() in ours or name.lower().startswith(_OF_AZURE) else _OF_OTHERS.format(group=name)


def _of_owners(said: str, plans: Iterable[Plan]) -> Iterator[str]:
    """What the owners of other groups do, of which a text names something on which a connection needs a right."""
    for plan in plans:
        for each in hand_overs(plan):
            if each.needed and _names(each, said.lower()):
                yield _OF_OWNER.format(group=each.group[1], folder=f"{plan.graph.target.name}/{each.unit}")


def _names(each: HandOver, said: str) -> bool:
    """Whether a text names the group, or something in it on which a connection needs a right."""
    subscription, group = (part.lower() for part in each.group)
    if f"/subscriptions/{subscription}/resourcegroups/{group}/" in f"{said}/".replace("'", "/").replace('"', "/"):
        return True
    return any(scope.lower() in said for _, scope, _ in each.grants())

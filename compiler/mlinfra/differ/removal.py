"""What removes for good what a change leaves behind: the commands of a person, in the order in which nothing breaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from mlinfra.azure.roles import ROLE_ASSIGNMENTS_TYPE
from mlinfra.differ.model import Found, Removal
from mlinfra.differ.remedies import ENDPOINT, IN_WORKSPACE, LOCKS, deletions, lost_with
from mlinfra.differ.renaming import ONLY_THE_NAME
from mlinfra.differ.spec import Spec
from mlinfra.differ.things import row_of
from mlinfra.emit.az import in_workspace, word
from mlinfra.emit.once import once
from mlinfra.languages import ROWS
from mlinfra.languages.language import Section
from mlinfra.plan import Plan, Planned

_LOCK = f"/providers/{LOCKS}/".lower()
_DIAGNOSTICS = "Microsoft.Insights/diagnosticSettings"
_IDENTITIES = "Microsoft.ManagedIdentity/userAssignedIdentities"
# What is no part of what it stands on, and stays where that is deleted.
_BESIDE = (LOCKS, _DIAGNOSTICS, ROLE_ASSIGNMENTS_TYPE)
# The order of removal; what has no id lies in a workspace.
_STARTS, _SERVES = 1, 2
_PLACES = {LOCKS: 0, _DIAGNOSTICS: 3, ROLE_ASSIGNMENTS_TYPE: 5, _IDENTITIES: 6}
_WHATEVER_ELSE, _DATA = 4, 7


def removals(found: Iterable[Found], earlier: Spec | None) -> Iterator[Removal]:
    """In each target: what starts by itself, what serves, what these need, grants, identities, data at last.

    Nothing where something may only be called otherwise: that is asked first. What is a part of something else that
    goes is deleted with it, and assets cost nothing, so they are left registered.
    """
    left = [each for each in found if each.remains and each.action == "deleted" and "orphans" in each.classes]
    if earlier is None or any(each.remedy.startswith(ONLY_THE_NAME) for each in left):
        return
    left += [lock for lock in _locks_that_stay(left, earlier) if lock not in left]
    places = {(each.target, each.address) for each in left}
    due = [(each, row_of(each)) for each in left if not _goes_with_another(each, places)]
    for each, row in sorted(due, key=lambda item: (item[0].target or "", *_rank(*item))):
        if each.id or not (row and row.versioned):
            loses = lost_with(row) if row and row.stateful else ""
            for command in _commands(each, row, earlier):
                yield Removal(each.target or "", each.address, command, loses)


def locks_on(found: Found, earlier: Spec | None) -> Iterator[Planned]:
    """The locks that keep something from being deleted: on it, or on what it is a part of."""
    plan = earlier.plans.get(found.target or "") if earlier else None
    if plan is None or not found.id or found.type == LOCKS:
        return
    names = found.id.lower().split("/")
    for count in range(len(names), 0, -1):
        yield from _locks(plan).get("/".join(names[:count]), ())


@once
def _locks(plan: Plan) -> dict[str, list[Planned]]:
    """The locks of a target, by the id of what each is on."""
    found: dict[str, list[Planned]] = {}
    for planned in plan.resources:
        if planned.resource.type == LOCKS:
            found.setdefault(planned.id.lower().partition(_LOCK)[0], []).append(planned)
    return found


def _locks_that_stay(left: Iterable[Found], earlier: Spec) -> Iterator[Found]:
    """The locks that have to go before what is left behind, and that are not left behind themselves."""
    there = {each.id for each in left}
    found = {
        planned.id: Found(planned.resource.address, each.target, LOCKS, planned.id, "", "deleted", ())
        for each in left
        for planned in locks_on(each, earlier)
        if planned.id not in there
    }
    yield from found.values()


def with_locks(found: Found, earlier: Spec | None) -> Found:
    """The same, with the commands that remove the locks before the one that deletes it."""
    command = next(deletions(found, row_of(found), ""), "") if found.id and found.remains else ""
    if not command or command not in found.remedy:
        return found
    first = [f"az lock delete --ids {word(lock.id)}" for lock in locks_on(found, earlier)]
    return replace(found, remedy=found.remedy.replace(command, " && ".join((*first, command)), 1))


def with_places(found: Found, earlier: Spec | None) -> Found:
    """The same, with the workspace and the endpoint in the commands of its remedy."""
    entry = earlier.entry(found.target or "", found.address) if earlier else None
    if earlier is None or entry is None or IN_WORKSPACE not in found.remedy:
        return found
    graph = earlier.graphs[found.target or ""]
    text = found.remedy.replace(IN_WORKSPACE, in_workspace(graph, entry))
    endpoint = graph.entries.get(entry.parent or "")
    return replace(found, remedy=text.replace(ENDPOINT, word(endpoint.azure_name)) if endpoint else text)


def _goes_with_another(found: Found, places: set[tuple[str | None, str]]) -> bool:
    keys = found.address.split(".")
    above = (".".join(keys[:count]) for count in range(2, len(keys)))
    return found.type not in _BESIDE and any((found.target, address) in places for address in above)


def _rank(found: Found, row: Section | None) -> tuple[int, int, str]:
    if found.id:
        place = _PLACES.get(found.type, _DATA if row and row.stateful else _WHATEVER_ELSE)
    else:
        place = _STARTS if row and row.is_scheduled else _SERVES
    order = list(ROWS).index(row.name) if row else 0
    return place, -order, found.address


def _commands(found: Found, row: Section | None, earlier: Spec) -> Iterator[str]:
    entry = earlier.entry(found.target or "", found.address) if not found.id else None
    if found.id:
        yield from deletions(found, row, "")
    elif entry is not None and row and row.az_noun:
        graph = earlier.graphs[found.target or ""]
        endpoint = graph.entries.get(entry.parent or "")
        yield from deletions(found, row, in_workspace(graph, entry), word(endpoint.azure_name) if endpoint else "")

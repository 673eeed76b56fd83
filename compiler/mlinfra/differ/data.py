"""Who reaches which data before and after: as the pages of the output say it.

By roles, also of groups and connections, by keys, through computes, datastores and catalogs, and without a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mlinfra.access.reaching import ANY_RIGHT
from mlinfra.differ.model import DataReach, Found
from mlinfra.differ.spec import Spec, is_of_others
from mlinfra.emit.reached import reached
from mlinfra.graph import Entry, Graph
from mlinfra.languages import ROWS
from mlinfra.plan import Plan

_Place = tuple[str, str, str]  # who, the address of the data, through what


def data_reached(before: Spec | None, after: Spec, changes: Iterable[Found]) -> Iterator[DataReach]:
    """What differs of that, in the targets of the later spec; nothing where the earlier one is not known."""
    if before is None:
        return
    told = list(changes)
    closed = {(each.target, each.address) for each in told if "closes_access" in each.classes}
    for target, plan in after.plans.items():
        names = {each.renamed_from: each.address for each in told if each.renamed_from and each.target == target}
        old = _reached(before.plans[target], names) if target in before.plans else {}
        new = _reached(plan, {})
        elsewhere = _elsewhere(before.graphs.get(target), plan.graph)
        for place in sorted({**old, **new}):
            was, may = old.get(place), new.get(place)
            if may and not elsewhere.isdisjoint(place[:2]):
                yield DataReach(*place, None, may, target, remains=False, is_more=True)
            elif was != may:
                kept = may is None and not _is_closed(place, target, closed)
                more = _deeds([may]) - _deeds(way for there, way in old.items() if there[:2] == place[:2])
                more -= _deeds([new.get((*place[:2], ""))]) if place[2] else set()
                yield DataReach(*place, was, may, target, kept, bool(more))


def _elsewhere(before: Graph | None, now: Graph) -> set[str]:
    """What is somebody else's, or who somebody is in Entra, and another one than before under the same address."""
    there = before.entries if before else {}
    return {
        entry.address
        for entry in now.entries.values()
        if entry.address in there and _who_or_where(there[entry.address]) != _who_or_where(entry)
        if is_of_others(entry, now) or ROWS[entry.section].identified_by
    }


def _who_or_where(entry: Entry) -> str:
    return str(entry.body.get(ROWS[entry.section].identified_by) or entry.id or "").lower()


def _reached(plan: Plan, names: Mapping[str, str]) -> dict[_Place, str]:
    """By the addresses that things have now."""

    def now(address: str) -> str:
        return names.get(address, address)

    found: dict[_Place, dict[str, None]] = {}
    for each in reached(plan):  # several grants may lead the same way
        found.setdefault((now(each.who), now(each.data), now(each.through)), {})[each.may] = None
    return {place: _together(ways) for place, ways in found.items()}


def _together(ways: Iterable[str]) -> str:
    """What several ways let do: what one of them lets do that holds the others."""
    words = {word for way in ways for word in way.split(" and ")}
    return " and ".join(sorted(words)) if words <= {"read", "write"} else "; ".join(ways)


def _is_closed(place: _Place, target: str, closed: set[tuple[str | None, str]]) -> bool:
    """Whether the merge itself shuts the data, what it lies in, or the catalog that led there.

    A role that leaves the spec stays on Azure; what leaves the grants of a bundle is taken away.
    """
    _, data, through = place
    return any(
        address == through or data == address or data.startswith(f"{address}.")
        for name, address in closed
        if name == target
    )


def _deeds(ways: Iterable[str | None]) -> set[str]:
    """What somebody may do by any of these; who may give himself any right may do all of it."""
    found = {word for way in ways if way for part in way.split("; ") for word in part.split(" and ")}
    return found | {"read", "write"} if ANY_RIGHT in found else found

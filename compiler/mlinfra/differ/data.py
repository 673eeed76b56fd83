"""Who reaches which data before and after: by roles, also of groups, by keys, and through computes and datastores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mlinfra.access.reaching import reaching
from mlinfra.differ.model import DataReach, Found
from mlinfra.differ.spec import Spec
from mlinfra.graph import Graph

_Place = tuple[str, str, str]  # who, the address of the data, through what


def data_reached(before: Spec | None, after: Spec, changes: Iterable[Found]) -> Iterator[DataReach]:
    """What differs of that, in the targets of the later spec; nothing where the earlier one is not known."""
    if before is None:
        return
    told = list(changes)
    closed = {(each.target, each.address) for each in told if "closes_access" in each.classes}
    for target, graph in after.graphs.items():
        names = {each.renamed_from: each.address for each in told if each.renamed_from and each.target == target}
        old = _reached(before.graphs[target], names) if target in before.graphs else {}
        new = _reached(graph, {})
        for place in sorted({**old, **new}):
            was, may = old.get(place), new.get(place)
            if was != may:
                yield DataReach(*place, was, may, target, may is None and not _is_closed(place[1], target, closed))


def _reached(graph: Graph, names: Mapping[str, str]) -> dict[_Place, str]:
    """By the addresses that things have now."""

    def now(address: str) -> str:
        return names.get(address, address)

    return {(now(each.who), now(each.data), now(each.through)): each.may for each in reaching(graph)}


def _is_closed(data: str, target: str, closed: set[tuple[str | None, str]]) -> bool:
    """Whether the merge itself shuts the data, or what it lies in: a grant that leaves the spec stays on Azure."""
    return any(data == address or data.startswith(f"{address}.") for place, address in closed if place == target)

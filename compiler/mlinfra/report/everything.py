"""Every entry of every target, with why it is there: a table that can be searched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mlinfra.differ.spec import Spec
from mlinfra.graph import Entry
from mlinfra.languages import ROWS
from mlinfra.report.model import CHANGED, HIT, LOOK, MADE, SAME, STAY, Told

_ORDER = (STAY, LOOK, MADE, CHANGED, HIT, SAME)


@dataclass(frozen=True)
class Thing:
    """One address; what may differ is told by target."""

    address: str
    noun: str
    because: str
    place: str
    names: Sequence[tuple[str, str]]  # targets, name in Azure
    looks: Sequence[tuple[str, str]]  # targets, look
    targets: str


def everything(found: Told, looks: Mapping[str, Mapping[str, str]]) -> list[Thing]:
    """What is there after the change, and what leaves with it: what changes first, then by address."""
    sides: dict[str, dict[str, tuple[Entry, Spec]]] = {}
    both: list[Spec] = [found.now, *([] if found.earlier is None else [found.earlier])]
    for side in both:
        for target, graph in side.graphs.items():
            for address, entry in graph.entries.items():
                if target in looks and (side is found.now or address in looks[target]):
                    sides.setdefault(address, {}).setdefault(target, (entry, side))
    things = [_thing(address, of, looks) for address, of in sorted(sides.items())]
    return sorted(things, key=lambda thing: min(_ORDER.index(look) for _, look in thing.looks))


def _thing(address: str, of: Mapping[str, tuple[Entry, Spec]], looks: Mapping[str, Mapping[str, str]]) -> Thing:
    entry, side = next(iter(of.values()))
    because = entry.because or ("written" if not entry.existing else "written; it is of others")
    return Thing(
        address,
        ROWS[entry.section].noun,
        because,
        f"{side.path(entry.key.file)}:{entry.key.line}",
        _grouped({target: each.azure_name for target, (each, _) in of.items()}),
        _grouped({target: looks[target].get(address, SAME) for target in of}),
        " ".join(of),
    )


def _grouped(by_target: Mapping[str, str]) -> list[tuple[str, str]]:
    """The targets of each value, in one text, and the value."""
    groups: dict[str, list[str]] = {}
    for target, value in by_target.items():
        groups.setdefault(value, []).append(target)
    return [(" ".join(targets), value) for value, targets in groups.items()]

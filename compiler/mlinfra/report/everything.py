"""Every entry of every target, with why it is there: a table that can be searched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from mlinfra.differ.spec import Spec
from mlinfra.differ.words import WORDS
from mlinfra.graph import Entry
from mlinfra.languages import ROWS
from mlinfra.report.changes import states
from mlinfra.report.model import CHANGED, HIT, LOOK, MADE, SAME, STAY, WORDS_OF_LOOKS, Told

Value = TypeVar("Value", str, tuple[str, str])
_ORDER = (STAY, LOOK, MADE, CHANGED, HIT, SAME)


@dataclass(frozen=True)
class Thing:
    """One address; what may differ is told by target."""

    address: str
    noun: str
    because: str
    place: str
    names: Sequence[tuple[str, str]]  # targets, name in Azure
    looks: Sequence[tuple[str, tuple[str, str]]]  # targets, look and word
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
    words = {target: {address: WORDS[name] for address, name in states(found, target)} for target in looks}
    things = [_thing(address, of, looks, words) for address, of in sorted(sides.items())]
    return sorted(things, key=lambda thing: min(_ORDER.index(look) for _, (look, _) in thing.looks))


def _thing(
    address: str,
    of: Mapping[str, tuple[Entry, Spec]],
    looks: Mapping[str, Mapping[str, str]],
    words: Mapping[str, Mapping[str, str]],
) -> Thing:
    entry, side = next(iter(of.values()))
    because = entry.because or ("written" if not entry.existing else "written; it is of others")
    return Thing(
        address,
        ROWS[entry.section].noun,
        because,
        f"{side.path(entry.key.file)}:{entry.key.line}",
        _grouped({target: each.azure_name for target, (each, _) in of.items()}),
        _grouped({target: _looks(address, looks[target], words[target]) for target in of}),
        " ".join(of),
    )


def _looks(address: str, looks: Mapping[str, str], words: Mapping[str, str]) -> tuple[str, str]:
    look = looks.get(address, SAME)
    return look, WORDS_OF_LOOKS[look] if look in (HIT, SAME) else words.get(address, WORDS_OF_LOOKS[look])


def _grouped(by_target: Mapping[str, Value]) -> list[tuple[str, Value]]:
    """The targets of each value, in one text, and the value."""
    groups: dict[Value, list[str]] = {}
    for target, value in by_target.items():
        groups.setdefault(value, []).append(target)
    return [(" ".join(targets), value) for value, targets in groups.items()]

"""The maps of a target: what changes, that and what it hits, and all of it, with what ends with this change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from mlinfra.drawing.model import Box, Line, Picture
from mlinfra.drawing.platform import GROUPS, LAYER_OF, platform_picture
from mlinfra.drawing.svg import part_of_page
from mlinfra.formats.fragment import Fragment
from mlinfra.report.changes import states
from mlinfra.report.model import HIT, LOOKS, SAME, Told

AMOUNTS = (("chg", "Changed"), ("hit", "And hit"), ("all", "All"))


@dataclass(frozen=True)
class Map:
    target: str
    amount: str
    drawn: Fragment
    boxes: int


@dataclass(frozen=True)
class Maps:
    maps: tuple[Map, ...]
    looks: Mapping[str, Mapping[str, str]]  # of each target, how its entries look that are not as they were


def maps(found: Told) -> Maps:
    """Three of each target; one with nothing in it is left out."""
    made: list[Map] = []
    looks: dict[str, Mapping[str, str]] = {}
    for target in found.targets:
        whole, looks[target] = _whole(found, target)
        for amount, _ in AMOUNTS:
            part = _part(whole, amount)
            if part.boxes:
                made.append(Map(target, amount, part_of_page(part), len(part.boxes)))
    return Maps(tuple(made), looks)


def _whole(found: Told, target: str) -> tuple[Picture, Mapping[str, str]]:
    """Everything that is there, and what leaves, with the looks of both."""
    looks = {address: look for address, name in states(found, target) if (look := LOOKS[name]) != SAME}
    now, earlier = found.now.graphs[target], (found.earlier.graphs.get(target) if found.earlier else None)
    picture = now.once(platform_picture)
    before = earlier.once(platform_picture) if earlier is not None else Picture("", "", picture.layers, (), ())
    known = {box.key for box in picture.boxes}
    gone = tuple(box for box in before.boxes if box.key not in known and box.key in looks)
    gone += tuple(_unknown(looks.keys() - known - {box.key for box in gone}))
    lines = {(line.source, line.target) for line in picture.lines}
    every = known | {box.key for box in gone}
    ended = tuple(
        line._replace(state="was")
        for line in before.lines
        if (line.source, line.target) not in lines and {line.source, line.target} <= every
    )
    all_lines = (*picture.lines, *ended)
    hit = _hit({address for address in looks if address in every}, all_lines)
    looks |= dict.fromkeys(hit - looks.keys(), HIT)
    boxes = tuple(box._replace(state=looks.get(box.key, "")) for box in (*picture.boxes, *gone))
    return picture._replace(boxes=boxes, lines=all_lines), {**looks, **dict(_undrawn(found, target, looks))}


def _unknown(addresses: AbstractSet[str]) -> Iterator[Box]:
    """Boxes of what leaves where the earlier spec is not there, or does not compile: its output alone names them."""
    for address in sorted(addresses):
        section, _, name = address.partition(".")
        if section in GROUPS and name and "." not in name:
            yield Box(address, name, section, LAYER_OF[GROUPS[section]])


def _hit(changed: AbstractSet[str], lines: tuple[Line, ...]) -> set[str]:
    """Everything that needs something that changes, or needed it until now, however far away."""
    users: dict[str, list[str]] = {}
    for line in lines:
        if not line.dashed:
            users.setdefault(line.target, []).append(line.source)
    found: set[str] = set()
    todo = list(changed)
    while todo:
        for user in users.get(todo.pop(), ()):
            if user not in found:
                found.add(user)
                todo.append(user)
    return found


def _undrawn(found: Told, target: str, looks: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The looks of what stands on no map."""
    graph = found.now.graphs[target]
    for address, look in looks.items():
        if address in graph.entries and graph.entries[address].section not in GROUPS:
            yield address, look


def _part(whole: Picture, amount: str) -> Picture:
    if amount == "all":
        return whole
    kept = {box.key for box in whole.boxes if box.state and (amount == "hit" or box.state != HIT)}
    above = {box.key: box.under for box in whole.boxes}
    for key in list(kept):  # with what they lie in, so that one sees where they are
        while key := above.get(key, ""):
            kept.add(key)
    boxes = tuple(box for box in whole.boxes if box.key in kept)
    lines = tuple(line for line in whole.lines if line.source in kept and line.target in kept)
    return whole._replace(boxes=boxes, lines=lines)

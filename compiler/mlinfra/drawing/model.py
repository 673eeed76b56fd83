"""What is drawn: boxes that stand in layers, and lines from what needs something to what it needs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Box(NamedTuple):
    """One box. Those of a layer and a kind stand together; `under` the one that holds it, where that is of its kind."""

    key: str  # names it in lines, and is not shown
    label: str
    kind: str  # the heading above it and its like
    layer: int  # a place in `Picture.layers`
    note: str = ""  # said smaller behind the label
    under: str = ""  # the key of the box that holds it
    within: str = ""  # a heading over those of a kind that belong together: the template that made them
    state: str = ""  # a class of its looks, such as made
    said: str = ""  # what a reader hears, and sees where the label is cut; empty: the key


class Line(NamedTuple):
    """`source` needs `target`; a dashed one only names it."""

    source: str
    target: str
    dashed: bool = False
    state: str = ""  # a class of its looks: was, for what ends with the change


def each_once(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Lines of a state between the same two boxes as one, which is dashed where all of them are."""
    found: dict[tuple[str, str, str], Line] = {}
    for line in lines:
        ends = (line.source, line.target, line.state)
        there = found.get(ends)
        if there is None or there.dashed:
            found[ends] = line
    return tuple(found.values())


class Picture(NamedTuple):
    """All of it. The layers stand from left to right, what is needed left of what needs it; empty ones close up."""

    title: str
    described: str
    layers: tuple[str, ...]
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    note: str = ""  # a sentence below the picture

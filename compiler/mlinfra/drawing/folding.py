"""What is too much for a layer: kinds with many boxes become one each, which says how many they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TypeAlias

from mlinfra.drawing.model import Box, Line, Picture, each_once

_Group: TypeAlias = tuple[int, str, str]  # layer, kind, state
MAX_BOXES = 150  # of a layer: of more, nobody finds one by looking


def folded(picture: Picture) -> tuple[tuple[Box, ...], tuple[Line, ...]]:
    """The boxes and lines, with the largest kinds of a layer that has too many boxes as one box each.

    What has a state, because it changes or is hit, stays by itself as long as there are few enough of it.
    """
    kinds = _too_many(picture.boxes)
    if not kinds:
        return picture.boxes, picture.lines
    place = {box.key: _key(box) for box in picture.boxes if _group(box) in kinds}
    first: dict[str, list[Box]] = {}
    for box in picture.boxes:
        if box.key in place:
            first.setdefault(place[box.key], []).append(box)
    boxes: list[Box] = []
    done: set[str] = set()
    for box in picture.boxes:
        key = place.get(box.key)
        if key is None:
            boxes.append(box._replace(under=place.get(box.under, box.under)))
        elif key not in done:
            done.add(key)
            boxes.append(_all_of(first[key], key))
    moved = (_moved(line, place) for line in picture.lines)
    return tuple(boxes), each_once(line for line in moved if line.source != line.target)


def is_folded(picture: Picture) -> bool:
    """Whether anything of it is not drawn by itself."""
    return bool(_too_many(picture.boxes))


def _too_many(boxes: Sequence[Box]) -> set[_Group]:
    """What is folded, the largest first, until each layer has few enough: of what has a state, only if it must be."""
    layers = Counter(box.layer for box in boxes)
    found: set[_Group] = set()
    counts = Counter(map(_group, boxes)).most_common()
    for group, count in (*(each for each in counts if not each[0][2]), *(each for each in counts if each[0][2])):
        layer = group[0]
        if layers[layer] > MAX_BOXES and count > 1:
            layers[layer] -= count - 1
            found.add(group)
    return found


def _group(box: Box) -> _Group:
    return box.layer, box.kind, box.state


def _key(box: Box) -> str:
    return " ".join((str(box.layer), box.kind, *filter(None, (box.state,))))  # no address has a blank


def _all_of(boxes: Sequence[Box], key: str) -> Box:
    first = boxes[0]
    label = f"{len(boxes)} of them"
    said = f"{first.kind}: {len(boxes)} entries"
    return Box(key, label, first.kind, first.layer, state=first.state, said=said)


def _moved(line: Line, place: dict[str, str]) -> Line:
    return Line(place.get(line.source, line.source), place.get(line.target, line.target), line.dashed, line.state)

"""What is too much for a layer: kinds with many boxes become one each, which says how many they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mlinfra.drawing.model import Box, Line, Picture

MAX_BOXES = 150  # of a layer: of more, nobody finds one by looking


def folded(picture: Picture) -> tuple[tuple[Box, ...], tuple[Line, ...]]:
    """The boxes and lines, with the largest kinds of a layer that has too many boxes as one box each.

    What has a state, because it changes or is hit, stays by itself.
    """
    kinds = _too_many(picture.boxes)
    if not kinds:
        return picture.boxes, picture.lines
    place: dict[str, str] = {}
    first: dict[tuple[int, str], list[Box]] = {}
    for box in picture.boxes:
        if (box.layer, box.kind) in kinds and not box.state:
            first.setdefault((box.layer, box.kind), []).append(box)
            place[box.key] = _key(box)
    boxes: list[Box] = []
    done: set[str] = set()
    for box in picture.boxes:
        key = place.get(box.key)
        if key is None:
            boxes.append(box._replace(under=place.get(box.under, box.under)))
        elif key not in done:
            done.add(key)
            boxes.append(_all_of(first[box.layer, box.kind], key))
    return tuple(boxes), tuple(_lines(picture.lines, place))


def is_folded(picture: Picture) -> bool:
    """Whether anything of it is not drawn by itself."""
    return bool(_too_many(picture.boxes))


def _too_many(boxes: Sequence[Box]) -> set[tuple[int, str]]:
    """The layers and kinds that are folded, the largest first, until each layer has few enough."""
    layers = Counter(box.layer for box in boxes)
    found: set[tuple[int, str]] = set()
    for (layer, kind), count in Counter((box.layer, box.kind) for box in boxes if not box.state).most_common():
        if layers[layer] > MAX_BOXES and count > 1:
            layers[layer] -= count - 1
            found.add((layer, kind))
    return found


def _key(box: Box) -> str:
    return f"{box.layer} {box.kind}"  # no address has a blank


def _all_of(boxes: Sequence[Box], key: str) -> Box:
    first = boxes[0]
    label = f"{len(boxes)} of them"
    return Box(key, label, first.kind, first.layer, said=f"{first.kind}: {len(boxes)} entries")


def _lines(lines: Sequence[Line], place: dict[str, str]) -> Sequence[Line]:
    found: dict[tuple[str, str, str], Line] = {}
    for line in lines:
        source, target = place.get(line.source, line.source), place.get(line.target, line.target)
        if source != target:
            there = found.get((source, target, line.state))
            dashed = line.dashed and (there is None or there.dashed)
            found[source, target, line.state] = Line(source, target, dashed, line.state)
    return tuple(found.values())

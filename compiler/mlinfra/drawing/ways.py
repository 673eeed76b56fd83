"""How lines run: from the box that needs to the one that is needed, and between the boxes of a column on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from mlinfra.drawing.layout import HEIGHT, PAD, Placed

BULGE = 26  # pixels of a line between two boxes of one column
BEND = 24  # the least that a line goes on as it leaves a box, and as it comes to one
BESIDE = 2  # pixels from a line to the box that it passes


class Column(NamedTuple):
    """What stands in a column, from its left to its right side, and from top to bottom."""

    left: int
    right: int
    boxes: tuple[int, ...]  # their upper sides, in order

    def passage(self, y: int) -> int:
        """The height nearest to y at which a line touches no box."""
        free = [edge for top in self.boxes for edge in (top - BESIDE, top + HEIGHT + BESIDE)]
        is_free = y <= free[0] or y >= free[-1]
        return y if is_free else min(free, key=lambda edge: abs(edge - y))


def columns(boxes: Sequence[Placed]) -> dict[int, Column]:
    """The columns of a picture, by number."""
    of: dict[int, list[Placed]] = {}
    for each in boxes:
        of.setdefault(each.column, []).append(each)
    return {
        number: Column(
            min(each.x for each in held) - PAD,
            max(each.x + each.width for each in held) + PAD,
            tuple(sorted(each.y for each in held)),
        )
        for number, held in of.items()
    }


def way(source: Placed, target: Placed, between: Mapping[int, Column]) -> str:
    """The path of a line in SVG; `between` are the columns of the picture."""
    y1, y2 = source.y + HEIGHT // 2, target.y + HEIGHT // 2
    if source.column == target.column:
        x1, x2 = source.x + source.width, target.x + target.width
        far = max(x1, x2) + min(BULGE, 10 + abs(y1 - y2) // 12)
        return f"M{x1} {y1}C{far} {y1} {far} {y2} {x2} {y2}"
    to_left = target.column < source.column
    x1, x2 = (source.x, target.x + target.width) if to_left else (source.x + source.width, target.x)
    step = -1 if to_left else 1
    crossed = [between[number] for number in range(source.column + step, target.column, step)]
    return f"M{x1} {y1}{''.join(_through(crossed, (x1, y1), (x2, y2), step))}"


def _through(crossed: Sequence[Column], start: tuple[int, int], end: tuple[int, int], step: int) -> Iterator[str]:
    """From a box to another one: straight through each column on the way, and in a curve from one to the next."""
    (x, y), (x2, y2) = start, end
    for column in crossed:
        near, far = (column.right, column.left) if step < 0 else (column.left, column.right)
        passage = column.passage(start[1] + (y2 - start[1]) * (near - start[0]) // ((x2 - start[0]) or 1))
        yield f"{_curve(x, y, near, passage, step)}H{far}"
        x, y = far, passage
    yield _curve(x, y, x2, y2, step)


def _curve(x1: int, y1: int, x2: int, y2: int, step: int) -> str:
    bend = step * (max(abs(x2 - x1) // 2, BEND) if abs(x2 - x1) > BEND else abs(x2 - x1) // 2)
    return f"C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"

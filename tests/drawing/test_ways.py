"""Lines lead from box to box, and behind none that they have nothing to do with."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mlinfra.access.network import reached_from
from mlinfra.compile import compile_spec
from mlinfra.drawing.layout import HEIGHT, layout
from mlinfra.drawing.model import Box, Line, Picture
from mlinfra.drawing.platform import platform_picture
from mlinfra.drawing.reach import reach_picture
from mlinfra.drawing.ways import columns, way
from mlinfra.emit.reached import reached

ROOT = Path(__file__).parents[2]
STRAIGHT = re.compile(r"(-?\d+) (-?\d+)H(-?\d+)")  # through a column: from a point to the other side of it


def struck(picture: Picture) -> list[str]:
    """Each line with a box that it runs behind."""
    placed = layout(picture)
    by_key, between = {each.box.key: each for each in placed.boxes}, columns(placed.boxes)
    return [
        f"{line.source} to {line.target} behind {each.box.key}"
        for line in placed.lines
        for x, y, far in STRAIGHT.findall(way(by_key[line.source], by_key[line.target], between))
        for each in placed.boxes
        if min(int(x), int(far)) <= each.x <= max(int(x), int(far)) and each.y <= int(y) <= each.y + HEIGHT
    ]


@pytest.mark.parametrize("example", ["bank", "churn", "lakehouse", "taxi"])
def test_no_line_of_an_example_runs_behind_a_box(example: str) -> None:
    plan = compile_spec(ROOT / "specs" / example / "ml-platform.yaml", ROOT, {}).plans[-1]
    assert struck(platform_picture(plan.graph)) == []
    assert struck(reach_picture(plan.graph, reached(plan), tuple(reached_from(plan)))) == []


def picture(source: int, target: int, between: int) -> Picture:
    """A line from one layer to another, with so many boxes in the layer between them."""
    boxes = [Box(f"a{n}", "a", "k", 0) for n in range(target + 1)]
    boxes += [Box(f"b{n}", "b", "k", 1) for n in range(between)]
    boxes += [Box(f"c{n}", "c", "k", 2) for n in range(source + 1)]
    return Picture("t", "d", ("x", "y", "z"), tuple(boxes), (Line(f"c{source}", f"a{target}"),))


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize(
    ("source", "target", "between"), [(0, 0, 1), (0, 0, 9), (3, 3, 9), (8, 0, 5), (0, 8, 5), (8, 8, 1)]
)
def test_a_line_passes_between_the_boxes_of_a_column(source: int, target: int, between: int, backwards: bool) -> None:
    one = picture(source, target, between)
    if backwards:
        (line,) = one.lines
        one = one._replace(lines=(Line(line.target, line.source),))
    assert struck(one) == []


def test_a_line_leads_from_its_box_to_the_other() -> None:
    one = picture(3, 0, 5)
    placed = {each.box.key: each for each in layout(one).boxes}
    source, target = placed["c3"], placed["a0"]
    path = way(source, target, columns(tuple(placed.values())))
    assert path.startswith(f"M{source.x} {source.y + HEIGHT // 2}C")
    assert path.endswith(f" {target.x + target.width} {target.y + HEIGHT // 2}")

"""Where boxes stand: none on another, layers in order, what is in a box below it, and the same every time."""

from __future__ import annotations

from itertools import combinations

import pytest

from mlinfra.drawing.folding import MAX_BOXES, is_folded
from mlinfra.drawing.layout import HEIGHT, MAX_ROWS, layout
from mlinfra.drawing.model import Box, Line, Picture
from mlinfra.drawing.svg import svg

LAYERS = ("first", "empty", "last")


def picture(*boxes: Box, lines: tuple[Line, ...] = ()) -> Picture:
    return Picture("t", "d", LAYERS, boxes, lines)


def many(count: int, layer: int = 0, kind: str = "things") -> tuple[Box, ...]:
    return tuple(Box(f"{kind}.{n}", f"a rather long label {n}", kind, layer) for n in range(count))


@pytest.mark.parametrize("count", [1, MAX_ROWS, MAX_ROWS + 1, MAX_BOXES])
def test_no_box_stands_on_another_or_outside_of_the_picture(count: int) -> None:
    placed = layout(picture(*many(count), *many(count, 2, "others")))
    assert len(placed.boxes) == 2 * count
    for each in placed.boxes:
        assert min(each.x, each.y) >= 0
        assert (each.x + each.width, each.y + HEIGHT) <= (placed.width, placed.height)
        assert each.y + HEIGHT <= placed.height
    for one, other in combinations(placed.boxes, 2):
        beside = one.x + one.width <= other.x or other.x + other.width <= one.x
        assert beside or one.y + HEIGHT <= other.y or other.y + HEIGHT <= one.y


def test_layers_stand_in_order_and_empty_ones_close_up() -> None:
    placed = layout(picture(Box("b", "b", "k", 2), Box("a", "a", "k", 0)))
    assert [heading.text for heading in placed.layers] == ["first", "last"]
    assert {each.box.key: each.column for each in placed.boxes} == {"a": 0, "b": 1}


def test_what_lies_in_a_box_follows_it_and_is_set_in() -> None:
    boxes = (Box("s", "s", "k", 0), Box("t", "t", "k", 0), Box("s.c", "c", "k", 0, under="s"))
    placed = layout(picture(*boxes)).boxes
    assert [each.box.key for each in placed] == ["s", "s.c", "t"]
    assert placed[0].x < placed[1].x
    assert placed[0].x == placed[2].x


def test_a_box_stands_near_to_what_it_needs() -> None:
    """Given crosswise, they are drawn without a crossing."""
    left, right = many(4), many(4, 2, "others")
    lines = tuple(Line(f"others.{n}", f"things.{3 - n}") for n in range(4))
    placed = {each.box.key: each.y for each in layout(picture(*left, *right, lines=lines)).boxes}
    assert all(placed[line.source] == placed[line.target] for line in lines)


def test_boxes_that_hold_each_other_are_placed_once() -> None:
    boxes = (Box("a", "a", "k", 0, under="gone"), Box("b", "b", "k", 0, under="a"), Box("c", "c", "k", 0, under="b"))
    assert [each.box.key for each in layout(picture(*boxes)).boxes] == ["a", "b", "c"]


def test_a_kind_with_too_many_is_one_box_and_its_lines_are_one() -> None:
    boxes = (*many(MAX_BOXES), Box("x", "x", "few", 0), Box("y", "y", "few", 2))
    lines = (*(Line("y", box.key) for box in boxes[:-2]), Line("y", "x", dashed=True))
    placed = layout(picture(*boxes, lines=lines))
    assert [each.box.label for each in placed.boxes] == [f"{MAX_BOXES} of them", "x", "y"]
    assert placed.lines == (Line("y", "0 things"), Line("y", "x", dashed=True))
    assert is_folded(picture(*boxes))
    assert not is_folded(picture(*boxes[1:]))


def test_what_changes_stays_by_itself_where_its_kind_is_one_box() -> None:
    boxes = (*many(MAX_BOXES + 9), Box("things.new", "new", "things", 0, state="made"))
    assert [each.box.label for each in layout(picture(*boxes)).boxes] == [f"{MAX_BOXES + 9} of them", "new"]


def test_a_picture_of_nothing_is_one_still() -> None:
    assert svg(picture()).startswith("<svg ")


def test_the_same_picture_has_the_same_bytes() -> None:
    one = picture(*many(60), *many(60, 2, "o"), lines=tuple(Line(f"o.{n}", f"things.{n * 7 % 60}") for n in range(60)))
    assert svg(one) == svg(picture(*one.boxes, lines=one.lines))


def test_where_too_much_changes_alike_that_is_one_box_too() -> None:
    made = tuple(box._replace(state="made") for box in many(MAX_BOXES + 9))
    gone = Box("things.gone", "gone", "things", 0, state="stay")
    placed = layout(picture(*made, gone)).boxes
    assert [(each.box.label, each.box.state) for each in placed] == [
        (f"{MAX_BOXES + 9} of them", "made"),
        ("gone", "stay"),
    ]

"""docs/quiet.md: what `make quiet` has counted is of the edits that are there, and few lines."""

from __future__ import annotations

import re
from statistics import median

from tests.differ.edits import ROOT, edits

PAGE = ROOT / "docs" / "quiet.md"


def _rows() -> list[tuple[str, int, int]]:
    found = re.findall(r"^\| (.+?) \| \w+ \| \d+ \| (\d+) \| (\d+) \| \d+ \|$", PAGE.read_text(), flags=re.MULTILINE)
    return [(name, int(lines), int(before)) for name, lines, before in found]


def test_each_edit_has_its_row() -> None:
    assert [name for name, _, _ in _rows()] == [edit.name for edit in edits()]


def test_half_of_the_edits_change_few_lines() -> None:
    lines = [now for _, now, _ in _rows()]
    assert median(lines) <= 8
    assert sum(lines) < sum(before for _, _, before in _rows())

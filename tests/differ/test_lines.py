"""docs/quiet.md: what `make quiet` has counted is of the edits that are there, and few lines."""

from __future__ import annotations

import re

from tests.differ.edits import ROOT, edits

PAGE = ROOT / "docs" / "quiet.md"


def _rows() -> list[tuple[str, int, int | None]]:
    """Each edit, its lines, and how many there were before, if it was there then."""
    pattern = r"^\| (.+?) \| \w+ \| \d+ \| (\d+) \| (\d+|–) \| \d+ \|$"
    found = re.findall(pattern, PAGE.read_text(), flags=re.MULTILINE)
    return [(name, int(lines), None if before == "–" else int(before)) for name, lines, before in found]


def test_each_edit_has_its_row() -> None:
    assert [name for name, _, _ in _rows()] == [edit.name for edit in edits()]


def test_the_readme_says_how_many_edits_change_few_lines_and_how_many_all_of_them() -> None:
    few = [now for _, now, _ in _rows() if now <= 8]
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert f"{len(few)} of the {len(_rows())} labelled edits of our examples change 8 lines or fewer" in readme
    known = [(now, before) for _, now, before in _rows() if before is not None]
    lines, before = sum(now for _, now, _ in _rows()), sum(before for _, before in known)
    assert f"all of them {lines:,} lines, [{before:,} before]" in readme
    assert sum(now for now, _ in known) < before

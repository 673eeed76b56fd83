"""The day of the release: the clock by which Azure's dates are judged, whatever the machine says."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from pathlib import Path

import pytest
from packaging.version import Version

import mlinfra
from mlinfra.release import RELEASED, RELEASES

ROOT = Path(__file__).parent.parent
PACKAGE = Path(mlinfra.__file__).parent
CLOCKS = {"today", "now", "utcnow", "time", "gmtime", "localtime"}
JUDGE = (
    "release.py",
    "azure",
    "languages",
    "rules",
    "derive",
    "resolve",
    "emit",
    "pipelines",
    "plan.py",
    "versions.py",
)


def test_the_version_was_released_on_the_newest_day() -> None:
    assert list(RELEASES)[-1] == mlinfra.__version__, "a new version takes a line of its own in release.RELEASES"
    assert RELEASES[mlinfra.__version__] == RELEASED


def test_the_changes_tell_of_each_version_and_its_day_the_newest_first() -> None:
    told = re.findall(r"(?m)^## (\S+), (\S+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert told == [(version, day.isoformat()) for version, day in reversed(RELEASES.items())]


def test_a_later_version_has_a_later_day() -> None:
    for (version, day), (next_version, next_day) in pairwise(RELEASES.items()):
        assert Version(version) < Version(next_version)
        assert day < next_day


@pytest.mark.parametrize("place", JUDGE)
def test_nothing_that_judges_or_writes_asks_the_machine_what_day_it_is(place: str) -> None:
    files = sorted((PACKAGE / place).rglob("*.py")) or [PACKAGE / place]
    asks = [
        f"{file.relative_to(PACKAGE)}:{node.lineno}"
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS
    ]
    assert asks == []

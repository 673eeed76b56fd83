"""Every cell of the matrix that makes sense; docs/loop-matrix.md shows them."""

from __future__ import annotations

from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from tests.loop.cases import CASES, OUTCOMES, Case, NewWorld
from tests.loop.events import EVENTS, UNDISTURBED, Place
from tests.loop.table import PAGE, cells_of, page, read_cell, write_cell


def _cell(case: Case, event: str) -> ParameterSet:
    """Of all cells only two are run with the other tests."""
    is_quick = event == UNDISTURBED and case.is_by_change and case.outcome in OUTCOMES[:2]
    return pytest.param(case, event, id=f"{event} {case}", marks=pytest.mark.slow if is_quick else pytest.mark.matrix)


_CELLS = [_cell(case, event) for event in EVENTS for case in CASES]


@pytest.fixture(scope="session")
def place(fresh_world: NewWorld, checkouts: dict[str, Path]) -> Place:
    return Place(fresh_world, checkouts)


@pytest.mark.parametrize(("case", "event"), _CELLS)
def test_cell(case: Case, event: str, place: Place, request: pytest.FixtureRequest) -> None:
    told = EVENTS[event](case, place)
    if request.config.getoption("--update"):
        write_cell(case, event, told)
    assert told == read_cell(case, event), "`make matrix` with --update rewrites docs/loop-matrix.md"


def test_the_page_shows_each_cell_and_nothing_else(request: pytest.FixtureRequest) -> None:
    cells = cells_of(PAGE.read_text(encoding="utf-8"))
    if not request.config.getoption("--update"):
        assert PAGE.read_text(encoding="utf-8") == page(cells)
    assert len(cells) == len(CASES) * len(EVENTS)

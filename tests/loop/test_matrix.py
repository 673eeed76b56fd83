"""Every cell of the matrix that makes sense; docs/loop-matrix.md shows them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from tests.loop.cases import CASES, OUTCOMES, Case, NewWorld, through
from tests.loop.checkouts import output
from tests.loop.conftest import ScriptsOf
from tests.loop.events import EVENTS, UNDISTURBED, Place
from tests.loop.judge import Broken
from tests.loop.table import PAGE, cells_of, page, read_cell, write_cell
from tests.loop.world import CHANGE, new_world


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


@pytest.mark.matrix
def test_a_gate_that_asks_for_less_than_the_spec_is_seen(
    tmp_path: Path, checkouts: dict[str, Path], scripts_of: ScriptsOf
) -> None:
    wrong = {commit: tmp_path / commit for commit in checkouts}
    for commit, checkout in checkouts.items():
        shutil.copytree(checkout, wrong[commit])
        gate = output(wrong[commit]) / "scripts" / "gate-model.sh"
        text = gate.read_text()
        assert '"at_least": {"auc": 0.8}' in text
        gate.write_text(text.replace('"at_least": {"auc": 0.8}', '"at_least": {"auc": 0.1}'))
    world = new_world(scripts_of(wrong), wrong)
    world.set_number(0.76)
    with pytest.raises(Broken, match=r"^0\.76 serves in prod"):
        through(world, world.train(CHANGE))


def test_the_page_shows_each_cell_and_nothing_else(request: pytest.FixtureRequest) -> None:
    cells = cells_of(PAGE.read_text(encoding="utf-8"))
    if not request.config.getoption("--update"):
        assert PAGE.read_text(encoding="utf-8") == page(cells)
    assert len(cells) == len(CASES) * len(EVENTS)

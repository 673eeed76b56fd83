"""Every cell of the matrix; docs/loop-matrix.md shows them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from tests.loop.branch_cases import OF_BRANCHES
from tests.loop.cases import AS_TEAMS_WORK, CASES, OTHERS, OUTCOMES, Case, Place, everywhere, through
from tests.loop.checkouts import output
from tests.loop.conftest import PlaceOf, ScriptsOf
from tests.loop.events import AFTER_A_MERGE, EVENTS, OF_OTHERS, UNDISTURBED
from tests.loop.judge import Broken
from tests.loop.platforms import CHURN, SCORING
from tests.loop.scores import CALLS, SCORINGS, Call, Scoring
from tests.loop.table import CELLS, MAIN, PAGE, Cell, cells_of, page, read_cell, write_cell
from tests.loop.trials import ALL, Event, chosen, run_event, run_trials
from tests.loop.world import CHANGE, new_world


def _cell(case: Case, event: Event) -> ParameterSet:
    """Of all cells only two are run with the tests of scripts."""
    is_quick = event is UNDISTURBED and case in CASES and case.is_by_change and case.outcome in OUTCOMES[:2]
    marks = (pytest.mark.scripts, pytest.mark.slow) if is_quick else (pytest.mark.matrix,)
    return pytest.param(case, event, id=f"{event.title} {case}", marks=marks)


def _cells(cases: Sequence[Case], events: Sequence[Event]) -> list[ParameterSet]:
    return [_cell(case, event) for event in events for case in cases]


ALL_CELLS = [
    *_cells([*CASES, *AS_TEAMS_WORK], EVENTS),
    *_cells(OTHERS, OF_OTHERS),
    *_cells(OF_BRANCHES, AFTER_A_MERGE),
]


@pytest.mark.parametrize(("case", "event"), ALL_CELLS)
def test_cell(case: Case, event: Event, place_of: PlaceOf, request: pytest.FixtureRequest) -> None:
    told = run_event(event, case, place_of(case.platform))
    row = (case.outcome.title, case.reason.title) if case in CASES else (case.outcome.title,)
    _compare(Cell(row, event.title), told, request)


@pytest.mark.matrix
@pytest.mark.parametrize("scoring", SCORINGS, ids=[each.title for each in SCORINGS])
@pytest.mark.parametrize("call", CALLS, ids=[each.title for each in CALLS])
def test_a_call(call: Call, scoring: Scoring, place_of: PlaceOf, request: pytest.FixtureRequest) -> None:
    trials = list(scoring.trials(Case(OUTCOMES[0], CASES[0].reason, SCORING), place_of(SCORING), call))
    run_trials(chosen(trials, ALL, f"{scoring.title} {call.title}"), len(trials))
    _compare(Cell((call.title,), scoring.title), scoring.told, request)


def _compare(cell: Cell, told: str, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update"):
        write_cell(cell, told)
    assert told == read_cell(cell), "`make matrix` with --update rewrites docs/loop-matrix.md"


@pytest.mark.matrix
def test_a_gate_that_asks_for_less_than_the_spec_is_seen(tmp_path: Path, place: Place, scripts_of: ScriptsOf) -> None:
    wrong = {commit: tmp_path / commit for commit in place.checkouts}
    for commit, checkout in place.checkouts.items():
        shutil.copytree(checkout, wrong[commit])
        gate = output(wrong[commit]) / "scripts" / "gate-model.sh"
        text = gate.read_text()
        assert '"at_least": {"auc": 0.8}' in text
        gate.write_text(text.replace('"at_least": {"auc": 0.8}', '"at_least": {"auc": 0.1}'))
    world = new_world(scripts_of(wrong), wrong)
    world.set_numbers(everywhere({CHURN: 0.76}))
    with pytest.raises(Broken, match=r"^0\.76 serves in prod"):
        through(world, world.train(CHANGE))


def test_the_page_shows_each_cell_and_nothing_else(request: pytest.FixtureRequest) -> None:
    cells = cells_of(PAGE.read_text(encoding="utf-8"))
    if not request.config.getoption("--update"):
        assert PAGE.read_text(encoding="utf-8") == page(cells)
    assert sorted(cells) == sorted(CELLS)
    assert len(MAIN.rows) == 15

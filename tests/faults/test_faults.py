"""At any number of faults, nearly all are found in the first run, and nothing is said that no fault explains."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.fault import Fault
from tests.faults.ground import ground
from tests.faults.measure import SIZES, Field, Measure, details, measured
from tests.faults.plant import line_numbers, planted
from tests.faults.table import BY_PHASE, FAULTS
from tests.faults.table.slips import SLIPS
from tests.faults.table.work import RELEASING, TRAINING

ROUNDS = {1: 16, 5: 8, 20: 6, 40: 6}
LEAST_SHARE = 0.95
ALONE = (*SLIPS, *TRAINING, *RELEASING)


@pytest.fixture(scope="module")
def measures() -> dict[int, Measure]:
    return measured(FAULTS, ROUNDS, seed=9)


@pytest.mark.parametrize("size", SIZES)
def test_nearly_all_faults_are_found_in_the_first_run(size: int, measures: dict[int, Measure]) -> None:
    assert measures[size].share >= LEAST_SHARE, details({size: measures[size]})


@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_said_that_no_fault_explains(size: int, measures: dict[int, Measure]) -> None:
    assert measures[size].unexplained == []


@pytest.mark.parametrize("size", SIZES)
def test_what_is_wrong_in_three_targets_is_said_once(size: int, measures: dict[int, Measure]) -> None:
    assert measures[size].repeated == []


# By their names, where one of two was hidden by the other, or both were said to be a third.
TOGETHER = (
    ("network/inbound: private", "network/outbound: vnet"),
    ("data/plant-${each.key}/for_each: plants", "data/plant-${each.key}/description: Boards of ${each.name}"),
)


@pytest.mark.parametrize("names", TOGETHER, ids=" and ".join)
def test_of_two_faults_both_are_said_and_nothing_else(names: tuple[str, ...], tmp_path: Path) -> None:
    measure = Measure()
    Field(tmp_path.resolve()).round([fault for fault in FAULTS if fault.name in names], measure)
    assert (measure.found, measure.unexplained) == (2, [])


def test_of_one_fault_nothing_else_is_said(tmp_path: Path) -> None:
    field = Field(tmp_path.resolve())
    said: dict[str, tuple[int, list[str]]] = {}
    for fault in ALONE:
        measure = Measure()
        field.round([fault], measure)
        said[fault.name] = (measure.found, measure.unexplained)
    assert said == {fault.name: (1, []) for fault in ALONE}


def test_there_are_faults_of_every_phase() -> None:
    assert {phase: len(faults) >= 10 for phase, faults in BY_PHASE.items()} == dict.fromkeys(BY_PHASE, True)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_each_fault_has_its_lines(fault: Fault) -> None:
    assert set(fault.lines) <= line_numbers(planted(ground(), [fault])).keys()

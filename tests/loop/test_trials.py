"""Which trials of a cell are run."""

from __future__ import annotations

import pytest

from tests.loop.trials import ALL, KINDS, PART, TRIALS, Trial, chosen, part_of

EVERY = [Trial(str(number), lambda: None) for number in range(10)]


def _names(trials: object) -> list[str]:
    assert isinstance(trials, list)
    return [trial.name for trial in trials]


@pytest.mark.parametrize("parts", [1, 3, 8, 20])
def test_the_parts_of_a_cell_are_all_of_it_and_each_trial_is_in_one(parts: int) -> None:
    found = [name for number in range(parts) for name in _names(part_of(EVERY, "a cell", f"{number + 1}/{parts}"))]
    assert sorted(found) == sorted(_names(EVERY))


def test_the_only_trial_of_a_cell_is_not_always_in_the_first_part() -> None:
    firsts = {len(part_of(EVERY[:1], name, "1/2")) for name in ("cancel a", "cancel b")}
    assert firsts == {0, 1}


def test_all_of_a_part_is_tried_where_that_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TRIALS, ALL)
    monkeypatch.setenv(PART, "2/2")
    other = _names(chosen(EVERY, 1, "a cell"))
    monkeypatch.setenv(PART, "1/2")
    assert sorted([*other, *_names(chosen(EVERY, 1, "a cell"))]) == sorted(_names(EVERY))


def test_a_seed_chooses_so_many_and_the_same_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TRIALS, raising=False)
    monkeypatch.delenv(PART, raising=False)
    assert len(chosen(EVERY, 3, "a cell")) == 3
    assert chosen(EVERY, 3, "a cell") == chosen(EVERY, 3, "a cell")


def test_of_each_kind_the_seed_chooses_one_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TRIALS, raising=False)
    monkeypatch.delenv(PART, raising=False)
    kinds = [trial._replace(kind=str(int(trial.name) // 4)) for trial in EVERY]
    found = _names(chosen(kinds, KINDS, "a cell"))
    assert [int(name) // 4 for name in found] == [0, 1, 2]
    others = {tuple(_names(chosen(kinds, KINDS, f"cell {number}"))) for number in range(20)}
    assert {name for each in others for name in each} == {trial.name for trial in EVERY}

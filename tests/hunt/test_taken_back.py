"""What was mended once is found by the hunt where its mending is taken back."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from mlinfra.diagnostics import suggest
from mlinfra.graph import Entry
from tests.hunt.long_lists import MOST_CALLS_REFUSED, MOST_GROWTH, calls_of, every_list, growth_of
from tests.hunt.wrong_types import every_key, searched

COUNT = 160
BEYOND = 4_001  # entries that become a resource each


def test_bodies_of_no_known_kind_are_found_where_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bodies = [each for each in every_key() if isinstance(each.body, dict) and each.body.get("type") == 5]
    batch = [each for each in bodies if "outputs" in each.body]
    assert batch
    assert list(searched(iter([batch]), tmp_path)) == []
    monkeypatch.setattr("mlinfra.validate.azureml_bodies.without_unfit", _as_it_is)
    assert {each.fault.what for each in searched(iter([batch]), tmp_path)} == {"internal error"}


def _as_it_is(entry: Entry) -> Entry:
    return entry


def _every_pair(many: Any) -> list[Any]:
    """What `shared_by` finds, of each two that there are."""
    found = []
    for (one, ones), (other, others) in combinations(enumerate(many), 2):
        pairs = ((each, beside) for each in ones for beside in others if each and beside and each.overlaps(beside))
        both = next((each if each.subnet_of(beside) else beside for each, beside in pairs), None)
        found += [((one, other), both)] if both else []
    return found


def test_ranges_that_are_compared_two_by_two_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlinfra.rules.networks.shared_by", _every_pair)
    assert growth_of(every_list()["address spaces and subnets"], COUNT, tmp_path) > MOST_GROWTH


def test_near_names_that_are_compared_one_by_one_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suggest.Names, "near", lambda names, word: list(names.by_lower_case))
    assert growth_of(every_list()["names with a slip"], 40, tmp_path) > MOST_GROWTH


def test_a_for_each_that_is_expanded_before_it_is_refused_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beyond = every_list()["items of for_each that are deployed"](BEYOND)
    calls_of(beyond, tmp_path / "spec")  # what is imported once
    assert calls_of(beyond, tmp_path / "spec") < MOST_CALLS_REFUSED * BEYOND
    monkeypatch.setattr("mlinfra.compile.beyond_deployment", _nothing)
    assert calls_of(beyond, tmp_path / "spec") > MOST_CALLS_REFUSED * BEYOND


def _nothing(*_: object) -> tuple[()]:
    return ()

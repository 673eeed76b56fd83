"""Two things of one key: an error of ours, and never the later one alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mlinfra.graph.unique import NotUnique, by_key
from tests.core.cases import WORKSPACE
from tests.spec import HEADER, compiled


def test_the_second_thing_of_a_key_is_refused() -> None:
    with pytest.raises(NotUnique, match=r'two files are "a\.yml"'):
        by_key(["A.yml", "b.yml", "a.yml"], str.lower, "files")


def test_a_graph_takes_no_second_entry_of_an_address(tmp_path: Path) -> None:
    (plan,) = compiled(tmp_path, HEADER + WORKSPACE).plans
    vault = plan.graph.entries["key_vaults.main"]
    with pytest.raises(NotUnique, match=r'two entries of the graph are "key_vaults\.main"'):
        plan.graph.with_entries([replace(vault, azure_name="other")])


def test_a_plan_finds_no_resource_by_the_address_of_two(tmp_path: Path) -> None:
    (plan,) = compiled(tmp_path, HEADER + WORKSPACE).plans
    twice = replace(plan, resources=(*plan.resources, plan.resources[0]._replace(unit="serving")))
    with pytest.raises(NotUnique):
        _ = twice.by_address

"""A workspace that is another one of somebody else's: what was deployed stays, and what comes is read there."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.differ.build import difference
from mlinfra.differ.model import Found
from mlinfra.differ.words import grade
from tests.differ.platforms import compiled_side
from tests.spec import HEADER

START = f"{HEADER}network: {{inbound: public}}\n"
BRICKS = "databricks_workspaces: {{main: {0}}}\ndatabricks_experiments: {{e: {{name: /Shared/e}}}}\n"
ML = 'workspaces: {{main: {0}}}\ndata: {{d: {{type: uri_folder, path: "https://a.example/d"}}}}\n'
ONE, OTHER = (f"{{existing: true, azure_name: {name}, resource_group: rg}}" for name in ("first", "second"))
OPENS = "opens_access"
HERE, THERE = (f"{{existing: true, azure_name: {name}, resource_group: rg-churn-dev}}" for name in ("first", "second"))


def _found(folder: Path, rest: str, before: str, after: str) -> dict[str, Found]:
    return {each.address: each for each in _all(folder, rest, before, after)}


def _all(folder: Path, rest: str, before: str, after: str) -> tuple[Found, ...]:
    old, earlier = compiled_side(folder / "before", f"{START}{rest.format(before)}")
    new, now = compiled_side(folder / "after", f"{START}{rest.format(after)}")
    return difference(old, new, now, earlier, old).changes


@pytest.mark.parametrize(
    ("rest", "address", "before", "after", "classes", "remedy"),
    [
        (BRICKS, "databricks_workspaces.main", ONE, OTHER, {"orphans", OPENS}, "databricks bundle destroy in dev"),
        (BRICKS, "databricks_workspaces.main", ONE, "{}", {"orphans", "creates"}, "databricks bundle destroy in dev"),
        (ML, "workspaces.main", HERE, THERE, {"orphans", OPENS}, "az resource list"),
    ],
)
def test_what_was_deployed_there_is_left_behind(
    rest: str, address: str, before: str, after: str, classes: set[str], remedy: str, tmp_path: Path
) -> None:
    found = _found(tmp_path, rest, before, after)[address]
    assert set(found.classes) == classes
    assert remedy in found.remedy
    assert "stays there and goes on" in found.remedy
    assert grade([found]) == "Decide first"


LOGS = "log_analytics: {{main: {0}}}\n"


@pytest.mark.parametrize(
    ("rest", "address", "before", "after"),
    [
        (BRICKS, "databricks_workspaces.main", "{}", ONE),
        (ML, "workspaces.main", "{}", HERE),
        (LOGS, "log_analytics.main", "{}", ONE),
        (LOGS, "log_analytics.main", ONE, OTHER),
    ],
)
def test_whoever_reads_there_gains_what_goes_there(
    rest: str, address: str, before: str, after: str, tmp_path: Path
) -> None:
    (opened,) = (
        each for each in _all(tmp_path, rest, before, after) if each.address == address and "id" in _paths(each)
    )
    assert opened.classes == (OPENS,)
    (place,) = opened.properties
    assert place.whom == f"whoever may look into {'second' if after is OTHER else 'first'}, with what goes there"
    assert grade([opened]) == "Look"


def _paths(found: Found) -> list[str]:
    return [each.path for each in found.properties]


def test_the_same_one_by_its_id_is_no_other(tmp_path: Path) -> None:
    place = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg/providers"
    by_id = f"{{existing: true, id: {place}/Microsoft.Databricks/workspaces/first}}"
    assert _found(tmp_path, BRICKS, ONE, by_id) == {}

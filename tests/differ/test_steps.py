"""Storage credentials are made by a step of ours, and stand in no file of a resource: their changes are told, too."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.differ.build import difference
from mlinfra.differ.model import Found
from mlinfra.differ.words import grade
from tests.differ.platforms import compiled_side
from tests.spec import HEADER

REST = f"""{HEADER}
network: {{inbound: public}}
storage_accounts: {{lake: {{hierarchical_namespace: true, containers: {{raw: {{}}}}}}}}
databricks_workspaces: {{main: {{}}}}
databricks_access_connectors: {{one: {{storage: [lake]}}, two: {{storage: [lake]}}}}
databricks_storage_credentials:
  kept: {{access_connector: one}}
"""
FIRST = "  first: {access_connector: one, read_only: true}\n"
MOVED = "moved: [{from: databricks_storage_credentials.first, to: databricks_storage_credentials.second}]\n"
OPEN = ", isolation_mode: ISOLATION_MODE_OPEN}"
SECOND = FIRST.replace("first", "second")
# What stands there afterwards, the action, the classes, the properties that differ, and the grade.
CASES: tuple[tuple[str, str, str, list[str], str], ...] = (
    (FIRST.replace("one", "two"), "changed", "in_place opens_access", ["access_connector"], "Look"),
    (FIRST.replace(", read_only: true", ""), "changed", "in_place opens_access", ["read_only"], "Look"),
    (FIRST.replace("}", OPEN), "changed", "in_place opens_access", ["isolation_mode"], "Look"),
    (FIRST.replace("}", ", comment: of us}"), "changed", "in_place", ["comment"], ""),
    (SECOND + MOVED, "renamed", "renames", [], ""),
    (SECOND.replace("one", "two") + MOVED, "renamed", "renames in_place opens_access", ["access_connector"], "Look"),
    (SECOND.replace("}", OPEN) + MOVED, "renamed", "renames in_place opens_access", ["isolation_mode"], "Look"),
)


def _found(folder: Path, before: str, after: str) -> list[Found]:
    old, earlier = compiled_side(folder / "before", f"{REST}{before}")
    new, now = compiled_side(folder / "after", f"{REST}{after}")
    return list(difference(old, new, now, earlier, old).changes)


@pytest.mark.parametrize(("after", "action", "classes", "paths", "asks"), CASES)
def test_a_change_of_one_is_told(
    after: str, action: str, classes: str, paths: list[str], asks: str, tmp_path: Path
) -> None:
    (found,) = _found(tmp_path, FIRST, after)
    assert (found.action, set(found.classes)) == (action, set(classes.split()))
    assert [each.path for each in found.properties] == paths
    assert (grade([found]), found.type, found.name) == (asks, "databricks_storage_credentials", "churn_dev_first")


def test_one_is_made_and_another_left_behind(tmp_path: Path) -> None:
    gone, made = sorted(_found(tmp_path, FIRST, FIRST.replace("first", "other")), key=lambda each: each.address)
    assert (gone.action, gone.classes, gone.remains) == ("deleted", ("orphans",), True)
    assert gone.remedy.endswith("databricks storage-credentials delete churn_dev_first")
    assert (made.action, made.classes, made.address) == (
        "created",
        ("creates",),
        "databricks_storage_credentials.other",
    )


STAGE = "  test: {subscription: 22222222-2222-2222-2222-222222222222, mode: development, promote_from: dev}\n"


@pytest.mark.parametrize(("action", "class_"), [("created", "creates"), ("deleted", "orphans")])
def test_one_comes_and_goes_with_its_target(action: str, class_: str, tmp_path: Path) -> None:
    more = REST.replace("network:", f"{STAGE}network:", 1)
    texts = (REST, more) if action == "created" else (more, REST)
    (old, earlier), (new, now) = (
        compiled_side(tmp_path / name, text) for name, text in zip(("before", "after"), texts, strict=True)
    )
    found = difference(old, new, now, earlier, old).changes
    (credential,) = (each for each in found if each.address == "databricks_storage_credentials.kept")
    assert (credential.target, credential.action, credential.classes) == ("test", action, (class_,))


def test_one_that_is_somebody_elses_is_left_alone(tmp_path: Path) -> None:
    theirs = "  first: {existing: true, name: churn_dev_first}\n"
    assert _found(tmp_path, FIRST, theirs) == []

"""bootstrap-devops.sh: who may only commit gives the steps of a pipeline no variables, and a pipeline no other file."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.devops import Devops
from tests.emulator.devops_projects import TENANT
from tests.scripts.devops_summary import summary
from tests.scripts.harness import Azure
from tests.scripts.test_devops import ALL, MAKE, PLACE, _azure, _definition, _id, _project, _run

NAMES = ("churn-pr", "churn-infra", "churn-train", "churn-release", "churn-back", "churn-score")
EDIT, DELETE = 2048, 4096


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory, port: int) -> Azure:
    azure = _azure(tmp_path_factory.mktemp("devops"), port)
    assert _run(azure, *MAKE).code == 0
    azure.state["devops"]["ran"] = True
    _project(azure)["branches"] = ["refs/heads/main"]
    assert _run(azure, *MAKE).code == 0
    return azure


@pytest.fixture
def settled(tmp_path: Path, port: int, second: Azure) -> Azure:
    """An organization in which nothing differs."""
    azure = _azure(tmp_path, port)
    azure.state = copy.deepcopy(second.state)
    return azure


def _key(azure: Azure, name: str) -> str:
    devops = Devops(azure.state["devops"])
    number = str(_definition(_project(azure), name)["id"])
    return f"{devops.token_of(_id(), number)}|{devops.contributors(_id())}"


def _variables(azure: Azure, variables: dict[str, Any], groups: list[int]) -> None:
    definition = _definition(_project(azure), "churn-release")
    definition["variables"] = variables
    definition["variableGroups"] = [{"id": id, "name": f"group {id}", "type": "Vsts"} for id in groups]


def _move(azure: Azure) -> None:
    """A folder is part of what rights know a pipeline by."""
    _definition(_project(azure), "churn-pr")["path"] = "\\team a\\ml"


def _ace(azure: Azure, name: str, ace: dict[str, int] | None) -> None:
    key = _key(azure, name)
    if ace is None:
        del azure.state["devops"]["aces"][key]
    else:
        azure.state["devops"]["aces"][key] = ace


TAKE = "take from pipeline churn-release its variables, which every step would get: "
LET = "let no Contributor of project ML platform edit or delete "
# what somebody changed by hand, and what is said of it
DRIFT: tuple[tuple[Callable[[Azure], object], str], ...] = (
    (lambda azure: _variables(azure, {"BASH_ENV": {"value": "/tmp/x=@y"}}, []), f"{TAKE}BASH_ENV"),
    (lambda azure: _variables(azure, {}, [7]), f"{TAKE}group 7"),
    (
        lambda azure: _variables(azure, {"b|c": {"value": "1"}, "BASH_ENV": {"value": None, "isSecret": True}}, [7, 8]),
        f"{TAKE}BASH_ENV, b|c, group 7, group 8",
    ),
    (lambda azure: _ace(azure, "churn-release", None), f"{LET}churn-release"),
    (lambda azure: _ace(azure, "churn-score", {"allow": EDIT, "deny": DELETE}), f"{LET}churn-score"),
    (lambda azure: _ace(azure, "churn-score", {"allow": 0, "deny": EDIT | 4}), f"{LET}churn-score"),
    (_move, f"{LET}churn-pr"),
)


def test_contributors_may_neither_edit_nor_delete_any_pipeline(second: Azure) -> None:
    for name in NAMES:
        assert second.state["devops"]["aces"][_key(second, name)] == {"allow": 0, "deny": EDIT | DELETE}


@pytest.mark.parametrize(("change", "text"), DRIFT, ids=[text for _, text in DRIFT])
def test_what_was_changed_by_hand_is_seen_and_mended(
    settled: Azure, change: Callable[[Azure], object], text: str
) -> None:
    change(settled)
    changed = copy.deepcopy(settled.state)
    audit = _run(settled, *PLACE, *ALL, "--audit")
    assert audit.stderr.splitlines() == [f"would {text}", "error: 1 things differ from what the pipelines need"]
    assert (audit.code, settled.changes, settled.state) == (1, [], changed)
    mended = _run(settled, *PLACE, *ALL, "--tenant", TENANT, "--federations", "f")
    assert (mended.code, mended.stderr.splitlines()[:-1], settled.changes) == (0, [text], ["rest"])
    definition = _definition(_project(settled), "churn-release")
    assert (definition["variables"], definition.get("variableGroups", [])) == ({}, [])
    for name in NAMES:
        ace = settled.state["devops"]["aces"][_key(settled, name)]
        assert (ace["allow"], ace["deny"] & (EDIT | DELETE)) == (0, EDIT | DELETE)
    assert _run(settled, *PLACE, *ALL, "--audit").code == 0


def test_a_right_that_others_denied_stays(settled: Azure) -> None:
    _ace(settled, "churn-score", {"allow": 1, "deny": 4})
    assert _run(settled, *PLACE, *ALL, "--tenant", TENANT, "--federations", "f").code == 0
    assert settled.state["devops"]["aces"][_key(settled, "churn-score")] == {"allow": 1, "deny": EDIT | DELETE | 4}


def test_a_group_that_nobody_sees_is_left_to_a_person(settled: Azure) -> None:
    settled.state["devops"]["hidden groups"] = ["Contributors"]
    before = summary(settled.state["devops"])
    audit = _run(settled, *PLACE, *ALL, "--audit")
    assert audit.stderr.splitlines() == [
        (
            "warning: the project has no group Contributors that you may see: deny who may commit to edit and to "
            f"delete {' '.join(NAMES)}: https://dev.azure.com/contoso/{_id()}/_build, Manage security"
        ),
        "error: 1 things differ from what the pipelines need",
    ]
    assert summary(settled.state["devops"]) == before

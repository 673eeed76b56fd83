"""Names that bootstrap-devops.sh finds in another case, or twice."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from tests.emulator.devops_projects import fresh_project
from tests.scripts.harness import Azure
from tests.scripts.test_devops import PLACE, PROD, _azure, _id, _project, _run


@pytest.fixture
def audited(tmp_path: Path, port: int) -> Azure:
    """An organization with the project, in which a person made it and its repository."""
    azure = _azure(tmp_path, port)
    project = fresh_project("ML platform")
    project["repositories"] = {next(iter(project["repositories"])): "churn"}
    azure.state["devops"]["projects"][_id()] = project
    return azure


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((*PLACE[:3], "ml Platform"), '--project "ml Platform" is written "ML platform" in Azure DevOps: write it so'),
        (("--repository", "CHURN"), '--repository "CHURN" is written "churn" in Azure DevOps: write it so'),
    ],
)
def test_another_case_is_a_slip(audited: Azure, arguments: tuple[str, ...], told: str) -> None:
    """It would find nothing, say that all is to be made, and be refused by the service once it makes that."""
    result = _run(audited, *PROD, *arguments, "--audit")
    assert (result.code, result.stderr.splitlines()[0], audited.changes) == (2, f"error: {told}", [])


def test_of_two_pipelines_of_one_name_none_is_taken_for_ours(audited: Azure) -> None:
    """That of another team, in a folder of its own, would else run our files, with its rights."""
    (repository,) = _project(audited)["repositories"]
    ours = {
        "name": "churn-pr",
        "path": "\\",
        "process": {"type": 2, "yamlFilename": "x.yml"},
        "queue": {"id": 11},
        "repository": {"id": repository, "defaultBranch": "refs/heads/main"},
    }
    theirs = {**copy.deepcopy(ours), "path": "\\others"}
    _project(audited)["definitions"] = {"31": {"id": 31, **ours}, "32": {"id": 32, **theirs}}
    result = _run(audited, *PROD, "--audit")
    assert (result.code, audited.changes) == (1, [])
    assert "error: the project has several pipelines churn-pr, in folders of their own" in result.stderr

"""Several jobs that train: one that fails holds back its own models, and the others go on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mlinfra.pipelines.scripts import ScriptsContext
from tests.scripts.example import PLATFORM
from tests.scripts.harness import Azure
from tests.scripts.steps import REGISTER

TARGET, *LATER = PLATFORM.targets
SECOND = "dev/azureml/jobs/second.yml"
JOBS = (*TARGET.jobs, replace(TARGET.jobs[0], name="second", file=SECOND, content_hash="aa" * 8))
MODELS = (*TARGET.models, replace(TARGET.models[0], entry="other", name="other", job="second"))
SEVERAL = replace(PLATFORM, targets=(replace(TARGET, jobs=JOBS, models=MODELS), *LATER))
HELD = "job train holds back its own models, and the others go on"


@pytest.fixture
def several(new_azure_of: Callable[[ScriptsContext], Azure]) -> Azure:
    azure = new_azure_of(SEVERAL).with_infrastructure()
    (azure.output / SECOND).write_bytes((azure.output / TARGET.jobs[0].file).read_bytes())
    assert azure.run(*REGISTER).code == 0
    return azure


def _run(azure: Azure, job: str, *more: str) -> tuple[int, str, str]:
    return azure.run("run-job.sh", "--target", "dev", "--job", job, "--out", "out", *more, TF_BUILD="True")


def test_one_that_fails_holds_back_its_own_models_only(several: Azure) -> None:
    several.script["job_outcomes"] = ["Failed"]
    code, told, said = _run(several, "train", "--apart")
    assert (code, told) == (0, "")  # nobody says whether a run with issues starts the release of the others
    assert "\nerror: job train-3f2a91c07b1e-1 ended as Failed: az ml job show" in said
    assert said.splitlines()[-2:] == [f"warning: {HELD}", f"##vso[task.logissue type=warning]{HELD}"]
    code, told, _ = _run(several, "second", "--apart")
    assert code == 0
    assert told.splitlines()[-1] == "##vso[task.setvariable variable=mlinfra.done]true"
    models = json.loads((several.folder / "out" / "models.json").read_text())["models"]
    assert {entry: record["job"] for entry, record in models.items()} == {"other": "second-aaaaaaaaaaaa-1"}


def test_one_job_only_fails_its_run(several: Azure) -> None:
    several.script["job_outcomes"] = ["Failed"]
    code, told, _ = _run(several, "train")
    assert (code, told) == (1, "")


def test_wrong_usage_is_no_failure_of_one_job(several: Azure) -> None:
    code, told, _ = _run(several, "third", "--apart")
    assert (code, told) == (2, "")
    code, told, _ = _run(several, "train", "--apart", "--reason", "whim")
    assert (code, told) == (2, "")


def test_what_ends_unexpectedly_is_said(several: Azure) -> None:
    (several.output / "scripts" / "models.py").write_text("import sys\nsys.exit(3)\n")
    code, told, said = _run(several, "train", "--apart")
    assert (code, told) == (0, "")
    assert f"warning: {HELD}" in said


def test_one_that_a_schedule_leaves_to_an_earlier_run_leaves_no_issues(several: Azure) -> None:
    """What the others make is released, so the run has to succeed."""
    by_schedule = ("--apart", "--reason", "Schedule", "--build")
    train = ("run-job.sh", "--target", "dev", "--job", "train", "--out", "out")
    assert several.run(*train, *by_schedule, "6", kill_after=1).code == -9
    job = several.workspace()["jobs"]["train-3f2a91c07b1e-6-1"]
    job |= {"status": "Running", "ahead": []}
    job["creation_context"]["created_at"] = (datetime.now(UTC) - timedelta(hours=0.5)).isoformat()
    code, told, said = _run(several, "train", *by_schedule, "7")
    assert (code, told) == (0, "##vso[task.setvariable variable=mlinfra.done]true\n")
    assert "warning: job train was not started" in said

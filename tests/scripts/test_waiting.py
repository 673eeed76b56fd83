"""run-job.sh where no agent waits: one job submits, another one hands on what became of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from mlinfra.pipelines.scripts import ScriptsContext
from mlinfra.pipelines.trained import Training
from tests.scripts.example import PLATFORM
from tests.scripts.harness import Azure, Result, Snapshot
from tests.scripts.steps import REGISTER, RELEASE, RETRAIN, TRAIN

JOB = "train-3f2a91c07b1e"
IN_PIPELINES: dict[str, Any] = {"TF_BUILD": "True"}
SAM = {"created_at": "2026-02-01T00:00:00+00:00", "created_by": "Sam Smith", "created_by_type": "User"}


@pytest.fixture
def ready(azure: Azure, after: Callable[..., Snapshot]) -> Azure:
    return azure.restore(after(REGISTER))


def _told(job: str, waits: str) -> str:
    line = "##vso[task.setvariable variable={};isOutput=true]{}\n"
    return line.format("job", job) + line.format("waits", waits)


def _submit(azure: Azure, step: tuple[str, ...] = TRAIN) -> Result:
    return azure.run(*step, "--submit", **IN_PIPELINES)


def _models(azure: Azure) -> Any:
    return json.loads((azure.folder / "out" / "models.json").read_text())["models"]


def test_what_is_submitted_is_handed_on_once_it_is_over(ready: Azure) -> None:
    submitted = _submit(ready)
    assert (submitted.code, submitted.stdout) == (0, _told(f"{JOB}-1", f"{JOB}-1")), submitted.stderr
    assert ready.changes == ["ml job create"]
    assert not (ready.folder / "out").exists()
    again = _submit(ready)  # a run that is started again takes up the job that still runs
    assert (again.stdout, ready.changes) == (_told(f"{JOB}-1", f"{JOB}-1"), [])
    result = ready.run(*TRAIN, "--submitted", f"{JOB}-1", **IN_PIPELINES)
    assert result.code == 0, result.stderr
    assert ready.changes == ["ml model create", "ml model download"]
    assert _models(ready)["churn"]["job"] == f"{JOB}-1"


def test_what_is_done_already_is_waited_for_by_nobody(ready: Azure) -> None:
    assert ready.run(*TRAIN).code == 0
    submitted = _submit(ready)
    assert (submitted.stdout, ready.changes) == (_told(f"{JOB}-1", ""), [])
    assert ready.run(*TRAIN, "--submitted", f"{JOB}-1").code == 0
    assert ready.changes == ["ml model download"]


def test_a_job_that_fails_hands_on_nothing_and_starts_no_other(ready: Azure) -> None:
    ready.script["job_outcomes"] = ["Failed"]
    assert _submit(ready, RETRAIN).code == 0
    result = ready.run(*RETRAIN, "--submitted", f"{JOB}-8-1", **IN_PIPELINES)
    assert (result.code, ready.changes) == (1, [])
    assert f"error: job {JOB}-8-1 ended as Failed: az ml job show" in result.stderr
    assert "--web. To start it anew, run the failed jobs of this run again" in result.stderr
    again = _submit(ready, RETRAIN)  # whoever runs all of it again starts the next one
    assert again.stdout == _told(f"{JOB}-8-2", f"{JOB}-8-2")


@pytest.mark.parametrize("ends_as", ["Failed", "Canceled"])
def test_whoever_runs_the_failed_jobs_of_a_run_again_starts_the_next_one(ready: Azure, ends_as: str) -> None:
    """The job that submits is none of them."""
    ready.script["job_outcomes"] = [ends_as]
    assert _submit(ready, RETRAIN).code == 0
    collect = (*RETRAIN, "--submitted", f"{JOB}-8-1")
    assert ready.run(*collect, **IN_PIPELINES, SYSTEM_STAGEATTEMPT="1").code == 1
    result = ready.run(*collect, **IN_PIPELINES, SYSTEM_STAGEATTEMPT="2")
    assert (result.code, ready.changes) == (0, ["ml job create", "ml model create", "ml model download"])
    assert _models(ready)["churn"]["job"] == f"{JOB}-8-2"
    again = ready.run(*collect, **IN_PIPELINES, SYSTEM_STAGEATTEMPT="3")
    assert (again.code, ready.changes) == (0, ["ml model download"])


def test_a_job_that_goes_on_has_not_failed_and_is_for_the_next_attempt(ready: Azure) -> None:
    assert _submit(ready, RETRAIN).code == 0
    ready.workspace()["jobs"][f"{JOB}-8-1"]["ahead"] = ["Running"] * 9
    collect = (*RETRAIN, "--submitted", f"{JOB}-8-1", "--apart")
    result = ready.run(*collect, **IN_PIPELINES, MLINFRA_DEADLINE_SECONDS="0")
    said = "job train goes on: once it is over, run the failed jobs of this run again, which hand on what became of it"
    assert (result.code, "mlinfra.done" in result.stdout, f"warning: {said}" in result.stderr) == (1, False, True)
    ready.workspace()["jobs"][f"{JOB}-8-1"]["ahead"] = ["Completed"]
    assert ready.run(*collect, **IN_PIPELINES).code == 0


def test_a_schedule_that_another_run_holds_back_hands_on_nothing(ready: Azure) -> None:
    assert _submit(ready, (*TRAIN, "--reason", "schedule", "--build", "7")).code == 0
    now = datetime.now(UTC).isoformat()
    ready.workspace()["jobs"][f"{JOB}-7-1"]["creation_context"]["created_at"] = now
    later = (*TRAIN, "--reason", "schedule", "--build", "8")
    held = _submit(ready, later)
    issues = "##vso[task.complete result=SucceededWithIssues;]nothing was trained\n"
    assert (held.code, held.stdout, ready.changes) == (0, issues + _told("none", ""), [])
    assert ready.run(*later, "--submitted", "none").code == 0
    assert (ready.changes, _models(ready)) == ([], {})


def test_where_a_change_trains_nothing_what_serves_is_handed_on(
    new_azure_of: Callable[[ScriptsContext], Azure],
) -> None:
    azure = new_azure_of(replace(PLATFORM, training=Training(("person",)))).with_infrastructure()
    for step in (REGISTER, RETRAIN, RELEASE):
        assert azure.run(*step).code == 0
    assert _submit(azure).stdout == _told("serving", "")
    assert azure.run(*TRAIN, "--submitted", "serving").code == 0
    assert _models(azure)["churn"]["version"] == "1"


def test_a_job_of_somebody_else_is_not_handed_on(ready: Azure) -> None:
    assert _submit(ready).code == 0
    ready.workspace()["jobs"][f"{JOB}-1"]["creation_context"] = SAM
    result = ready.run(*TRAIN, "--submitted", f"{JOB}-1")
    assert (result.code, ready.changes) == (1, [])
    assert result.stderr == f"error: job {JOB}-1 is not there, or was started by somebody else, Sam Smith\n"
    for name in ("other-3f2a91c07b1e-1", "train-0000-1", "-x", "$(id)"):
        assert ready.run(*TRAIN, "--submitted", name).code == 2


def test_who_cancels_the_run_cancels_what_it_submitted(ready: Azure) -> None:
    assert _submit(ready, RETRAIN).code == 0
    result = ready.run(*TRAIN[:-2], "--build", "8", "--cancel")
    assert (result.code, ready.changes) == (0, ["ml job cancel"])

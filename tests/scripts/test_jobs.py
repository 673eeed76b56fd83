"""The states of a job: which are an end, which are waited through, and which hold nothing back for ever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from tests.scripts.harness import Azure, Snapshot
from tests.scripts.steps import REGISTER, RELEASE_BATCH, SCORE, TRAIN, Step

GOING_ON = (
    *("NotStarted", "Starting", "Provisioning", "Preparing", "Queued", "Scheduled", "Running"),
    *("Finalizing", "Unknown", "Strange"),
)
STALLED = ("NotResponding", "Paused")
OVER = ("Completed", "Failed", "Canceled", "CancelRequested")
STALLED_FOR_EVER = "and nothing says that it goes on: az ml job cancel --name {} --subscription"


class Work(NamedTuple):
    """What starts jobs: the steps before it, itself, the jobs of runs 6 and 7 by schedule, what it says of an end."""

    before: tuple[Step, ...]
    step: Step
    of_6: str
    of_7: str
    held_back: str
    issues: str


WORK = {
    "training": Work(
        (REGISTER,),
        TRAIN,
        "train-3f2a91c07b1e-6-1",
        "train-3f2a91c07b1e-7-1",
        "job train was not started",
        "nothing was trained",
    ),
    "scoring": Work(
        (REGISTER, TRAIN, RELEASE_BATCH),
        SCORE[:5],
        "score-scores-schedule-6-1",
        "score-scores-schedule-7-1",
        "endpoint scores was not called",
        "nothing was scored",
    ),
}


@pytest.fixture(params=WORK)
def work(request: pytest.FixtureRequest) -> Work:
    return WORK[request.param]


@pytest.fixture
def azure_before(azure: Azure, after: Callable[..., Snapshot], work: Work) -> Azure:
    return azure.restore(after(*work.before))


def _by_schedule(work: Work, build: str) -> Step:
    return (*work.step, "--reason", "Schedule", "--build", build)


def _left(azure: Azure, work: Work, status: str, hours: float = 0.5) -> dict[str, Any]:
    """The job of run 6, which was killed, in that state; it was started so many hours ago."""
    assert azure.run(*_by_schedule(work, "6"), kill_after=1).code == -9
    job: dict[str, Any] = azure.workspace()["jobs"][work.of_6]
    job |= {"status": status, "ahead": []}
    job["creation_context"]["created_at"] = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
    return job


@pytest.mark.parametrize("status", [*GOING_ON, *STALLED])
def test_a_run_of_a_schedule_does_not_overtake_one_that_goes_on(azure_before: Azure, work: Work, status: str) -> None:
    _left(azure_before, work, status)
    result = azure_before.run(*_by_schedule(work, "7"), TF_BUILD="True")
    issues = f"##vso[task.complete result=SucceededWithIssues;]{work.issues}\n"
    assert (result.code, azure_before.changes, result.stdout) == (0, [], issues)
    warning = f"warning: {work.held_back}: {work.of_6}, of an earlier run of the schedule, is not done yet\n"
    assert result.stderr.startswith(warning)


@pytest.mark.parametrize("status", OVER)
def test_one_that_is_over_is_no_reason_to_wait(azure_before: Azure, work: Work, status: str) -> None:
    _left(azure_before, work, status)
    assert azure_before.run(*_by_schedule(work, "7")).code == 0
    assert azure_before.workspace()["jobs"][work.of_7]["status"] == "Completed"


@pytest.mark.parametrize("status", ["Queued", "Running", *STALLED])
def test_one_for_which_nobody_waits_any_more_holds_nothing_back(azure_before: Azure, work: Work, status: str) -> None:
    _left(azure_before, work, status, hours=7)["ahead"] = ["Completed"]
    result = azure_before.run(*_by_schedule(work, "7"), TF_BUILD="True")
    jobs = azure_before.workspace()["jobs"]
    assert (result.code, "SucceededWithIssues" in result.stdout) == (0, False)
    if work.step == TRAIN and status not in STALLED:
        assert (
            f"job {work.of_6}, of an earlier run of the schedule, goes on, and nobody else waits for it\n"
            in result.stderr
        )
        assert azure_before.changes == ["ml model create", "ml model download"]
        assert work.of_7 not in jobs
    else:
        assert f"job {work.of_6}, of an earlier run of the schedule, is {status} since" in result.stderr
        assert (azure_before.changes[0], jobs[work.of_6]["status"]) == ("ml job cancel", "CancelRequested")
        assert jobs[work.of_7]["status"] == "Completed"


def test_one_of_another_content_is_not_taken_up(azure: Azure, after: Callable[..., Snapshot]) -> None:
    azure.restore(after(REGISTER))
    work = WORK["training"]
    job = _left(azure, work, "Running", hours=7)
    azure.workspace()["jobs"] = {"train-0123456789ab-6-1": job | {"name": "train-0123456789ab-6-1"}}
    assert azure.run(*_by_schedule(work, "7")).code == 0
    assert azure.changes[:2] == ["ml job cancel", "ml job create"]


@pytest.mark.parametrize("status", STALLED)
def test_waiting_for_one_that_does_not_go_on_has_an_end(azure_before: Azure, work: Work, status: str) -> None:
    _left(azure_before, work, status)
    result = azure_before.run(*_by_schedule(work, "6"), MLINFRA_STALLED_SECONDS="0")
    said = f"error: job {work.of_6} has been {status} for 0 seconds, {STALLED_FOR_EVER.format(work.of_6)}"
    assert (result.code, azure_before.changes) == (1, [])
    assert said in result.stderr
    azure_before.workspace()["jobs"][work.of_6]["status"] = "Canceled"  # as a person does who reads that
    assert azure_before.run(*_by_schedule(work, "6")).code == 0


@pytest.mark.parametrize("status", STALLED)
def test_one_that_goes_on_again_is_waited_for(azure_before: Azure, work: Work, status: str) -> None:
    _left(azure_before, work, status)["ahead"] = [status, "Running", "Completed"]
    result = azure_before.run(*_by_schedule(work, "6"))
    assert result.code == 0
    assert f"job {work.of_6} is {status}\njob {work.of_6} is Running\njob {work.of_6} is Completed\n" in result.stderr

"""Schedules and monitors that are told which version of a model serves: after a release, and after a way back."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from mlinfra.overrides.run_values import TextPart
from mlinfra.pipelines.scheduled import ScheduleContext, ServedModel
from mlinfra.pipelines.scripts import ScriptsContext
from mlinfra.pipelines.trained import FillContext
from tests.scripts.example import PLATFORM
from tests.scripts.harness import Azure, Snapshot
from tests.scripts.steps import BACK, REGISTER, RELEASE, RELEASE_BATCH, RETRAIN, SCHEDULE, TRAIN

VERSION = "models.churn.version"
ONLINE = "churn-dev-x1y2"
BATCH = "scores-dev-x1y2"
FOLLOW = (*SCHEDULE, "--follow")
DEV, *_ = PLATFORM.targets
MODEL = ServedModel(VERSION, "churn", (("online", ONLINE, "mlw-churn-dev"), ("batch", BATCH, "mlw-churn-dev")))
SCORED = ScheduleContext(
    "scored",
    "mlw-churn-dev",
    "dev/azureml/schedules/scored.yml",
    "5c3",
    enabled=True,
    fills=(
        FillContext("create_job.inputs.model.path", (TextPart("azureml:churn:", VERSION),)),
        FillContext("tags.told", (TextPart("it's ", VERSION), TextPart(" of dev"))),
    ),
    served=(MODEL,),
)
WEEKLY, DRIFT = DEV.schedules
LEFT = "goes on with what served before: {}. The next release sets it"


def _platform(*schedules: ScheduleContext) -> ScriptsContext:
    dev = dataclasses.replace(DEV, schedules=schedules)
    return dataclasses.replace(PLATFORM, targets=(dev, *PLATFORM.targets[1:]))


@pytest.fixture
def azure(new_azure_of: Callable[[ScriptsContext], Azure]) -> Azure:
    """The first target serves version 2, and has served version 1; nothing is scheduled."""
    made = new_azure_of(_platform(WEEKLY, SCORED, DRIFT)).with_infrastructure()
    _run(made, REGISTER, TRAIN, RELEASE, RETRAIN, RELEASE)
    return made


def _run(azure: Azure, *steps: tuple[str, ...]) -> None:
    for step in steps:
        result = azure.run(*step)
        assert result.code == 0, result.stderr


def _schedule(azure: Azure, name: str = "scored") -> dict[str, Any]:
    schedule: dict[str, Any] = azure.workspace()["schedules"][name]
    return schedule


def _told(azure: Azure) -> tuple[str, str, str]:
    """What the schedule says, and from what the tag says that it was made."""
    scored = _schedule(azure)
    path: str = scored["body"]["create_job"]["inputs"]["model"]["path"]
    return path, scored["tags"]["told"], scored["tags"]["mlinfra-content"]


def test_a_release_tells_the_version_that_serves_and_the_way_back_the_older_one(azure: Azure) -> None:
    _run(azure, SCHEDULE)
    assert _told(azure) == ("azureml:churn:2", "it's 2 of dev", "5c3/churn:2")
    newer = _schedule(azure, "drift")["tags"]["mlinfra-content"]
    _run(azure, BACK, FOLLOW)
    assert _told(azure) == ("azureml:churn:1", "it's 1 of dev", "5c3/churn:1")
    assert _schedule(azure)["is_enabled"] is True
    slot = _schedule(azure, "drift")["body"]["create_monitor"]["monitoring_target"]["endpoint_deployment_id"]
    assert slot == f"azureml:{ONLINE}:" + next(iter(azure.workspace()["online_endpoints"][ONLINE]["traffic"]))
    assert _schedule(azure, "drift")["tags"]["mlinfra-content"] != newer
    again = azure.run(*FOLLOW)
    assert (again.code, again.stderr, azure.changes) == (0, "", [])


def test_what_serves_already_renews_nothing(azure: Azure) -> None:
    _run(azure, SCHEDULE)
    result = azure.run(*SCHEDULE)
    assert (result.code, azure.changes) == (0, [])
    assert "schedule scored is enabled\n" in result.stderr


def test_the_way_back_makes_nothing_that_was_not_released(azure: Azure) -> None:
    _run(azure, FOLLOW)
    assert azure.changes == []
    assert azure.workspace().get("schedules", {}) == {}


def test_the_way_back_leaves_what_another_revision_made_and_says_so(azure: Azure) -> None:
    _run(azure, SCHEDULE, BACK)
    _schedule(azure)["tags"]["mlinfra-content"] = "older/churn:2"
    result = azure.run(*FOLLOW, TF_BUILD="True")
    why = LEFT.format("it was made from another revision than this one")
    assert result.code == 0
    assert f"warning: schedule scored {why}\n" in result.stderr
    assert (
        "##vso[task.complete result=SucceededWithIssues;]schedule scored does not follow the way back\n"
        in result.stdout
    )
    assert _told(azure)[0] == "azureml:churn:2"


def test_nothing_that_serves_is_a_warning(azure: Azure) -> None:
    _run(azure, SCHEDULE)
    azure.workspace()["online_endpoints"][ONLINE]["traffic"] = {}
    lacks = "no version of model churn serves in dev: release one first"
    result = azure.run(*SCHEDULE)
    assert result.code == 0
    assert f"warning: schedule scored is not set: {lacks}\n" in result.stderr
    result = azure.run(*FOLLOW)
    assert result.code == 0
    assert f"warning: schedule scored {LEFT.format(lacks)}\n" in result.stderr


def test_what_no_online_endpoint_serves_is_what_scores_in_batches(
    new_azure_of: Callable[[ScriptsContext], Azure], after: Callable[..., Snapshot]
) -> None:
    azure = new_azure_of(_platform(SCORED)).restore(after(REGISTER, TRAIN, RELEASE_BATCH))
    _run(azure, SCHEDULE)
    assert _told(azure) == ("azureml:churn:1", "it's 1 of dev", "5c3/churn:1")


def test_while_a_canary_is_on_its_way_what_served_before_it_counts(azure: Azure) -> None:
    endpoint = azure.workspace()["online_endpoints"][ONLINE]
    (newer,) = endpoint["traffic"]
    older = endpoint["tags"]["mlinfra-previous"].partition("=")[0]
    endpoint["traffic"] = {older: 90, newer: 10}
    now = " ".join(sorted((f"{older}=90", f"{newer}=10")))
    endpoint["tags"]["mlinfra-rollout"] = f"run 7, step 10, since 2026-01-05T05:00:00Z, now {now}, before {older}=100"
    endpoint["tags"]["mlinfra-split"] = now
    _run(azure, SCHEDULE)
    assert _told(azure)[0] == "azureml:churn:1"

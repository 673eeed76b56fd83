"""Schedules and monitors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.scripts.example import SCHEDULED
from tests.scripts.harness import Azure, Snapshot
from tests.scripts.steps import PROMOTE, REGISTER, REGISTER_LATER, RELEASE, SCHEDULE, TRAIN

RELEASE_LATER = ("release-endpoint.sh", "--target", "prod", *RELEASE[3:])
CREATE_DISABLED = ["ml schedule create", "ml schedule disable", "rest"]
SCHEDULE_LATER = ("schedule.sh", "--target", "prod")


@pytest.fixture
def released(azure: Azure, after: Callable[..., Snapshot]) -> Azure:
    """Both targets serve version 1."""
    return azure.restore(after(REGISTER, TRAIN, RELEASE, REGISTER_LATER, PROMOTE, RELEASE_LATER))


def _schedules(azure: Azure, target: int = 0) -> dict[str, Any]:
    schedules: dict[str, Any] = azure.workspace(target)["schedules"]
    return schedules


def test_development_disables_what_it_creates(released: Azure) -> None:
    result = released.run(*SCHEDULE)
    assert (result.code, released.changes) == (0, CREATE_DISABLED * 2)
    assert [schedule["is_enabled"] for schedule in _schedules(released).values()] == [False, False]
    again = released.run(*SCHEDULE)
    assert (again.code, again.stderr) == (0, "schedule weekly is disabled\nschedule drift is disabled\n")
    assert released.changes == []


def test_what_is_to_be_disabled_never_runs_wherever_the_script_is_killed(
    released: Azure, new_azure: Callable[[], Azure]
) -> None:
    before = released.snapshot()
    assert released.run(*SCHEDULE).code == 0
    for kill_after in range(1, len(released.changes) + 1):
        azure = new_azure().restore(before)
        assert azure.run(*SCHEDULE, kill_after=kill_after).code == -9
        assert "ran" not in azure.workspace()
        assert azure.run(*SCHEDULE).code == 0
        assert "ran" not in azure.workspace()
        assert azure.snapshot() == released.snapshot()


def test_its_trigger_is_in_the_end_the_one_that_is_written(released: Azure) -> None:
    assert released.run(*SCHEDULE).code == 0
    weekly = {"frequency": "week", "interval": 1, "triggerType": "Recurrence", "timeZone": "UTC"}
    drift = {"expression": "0 6 * * 1", "triggerType": "Cron", "timeZone": "UTC"}
    assert {name: schedule["trigger"] for name, schedule in _schedules(released).items()} == {
        "weekly": weekly | dict(zip(("startTime", "endTime"), SCHEDULED, strict=True)),
        "drift": drift,
    }


def test_what_was_disabled_is_renewed_when_it_is_to_be_enabled(released: Azure) -> None:
    """A mode that changed while a script was killed: what is unfinished is made anew."""
    assert released.run(*SCHEDULE_LATER).code == 0
    _schedules(released, 1)["weekly"]["tags"]["mlinfra-content"] = "unfinished"
    assert released.run(*SCHEDULE_LATER).code == 0
    assert released.changes == ["ml schedule create"]


def test_production_enables(released: Azure) -> None:
    assert released.run(*SCHEDULE_LATER).code == 0
    assert released.changes == ["ml schedule create", "ml schedule create"]
    _schedules(released, 1)["weekly"]["is_enabled"] = False
    assert released.run(*SCHEDULE_LATER).code == 0
    assert released.changes == ["ml schedule enable"]


def test_another_definition_renews_the_schedule_and_its_switch(released: Azure) -> None:
    assert released.run(*SCHEDULE).code == 0
    _schedules(released)["weekly"]["tags"]["mlinfra-content"] = "older"
    assert released.run(*SCHEDULE).code == 0
    assert released.changes == CREATE_DISABLED
    assert _schedules(released)["weekly"]["tags"] == {"team": "growth", "mlinfra-content": "5c1"}


def test_a_monitor_watches_the_slot_that_serves_and_follows_it(released: Azure) -> None:
    assert released.run(*SCHEDULE_LATER).code == 0
    endpoint = released.workspace(1)["online_endpoints"]["churn-prod-x1y2"]
    (served,) = endpoint["traffic"]
    target = _schedules(released, 1)["drift"]["body"]["create_monitor"]["monitoring_target"]
    assert target == {
        "ml_task": "classification",
        "endpoint_deployment_id": f"azureml:churn-prod-x1y2:{served}",
    }
    endpoint["traffic"] = {served: 10, "blue-000000": 80, "green-ffffff": 10}
    assert released.run(*SCHEDULE_LATER).code == 0
    assert released.changes == ["ml schedule create"]
    target = _schedules(released, 1)["drift"]["body"]["create_monitor"]["monitoring_target"]
    assert target["endpoint_deployment_id"] == "azureml:churn-prod-x1y2:blue-000000"


def test_a_monitor_watches_a_slot_to_which_traffic_is_only_mirrored(released: Azure) -> None:
    endpoint = released.workspace(1)["online_endpoints"]["churn-prod-x1y2"]
    (served,) = endpoint["traffic"]
    endpoint |= {"traffic": {"others-000000": 100}, "mirror_traffic": {served: 20}}
    assert released.run(*SCHEDULE_LATER).code == 0
    target = _schedules(released, 1)["drift"]["body"]["create_monitor"]["monitoring_target"]
    assert target["endpoint_deployment_id"] == f"azureml:churn-prod-x1y2:{served}"


def test_a_monitor_of_an_endpoint_without_traffic_holds_no_other_schedule_back(released: Azure) -> None:
    """A model that the gate refused since the first release keeps nobody else's schedule from running."""
    released.workspace()["online_endpoints"]["churn-dev-x1y2"]["traffic"] = {}
    result = released.run(*SCHEDULE, TF_BUILD="True")
    lacks = 'endpoint churn-dev-x1y2 has no deployment of "blue" with traffic to monitor: release it first'
    assert (result.code, released.changes) == (0, CREATE_DISABLED)
    assert f"warning: schedule drift is not set: {lacks}\n" in result.stderr
    assert "##vso[task.complete result=SucceededWithIssues;]schedule drift is not set\n" in result.stdout


def test_a_schedule_that_failed_is_created_again(released: Azure) -> None:
    assert released.run(*SCHEDULE).code == 0
    _schedules(released)["weekly"]["provisioning_state"] = "Failed"
    assert released.run(*SCHEDULE).code == 0
    assert released.changes == CREATE_DISABLED

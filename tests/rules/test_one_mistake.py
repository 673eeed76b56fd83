"""One mistake is one error, which says what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spec import HEADER, found

AZUREML = "workspaces: {main: {}}\nenvironments: {e: {image: a/b:1}}\n"
BUNDLES = "databricks_workspaces: {main: {existing: true, azure_name: dbw-a, resource_group: rg-a}}\n"
COMMAND = "type: command, command: a, environment: e"
DAILY = "type: cron, expression: '0 5 * * *', time_zone: UTC"
QUARTZ = "schedule: {quartz_cron_expression: 0 0 5 * * ?, timezone_id: UTC}"
TRIGGER = "MLI860 trigger starts a job when something happens, and takes no calendar"
SCHEDULE = "MLI860 schedule takes a cron expression of Quartz"


def _job(more: str) -> str:
    return f"{BUNDLES}databricks_jobs: {{j: {{tasks: [], {more}}}}}\n"


ONE = {
    "a placeholder for a compute": (
        f"{AZUREML}jobs: {{t: {{{COMMAND}, compute: <cluster-name>}}}}\n",
        'MLI510 "<cluster-name>" is a placeholder | put the real value in its place',
    ),
    "a placeholder for the compute of a step": (
        (
            f"{AZUREML}jobs: {{p: {{type: pipeline, settings: {{default_compute: serverless}}, jobs: {{a: {{{COMMAND}, "
            "compute: <cluster name>}}}}\n"
        ),
        'MLI510 "<cluster name>" is a placeholder | put the real value in its place',
    ),
    "a calendar of Azure ML in a job of it": (
        f"{AZUREML}jobs: {{p: {{{COMMAND}, compute: serverless, trigger: {{{DAILY}}}}}}}\n",
        (
            "MLI220 trigger is not a field of jobs of type command | write schedules: {<name>: {trigger: …, "
            "create_job: <this entry>}}, which runs a pipeline"
        ),
    ),
    "a calendar of Azure ML": (_job(f"trigger: {{{DAILY}}}"), f"{TRIGGER} | write {QUARTZ}"),
    "cron alone": (_job("trigger: {cron: '30 6 1 * *'}"), f"{TRIGGER} | write {QUARTZ.replace('0 0 5 *', '0 30 6 1')}"),
    "a day of the week": (_job("trigger: {cron: '30 6 * * 1'}"), f"{TRIGGER} | write {QUARTZ}"),
    "a recurrence": (
        _job("trigger: {type: recurrence, frequency: hour, interval: 6}"),
        f"{TRIGGER} | write trigger: {{periodic: {{interval: 6, unit: HOURS}}}}",
    ),
    "what belongs under schedule": (
        _job("trigger: {quartz_cron_expression: 0 15 5 * * ?, timezone_id: Europe/Zurich}"),
        f"{TRIGGER} | write {QUARTZ.replace('0 0', '0 15').replace('UTC', 'Europe/Zurich')}",
    ),
    "a calendar of Azure ML under schedule": (_job(f"schedule: {{{DAILY}}}"), f"{SCHEDULE} | write {QUARTZ}"),
}


@pytest.mark.parametrize(("text", "expected"), ONE.values(), ids=ONE)
def test_one_mistake_is_one_error(text: str, expected: str, tmp_path: Path) -> None:
    said = [item for item in found(tmp_path, HEADER + text) if item.severity == "error"]
    assert [f"{item.code.id} {item.message} | {item.help}" for item in said] == [expected]


def test_a_placeholder_of_which_no_rule_speaks_is_still_found(tmp_path: Path) -> None:
    endpoint = "batch_endpoints: {b: {defaults: {deployment_name: d}, deployments: {d: {model: azureml:m:1, %s}}}}\n"
    text = HEADER + AZUREML + endpoint % "compute: <cluster-name>"
    assert any("<cluster-name>" in item.message for item in found(tmp_path, text) if item.severity == "error")


@pytest.mark.parametrize(
    "more",
    [
        "trigger: {periodic: {interval: 1, unit: DAYS}}",
        "trigger: {file_arrival: {url: /Volumes/a/b/c}}",
        "schedule: {quartz_cron_expression: '0 0 5 * * ?', timezone_id: UTC}",
    ],
)
def test_a_trigger_and_a_schedule_of_databricks_pass(more: str, tmp_path: Path) -> None:
    assert [item.message for item in found(tmp_path, HEADER + _job(more)) if item.severity == "error"] == []

"""One mistake is one error, which says what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.diagnostics.merge import merge
from tests.spec import HEADER, compiled, found

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
    "a field of settings beside others of them": (
        (
            f"{AZUREML}jobs: {{p: {{type: pipeline, default_compute: serverless, settings: {{force_rerun: true}}, "
            f"jobs: {{a: {{{COMMAND}}}, b: {{{COMMAND}}}}}}}}}\n"
        ),
        (
            "MLI220 default_compute is not a field of jobs of type pipeline | default_compute is a field of settings: "
            "move it into settings"
        ),
    ),
    "a field of settings": (
        f"{AZUREML}jobs: {{p: {{type: pipeline, default_compute: serverless, jobs: {{a: {{{COMMAND}}}}}}}}}\n",
        (
            "MLI220 default_compute is not a field of jobs of type pipeline | default_compute is a field of settings: "
            "write settings: {default_compute: …}"
        ),
    ),
    "a field of deployments": (
        f"{AZUREML}online_endpoints: {{e: {{auth_mode: key, instance_count: 1}}}}\n",
        (
            "MLI220 instance_count is not a field of online_endpoints | instance_count is a field of entries of "
            "deployments: write deployments: {<name>: {instance_count: …}}"
        ),
    ),
    "what is required, one level too deep": (
        (
            f"{AZUREML}jobs: {{p: {{type: sweep, trial: {{command: a, environment: e}}, compute: serverless, "
            "sampling_algorithm: random, search_space: {x: {type: choice, values: [1]}}, "
            "objective: {goal: minimize, primary_metric: a, limits: {max_total_trials: 3}}}}\n"
        ),
        ("MLI220 limits is not a field of objective | limits is a field of jobs: write it beside objective"),
    ),
    "a cluster one level too deep": (
        (
            f"{BUNDLES}databricks_jobs: {{j: {{job_clusters: [{{job_cluster_key: c, new_cluster: {{spark_version: "
            "17.3.x-scala2.13, node_type_id: Standard_D4ds_v5, num_workers: 1}}], tasks: [{task_key: a, "
            "notebook_task: {notebook_path: /Shared/a, job_cluster_key: c}}]}}\n"
        ),
        (
            "MLI860 job_cluster_key is not a field of tasks.0.notebook_task | job_cluster_key is a field of tasks.0: "
            "write it beside notebook_task"
        ),
    ),
    "what exists, by its name and group": (
        (
            "virtual_networks: {hub: {azure_name: vnet-hub, resource_group: rg-hub, subscription: "
            "11111111-1111-1111-1111-111111111112}}\n"
        ),
        (
            "MLI454 resource_group and subscription are for what exists already, and virtual_networks.hub is created "
            "| add existing: true; or leave resource_group and subscription out"
        ),
    ),
    "a name that all of Azure has once": (
        "storage_accounts: {archive: {azure_name: stcontosoarchive, resource_group: rg-archive}}\n",
        (
            "MLI454 resource_group is for what exists already, and storage_accounts.archive is created | add "
            "existing: true; or leave resource_group out"
        ),
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


TARGETS = """apiVersion: mlinfra/v1
platform: churn
location: westeurope
owner: ml@contoso.com
variables: {net: {type: string}}
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development, variables: {net: "10.1"}}
  test: {subscription: 11111111-1111-1111-1111-111111111111, mode: development, variables: {net: "10.2"}MORE}
virtual_networks: {main: {address_space: ["${var.net}.0.0/18"], subnets: {a: {address_prefix: "${var.net}.RANGE"}}}}
workspaces: {main: {}}
"""


@pytest.mark.parametrize("subnet", ["64.0/24", "2.0/22"])
def test_a_range_that_each_target_has_for_itself_is_one_error(subnet: str, tmp_path: Path) -> None:
    result = compiled(tmp_path, TARGETS.replace("RANGE", subnet).replace("MORE", ""))
    said = merge(result.of_spec, result.diagnostics, ["dev", "test"])
    assert [item.targets for item in said if item.severity == "error"] == [None]


def test_what_differs_in_a_target_is_told_to_stand_in_its_overrides(tmp_path: Path) -> None:
    more = ", workspaces: {main: {description: a}}"
    said = found(tmp_path, TARGETS.replace("RANGE", "0.0/24").replace("MORE", more))
    assert [(item.code.id, item.help) for item in said if item.severity == "error"] == [
        ("MLI203", "what differs in a target stands in its overrides: overrides: {workspaces: {…}}")
    ]


def test_a_tab_before_a_key_below_a_text_is_a_tab(tmp_path: Path) -> None:
    said = found(tmp_path, "apiVersion: mlinfra/v1\nplatform: churn\nowner: a\n\tb: c\n")
    assert [item.code.id for item in said] == ["MLI105"]

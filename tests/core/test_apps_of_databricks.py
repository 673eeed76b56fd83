"""An app that names what serves is deployed with that, behind the run that has to come before; others are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.emit.databricks import bundles, databricks_files
from tests.reading_yaml import read_yaml
from tests.spec import HEADER, compiled, said

WORKSPACE = "databricks_workspaces: {main: {existing: true, azure_name: dbw-a, resource_group: rg-a}}\n"
SPEC = """\
databricks_model_serving_endpoints:
  churn: {config: {served_entities: [{entity_name: a.b.churn, entity_version: "1", scale_to_zero_enabled: true}]}}
databricks_sql_warehouses: {bi: {cluster_size: Small}}
databricks_quality_monitors: {scores: {table_name: a.b.s, output_schema_name: a.b, assets_dir: /Shared/m, snapshot: {}}}
databricks_apps:
  asks: {source_code_path: /Workspace/a, resources: [{name: r, RESOURCE}]}
  behind: {source_code_path: /Workspace/a, description: "beside ${resources.apps.asks.name}"}
  alone: {source_code_path: /Workspace/a}
"""
WITH_WHAT_SERVES = ["behind", "asks"]
NAMED = {  # what the app asks -> the apps in the bundle of what serves
    "an endpoint": (
        'serving_endpoint: {name: "${resources.model_serving_endpoints.churn.name}", permission: CAN_QUERY}',
        WITH_WHAT_SERVES,
    ),
    "by our address": (
        'serving_endpoint: {name: "${databricks_model_serving_endpoints.churn.name}", permission: CAN_QUERY}',
        WITH_WHAT_SERVES,
    ),
    "a monitor": ('description: "${resources.quality_monitors.scores.table_name}"', WITH_WHAT_SERVES),
    "one of someone else's": ("serving_endpoint: {name: theirs, permission: CAN_QUERY}", []),
    "a warehouse": ('sql_warehouse: {id: "${resources.sql_warehouses.bi.id}", permission: CAN_USE}', []),
}


@pytest.mark.parametrize(("resource", "expected"), NAMED.values(), ids=NAMED)
def test_an_app_goes_with_the_endpoint_that_it_names(resource: str, expected: list[str], tmp_path: Path) -> None:
    text = HEADER + WORKSPACE + SPEC.replace("RESOURCE", resource)
    (plan,) = compiled(tmp_path, text).plans
    held = {each.bundle: {entry.name for entry in each.entries} for each in bundles(plan.graph)}
    apps = {"asks", "behind", "alone"}
    assert (held["serving"] & apps, held["platform"] & apps) == (set(expected), apps - set(expected))
    assert said(tmp_path, text, "MLI866") == []


def test_what_such_an_app_takes_of_the_platform_is_looked_up(tmp_path: Path) -> None:
    both = NAMED["an endpoint"][0] + "}, {name: w, " + NAMED["a warehouse"][0]
    (plan,) = compiled(tmp_path, HEADER + WORKSPACE + SPEC.replace("RESOURCE", both)).plans
    files = {
        file.path: read_yaml(file.text)
        for file in databricks_files(plan.graph, "", tmp_path / "ml-platform.yaml", tmp_path / "generated")
    }
    folder = "dev/databricks/main/serving"
    asks = files[f"{folder}/resources/apps/asks.yml"]["resources"]["apps"]["asks"]
    assert asks["resources"] == [
        {
            "name": "r",
            "serving_endpoint": {"name": "${resources.model_serving_endpoints.churn.name}", "permission": "CAN_QUERY"},
        },
        {"name": "w", "sql_warehouse": {"id": "${var.warehouse_bi}", "permission": "CAN_USE"}},
    ]
    assert files[f"{folder}/databricks.yml"]["variables"]["warehouse_bi"]["lookup"] == {"warehouse": "bi"}


def test_what_is_no_app_waits_for_nothing_that_serves(tmp_path: Path) -> None:
    job = "databricks_jobs: {j: {description: '${resources.apps.asks.name}', tasks: []}}\n"
    text = HEADER + WORKSPACE + SPEC.replace("RESOURCE", NAMED["an endpoint"][0]) + job
    assert said(tmp_path, text, "MLI866") == [
        "15: databricks_jobs.j is deployed before databricks_apps.asks (write its name as a literal)"
    ]


JOB = "databricks_jobs: {j: {tasks: [], permissions: [{level: CAN_MANAGE_RUN, SAID}]}}\n"
SAID = 'service_principal_name: "${resources.apps.asks.service_principal_client_id}"'
ASKED = 'name: j, job: {id: "${resources.jobs.j.id}", permission: CAN_MANAGE_RUN}'


def test_a_right_of_a_later_app_is_asked_for_by_the_app(tmp_path: Path) -> None:
    """The bundle of the job is deployed first, when the app has no service principal yet; the advice deploys."""
    spec = HEADER + WORKSPACE + SPEC.replace("RESOURCE", NAMED["an endpoint"][0])
    assert said(tmp_path, spec + JOB.replace("SAID", SAID), "MLI866") == [
        (
            "15: databricks_jobs.j is deployed before databricks_apps.asks (its service principal is made with "
            "databricks_apps.asks, in a later deployment, so the app has to ask for the right: write resources: "
            "[{name: j, job: {id: ${resources.jobs.j.id}, permission: CAN_MANAGE_RUN}}] in databricks_apps.asks, and "
            "take this permission out)"
        )
    ]
    assert said(tmp_path, spec + JOB.replace("SAID", SAID), "MLI894") == []
    both = NAMED["an endpoint"][0] + "}, {" + ASKED
    advised = HEADER + WORKSPACE + SPEC.replace("RESOURCE", both) + "databricks_jobs: {j: {tasks: []}}\n"
    assert said(tmp_path, advised, "MLI866") == []
    (plan,) = compiled(tmp_path, advised).plans
    files = {
        file.path: read_yaml(file.text)
        for file in databricks_files(plan.graph, "", tmp_path / "ml-platform.yaml", tmp_path / "generated")
    }
    asks = files["dev/databricks/main/serving/resources/apps/asks.yml"]["resources"]["apps"]["asks"]
    assert asks["resources"][1] == {"name": "j", "job": {"id": "${var.job_j}", "permission": "CAN_MANAGE_RUN"}}

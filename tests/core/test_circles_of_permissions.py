"""Permissions and grants of a bundle are deployed after what they name: a circle that only they close deploys."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.emit.databricks import bundles
from tests.spec import HEADER, compiled, found

WORKSPACE = "databricks_workspaces: {main: {existing: true, azure_name: dbw-a, resource_group: rg-a}}\n"
APP = "databricks_apps:\n  chat: {source_code_path: /Workspace/a, resources: [{name: r, RESOURCE}]PERMISSIONS}\n"
TRAIN = 'job: {id: "${resources.jobs.train.id}", permission: CAN_MANAGE_RUN}'
OF_THE_APP = "${resources.apps.chat.service_principal_client_id}"
CAN_RUN = f"permissions: [{{service_principal_name: '{OF_THE_APP}', level: CAN_MANAGE_RUN}}]"
JOB = "databricks_jobs: {train: {tasks: [], MORE}}\n"
LEGAL = {
    "an app and its job": APP.replace("RESOURCE", TRAIN).replace("PERMISSIONS", "") + JOB.replace("MORE", CAN_RUN),
    "permissions that name their own entry": APP.replace("RESOURCE", "description: none").replace(
        "PERMISSIONS", f", {CAN_RUN.replace('CAN_MANAGE_RUN', 'CAN_USE')}"
    ),
    "a warehouse": (
        APP.replace(
            "RESOURCE", 'sql_warehouse: {id: "${resources.sql_warehouses.bi.id}", permission: CAN_USE}'
        ).replace("PERMISSIONS", "")
        + f"databricks_sql_warehouses: {{bi: {{cluster_size: Small, {CAN_RUN.replace('MANAGE_RUN', 'USE')}}}}}\n"
    ),
    "grants on a volume": (
        APP.replace(
            "RESOURCE",
            "uc_securable: {securable_full_name: '${resources.volumes.files.id}', securable_type: VOLUME, "
            "permission: READ_VOLUME}",
        ).replace("PERMISSIONS", "")
        + "databricks_volumes: {files: {catalog_name: main, schema_name: gold, name: files, "
        + f"grants: [{{principal: '{OF_THE_APP}', privileges: [READ_VOLUME]}}]}}}}\n"
    ),
    "an endpoint, in the bundle that serves": (
        APP.replace(
            "RESOURCE",
            'serving_endpoint: {name: "${resources.model_serving_endpoints.llm.name}", permission: CAN_QUERY}',
        ).replace("PERMISSIONS", "")
        + "databricks_model_serving_endpoints: {llm: {config: {served_entities: [{entity_name: a.b.c, "
        + 'entity_version: "1", scale_to_zero_enabled: true}]}, '
        + f"{CAN_RUN.replace('CAN_MANAGE_RUN', 'CAN_QUERY')}}}}}\n"
    ),
}
RUNS = "databricks_jobs:\n  a: {tasks: [{task_key: t, run_job_task: {job_id: '${resources.jobs.b.id}'}}]}\n"
CIRCLES = {
    "two jobs that run each other": RUNS
    + "  b: {tasks: [{task_key: t, run_job_task: {job_id: '${resources.jobs.a.id}'}}]}\n",
    "and permissions beside it": RUNS
    + f"  b: {{{CAN_RUN}, tasks: [{{task_key: t, run_job_task: {{job_id: '${{resources.jobs.a.id}}'}}}}]}}\n"
    + APP.replace("RESOURCE", TRAIN.replace("train", "a")).replace("PERMISSIONS", ""),
}


@pytest.mark.parametrize("text", LEGAL.values(), ids=LEGAL)
def test_a_circle_that_only_permissions_or_grants_close_compiles(text: str, tmp_path: Path) -> None:
    text = HEADER + WORKSPACE + text
    assert [item.message for item in found(tmp_path, text) if item.severity == "error"] == []
    (plan,) = compiled(tmp_path, text).plans
    assert "chat" in {entry.name for bundle in bundles(plan.graph) for entry in bundle.entries}


@pytest.mark.parametrize("text", CIRCLES.values(), ids=CIRCLES)
def test_any_other_circle_stays_one(text: str, tmp_path: Path) -> None:
    said = [item.message for item in found(tmp_path, HEADER + WORKSPACE + text) if item.code.id == "MLI304"]
    assert said == ["these entries need one another: databricks_jobs.a → databricks_jobs.b → databricks_jobs.a"]

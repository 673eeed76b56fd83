"""Values of bundles that pass every schema, and no deployment takes: each said where it stands, with what would be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spec import said

SPEC = """\
apiVersion: mlinfra/v1
platform: demo
location: westeurope
targets: {dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}}
network: {outbound: open}
databricks_workspaces: {main: {existing: true, azure_name: dbw, resource_group: rg}}
"""
SIZED = "spark_version: 17.3.x-scala2.13, node_type_id: Standard_D4ds_v5"
SERVED = "databricks_model_serving_endpoints: {e: {config: {served_entities: [{entity_name: a.b.c, SERVED}]}}}"
SERVES = "databricks_model_serving_endpoints.e"
OWNER = "{{{}, level: IS_OWNER}}"
TASK = "notebook_task: {notebook_path: /Shared/n}"
LAKE = "write abfss://<container>@<account>.dfs.core.windows.net/, or the address of a container of the spec"
RUNTIME = "write spark_version, such as 17.3.x-scala2.13, or policy_id"
OF_A_WORKSPACE = (
    "is a group of the workspace, and Unity Catalog knows those of the account alone (write a group of the account; "
    "all of its people are account users)"
)
FOLDER = "write the path of a folder before it: /Shared/trials"
VAULT = "write an entry of key_vaults, or {resource_id: …, dns_name: …} of another one"
NUMBER = '(write one such as "1"; no alias stands for one here)'
FIELDS = "seconds, minutes, hours, day, month, day of the week: 0 0 7 ? * MON-FRI"


def job(*waits: str) -> str:
    """A job of tasks a, b, c, each with those that it waits for."""
    tasks = []
    for key, before in zip("abc", waits, strict=False):
        due = ", ".join(f"{{task_key: {each}}}" for each in before)
        tasks.append(f"{{task_key: {key}, depends_on: [{due}], {TASK}}}")
    return f"databricks_jobs: {{j: {{tasks: [{', '.join(tasks)}]}}}}"


def _at(expression: str) -> str:
    schedule = f'{{quartz_cron_expression: "{expression}", timezone_id: UTC}}'
    return f"databricks_jobs: {{j: {{schedule: {schedule}, tasks: []}}}}"


def warehouse(more: str) -> str:
    return f"databricks_sql_warehouses: {{w: {{cluster_size: Small, {more}}}}}"


def cluster(more: str) -> str:
    return f"databricks_clusters: {{c: {{{SIZED}, {more}}}}}"


def _policy(limit: str) -> str:
    return f"databricks_cluster_policies: {{p: {{name: p, definition: {{spark_version: {limit}}}}}}}"


def _index(name: str, kind: str) -> str:
    synced = "delta_sync_index_spec: {source_table: a.b.t, pipeline_type: TRIGGERED}"
    body = f"name: {name}, endpoint_name: e, primary_key: id, index_type: {kind}, {synced}"
    return f"databricks_vector_search_indexes: {{i: {{{body}}}}}"


WRONG: dict[str, tuple[str, str]] = {
    "a grant to a group of the workspace": (
        "databricks_schemas: {s: {catalog_name: c, grants: [{principal: users, privileges: [USE_SCHEMA]}]}}",
        f'"users" {OF_A_WORKSPACE}',
    ),
    "an owner that is a group of the workspace": (
        "databricks_registered_models: {m: {catalog_name: c, schema_name: s, owner: admins}}",
        f'"admins" {OF_A_WORKSPACE}',
    ),
    "a job that two own": (
        job("").replace(
            "{tasks", f"{{permissions: [{OWNER.format('user_name: a')}, {OWNER.format('user_name: b')}], tasks"
        ),
        (
            "a permission on databricks_jobs.j is IS_OWNER, and so is another; the service takes exactly one owner "
            "(write CAN_MANAGE)"
        ),
    ),
    "a warehouse that a group owns": (
        warehouse(f"permissions: [{OWNER.format('group_name: a')}]"),
        (
            "a permission on databricks_sql_warehouses.w is IS_OWNER of a group, and a group owns no job, pipeline or "
            "warehouse (write CAN_MANAGE, or name a user or a service principal)"
        ),
    ),
    "a task that waits for itself": (
        job("", "b"),
        "tasks of databricks_jobs.j wait for one another: b -> b (leave one of these dependencies out)",
    ),
    "tasks in a circle, once": (
        job("c", "a", "b"),
        "tasks of databricks_jobs.j wait for one another: a -> c -> b -> a (leave one of these dependencies out)",
    ),
    "a cluster that fewer machines are most of": (
        cluster("autoscale: {min_workers: 5, max_workers: 3}"),
        "min_workers: 5 is more than max_workers: 3 (write the smaller one there)",
    ),
    "a warehouse": (
        warehouse("min_num_clusters: 4, max_num_clusters: 2"),
        "min_num_clusters: 4 is more than max_num_clusters: 2 (write the smaller one there)",
    ),
    "a warehouse that stops at once": (
        warehouse("auto_stop_mins: 5"),
        "auto_stop_mins must be 10 or more, or 0, not 5 (write one of 10 or more, or 0)",
    ),
    "a cluster that stops at once": (
        cluster("num_workers: 1, autotermination_minutes: 5"),
        "autotermination_minutes must be 10 to 10000, or 0, not 5 (write one of 10 to 10000, or 0)",
    ),
    "fewer machines than none": (cluster("num_workers: -1"), "num_workers must be 0 or more, not -1 (write 0 or more)"),
    "a location that leads nowhere": (
        "databricks_external_locations: {l: {url: storage_acounts.lake.containers.raw, credential_name: c}}",
        f'"storage_acounts.lake.containers.raw" is no place that Unity Catalog reads ({LAKE})',
    ),
    "a policy of a misspelt attribute": (
        "databricks_cluster_policies: {p: {name: p, definition: {data_securtiy_mode: {type: unlimited}}}}",
        '"data_securtiy_mode" is no attribute of a cluster (write data_security_mode)',
    ),
    "no runtime": (
        "databricks_clusters: {c: {node_type_id: Standard_D4ds_v5, num_workers: 1}}",
        f"databricks_clusters.c has no spark_version, and no policy that could give one ({RUNTIME})",
    ),
    "a location of another scheme": (
        'databricks_external_locations: {l: {url: "wasbs://a@b.blob.core.windows.net/", credential_name: c}}',
        f'"wasbs://a@b.blob.core.windows.net/" is no place that Unity Catalog reads ({LAKE})',
    ),
    "an experiment without a folder": (
        "databricks_experiments: {e: {name: trials}}",
        f'"trials" is no path of the workspace, and an experiment is called by one ({FOLDER})',
    ),
    "a vault that is none": (
        "databricks_secret_scopes: {s: {keyvault_metadata: vault}}",
        f'"vault" is no entry of key_vaults ({VAULT})',
    ),
    "an alias in the place of a version": (
        SERVED.replace("SERVED", "entity_version: latest"),
        f'entity_version of {SERVES} must be the number of a version, not "latest" {NUMBER}',
    ),
    "an hour that no day has": (
        _at("0 0 25 * * ?"),
        f'in "0 0 25 * * ?" "25" is none of the hours (0 to 23) ({FIELDS})',
    ),
    "days of the week from 0": (
        _at("0 0 7 ? * 0-4"),
        f'in "0 0 7 ? * 0-4" "0-4" is none of the days of the week (1 to 7) ({FIELDS})',
    ),
    "a word that is no month": (
        _at("0 0 7 1 JANUARY ?"),
        f'in "0 0 7 1 JANUARY ?" "JANUARY" is none of the months (1 to 12) ({FIELDS})',
    ),
}


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG)
def test_a_value_that_no_deployment_takes_is_said_at_its_place(text: str, expected: str, tmp_path: Path) -> None:
    line = SPEC.count("\n") + 1
    assert said(tmp_path, SPEC + text + "\n", "MLI875") == [f"{line}: {expected}"]


def test_a_permission_of_defaults_is_said_where_it_is_written_and_not_at_each_entry(tmp_path: Path) -> None:
    defaults = "resource_group: rg, defaults: {permissions: [{level: CAN_VIEW}, {level: CAN_RUN, group_name: users}]}"
    jobs = f"databricks_jobs: {{a: {{tasks: [{{task_key: t, {TASK}}}]}}, b: {{tasks: [{{task_key: t, {TASK}}}]}}}}\n"
    spec = SPEC.replace("resource_group: rg", defaults)
    message = "a permission of databricks_workspaces.main names nobody"
    help = "(write one of user_name, group_name, service_principal_name)"
    assert said(tmp_path, spec + jobs, "MLI875") == [f"6: {message} {help}"]


RIGHT = (
    warehouse(f"permissions: [{OWNER.format('user_name: a')}, {{user_name: b, level: CAN_MANAGE}}]"),
    "databricks_schemas: {s: {catalog_name: c, grants: [{principal: account users, privileges: [USE_SCHEMA]}]}}",
    job("", "a", "ab"),
    job("x", "a"),  # what is not there is said by another rule
    cluster("autoscale: {min_workers: 3, max_workers: 3}, autotermination_minutes: 0"),
    "databricks_clusters: {c: {policy_id: abc, num_workers: 1}}",
    warehouse("auto_stop_mins: 0, min_num_clusters: 2, max_num_clusters: 2"),
    _policy("{type: range, maxValue: 3}"),
    _policy("{type: unlimited}"),
    _index("a.b.i", "DELTA_SYNC"),
    'databricks_external_locations: {l: {url: "s3://bucket/a", credential_name: c}}',
    'databricks_experiments: {e: {name: "${workspace.file_path}/e"}}',
    "databricks_secret_scopes: {s: {keyvault_metadata: {resource_id: /subscriptions/a, dns_name: https://b}}}",
    SERVED.replace("SERVED", "entity_version: 3"),
    *map(
        _at,
        (
            *("0 0/15 7-19 ? * MON-FRI", "0 0 7 L * ?", "0 0 7 L-3W * ?", "0 0 7 15W * ?", "0 0 7 ? * 6L"),
            *("0 0 7 ? * MON#2", "0 */5 * * * ?", "0 0 7 1,15 JAN,JUL ? 2027", "0 0 22-2 ? * FRI-MON"),
        ),
    ),
)


@pytest.mark.parametrize("text", RIGHT)
def test_nothing_is_said_of_what_a_deployment_takes(text: str, tmp_path: Path) -> None:
    assert said(tmp_path, SPEC + text + "\n", "MLI875") == []

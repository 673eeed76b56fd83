"""Rules of platforms with several workspaces of Databricks, and the order in which their bundles are deployed."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.emit.bundles import bundle_contexts
from mlinfra.emit.databricks import databricks_files
from tests.reading_yaml import read_yaml
from tests.spec import HEADER, compiled, said

# Lines 6 to 9 of a spec; those of a case follow.
WORKSPACES = """\
databricks_workspaces:
  main: {existing: true, azure_name: dbw-a, resource_group: rg-a}
  two: {existing: true, azure_name: dbw-b, resource_group: rg-a}
  far: {existing: true, azure_name: dbw-c, resource_group: rg-a}
"""
HELP = "(name one of databricks_workspaces.main, or write workspace: two here)"
ROOT = 'storage_root: "abfss://a@b.dfs.core.windows.net/"'
JOB = "b: {workspace: two, tasks: [{task_key: a, run_job_task: {job_id: 12}}]}"
OF_TWO = """\
databricks_catalogs: {d: {workspace: two, ROOT}, e: {workspace: two, existing: true}}
databricks_schemas:
""".replace("ROOT", ROOT)


@pytest.mark.parametrize(
    ("written", "who", "what"),
    [
        (
            (
                f"databricks_jobs:\n  {JOB}\n"
                "  a: {workspace: main, tasks: [{task_key: a, run_job_task: {job_id: b}}]}"
            ),
            "databricks_jobs.a",
            "databricks_jobs.b",
        ),
        (
            (
                "databricks_alerts: {late: {existing: true, workspace: two, display_name: Late}}\n"
                "databricks_jobs:\n"
                "  a: {workspace: main, tasks: [{task_key: a, alert_task: {alert_id: late}}]}"
            ),
            "databricks_jobs.a",
            "databricks_alerts.late",
        ),
        (
            (
                f"databricks_jobs: {{{JOB}}}\n"
                "databricks_apps:\n"
                '  app: {workspace: main, source_code_path: /Workspace/a, description: "${resources.jobs.b.id}"}'
            ),
            "databricks_apps.app",
            "databricks_jobs.b",
        ),
        (
            (
                "databricks_vector_search_endpoints: {v: {workspace: two, endpoint_type: STANDARD}}\n"
                "databricks_vector_search_indexes:\n"
                "  i: {workspace: main, name: a.b.c, endpoint_name: v, primary_key: d, index_type: DIRECT_ACCESS}"
            ),
            "databricks_vector_search_indexes.i",
            "databricks_vector_search_endpoints.v",
        ),
        (
            (
                "databricks_postgres_projects: {p: {workspace: two, pg_version: 17}}\n"
                "databricks_postgres_branches:\n"
                "  b: {workspace: main, parent: p}"
            ),
            "databricks_postgres_branches.b",
            "databricks_postgres_projects.p",
        ),
    ],
)
def test_what_is_in_a_workspace_is_named_there_alone(written: str, who: str, what: str, tmp_path: Path) -> None:
    line = 10 + written.count("\n")
    assert said(tmp_path, f"{HEADER}{WORKSPACES}{written}\n", "MLI625") == [
        f"{line}: {what} is in databricks_workspaces.two, and {who} is not {HELP}"
    ]
    at_home = written.replace("workspace: main", "workspace: two")
    assert said(tmp_path, f"{HEADER}{WORKSPACES}{at_home}\n", "MLI625") == []


def test_a_name_in_a_text_is_one_anywhere(tmp_path: Path) -> None:
    app = 'app: {workspace: main, source_code_path: /Workspace/a, description: "${resources.jobs.b.name}"}'
    text = f"{HEADER}{WORKSPACES}databricks_jobs: {{{JOB}}}\ndatabricks_apps: {{{app}}}\n"
    assert said(tmp_path, text, "MLI625") == []


def test_workspaces_that_wait_for_each_other_are_said_once(tmp_path: Path) -> None:
    of_main = f"databricks_catalogs: {{c: {{workspace: main, {ROOT}}}, d: {{workspace: two, {ROOT}}}}}\n"
    schemas = (
        "databricks_schemas:\n"
        "  s: {workspace: two, catalog_name: c}\n"
        "  t: {workspace: main, catalog_name: d}\n"
        "  u: {workspace: far, catalog_name: d}\n"  # behind them, and no part of it
    )
    assert said(tmp_path, HEADER + WORKSPACES + of_main + schemas, "MLI626") == [
        (
            "13: databricks_workspaces.main and databricks_workspaces.two wait for each other: databricks_schemas.t "
            "names databricks_catalogs.d (move one of the two to the other's workspace: workspace: two)"
        )
    ]


@pytest.mark.parametrize(
    ("schema", "order"),
    [
        ("{workspace: main, catalog_name: d}", ["two", "main"]),
        ("{workspace: main, catalog_name: e}", ["main", "two"]),  # it is there
        ("{workspace: two, catalog_name: d}", ["main", "two"]),
    ],
)
def test_a_bundle_is_deployed_behind_those_of_which_it_names_something(
    schema: str, order: list[str], tmp_path: Path
) -> None:
    job = JOB.replace("two", "main")
    text = f"{HEADER}{WORKSPACES}{OF_TWO}  s: {schema}\ndatabricks_jobs: {{{job}}}\n"
    (plan,) = compiled(tmp_path, text).plans
    assert [each.workspace for each in bundle_contexts(plan.graph)] == order


def test_a_volume_lies_at_the_address_of_a_location_of_another_workspace(tmp_path: Path) -> None:
    text = (
        f"{HEADER}{WORKSPACES}"
        "storage_accounts: {lake: {hierarchical_namespace: true, containers: {raw: {}}}}\n"
        "databricks_access_connectors: {lake: {storage: [lake]}}\n"
        "databricks_storage_credentials: {lake: {workspace: two, access_connector: lake}}\n"
        "databricks_external_locations:\n"
        "  raw: {workspace: two, url: storage_accounts.lake.containers.raw, credential_name: lake}\n"
        "databricks_volumes:\n"
        "  raw: {workspace: main, catalog_name: a, schema_name: b, volume_type: EXTERNAL, storage_location: raw}\n"
    )
    (plan,) = compiled(tmp_path, text).plans
    files = databricks_files(plan.graph, "", tmp_path / "ml-platform.yaml", tmp_path / "generated")
    (page,) = (read_yaml(file.text) for file in files if file.path.endswith("volumes/raw.yml"))
    account = plan.graph.entries["storage_accounts.lake"].azure_name
    assert page["resources"]["volumes"]["raw"]["storage_location"] == f"abfss://raw@{account}.dfs.core.windows.net/"


TASKS = "tasks: [{task_key: a, run_job_task: {job_id: 12}}]"
BRANCH = "branch_id: trunk, no_expiry: true"
WRITES = "endpoint_id: primary, endpoint_type: ENDPOINT_TYPE_READ_WRITE, parent: projects/p/branches"


@pytest.mark.parametrize(
    ("section", "one", "other"),
    [
        ("jobs", f"workspace: main, name: x, {TASKS}", f"workspace: two, name: x, {TASKS}"),
        ("secret_scopes", "workspace: main, name: x", "workspace: two, name: x"),
        (
            "sql_warehouses",
            "workspace: main, existing: true, name: x",
            "workspace: two, existing: true, name: X",
        ),
        (
            "postgres_branches",
            f"workspace: main, {BRANCH}, parent: projects/p",
            f"workspace: main, {BRANCH}, parent: projects/q",
        ),
        ("postgres_endpoints", f"workspace: main, {WRITES}/a", f"workspace: main, {WRITES}/b"),
    ],
)
def test_one_name_is_two_things_in_two_places(section: str, one: str, other: str, tmp_path: Path) -> None:
    def taken(first: str, second: str) -> int:
        text = f"{HEADER}{WORKSPACES}databricks_{section}: {{a: {{{first}}}, b: {{{second}}}}}\n"
        return len(said(tmp_path, text, "MLI311"))

    assert (taken(one, other), taken(one, one)) == (0, 1)


def test_in_a_metastore_one_name_is_one_thing(tmp_path: Path) -> None:
    catalogs = (
        f"databricks_catalogs: {{a: {{workspace: main, name: x, {ROOT}}}, b: {{workspace: two, name: x, {ROOT}}}}}"
    )
    assert said(tmp_path, f"{HEADER}{WORKSPACES}{catalogs}\n", "MLI311") == [
        (
            '10: databricks_catalogs.b and databricks_catalogs.a are both named "x" on Azure (names are compared '
            "without regard to case; give one of them another azure_name:)"
        )
    ]

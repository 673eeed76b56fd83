"""The bare name of an entry, wherever a body of Databricks names another one: by its id, its path or its whole name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlinfra.emit.databricks import databricks_files
from mlinfra.source.tree import value_at
from tests.reading_yaml import read_yaml
from tests.spec import HEADER, compiled, said

SPEC = """\
databricks_workspaces: {main: {existing: true, azure_name: dbw-a, resource_group: rg-a}}
databricks_catalogs: {c: {name: sales, storage_root: "abfss://a@b.dfs.core.windows.net/c"}}
databricks_schemas: {s: {catalog_name: c, name: raw}}
databricks_volumes: {v: {catalog_name: c, schema_name: s, name: files, volume_type: MANAGED}}
databricks_secret_scopes: {keys: {name: keys-of-dev}}
databricks_experiments: {trials: {name: /Shared/trials}}
databricks_genie_spaces: {asks: {title: Asks, file_path: space.json, warehouse_id: abc}}
databricks_postgres_projects: {shop: {project_id: shop-dev}}
databricks_postgres_branches:
  main: {parent: shop, branch_id: trunk}
  copy: {parent: shop, branch_id: trial, source_branch: main}
databricks_postgres_roles: {svc: {parent: main, role_id: service}}
databricks_postgres_databases: {orders: {parent: main, database_id: orders, postgres_database: orders, role: svc}}
databricks_postgres_catalogs: {pg: {catalog_id: shop_dev, branch: main, postgres_database: orders}}
databricks_pipelines:
  gate:
    catalog: c
    schema: s
    gateway_definition:
      {connection_name: x, connection_id: y, gateway_storage_catalog: c, gateway_storage_schema: s}
  copy:
    catalog: c
    schema: s
    event_log: {catalog: c, schema: s, name: log}
    ingestion_definition:
      ingestion_gateway_id: gate
      objects: [{table: {source_schema: s, source_table: t, destination_catalog: c, destination_schema: s}}]
databricks_postgres_synced_tables:
  t: {synced_table_id: a.b.t, branch: main, existing_pipeline_id: copy, source_table_full_name: a.b.s,
      primary_key_columns: [id], new_pipeline_spec: {storage_catalog: c, storage_schema: s}}
databricks_jobs:
  dbt:
    environments: [{environment_key: e, spec: {environment_version: "4"}}]
    tasks: [{task_key: a, environment_key: e, dbt_task: {commands: [dbt run], catalog: c, schema: s}}]
databricks_apps:
  shop:
    source_code_path: /Workspace/a
    resources:
      - {name: a, secret: {scope: keys, key: k, permission: READ}}
      - {name: b, experiment: {experiment_id: trials, permission: CAN_READ}}
      - {name: c, genie_space: {name: asks, space_id: asks, permission: CAN_RUN}}
      - {name: d, postgres: {branch: main, database: orders, permission: CAN_CONNECT_AND_CREATE}}
      - {name: e, uc_securable: {securable_full_name: v, securable_type: VOLUME, permission: READ_VOLUME}}
"""
CATALOG, SCHEMA = "${resources.catalogs.c.name}", "${resources.schemas.s.name}"
APP, COPY = ("apps", "shop"), ("pipelines", "copy")
TABLE = (*COPY, "ingestion_definition", "objects", 0, "table")
NAMED: dict[tuple[Any, ...], str] = {
    (*APP, "resources", 0, "secret", "scope"): "${resources.secret_scopes.keys.name}",
    (*APP, "resources", 1, "experiment", "experiment_id"): "${resources.experiments.trials.id}",
    (*APP, "resources", 2, "genie_space", "space_id"): "${resources.genie_spaces.asks.id}",
    (*APP, "resources", 2, "genie_space", "name"): "asks",
    (*APP, "resources", 3, "postgres", "branch"): "${resources.postgres_branches.main.id}",
    (*APP, "resources", 3, "postgres", "database"): "${resources.postgres_databases.orders.id}",
    (*APP, "resources", 4, "uc_securable", "securable_full_name"): "${resources.volumes.v.id}",
    ("postgres_branches", "copy", "source_branch"): "${resources.postgres_branches.main.id}",
    ("postgres_catalogs", "pg", "branch"): "${resources.postgres_branches.main.id}",
    ("postgres_databases", "orders", "role"): "${resources.postgres_roles.svc.id}",
    ("postgres_synced_tables", "t", "branch"): "${resources.postgres_branches.main.id}",
    ("postgres_synced_tables", "t", "existing_pipeline_id"): "${resources.pipelines.copy_pipelines.id}",
    ("postgres_synced_tables", "t", "new_pipeline_spec", "storage_catalog"): CATALOG,
    ("postgres_synced_tables", "t", "new_pipeline_spec", "storage_schema"): SCHEMA,
    ("pipelines", "gate", "gateway_definition", "gateway_storage_catalog"): CATALOG,
    ("pipelines", "gate", "gateway_definition", "gateway_storage_schema"): SCHEMA,
    (*COPY, "event_log", "catalog"): CATALOG,
    (*COPY, "event_log", "schema"): SCHEMA,
    (*COPY, "ingestion_definition", "ingestion_gateway_id"): "${resources.pipelines.gate.id}",
    (*TABLE, "destination_catalog"): CATALOG,
    (*TABLE, "destination_schema"): SCHEMA,
    (*TABLE, "source_schema"): "s",  # of the source, which is no catalog of ours
    ("jobs", "dbt", "tasks", 0, "dbt_task", "catalog"): CATALOG,
    ("jobs", "dbt", "tasks", 0, "dbt_task", "schema"): SCHEMA,
}
SERVED = (
    "databricks_model_serving_endpoints: {m: {config: {served_entities: [{entity_name: a.b.m, entity_version: 1}]}}}\n"
)
ASKS = "      - {name: f, serving_endpoint: {name: m, permission: CAN_QUERY}}\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Any]:
    return _made(tmp_path_factory.mktemp("named"), SPEC)


HOME = "databricks_workspaces: {main: {existing: true, azure_name: dbw, resource_group: rg}}\n"


def _made(folder: Path, text: str) -> dict[tuple[str, str], Any]:
    (folder / "space.json").write_text("{}")
    (plan,) = compiled(folder, HEADER + text).plans
    files = databricks_files(plan.graph, "", folder / "ml-platform.yaml", folder / "generated")
    found = {}
    for file in files:
        if "/resources/" in file.path:
            ((section, held),) = read_yaml(file.text)["resources"].items()
            found[section, Path(file.path).stem] = next(iter(held.values()))
    return found


@pytest.mark.parametrize(("path", "expected"), NAMED.items(), ids=map(str, NAMED))
def test_a_bare_name_is_what_the_place_takes(path: tuple[Any, ...], expected: str, made: dict[Any, Any]) -> None:
    assert value_at(made[path[0], path[1]], path[2:]) == expected


@pytest.mark.parametrize(
    ("section", "help"),
    [
        ("pipeline", ' (did you mean "databricks_pipelines"?)'),
        ("models", ""),
        ("dashbords", ' (did you mean "databricks_dashboards"?)'),
    ],
)
def test_what_is_asked_of_a_section_that_is_none_is_said(section: str, help: str, tmp_path: Path) -> None:
    job = f'databricks_jobs: {{j: {{name: "of ${{resources.{section}.it.id}}", tasks: []}}}}\n'
    (found,) = said(tmp_path, HEADER + HOME + job, "MLI301")
    assert (
        found.partition(": ")[2] == f'there is no section databricks_{section}, of which "it" could be an entry{help}'
    )


def test_in_the_bundle_of_what_serves_a_path_is_written_out_and_an_id_that_nobody_knows_is_said(tmp_path: Path) -> None:
    """Of a branch the path is known before; of an experiment and a Genie space Databricks makes up the id."""
    text = SERVED + SPEC + ASKS
    message = "of databricks_apps.shop (write the id itself)"
    assert [each.partition(": ")[2] for each in said(tmp_path, HEADER + text, "MLI894")] == [
        f"the id of databricks_experiments.trials is not known in the bundle {message}",
        f"the id of databricks_genie_spaces.asks is not known in the bundle {message}",
    ]
    known = "".join(line for line in text.splitlines(True) if "_id: trials" not in line and "_id: asks" not in line)
    shop = _made(tmp_path, known)["apps", "shop"]
    branch = "projects/shop-dev/branches/trunk"
    assert shop["resources"][1]["postgres"]["branch"] == branch
    assert shop["resources"][1]["postgres"]["database"] == f"{branch}/databases/orders"

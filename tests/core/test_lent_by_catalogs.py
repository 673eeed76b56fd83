"""What of Unity Catalog belongs to others: who needs which privilege there, and why, and what is ours needs none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlinfra.emit.databricks_grants import grants_files, lent_rows
from tests.spec import compiled

RUNNER = "77777777-7777-7777-7777-777777777777"
HEADER = f"""\
apiVersion: mlinfra/v1
platform: lake
location: westeurope
targets: {{dev: {{subscription: 11111111-1111-1111-1111-111111111111, mode: development}}}}
network: {{outbound: open}}
databricks_workspaces: {{main: {{existing: true, azure_name: dbw, resource_group: rg}}}}
principals:
  people: {{object_id: 66666666-6666-6666-6666-666666666601, name: people, role: data_scientist}}
  runner:
    object_id: 66666666-6666-6666-6666-666666666602
    type: service_principal
    application_id: {RUNNER}
    role: deployer
databricks_catalogs: {{theirs: {{existing: true, name: Sales}}, ours: {{name: ours, storage_root: "abfss://a@b/"}}}}
databricks_schemas: {{ml: {{catalog_name: ours, name: ml}}MORE}}
"""
DEPLOYS = ""
USE = ("USE_CATALOG",)
MODEL = "config: {served_entities: [{entity_name: NAME, entity_version: '1', workload_size: Small}]}"
TABLES = "assets_dir: /Shared/q, snapshot: {}"
EXTERNAL = (
    "databricks_volumes: {v: {catalog_name: sales, schema_name: raw, volume_type: EXTERNAL, storage_location: shared}}"
)
LOCATION = 'databricks_external_locations: {l: {url: "abfss://a@b/x", credential_name: shared}}'
TASK = "{task_key: a, notebook_task: {notebook_path: /Shared/n, PARAMETERS}}"


def _job(text: str) -> str:
    task = TASK.replace("PARAMETERS", f"base_parameters: {{t: {text}}}")
    return f"databricks_jobs: {{j: {{run_as: runner, tasks: [{task}]}}}}"


def _due(folder: Path, text: str, schemas: str = "") -> dict[tuple[str, str, str], tuple[str, ...]]:
    (plan,) = compiled(folder, HEADER.replace("MORE", schemas) + text).plans
    files = [json.loads(file.text) for file in grants_files(plan)]
    grants: list[Any] = [each for file in files for workspace in file["workspaces"] for each in workspace["grants"]]
    return {(each["principal"], each["on"], each["name"]): tuple(each["privileges"]) for each in grants}


# more of databricks_schemas, more of the spec -> who needs what on what.
LENT: dict[str, tuple[str, str, dict[tuple[str, str, str], tuple[str, ...]]]] = {
    "nothing in what is ours": (
        "",
        "databricks_volumes: {v: {catalog_name: ours, schema_name: ml}}\n" + _job("ours.ml.t"),
        {},
    ),
    "a schema, and the catalog for whom is granted something in it": (
        ", s: {catalog_name: theirs}",
        "",
        {("people", "catalog", "Sales"): USE, (DEPLOYS, "catalog", "Sales"): (*USE, "CREATE_SCHEMA")},
    ),
    "a volume in files of others": (
        "",
        "databricks_external_locations: {shared: {existing: true, name: files}}\n" + EXTERNAL,
        {
            (DEPLOYS, "catalog", "sales"): USE,
            (DEPLOYS, "external_location", "files"): ("CREATE_EXTERNAL_VOLUME",),
            (DEPLOYS, "schema", "sales.raw"): ("USE_SCHEMA", "CREATE_VOLUME"),
        },
    ),
    "a volume that a job names by its path, in a catalog that the spec says nothing of": (
        "",
        _job("/Volumes/elsewhere/raw/in/2027"),
        {
            (RUNNER, "catalog", "elsewhere"): USE,
            (RUNNER, "schema", "elsewhere.raw"): ("USE_SCHEMA",),
            (RUNNER, "volume", "elsewhere.raw.in"): ("READ_VOLUME",),
        },
    ),
    "no volume of ours, and no folder that only looks like one": (
        "",
        _job("/Volumes/ours/ml/in/ and /Volumes/elsewhere/raw/in"),
        {},
    ),
    "a location with a credential of others": (
        "",
        "databricks_storage_credentials: {shared: {existing: true, name: cred}}\n" + LOCATION,
        {(DEPLOYS, "storage_credential", "cred"): ("CREATE_EXTERNAL_LOCATION",)},
    ),
    "a model that somebody else owns": (
        "",
        "databricks_registered_models: {m: {catalog_name: theirs, schema_name: raw, owner: someone@contoso.com}}",
        {
            (DEPLOYS, "catalog", "Sales"): USE,
            (DEPLOYS, "schema", "Sales.raw"): ("USE_SCHEMA", "CREATE_MODEL", "EXECUTE", "MANAGE"),
        },
    ),
    "a monitor, with its numbers in a schema of ours": (
        "",
        f"databricks_quality_monitors: {{q: {{table_name: sales.raw.t, output_schema_name: ours.ml, {TABLES}}}}}",
        {
            (DEPLOYS, "catalog", "sales"): USE,
            (DEPLOYS, "schema", "sales.raw"): ("USE_SCHEMA",),
            (DEPLOYS, "table", "sales.raw.t"): ("SELECT", "MANAGE"),
        },
    ),
    "a model of others that is served": (
        "",
        f"databricks_model_serving_endpoints: {{e: {{{MODEL.replace('NAME', 'sales.raw.m')}}}}}",
        {
            (DEPLOYS, "catalog", "sales"): USE,
            (DEPLOYS, "function", "sales.raw.m"): ("EXECUTE",),
            (DEPLOYS, "schema", "sales.raw"): ("USE_SCHEMA",),
        },
    ),
    "a model that everybody may use": (
        "",
        f"databricks_model_serving_endpoints: {{e: {{{MODEL.replace('NAME', 'system.ai.m')}}}}}",
        {},
    ),
    "a pipeline's tables, for whom it runs as": (
        "",
        "databricks_pipelines: {p: {catalog: sales, schema: raw, run_as: runner}}",
        {
            (RUNNER, "catalog", "sales"): USE,
            (RUNNER, "schema", "sales.raw"): ("USE_SCHEMA", "CREATE_TABLE", "CREATE_MATERIALIZED_VIEW"),
        },
    ),
    "a table in a query of a job": (
        "",
        _job('"SELECT a.b FROM `sales`.`raw`.`t` JOIN samples.nyctaxi.trips"'),
        {
            (RUNNER, "catalog", "sales"): USE,
            (RUNNER, "schema", "sales.raw"): ("USE_SCHEMA",),
            (RUNNER, "table", "sales.raw.t"): ("SELECT",),
        },
    ),
    "a schema that the spec has an entry for is worked in": (
        ", raw: {existing: true, catalog_name: theirs, name: raw}",
        _job("'${databricks_catalogs.theirs.name}.raw.t'"),
        {
            (RUNNER, "catalog", "Sales"): USE,
            (RUNNER, "schema", "Sales.raw"): ("USE_SCHEMA", "SELECT", "MODIFY", "CREATE_TABLE"),
        },
    ),
    "no file and no module": ("", _job('"/Volumes/sales/raw/t.a.csv sales/raw.b.c sales.raw"'), {}),
}


@pytest.mark.parametrize(("schemas", "more", "expected"), LENT.values(), ids=LENT)
def test_who_needs_what_in_what_belongs_to_others(
    schemas: str, more: str, expected: dict[tuple[str, str, str], tuple[str, ...]], tmp_path: Path
) -> None:
    assert _due(tmp_path, more + "\n", schemas) == expected


def test_the_readme_says_to_whom_what_is_granted_and_why(tmp_path: Path) -> None:
    (plan,) = compiled(tmp_path, HEADER.replace("MORE", "") + LENT["a model of others that is served"][1]).plans
    because = "databricks_model_serving_endpoints.e"
    assert list(lent_rows([plan])) == [
        ("dev", "who deploys", "USE CATALOG", "catalog sales", f"it holds what is needed by {because}"),
        ("dev", "who deploys", "USE SCHEMA", "schema sales.raw", f"it holds what is needed by {because}"),
        ("dev", "who deploys", "EXECUTE", "model sales.raw.m", f"it is served by {because}"),
    ]

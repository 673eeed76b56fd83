"""What can't be made before a run has made a table is deployed behind it; what waits for no run of ours is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlinfra.emit.databricks import bundles, databricks_files, in_bundles
from mlinfra.emit.first_databricks import behind_runs
from tests.reading_yaml import read_yaml
from tests.spec import HEADER, compiled, said

SPEC = """\
databricks_workspaces: {main: {existing: true, azure_name: dbw-a, resource_group: rg-a}}
databricks_catalogs:
  main: {name: Ours, storage_root: "abfss://x@theirs.dfs.core.windows.net/"}
  theirs: {existing: true, name: sales}
databricks_schemas:
  ml: {catalog_name: main}
  inside: {catalog_name: theirs}
  used: {existing: true, catalog_name: theirs}
databricks_volumes: {files: {catalog_name: main, schema_name: ml, volume_type: MANAGED}}
databricks_sql_warehouses: {bi: {cluster_size: Small}}
databricks_vector_search_endpoints: {search: {endpoint_type: STANDARD}}
"""
TASK = "tasks: [{task_key: a, condition_task: {op: EQUAL_TO, left: '1', right: '1'}}]"
BI = "warehouse_id: bi, connection_resource_name: c, power_bi_model: {model_name: m, workspace_name: w}"
INDEX = "endpoint_name: search, primary_key: id, index_type: DELTA_SYNC"
COLUMNS = "pipeline_type: TRIGGERED, embedding_source_columns: [{name: t, embedding_model_endpoint_name: e}]"
SPACE = "databricks_genie_spaces: {it: {warehouse_id: bi, serialized_space:"
APP = "databricks_apps: {it: {source_code_path: /Workspace/a, resources: [{name: r, uc_securable:"
AWAITING = {  # what names a table, which stands for NAMED
    "an index": (
        f"databricks_vector_search_indexes: {{it: {{name: Ours.ml.x, {INDEX}, delta_sync_index_spec: "
        f'{{source_table: "NAMED", {COLUMNS}}}}}}}'
    ),
    "a synced table": (
        "databricks_postgres_synced_tables: {it: {synced_table_id: online.public.x, scheduling_policy: TRIGGERED, "
        'primary_key_columns: [id], source_table_full_name: "NAMED"}}'
    ),
    "a job that starts when it changes": (
        f'databricks_jobs: {{it: {{trigger: {{table_update: {{table_names: [system.a.b, "NAMED"]}}}}, {TASK}}}}}'
    ),
    "a space": f'{SPACE} {{data_sources: {{tables: [{{identifier: "NAMED"}}]}}}}}}}}',
    "a space as text": f"""{SPACE} '{{"data_sources": {{"metric_views": [{{"identifier": "NAMED"}}]}}}}'}}}}""",
    "a space in a file": "databricks_genie_spaces: {it: {warehouse_id: bi, file_path: it.geniespace.json}}",
    "an app": f'{APP} {{securable_full_name: "NAMED", securable_type: TABLE, permission: SELECT}}}}]}}}}',
}
OF_A_RUN = ("Ours.ml.pages", "ours.ML.`pages`", "Ours.other.pages", "${databricks_catalogs.main.name}.ml.pages")
THERE = ("sales.a.pages", "sales.used.pages", "samples.nyctaxi.trips")


def _held(folder: Path, written: str, table: str = "") -> dict[str, set[str]]:
    (folder / "it.geniespace.json").write_text(f'{{"data_sources": {{"tables": [{{"identifier": "{table}"}}]}}}}')
    (plan,) = compiled(folder, HEADER + SPEC + written.replace("NAMED", table)).plans
    return {each.bundle: {entry.address for entry in each.entries} for each in bundles(plan.graph)}


def _is_behind(folder: Path, written: str, table: str = "") -> bool:
    section = written.partition(":")[0]
    return f"{section}.it" in _held(folder, written, table).get("serving", ())


@pytest.mark.parametrize("written", AWAITING.values(), ids=AWAITING)
def test_what_waits_for_a_table_of_a_run_is_deployed_behind_it(written: str, tmp_path: Path) -> None:
    tables = [table for table in OF_A_RUN if "file_path" not in written or "$" not in table]
    assert [table for table in tables if not _is_behind(tmp_path, written, table)] == []
    assert _is_behind(tmp_path, written, "sales.inside.pages")  # the catalog of others, the schema of ours
    assert [table for table in THERE if _is_behind(tmp_path, written, table)] == []


def test_a_power_bi_task_waits_for_the_table_that_its_fields_make(tmp_path: Path) -> None:
    table = 'tables: [{catalog: "${databricks_catalogs.main.name}", schema: ml, name: pages}]'
    task = f"power_bi_task: {{{BI}, {table}}}"
    each = f"for_each_task: {{inputs: '[1]', task: {{task_key: b, {task}}}}}"
    for written in (task, each):
        assert _is_behind(tmp_path, f"databricks_jobs: {{it: {{tasks: [{{task_key: a, {written}}}]}}}}")
    theirs = task.replace("${databricks_catalogs.main.name}", "sales")
    assert not _is_behind(tmp_path, f"databricks_jobs: {{it: {{tasks: [{{task_key: a, {theirs}}}]}}}}")


def test_what_the_bundle_makes_itself_is_waited_for_by_nobody(tmp_path: Path) -> None:
    volume = "securable_full_name: Ours.ml.files, securable_type: VOLUME, permission: READ_VOLUME"
    assert not _is_behind(tmp_path, f"{APP} {{{volume}}}}}]}}}}")
    direct = "index_type: DIRECT_ACCESS, direct_access_index_spec: {schema_json: '{}'}"
    of_index = f"name: Ours.ml.x, endpoint_name: search, primary_key: id, {direct}"
    assert not _is_behind(tmp_path, f"databricks_vector_search_indexes: {{it: {{{of_index}}}}}")


def _securables(*names: str) -> str:
    """An app of what these are called in Unity Catalog."""
    kinds = {"files": "VOLUME, permission: READ_VOLUME"}
    securables = (
        f"{{name: r{place}, uc_securable: {{securable_full_name: {name}, "
        f"securable_type: {kinds.get(name.split('.')[-1], 'TABLE, permission: SELECT')}}}}}"
        for place, name in enumerate(names)
    )
    return f"databricks_apps: {{desk: {{source_code_path: /Workspace/a, resources: [{', '.join(securables)}]}}}}"


def test_what_the_spec_makes_is_no_table_of_a_run_and_is_made_before_what_names_it(tmp_path: Path) -> None:
    direct = "index_type: DIRECT_ACCESS, direct_access_index_spec: {schema_json: '{}'}"
    named = '"${databricks_catalogs.main.name}.ml.memory"'
    index = (
        f"databricks_vector_search_indexes: {{m: {{name: {named}, endpoint_name: search, primary_key: id, {direct}}}}}"
    )
    files = _files(tmp_path, f"{index}\n{_securables('ours.ML.memory', 'Ours.ml.files')}")
    page = files["dev/databricks/main/platform/resources/apps/desk.yml"]["resources"]["apps"]["desk"]
    assert [each["uc_securable"]["securable_full_name"] for each in page["resources"]] == [
        *("${resources.vector_search_indexes.m.name}", "${resources.volumes.files.id}")
    ]


def test_what_stands_on_what_waits_waits_for_the_same(tmp_path: Path) -> None:
    index, synced = (AWAITING[each].replace("{it:", "{docs:") for each in ("an index", "a synced table"))
    online = synced.replace("online.public.x", "Ours.ml.online")
    starts = f"databricks_jobs: {{after: {{trigger: {{table_update: {{table_names: [ours.ml.online]}}}}, {TASK}}}}}"
    text = f"{index}\n{online}\n{starts}\n{_securables('Ours.ml.x', 'Ours.ml.files')}".replace("NAMED", OF_A_RUN[0])
    assert {"databricks_apps.desk", "databricks_jobs.after"} <= _held(tmp_path, text)["serving"]
    files = _files(tmp_path, text)
    behind = "dev/databricks/main/serving/resources"
    app = files[f"{behind}/apps/desk.yml"]["resources"]["apps"]["desk"]
    assert [each["uc_securable"]["securable_full_name"] for each in app["resources"]] == [
        *("${resources.vector_search_indexes.docs_vector_search_indexes.name}", "Ours.ml.files")
    ]
    job = files[f"{behind}/jobs/after.yml"]["resources"]["jobs"]["after"]
    assert job["trigger"]["table_update"]["table_names"] == [
        "${resources.postgres_synced_tables.docs_postgres_synced_tables.synced_table_id}"
    ]
    plans = compiled(tmp_path, HEADER + SPEC + text).plans
    [(_, _, does)] = behind_runs(plans, "shop")
    assert str(does).startswith(f"runs what makes `{OF_A_RUN[0]}`; then")


def test_an_index_goes_with_the_endpoint_that_reads_its_texts(tmp_path: Path) -> None:
    served = "served_entities: [{entity_name: a.b.c, entity_version: '1', workload_size: Small}]"
    endpoint = f"databricks_model_serving_endpoints: {{e: {{name: ours-embeds, config: {{{served}}}}}}}"
    index = AWAITING["an index"].replace("NAMED", THERE[0])
    files = _files(tmp_path, f"{endpoint}\n{index}")
    page = files["dev/databricks/main/serving/resources/vector_search_indexes/it.yml"]
    (column,) = page["resources"]["vector_search_indexes"]["it"]["delta_sync_index_spec"]["embedding_source_columns"]
    assert column["embedding_model_endpoint_name"] == "${resources.model_serving_endpoints.e.name}"
    theirs = "databricks_model_serving_endpoints: {e: {existing: true, name: theirs}}"
    files = _files(tmp_path, f"{theirs}\n{index}")
    page = files["dev/databricks/main/platform/resources/vector_search_indexes/it.yml"]
    (column,) = page["resources"]["vector_search_indexes"]["it"]["delta_sync_index_spec"]["embedding_source_columns"]
    assert column["embedding_model_endpoint_name"] == "theirs"


def test_what_names_it_goes_with_it(tmp_path: Path) -> None:
    index = AWAITING["an index"].replace("{it:", "{docs:").replace("NAMED", OF_A_RUN[0])
    asks = '"${resources.vector_search_indexes.docs.name}"'
    of_space = f"warehouse_id: bi, description: {asks}, serialized_space: {{version: 2}}"
    space = f"databricks_genie_spaces: {{ask: {{{of_space}}}}}"
    asked = "resources: [{name: g, genie_space: {name: g, space_id: ask, permission: CAN_RUN}}]"
    app = f"databricks_apps: {{desk: {{source_code_path: /Workspace/a, {asked}}}}}"
    held = _held(tmp_path, f"{index}\n{space}\n{app}")
    assert held["serving"] == {
        *("databricks_vector_search_indexes.docs", "databricks_genie_spaces.ask", "databricks_apps.desk")
    }
    assert "databricks_vector_search_endpoints.search" in held["platform"]


def _files(folder: Path, written: str) -> dict[str, Any]:
    (plan,) = compiled(folder, HEADER + SPEC + written).plans
    spec, output = folder / "ml-platform.yaml", folder / "generated"
    return {file.path: read_yaml(file.text) for file in databricks_files(plan.graph, "", spec, output)}


def test_what_it_takes_of_the_platform_is_named_or_looked_up(tmp_path: Path) -> None:
    starts = (
        "trigger: {table_update: {table_names: [Ours.ml.a]}}, tasks: [{task_key: b, run_job_task: {job_id: other}}]"
    )
    jobs = f"databricks_jobs: {{after: {{{starts}}}, other: {{{TASK}}}}}"
    files = _files(tmp_path, f"{jobs}\n{AWAITING['an index']}".replace("NAMED", OF_A_RUN[0]))
    behind = "dev/databricks/main/serving"
    assert files[f"{behind}/databricks.yml"]["variables"] == {
        "job_other": {"description": "The id of databricks_jobs.other", "lookup": {"job": "other"}}
    }
    index = files[f"{behind}/resources/vector_search_indexes/it.yml"]["resources"]["vector_search_indexes"]["it"]
    assert (index["name"], index["endpoint_name"]) == ("Ours.ml.x", "search")
    (task,) = files[f"{behind}/resources/jobs/after.yml"]["resources"]["jobs"]["after"]["tasks"]
    assert task["run_job_task"] == {"job_id": "${var.job_other}"}


def test_an_index_that_waits_for_nobody_is_made_after_its_schema(tmp_path: Path) -> None:
    index = AWAITING["an index"].replace("NAMED", THERE[0])
    path = "dev/databricks/main/platform/resources/vector_search_indexes/it.yml"
    for name, expected in {
        "ours.ml.x": "${resources.schemas.ml.catalog_name}.${resources.schemas.ml.name}.x",
        "Ours.other.x": "${resources.catalogs.main.name}.other.x",
        "sales.used.x": "sales.used.x",
    }.items():
        files = _files(tmp_path, index.replace("Ours.ml.x", name))
        assert files[path]["resources"]["vector_search_indexes"]["it"]["name"] == expected


def test_both_bundles_build_what_both_upload(tmp_path: Path) -> None:
    runs = (
        "environments: [{environment_key: e, spec: {environment_version: '4', dependencies: [dist/*.whl]}}], "
        "tasks: [{task_key: a, environment_key: e, python_wheel_task: {package_name: p, entry_point: e}}]"
    )
    awaits = "trigger: {table_update: {table_names: [Ours.ml.a]}}"
    built = "databricks_artifacts: {churn: {type: whl, build: python -m build}, other: {type: whl, path: other}}"
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "setup.py").touch()
    text = f"{built}\ndatabricks_jobs: {{now: {{{runs}}}, behind: {{{awaits}, {runs}}}}}"
    held = _held(tmp_path, text)
    assert {"databricks_artifacts.churn", "databricks_artifacts.other"} <= held["platform"]
    assert held["serving"] == {"databricks_jobs.behind", "databricks_artifacts.churn"}
    (plan,) = compiled(tmp_path, HEADER + SPEC + text).plans
    (file,) = (file for entry, file in in_bundles(plan.graph) if entry.address == "databricks_artifacts.churn")
    assert file == "dev/databricks/main/platform/resources/artifacts/churn.yml"


def test_what_a_run_needs_can_t_wait_for_it(tmp_path: Path) -> None:
    behind = f"after: {{trigger: {{table_update: {{table_names: [Ours.ml.a]}}}}, {TASK}}}"
    calls = "calls: {tasks: [{task_key: b, run_job_task: {job_id: after}}]}"
    index = AWAITING["an index"].replace("NAMED", OF_A_RUN[0])
    asks = 'asks: {parameters: [{name: index, default: "${resources.vector_search_indexes.it.name}"}], ' + TASK + "}"
    text = HEADER + SPEC + f"databricks_jobs:\n  {behind}\n  {calls}\n  {asks}\n{index}\n"
    first = text[: text.index("  calls:")].count("\n") + 1
    by_name = "databricks_jobs.asks is deployed before databricks_vector_search_indexes.it"
    assert said(tmp_path, text, "MLI866") == [
        f"{first}: databricks_jobs.calls is deployed before databricks_jobs.after (take the reference out)",
        f"{first + 1}: {by_name} (write its name as a literal)",
    ]


def test_the_first_run_says_who_runs_what_makes_it(tmp_path: Path) -> None:
    plans = compiled(tmp_path, HEADER + SPEC + AWAITING["an index"].replace("NAMED", OF_A_RUN[0])).plans
    [(who, right, does)] = behind_runs(plans, "shop")
    assert (who, right) == ("who works in dbw-a, for dev", "CAN_MANAGE_RUN on the jobs that make them; Queue builds")
    assert str(does) == (
        "runs what makes `Ours.ml.pages`; then `shop-release` again, which ends with an error as long as one is not "
        "there"
    )
    assert list(behind_runs(compiled(tmp_path, HEADER + SPEC).plans, "shop")) == []

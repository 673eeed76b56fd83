"""What services refuse of bodies of Databricks, though every schema takes it, and what is like it and passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rules.test_bundle_values import SPEC, TASK, job, warehouse
from tests.spec import said

SERVERLESS = "environments: [{environment_key: e, spec: {environment_version: '4'}}]"
CLUSTER = "new_cluster: {spark_version: 17.3.x-scala2.13, node_type_id: Standard_D4ds_v5, num_workers: 1}"
CONDITION = "condition_task: {op: EQUAL_TO, left: '1', right: '1'}"
PARTS = "(write <catalog>.<schema>.<table>)"
NAMES = "(write small letters, digits and hyphens, a letter first, 63 at most)"


def _job(more: str, task: str = TASK) -> str:
    return f"databricks_jobs: {{j: {{{more}tasks: [{{task_key: a, {task}}}]}}}}"


def _started(trigger: str) -> str:
    return _job(f"trigger: {{{trigger}}}, ")


def _asking(text: str, more: str = "") -> str:
    return _job(more, f"notebook_task: {{notebook_path: /Shared/n, base_parameters: {{x: '{text}'}}}}")


def _outcome(word: str) -> str:
    waits = f"depends_on: [{{task_key: a, outcome: '{word}'}}], {TASK}"
    return f"databricks_jobs: {{j: {{tasks: [{{task_key: a, {CONDITION}}}, {{task_key: b, {waits}}}]}}}}"


def _index(spec: str, endpoint: str = "STANDARD") -> str:
    body = f"name: a.b.i, endpoint_name: v, primary_key: id, index_type: DELTA_SYNC, delta_sync_index_spec: {{{spec}}}"
    return (
        f"databricks_vector_search_indexes: {{i: {{{body}}}}}\n"
        f"databricks_vector_search_endpoints: {{v: {{endpoint_type: {endpoint}}}}}"
    )


def _app(more: str) -> str:
    return f"databricks_apps: {{desk: {{source_code_path: /Workspace/a, {more}}}}}"


def _securable(name: str, kind: str, permission: str) -> str:
    return _app(
        f"resources: [{{name: a, uc_securable: {{securable_full_name: {name}, securable_type: {kind}, "
        f"permission: {permission}}}}}]"
    )


def _pipeline(more: str) -> str:
    return f"databricks_pipelines: {{p: {{catalog: main, schema: ml, {more}}}}}"


def _served(more: str) -> str:
    return f"databricks_model_serving_endpoints: {{e: {{config: {{served_entities: [{{{more}}}]}}}}}}"


def _branch(more: str) -> str:
    return f"databricks_postgres_branches: {{b: {{{more}}}}}"


def _project(more: str) -> str:
    return f"databricks_postgres_projects: {{p: {{pg_version: 17, {more}}}}}"


FILES = "file_arrival: {url: /Volumes/a/b/c/}"
MONITOR = "databricks_quality_monitors: {{q: {{table_name: a.b.c, output_schema_name: a.b, assets_dir: /S, {}}}}}"
MAILS = "snapshot: {{}}, notifications: {{on_failure: {{email_addresses: [{}]}}}}"
DIRECT = (
    "databricks_vector_search_indexes: {{i: {{name: a.b.i, endpoint_name: v, primary_key: id, "
    "index_type: DIRECT_ACCESS, direct_access_index_spec: {{schema_json: '{}'}}}}}}"
)
MODEL = "entity_name: a.b.c, entity_version: '1', scale_to_zero_enabled: true, "
OPENAI = "name: x, external_model: {{name: gpt, task: llm/v1/chat, provider: openai{}}}"
PYTHON = "libraries: [{file: {path: /Workspace/a.py}}]"
INGESTS = "ingestion_definition: {connection_name: c, objects: []}"
WRITES = "parent: projects/p/branches/b, endpoint_type: ENDPOINT_TYPE_READ_WRITE"
REFUSED: dict[str, tuple[str, str]] = {
    "a cluster of a job that is none": (
        _job("job_clusters: [{job_cluster_key: m}], "),
        (
            "a cluster in job_clusters of databricks_jobs.j has no new_cluster "
            "(write new_cluster: {spark_version: …, node_type_id: …})"
        ),
    ),
    "no table to wait for": (
        _started("table_update: {table_names: []}"),
        f"databricks_jobs.j starts when a table changes, and names none {PARTS}",
    ),
    "a table without a catalog": (
        _started("table_update: {table_names: [a.b.c, ml.pages]}"),
        f'table_names must be names of 3 parts, not "ml.pages" {PARTS}',
    ),
    "two triggers in one": (
        _started(f"{FILES}, periodic: {{interval: 1, unit: DAYS}}"),
        "trigger of databricks_jobs.j: file_arrival and periodic exclude each other (leave one of them out)",
    ),
    "a continuous job that tries again": (
        _job("continuous: {pause_status: PAUSED}, ", f"max_retries: 3, {TASK}"),
        (
            "databricks_jobs.j is continuous, and a task of it says how often it is tried again, which no task of such "
            "a job does (leave max_retries out, or write a schedule)"
        ),
    ),
    "a continuous job whose tasks wait": (
        job("", "a").replace("{tasks", "{continuous: {pause_status: PAUSED}, tasks"),
        (
            "databricks_jobs.j is continuous, and a task of it waits for another, which no task of such a job does "
            "(leave depends_on out, or write a schedule)"
        ),
    ),
    "no outcome": (_outcome("maybe"), '"maybe" is no outcome of a condition_task (write "true" or "false")'),
    "fewer tries than any": (
        _job("", f"max_retries: -2, {TASK}"),
        "max_retries must be -1 or more, not -2 (write -1 or more)",
    ),
    "a parameter that nearly is one": (
        _asking("{{job.parameters.enviroment}}", "parameters: [{name: environment, default: dev}], "),
        'databricks_jobs.j has no "enviroment" in parameters (did you mean "environment"? Defined: environment)',
    ),
    "a task that is none": (
        _asking("{{tasks.b.values.n}}"),
        'databricks_jobs.j has no "b" in tasks (Defined: a)',
    ),
    "no value of a run": (_asking("{{job.run_idd}}"), '"job.run_idd" is no value of a run (write job.run_id)'),
    "half a secret": (
        _served(f"{MODEL}workload_size: Small, environment_vars: {{K: '{{{{secrets/key}}}}'}}"),
        '"{{secrets/key}}" is no secret that Databricks finds (write {{secrets/<scope>/<key>}})',
    ),
    "a pipeline that ingests with code": (
        _pipeline(f"{INGESTS}, {PYTHON}"),
        "databricks_pipelines.p: ingestion_definition and libraries exclude each other (leave one of them out)",
    ),
    "a pattern of files": (
        _pipeline("libraries: [{glob: {include: ./**/*.py}}]"),
        '"./**/*.py" is neither a file nor a folder with /** behind it (write ./**)',
    ),
    "an hour that no day has": (
        _pipeline(f"{PYTHON}, restart_window: {{start_hour: 25}}"),
        "start_hour must be 0 to 23, not 25 (write one of 0 to 23)",
    ),
    "an index of nothing": (
        _index("pipeline_type: TRIGGERED"),
        "databricks_vector_search_indexes.i follows no table (write source_table: <catalog>.<schema>.<table>)",
    ),
    "an index of a table without a catalog": (
        _index("source_table: a.b, pipeline_type: TRIGGERED"),
        f'source_table must be a name of 3 parts, not "a.b" {PARTS}',
    ),
    "an index of the columns twice": (
        _index("source_table: a.b.c, pipeline_type: TRIGGERED, columns_to_sync: [a], columns_to_index: [a]"),
        (
            "databricks_vector_search_indexes.i: columns_to_sync and columns_to_index exclude each other "
            "(leave one of them out)"
        ),
    ),
    "an index that always follows": (
        _index("source_table: a.b.c, pipeline_type: CONTINUOUS", "STORAGE_OPTIMIZED"),
        (
            "databricks_vector_search_endpoints.v is STORAGE_OPTIMIZED, on which indexes are TRIGGERED alone "
            "(write TRIGGERED)"
        ),
    ),
    "an index without a schema": (
        DIRECT.format("id: integer"),
        (
            '"id: integer" is no schema in JSON '
            """(write '{"id": "integer", "text": "string", "vector": "array<float>"}')"""
        ),
    ),
    "what an app does with a volume": (
        _securable("a.b.c", "VOLUME", "SELECT"),
        "SELECT is nothing that an app does with a VOLUME (write READ_VOLUME or WRITE_VOLUME)",
    ),
    "half a table": (
        _securable("b.c", "TABLE", "SELECT"),
        '"b.c" is no whole name of a TABLE (write <catalog>.<schema>.<name>)',
    ),
    "a variable of nothing": (
        _app(
            "resources: [{name: key, job: {id: '1', permission: CAN_VIEW}}], config: {env: [{name: A, value_from: ky}]}"
        ),
        '"ky" is no resource of databricks_apps.desk (write one of key)',
    ),
    "too many to tell": (
        MONITOR.format(MAILS.format(", ".join("abcdef"))),
        (
            "on_failure of databricks_quality_monitors.q tells 6 addresses, of 5 that there may be "
            "(leave some out, or write one of a list)"
        ),
    ),
    "a size and a concurrency": (
        _served(f"{MODEL}workload_size: Small, min_provisioned_concurrency: 4, max_provisioned_concurrency: 8"),
        (
            "a served entity of databricks_model_serving_endpoints.e: workload_size and max_provisioned_concurrency "
            "exclude each other (leave one of them out)"
        ),
    ),
    "a model of others without a way to sign in": (
        _served(OPENAI.format("")),
        (
            "a model of openai that databricks_model_serving_endpoints.e serves has no openai_config "
            "(write openai_config, which says how to sign in there)"
        ),
    ),
    "too many tags of a warehouse": (
        warehouse(f"tags: {{custom_tags: [{', '.join(f'{{key: k{n}, value: v}}' for n in range(45))}]}}"),
        "databricks_sql_warehouses.w has 45 tags, of 44 that there may be (leave some out)",
    ),
    "a long name of a warehouse": (
        warehouse(f"name: {'w' * 100}"),
        "the name of databricks_sql_warehouses.w has 100 characters, of 99 that it may have (write a shorter one)",
    ),
    "a project with an underscore": (
        _project("project_id: my_features"),
        f'"my_features" is no project_id that Databricks takes {NAMES}',
    ),
    "a branch that is called after its key": (
        "databricks_postgres_branches: {Dev_1: {parent: projects/p}}",
        f'"Dev_1" is no branch_id that Databricks takes {NAMES}',
    ),
    "a branch of no project": (
        _branch("parent: features"),
        (
            '"features" is neither an entry of databricks_postgres_projects nor the path of one '
            "(write an entry, or projects/<project>)"
        ),
    ),
    "an endpoint of a project": (
        "databricks_postgres_endpoints: {e: {parent: projects/p, endpoint_type: ENDPOINT_TYPE_READ_ONLY}}",
        (
            '"projects/p" is neither an entry of databricks_postgres_branches nor the path of one '
            "(write an entry, or projects/<project>/branches/<branch>)"
        ),
    ),
    "two ends of a branch": (
        _branch("parent: projects/p, ttl: 3600s, no_expiry: true"),
        "databricks_postgres_branches.b: ttl and no_expiry exclude each other (leave one of them out)",
    ),
    "history for a hundred days": (
        _project("history_retention_duration: 8640000s"),
        ("history_retention_duration must be 172800s to 3024000s, not 8640000s (write one of 172800s to 3024000s)"),
    ),
    "a sleep at once": (
        _project("default_endpoint_settings: {suspend_timeout_duration: 5s}"),
        "suspend_timeout_duration must be 60s to 604800s, not 5s (write one of 60s to 604800s)",
    ),
    "from half a unit to many": (
        _project("default_endpoint_settings: {autoscaling_limit_min_cu: 0.5, autoscaling_limit_max_cu: 32}"),
        ("32 Compute Units are 31.5 more than 0.5, and 16 more may be (write 16.5 at most, or a higher least)"),
    ),
    "two that write": (
        f"databricks_postgres_endpoints: {{one: {{{WRITES}}}, two: {{{WRITES}}}}}",
        (
            "databricks_postgres_endpoints.two is READ_WRITE, and so is databricks_postgres_endpoints.one of the same "
            "branch, which has one such (write ENDPOINT_TYPE_READ_ONLY)"
        ),
    ),
    "a copy of half a table": (
        (
            "databricks_postgres_synced_tables: {s: {synced_table_id: a.b.c, scheduling_policy: TRIGGERED, "
            "primary_key_columns: [id], source_table_full_name: b.c}}"
        ),
        'source_table_full_name must be a name of 3 parts, not "b.c" (write <catalog>.<schema>.<name>)',
    ),
}


@pytest.mark.parametrize(("text", "expected"), REFUSED.values(), ids=REFUSED)
def test_what_a_service_refuses_is_said_at_its_place(text: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    found = said(tmp_path, SPEC + text + "\n", "MLI875")
    assert found[-1:] == [f"{SPEC.count(chr(10)) + 1}: {expected}"]
    assert len(found) <= 2  # a size excludes the least and the most


TAKEN = (
    _job(f"job_clusters: [{{job_cluster_key: m, {CLUSTER}}}], "),
    _started("table_update: {table_names: [a.b.c, a.b.d]}"),
    _started(f"{FILES}, sql_condition: {{warehouse_id: abc, query_text: SELECT 1}}"),
    _started("table_update: {table_names: ['`a-x`.`b`.`c.v2`']}"),
    _job("continuous: {pause_status: PAUSED}, ", f"max_retries: 0, {TASK}"),
    _outcome("false"),
    _job("", f"max_retries: -1, {TASK}"),
    _asking("{{job.parameters.day}}"),  # who starts a run may give it
    _asking("{{tasks.a.values.n}} {{job.start_time.iso_date}} {{workspace.id}} {{input.x}}"),
    _asking("{{job.parameters.`my day`}}", "parameters: [{name: days, default: x}], "),
    _served(f"{MODEL}workload_size: Small, environment_vars: {{K: '{{{{secrets/scope/key}}}}'}}"),
    _pipeline(INGESTS),
    _pipeline(f"{INGESTS}, libraries: []"),
    _pipeline(f"{PYTHON}, restart_window: {{start_hour: 0}}"),
    _index("source_table: a.b.c, pipeline_type: TRIGGERED", "STORAGE_OPTIMIZED"),
    _index("source_table: a.b.`c.v2`, pipeline_type: TRIGGERED, columns_to_sync: [a], columns_to_index: []"),
    DIRECT.format('{"id": "integer"}'),
    _securable("a.b.c", "FUNCTION", "EXECUTE"),
    _securable("sales", "CONNECTION", "USE_CONNECTION"),
    MONITOR.format(MAILS.format(", ".join("abcde"))),
    _served(f"{MODEL}min_provisioned_concurrency: 4, max_provisioned_concurrency: 8"),
    _served(OPENAI.format(", openai_config: {openai_api_key: '{{secrets/scope/key}}'}")),
    warehouse(f"name: {'w' * 99}"),
    _project("project_id: my-features, history_retention_duration: 172800s"),
    _project("default_endpoint_settings: {autoscaling_limit_min_cu: 16, autoscaling_limit_max_cu: 32}"),
    _branch("parent: projects/p, no_expiry: true"),
    f"databricks_postgres_endpoints: {{one: {{{WRITES}}}, two: {{{WRITES.replace('branches/b', 'branches/c')}}}}}",
)


@pytest.mark.parametrize("text", TAKEN)
def test_nothing_is_said_of_what_a_service_takes(text: str, tmp_path: Path) -> None:
    assert said(tmp_path, SPEC + text + "\n", "MLI875") == []

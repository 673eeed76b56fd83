"""What of jobs, names and routes in bundles passes every schema, and no deployment takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rules.test_bundle_values import SERVES, SIZED, SPEC, TASK, cluster, job, warehouse
from tests.spec import said


def _task(more: str, ofjob: str = "") -> str:
    return f"databricks_jobs: {{j: {{{ofjob}tasks: [{{task_key: a, {more}}}]}}}}"


def _served(routes: str, *names: str) -> str:
    entities = ", ".join(
        f"{{{name}entity_name: a.b.c, entity_version: '{place + 1}'}}" for place, name in enumerate(names)
    )
    return f"databricks_model_serving_endpoints: {{e: {{config: {{served_entities: [{entities}]{routes}}}}}}}"


FILE = "spark_python_task: {python_file: /Shared/a.py}"
EACH = "for_each_task: {{inputs: '[1]', {}task: {{task_key: b, {}}}}}"
ROUTES = ", traffic_config: {{routes: [{{served_model_name: {}, traffic_percentage: {}}}]}}"
A_NAME = "(give each a name of its own)"
ONE_OUT = "(leave one of them out)"
CONDITION = "condition_task: {op: EQUAL_TO, left: '1', right: '1'}"
OF_JOBS: dict[str, tuple[str, str]] = {  # and what they are made of
    "an outcome of what is no condition": (
        job("", "a").replace("task_key: a}]", "task_key: a, outcome: 'true'}]"),
        '"a" is no condition_task, and only such a one has an outcome (leave outcome out, or write run_if)',
    ),
    "a key with a blank": (
        _task(TASK).replace("key: a", "key: my task"),
        '"my task" is no task_key that Databricks takes (write letters, digits, _ and -, 100 at most)',
    ),
    "two tasks of one key": (
        job("", "").replace("key: b", "key: a"),
        f'two tasks of databricks_jobs.j are called "a", and a bundle makes one of them {A_NAME}',
    ),
    "two parameters of one name": (
        _task(TASK, "parameters: [{name: d, default: x}, {name: d, default: y}], "),
        f'two parameters of databricks_jobs.j are called "d", and a bundle makes one of them {A_NAME}',
    ),
    "two clusters of one key": (
        _task(
            TASK,
            f"job_clusters: [{{job_cluster_key: k, newcluster: {{{SIZED}, num_workers: 1}}}}, "
            f"{{job_cluster_key: k, newcluster: {{{SIZED}, num_workers: 1}}}}], ",
        ),
        f'two clusters of databricks_jobs.j are called "k", and a bundle makes one of them {A_NAME}',
    ),
    "for each in for each": (
        _task(EACH.format("", EACH.format("", TASK))),
        (
            "a task of databricks_jobs.j runs a for_each_task for each, which Databricks does not "
            "(let it run a job: "
            "run_job_task)"
        ),
    ),
    "for each of no list": (
        _task(EACH.format("", TASK).replace("'[1]'", "'1,2'")),
        (
            '"1,2" is no list of JSON, for each of which a task of databricks_jobs.j could run '
            "(write '[1, 2, 3]', or {{tasks.<key>.values.<name>}})"
        ),
    ),
    "for each of too many at once": (
        _task(EACH.format("concurrency: 500, ", TASK)),
        "concurrency must be 1 to 100, not 500 (write one of 1 to 100)",
    ),
    "a trigger that nothing pulls": (
        _task(TASK, "trigger: {pause_status: UNPAUSED}, "),
        "databricks_jobs.j has a trigger that nothing pulls (write file_arrival, or periodic)",
    ),
    "files of no volume": (
        _task(TASK, "trigger: {file_arrival: {url: /Volume/a/b/c/}}, "),
        (
            '"/Volume/a/b/c/" is no place that Unity Catalog watches (write the path of a volume, '
            "/Volumes/…/, or an address of an external location, abfss://…/)"
        ),
    ),
    "files of an account": (
        _task(TASK, "trigger: {file_arrival: {url: 'https://a.blob.core.windows.net/b/'}}, "),
        (
            '"https://a.blob.core.windows.net/b/" is no place that Unity Catalog watches (write '
            "the path of a volume, "
            "/Volumes/…/, or an address of an external location, abfss://…/)"
        ),
    ),
    "files that are waited for too shortly": (
        _task(TASK, "trigger: {file_arrival: {url: /Volumes/a/b/c/, wait_after_last_change_seconds: 5}}, "),
        "wait_after_last_change_seconds must be 60 or more, not 5 (write 60)",
    ),
    "every 0 days": (
        _task(TASK, "trigger: {periodic: {interval: 0, unit: DAYS}}, "),
        "interval must be 1 or more, not 0 (write 1)",
    ),
    "less than no time": (
        _task(TASK, "timeout_seconds: -1, "),
        "timeout_seconds must be 0 or more, not -1 (write 0 for none)",
    ),
    "a branch and a tag": (
        _task(TASK, "git_source: {git_url: 'https://a/b', git_provider: gitHub, git_branch: m, git_tag: t}, ").replace(
            "/Shared/n", "n"
        ),
        f"git_source of databricks_jobs.j: git_branch and git_tag exclude each other {ONE_OUT}",
    ),
    "git without git": (
        _task("notebook_task: {notebook_path: n, source: GIT}"),
        (
            "a notebook of databricks_jobs.j is in git, and the job has no git_source (write "
            "git_source, or leave source "
            "out)"
        ),
    ),
    "a whole path in git": (
        _task(TASK, "git_source: {git_url: 'https://a/b', git_provider: gitHub, git_branch: m}, "),
        (
            '"/Shared/n" begins with /, and the path of a notebook in git counts from its root '
            "(write Shared/n, or source: "
            "WORKSPACE)"
        ),
    ),
    "SQL of nothing": (
        _task("sql_task: {warehouse_id: w}"),
        ("sql_task of a task of databricks_jobs.j says nothing to run (write one of query, dashboard, alert, file)"),
    ),
    "SQL of two": (
        _task("sql_task: {warehouse_id: w, query: {query_id: q}, file: {path: /Shared/a.sql}}"),
        f"a task of databricks_jobs.j: query and file exclude each other {ONE_OUT}",
    ),
    "parameters twice": (
        _task("python_wheel_task: {package_name: p, entry_point: e, parameters: [a], named_parameters: {b: c}}"),
        f"a task of databricks_jobs.j: parameters and named_parameters exclude each other {ONE_OUT}",
    ),
    "dbt without commands": (
        _task("dbt_task: {commands: []}"),
        "a task of databricks_jobs.j has 0 commands of dbt, and runs 1 to 10 (write: [dbt run])",
    ),
    "a command that is none of dbt": (
        _task("dbt_task: {commands: [run]}"),
        '"run" is no command of dbt (write dbt run)',
    ),
    "an environment of no version": (
        _task(f"environment_key: e, {FILE}", "environments: [{environment_key: e, spec: {dependencies: [a]}}], "),
        (
            'an environment of databricks_jobs.j has no environment_version (write environment_version: "4", or '
            "base_environment)"
        ),
    ),
    "a library of two kinds": (
        _task(f"{TASK}, libraries: [{{whl: /Workspace/a.whl, pypi: {{package: b}}}}]"),
        f"a library of a task of databricks_jobs.j: whl and pypi exclude each other {ONE_OUT}",
    ),
    "an egg": (
        _task(f"{TASK}, libraries: [{{egg: /Workspace/a.egg}}]"),
        (
            "a library of a task of databricks_jobs.j is an egg, which no runtime from 14.0 on "
            "installs (build a wheel, and "
            "write whl)"
        ),
    ),
    "more tags than there may be": (
        _task(TASK, "tags: {" + ", ".join(f"t{number}: a" for number in range(26)) + "}, "),
        "databricks_jobs.j has 26 tags, of 25 that there may be (leave some out)",
    ),
    "more destinations than there may be": (
        _task(TASK, "webhook_notifications: {on_failure: [{id: a}, {id: b}, {id: c}, {id: d}]}, "),
        "on_failure of databricks_jobs.j calls 4 destinations, of 3 that there may be (leave some out)",
    ),
    "one machine of the wrong kind": (
        cluster("is_single_node: true"),
        (
            "databricks_clusters.c has is_single_node without kind: CLASSIC_PREVIEW, which alone "
            "knows it (write kind: "
            "CLASSIC_PREVIEW)"
        ),
    ),
    "a runtime for GPUs without any": (
        cluster("num_workers: 1").replace("17.3.x-scala", "17.3.x-gpu-ml-scala"),
        (
            "Standard_D4ds_v5 has no GPU, and 17.3.x-gpu-ml-scala2.13 is not for that (write "
            "17.3.x-cpu-ml-scala2.13, or "
            "another node_type_id)"
        ),
    ),
    "GPUs for nobody": (
        cluster("num_workers: 1").replace("17.3.x-scala", "17.3.x-cpu-ml-scala").replace("D4ds_v5", "NC4as_T4_v3"),
        (
            "Standard_NC4as_T4_v3 has GPUs, and 17.3.x-cpu-ml-scala2.13 is not for that (write "
            "17.3.x-gpu-ml-scala2.13, or "
            "another node_type_id)"
        ),
    ),
}
OF_NAMES: dict[str, tuple[str, str]] = {
    "a serverless warehouse that can't be": (
        warehouse("warehouse_type: CLASSIC, enable_serverless_compute: true"),
        (
            "databricks_sql_warehouses.w is serverless, and CLASSIC, which no serverless one is "
            "(write warehouse_type: PRO)"
        ),
    ),
    "traffic of 90 per cent": (
        _served(ROUTES.format("c-1", 90), ""),
        f"routes of {SERVES} lead 90 per cent of the traffic, not 100 (write shares that make 100)",
    ),
    "a route to nobody": (
        _served(ROUTES.format("other", 100), "", "name: new, "),
        f'"other" is no served entity of {SERVES} (write one of c-1, new)',
    ),
    "two that are called alike": (
        _served("", "name: x, ", "name: x, "),
        f'two served entities of {SERVES} are called "x" {A_NAME}',
    ),
    "an endpoint with a blank": (
        _served("", "").replace("{e: {", "{e: {name: my endpoint, "),
        ('"my endpoint" is no name of a model serving endpoint that Databricks takes (write letters, digits, _ and -)'),
    ),
    "an app in capitals": (
        "databricks_apps: {a: {name: MyApp, source_code_path: /Workspace/a}}",
        (
            '"MyApp" is no name of a Databricks app that Databricks takes (write 2 to 30 small '
            "letters, digits and hyphens)"
        ),
    ),
    "a scope with a mark": (
        "databricks_secret_scopes: {s: {name: 'mine!'}}",
        ('"mine!" is no name of a secret scope that Databricks takes (write letters, digits, _, - and ., 128 at most)'),
    ),
    "a schema with a dot": (
        "databricks_schemas: {s: {catalog_name: c, name: a.b}}",
        (
            '"a.b" is no name of a schema that Databricks takes (leave out dots, blanks and '
            "slashes; 255 characters at most)"
        ),
    ),
    "files of a volume behind https": (
        (
            "databricks_volumes: {v: {catalog_name: c, schema_name: s, volume_type: EXTERNAL, storage_location: "
            "'https://b.blob.core.windows.net/a'}}"
        ),
        (
            '"https://b.blob.core.windows.net/a" is no place that Unity Catalog reads (write an entry of '
            "databricks_external_locations, or abfss://<container>@<account>.dfs.core.windows.net/…)"
        ),
    ),
    "a monitor's folder without a root": (
        (
            "databricks_quality_monitors: {m: {table_name: a.b.c, output_schema_name: a.b, "
            "assets_dir: Shared/m, snapshot: "
            "{}}}"
        ),
        '"Shared/m" is no whole path of the workspace (write /Workspace/Shared/m)',
    ),
    "a library of two of a pipeline": (
        "databricks_pipelines: {p: {libraries: [{notebook: {path: /Shared/a}, file: {path: /Shared/b.py}}]}}",
        (
            "a library of databricks_pipelines.p: notebook and file exclude each other (write "
            "each as a library of its own)"
        ),
    ),
    "two clusters of one label": (
        "databricks_pipelines: {p: {clusters: [{num_workers: 1}, {label: default, num_workers: 2}]}}",
        (
            "two clusters of databricks_pipelines.p are default, and a bundle makes one of them "
            "(write one of default, "
            "updates, maintenance, each once)"
        ),
    ),
}


@pytest.mark.parametrize(("text", "expected"), (OF_JOBS | OF_NAMES).values(), ids=OF_JOBS | OF_NAMES)
def test_what_no_deployment_takes_is_said_at_its_place(text: str, expected: str, tmp_path: Path) -> None:
    line = SPEC.count("\n") + 1
    assert said(tmp_path, SPEC + text + "\n", "MLI875") == [f"{line}: {expected}"]


RIGHT = (
    job("", "a").replace("task_key: a}]", "task_key: a, outcome: 'true'}]").replace(TASK, CONDITION, 1),
    _task(EACH.format("concurrency: 20, ", TASK)),
    _task(EACH.format("", TASK).replace("'[1]'", "'{{job.parameters.days}}'")),
    _task(TASK, "trigger: {file_arrival: {url: /Volumes/a/b/c/, min_time_between_triggers_seconds: 60}}, "),
    _task(
        "notebook_task: {notebook_path: /Shared/n, source: WORKSPACE}",
        "git_source: {git_url: 'https://a/b', git_provider: gitHub, git_commit: abc}, ",
    ),
    _task("dbt_task: {commands: ['dbt deps', 'dbt run']}"),
    _task(f"environment_key: e, {FILE}", "environments: [{environment_key: e, spec: {client: '1'}}], "),
    cluster("is_single_node: true, kind: CLASSIC_PREVIEW"),
    cluster("num_workers: 1").replace("17.3.x-scala", "17.3.x-gpu-ml-scala").replace("D4ds_v5", "NC4as_T4_v3"),
    _served(ROUTES.format("c-1", 100), ""),
    _served(ROUTES.format("${resources.jobs.x.name}", 100), ""),
    "databricks_apps: {job_manager: {source_code_path: /Workspace/a}}",
    "databricks_catalogs: {c: {name: my-catalog, storage_root: 'abfss://a@b.dfs.core.windows.net/c'}}",
    "databricks_pipelines: {p: {clusters: [{label: default, num_workers: 1}, {label: maintenance, num_workers: 1}]}}",
)


@pytest.mark.parametrize("text", RIGHT)
def test_nothing_is_said_of_what_a_deployment_takes(text: str, tmp_path: Path) -> None:
    assert said(tmp_path, SPEC + text + "\n", "MLI875") == []

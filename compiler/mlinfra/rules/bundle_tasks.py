"""What in jobs and their clusters passes every schema, and no deployment takes.

Sources: docstrings of databricks-sdk of each field: `Task`, `TaskDependency`, `ForEachTask`, `GitSource`,
`NotebookTask`, `PythonWheelTask`, `DbtTask`, `FileArrivalTriggerConfiguration`, `Environment`, `Library`,
`ClusterSpec`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from mlinfra.azure.databricks_runtimes import runtime
from mlinfra.azure.vm_sizes import vm_size
from mlinfra.graph import Entry
from mlinfra.languages.databricks.clusters import Cluster, clusters, items, tasks
from mlinfra.languages.databricks.row import Row
from mlinfra.languages.databricks.sections.work import JOBS
from mlinfra.rules.bundle_values import Wrong, count_parts, exclusive, is_known, too_many
from mlinfra.schemas.values import read_json
from mlinfra.source import tree
from mlinfra.source.tree import Path, deepest

_KEYS = {  # lists of a job -> by what their items are told apart
    "tasks": "task_key",
    "job_clusters": "job_cluster_key",
    "environments": "environment_key",
    "parameters": "name",
}
_KEY = re.compile(r"[\w-]{1,100}")  # the reference of the API, "Create a new job": task_key
_PARAMETER = re.compile(r"[\w.-]+")
_MOST = (("tasks", 1000), ("tags", 25))  # docstring of `JobsAPI.create`
_DESTINATIONS = 3  # of one event: docstring of `WebhookNotifications`
_COMMANDS = 10
_LEAST_SECONDS = 60
_OF_SQL = ("query", "dashboard", "alert", "file")
_REVISIONS = ("git_branch", "git_tag", "git_commit")
_LIBRARIES = ("jar", "egg", "whl", "pypi", "maven", "cran", "requirements")
_PULLED_BY = ("file_arrival", "job_completion", "model", "periodic", "table_update")  # `TriggerConfiguration`
_OUTCOMES = ("true", "false")  # `RunConditionTask`
_CLASSIC_PREVIEW = ("is_single_node", "use_ml_runtime")
_ON_AZURE = re.compile(r"(/Volumes/|abfss://)")


def wrong_in_jobs(row: Row, entry: Entry) -> Iterator[Wrong]:
    if row is JOBS:
        yield from _keys(entry)
        yield from _too_many(entry)
        yield from _of_trigger(entry)
        conditions = {each.get("task_key") for _, each in items(entry.body.get("tasks")) if "condition_task" in each}
        for task in tasks(entry):
            yield from _of_task(entry, task.path, task.body, conditions)
            if entry.body.get("continuous"):
                yield from _of_continuous(entry, task.path, task.body)
        for place, declared in items(entry.body.get("job_clusters")):
            if declared.keys() == {"job_cluster_key"} and _is_all_that_is_written(entry, place):
                message = f"a cluster in job_clusters of {entry.address} has no new_cluster"
                yield Wrong(("job_clusters", place), message, "write new_cluster: {spark_version: …, node_type_id: …}")
        for place, environment in items(entry.body.get("environments")):
            yield from _of_environment(entry, ("environments", place, "spec"), environment.get("spec"))
        git = entry.body.get("git_source")
        yield from exclusive(
            ("git_source",), git if isinstance(git, dict) else {}, _REVISIONS, f"git_source of {entry.address}"
        )
    for cluster in clusters(row, entry):
        yield from _of_cluster(cluster)


def _is_all_that_is_written(job: Entry, place: int) -> bool:
    """Whether nothing of a cluster was left out of its body, as a misspelt key is."""
    written = deepest(job.tree, ("job_clusters", place))
    return isinstance(written, tree.Mapping) and len(written.fields) == 1


def _keys(job: Entry) -> Iterator[Wrong]:
    for field, key in _KEYS.items():
        called = field.removeprefix("job_")
        seen: set[str] = set()
        for place, item in items(job.body.get(field)):
            name = item.get(key)
            if not is_known(name):
                continue
            if name in seen:
                message = f'two {called} of {job.address} are called "{name}", and a bundle makes one of them'
                yield Wrong((field, place, key), message, "give each a name of its own")
            seen.add(name)
            if not (_PARAMETER if key == "name" else _KEY).fullmatch(name):
                also = ", - and ." if key == "name" else " and -, 100 at most"
                help = f"write letters, digits, _{also}"
                yield Wrong((field, place, key), f'"{name}" is no {key} that Databricks takes', help)


def _too_many(job: Entry) -> Iterator[Wrong]:
    for field, most in _MOST:
        count = len(job.body.get(field) or ()) if isinstance(job.body.get(field), list | dict) else 0
        yield from too_many((field,), job.address, field, count, most)
    events = job.body.get("webhook_notifications")
    for event, called in events.items() if isinstance(events, dict) else ():
        if isinstance(called, list) and len(called) > _DESTINATIONS:
            message = f"{event} of {job.address} calls {len(called)} destinations, of {_DESTINATIONS} that there may be"
            yield Wrong(("webhook_notifications", event), message, "leave some out")
    timeout = job.body.get("timeout_seconds")
    if isinstance(timeout, int) and timeout < 0:
        yield Wrong(("timeout_seconds",), f"timeout_seconds must be 0 or more, not {timeout}", "write 0 for none")


def _of_trigger(job: Entry) -> Iterator[Wrong]:
    trigger = job.body.get("trigger")
    starts = (
        {key: each for key, each in trigger.items() if key != "pause_status"} if isinstance(trigger, dict) else None
    )
    yield from exclusive(("trigger",), starts or {}, _PULLED_BY, f"trigger of {job.address}")
    if starts is not None and not starts:
        yield Wrong(("trigger",), f"{job.address} has a trigger that nothing pulls", "write file_arrival, or periodic")
    for kind, said in (starts or {}).items():
        if not isinstance(said, dict):
            continue
        for field in ("min_time_between_triggers_seconds", "wait_after_last_change_seconds"):
            seconds = said.get(field)
            if isinstance(seconds, int) and seconds < _LEAST_SECONDS:
                message = f"{field} must be {_LEAST_SECONDS} or more, not {seconds}"
                yield Wrong(("trigger", kind, field), message, f"write {_LEAST_SECONDS}")
        if kind == "table_update":
            yield from _of_tables(job, said.get("table_names"))
        if isinstance(interval := said.get("interval"), int) and interval < 1:
            yield Wrong(("trigger", kind, "interval"), f"interval must be 1 or more, not {interval}", "write 1")
        if is_known(url := said.get("url")) and not _ON_AZURE.match(url):
            help = "write the path of a volume, /Volumes/…/, or an address of an external location, abfss://…/"
            yield Wrong(("trigger", kind, "url"), f'"{url}" is no place that Unity Catalog watches', help)


def _of_tables(job: Entry, names: Any) -> Iterator[Wrong]:
    path, help = ("trigger", "table_update", "table_names"), "write <catalog>.<schema>.<table>"
    if names == []:
        yield Wrong(path, f"{job.address} starts when a table changes, and names none", help)
    for place, name in enumerate(names if isinstance(names, list) else ()):
        if is_known(name) and count_parts(name) != 3:
            yield Wrong((*path, place), f'table_names must be names of 3 parts, not "{name}"', help)


def _of_continuous(job: Entry, path: Path, task: Mapping[str, Any]) -> Iterator[Wrong]:
    """Docs, "Run jobs continuously": what starts again at once takes neither of these."""
    for field, what in (("depends_on", "waits for another"), ("max_retries", "says how often it is tried again")):
        if task.get(field):
            message = f"{job.address} is continuous, and a task of it {what}, which no task of such a job does"
            yield Wrong((*path, field), message, f"leave {field} out, or write a schedule")


def _of_task(job: Entry, path: Path, task: Mapping[str, Any], of_conditions: Collection[Any]) -> Iterator[Wrong]:
    whose = f"a task of {job.address}"
    for place, before in items(task.get("depends_on")):
        if before.get("outcome") is not None and before.get("task_key") not in of_conditions:
            message = f'"{before.get("task_key")}" is no condition_task, and only such a one has an outcome'
            yield Wrong((*path, "depends_on", place, "outcome"), message, "leave outcome out, or write run_if")
        elif is_known(outcome := before.get("outcome")) and outcome not in _OUTCOMES:
            message = f'"{outcome}" is no outcome of a condition_task'
            yield Wrong((*path, "depends_on", place, "outcome"), message, 'write "true" or "false"')
    if isinstance(each := task.get("for_each_task"), dict):
        yield from _of_for_each(whose, (*path, "for_each_task"), each)
    if isinstance(notebook := task.get("notebook_task"), dict):
        yield from _of_notebook(job, (*path, "notebook_task"), notebook)
    if isinstance(sql := task.get("sql_task"), dict):
        yield from _one(path, "sql_task", sql, _OF_SQL, whose)
    if isinstance(wheel := task.get("python_wheel_task"), dict):
        yield from exclusive((*path, "python_wheel_task"), wheel, ("parameters", "named_parameters"), whose)
    if isinstance(dbt := task.get("dbt_task"), dict):
        yield from _of_dbt(whose, (*path, "dbt_task", "commands"), dbt.get("commands"))
    for place, library in items(task.get("libraries")):
        yield from exclusive((*path, "libraries", place), library, _LIBRARIES, f"a library of {whose}")
        if "egg" in library:
            message = f"a library of {whose} is an egg, which no runtime from 14.0 on installs"
            yield Wrong((*path, "libraries", place, "egg"), message, "build a wheel, and write whl")


def _of_for_each(whose: str, path: Path, body: Mapping[str, Any]) -> Iterator[Wrong]:
    count, inputs, inner = body.get("concurrency"), body.get("inputs"), body.get("task")
    if isinstance(count, int) and not 1 <= count <= 100:  # docs, "Use a For each task to run another task in a loop"
        yield Wrong((*path, "concurrency"), f"concurrency must be 1 to 100, not {count}", "write one of 1 to 100")
    if is_known(inputs) and "{{" not in inputs and not isinstance(read_json(inputs), list):
        help = "write '[1, 2, 3]', or {{tasks.<key>.values.<name>}}"
        yield Wrong((*path, "inputs"), f'"{inputs}" is no list of JSON, for each of which {whose} could run', help)
    if isinstance(inner, dict) and "for_each_task" in inner:
        message = f"{whose} runs a for_each_task for each, which Databricks does not"
        yield Wrong((*path, "task", "for_each_task"), message, "let it run a job: run_job_task")


def _of_notebook(job: Entry, path: Path, body: Mapping[str, Any]) -> Iterator[Wrong]:
    has_git = bool(job.body.get("git_source"))
    if body.get("source") == "GIT" and not has_git:
        message = f"a notebook of {job.address} is in git, and the job has no git_source"
        yield Wrong((*path, "source"), message, "write git_source, or leave source out")
    in_git = has_git and body.get("source") != "WORKSPACE"
    if in_git and is_known(place := body.get("notebook_path")) and place.startswith("/"):
        message = f'"{place}" begins with /, and the path of a notebook in git counts from its root'
        yield Wrong((*path, "notebook_path"), message, f"write {place.lstrip('/')}, or source: WORKSPACE")


def _of_dbt(whose: str, path: Path, commands: Any) -> Iterator[Wrong]:
    if not isinstance(commands, list):
        return
    if not 1 <= len(commands) <= _COMMANDS:
        yield Wrong(path, f"{whose} has {len(commands)} commands of dbt, and runs 1 to {_COMMANDS}", "write: [dbt run]")
    for place, command in enumerate(commands):
        if is_known(command) and not re.match(r"dbt(\s|$)", command):
            yield Wrong((*path, place), f'"{command}" is no command of dbt', f"write dbt {command}")


def _of_environment(job: Entry, path: Path, spec: Any) -> Iterator[Wrong]:
    has_version = ("environment_version", "base_environment", "client")
    if isinstance(spec, dict) and not any(spec.get(each) for each in has_version):
        message = f"an environment of {job.address} has no environment_version"
        yield Wrong(path, message, 'write environment_version: "4", or base_environment')


def _of_cluster(cluster: Cluster) -> Iterator[Wrong]:
    body, whose = cluster.body, f"a cluster of {cluster.entry.address}" if cluster.path else cluster.entry.address
    for field in _CLASSIC_PREVIEW:
        if body.get(field) is True and body.get("kind") != "CLASSIC_PREVIEW":
            message = f"{whose} has {field} without kind: CLASSIC_PREVIEW, which alone knows it"
            yield Wrong((*cluster.path, field), message, "write kind: CLASSIC_PREVIEW")
    version, size = body.get("spark_version"), vm_size(str(body.get("node_type_id")))
    known = runtime(version) if isinstance(version, str) else None
    if known and known.is_for_ml and size:
        on_gpus = "-gpu-" in str(version)
        if on_gpus != bool(size.gpu):
            has, other = ("GPUs", "gpu") if size.gpu else ("no GPU", "cpu")
            message = f"{size.name} has {has}, and {version} is not for that"
            right = re.sub("-[cg]pu-", f"-{other}-", str(version))
            yield Wrong((*cluster.path, "spark_version"), message, f"write {right}, or another node_type_id")


def _one(path: Path, kind: str, body: Mapping[str, Any], fields: tuple[str, ...], whose: str) -> Iterator[Wrong]:
    yield from exclusive((*path, kind), body, fields, whose)
    if not any(body.get(field) is not None for field in fields):
        yield Wrong((*path, kind), f"{kind} of {whose} says nothing to run", f"write one of {', '.join(fields)}")

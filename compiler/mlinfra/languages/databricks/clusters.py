"""Where bodies of Databricks describe clusters and machines: of jobs, pipelines, pools and policies, too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mlinfra.graph import Entry
from mlinfra.source.tree import Path

_MACHINES = ("node_type_id", "driver_node_type_id")
_SAID_BY_POLICIES = ("value", "values", "defaultValue")


class Task(NamedTuple):
    """A task of a job, or what it runs for each of something."""

    entry: Entry
    path: Path
    body: Mapping[str, Any]


class Cluster(NamedTuple):
    entry: Entry
    path: Path  # where its fields stand
    body: Mapping[str, Any]
    task: Task | None = None  # the one that brings it


def items(value: Any) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The maps in a list, with their places; nothing of what is no list."""
    for place, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, dict):
            yield place, item


def tasks(entry: Entry) -> Iterator[Task]:
    for place, task in items(entry.body.get("tasks")):
        yield Task(entry, ("tasks", place), task)
        each = task.get("for_each_task")
        if isinstance(each, dict) and isinstance(each.get("task"), dict):
            yield Task(entry, ("tasks", place, "for_each_task", "task"), each["task"])


def clusters(entry: Entry) -> Iterator[Cluster]:
    """The clusters that an entry describes: itself, those of a job and its tasks, and those of a pipeline."""
    if entry.section == "databricks_clusters":
        yield Cluster(entry, (), entry.body)
    elif entry.section == "databricks_jobs":
        for place, described in items(entry.body.get("job_clusters")):
            if isinstance(described.get("new_cluster"), dict):
                yield Cluster(entry, ("job_clusters", place, "new_cluster"), described["new_cluster"])
        for task in tasks(entry):
            if isinstance(task.body.get("new_cluster"), dict):
                yield Cluster(entry, (*task.path, "new_cluster"), task.body["new_cluster"], task)
    elif entry.section == "databricks_pipelines":
        for place, described in items(entry.body.get("clusters")):
            yield Cluster(entry, ("clusters", place), described)


def node_types(entry: Entry) -> Iterator[tuple[Path, str]]:
    """The sizes of machines that an entry names, each with its place."""
    described = [(cluster.path, cluster.body) for cluster in clusters(entry)]
    described += [((), entry.body)] if entry.section == "databricks_instance_pools" else []
    for path, body in described:
        for field in _MACHINES:
            yield from _texts((*path, field), body.get(field))
    for field in _MACHINES:
        yield from _of_policy(entry, field)


def spark_versions(entry: Entry) -> Iterator[tuple[Path, str]]:
    """The runtimes that an entry names, each with its place."""
    for cluster in clusters(entry):
        yield from _texts((*cluster.path, "spark_version"), cluster.body.get("spark_version"))
    yield from _texts(("preloaded_spark_versions",), entry.body.get("preloaded_spark_versions"))
    yield from _of_policy(entry, "spark_version")


def _of_policy(entry: Entry, attribute: str) -> Iterator[tuple[Path, str]]:
    definition = entry.body.get("definition") if entry.section == "databricks_cluster_policies" else None
    limit = definition.get(attribute) if isinstance(definition, dict) else None
    if isinstance(limit, dict) and limit.get("type") not in ("blocklist", "forbidden"):
        for field in _SAID_BY_POLICIES:
            yield from _texts(("definition", attribute, field), limit.get(field))


def _texts(path: Path, value: Any) -> Iterator[tuple[Path, str]]:
    """A text, or those in a list; an expression of Databricks says nothing here."""
    if isinstance(value, str) and "${" not in value:
        yield path, value
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _texts((*path, place), item)

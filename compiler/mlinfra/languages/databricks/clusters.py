"""Where bodies of Databricks describe clusters and machines: of jobs, pipelines, pools and policies, too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mlinfra.graph import Entry
from mlinfra.languages.databricks.row import Row
from mlinfra.source.tree import Path

_MACHINES = ("node_type_id", "driver_node_type_id")
_RUNTIMES = ("spark_version", "preloaded_spark_versions")
_SAID_BY_LIMITS = ("value", "values", "defaultValue")
_KEPT_OUT = ("blocklist", "forbidden")  # what such a limit says is what clusters may not be
EACH = "*"  # in a row's `clusters`


class Task(NamedTuple):
    """A task of a job, or what it runs for each of something."""

    entry: Entry
    path: Path
    body: Mapping[str, Any]


class Cluster(NamedTuple):
    entry: Entry
    path: Path  # where its fields stand
    body: Mapping[str, Any]


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


def clusters(row: Row, entry: Entry) -> Iterator[Cluster]:
    """What an entry says of clusters and machines: itself, or what its jobs, tasks or pipelines run on."""
    for way in row.clusters:
        for path, body in _below((), entry.body, way):
            yield Cluster(entry, path, body)


def _below(path: Path, node: Any, way: tuple[str, ...]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    if not way and isinstance(node, dict):
        yield path, node
    elif way and way[0] == EACH:
        for place, item in items(node):
            yield from _below((*path, place), item, way[1:])
    elif way and isinstance(node, dict):
        yield from _below((*path, way[0]), node.get(way[0]), way[1:])


def node_types(row: Row, entry: Entry) -> Iterator[tuple[Path, str]]:
    """The sizes of machines that an entry names, each with its place."""
    return _named(row, entry, _MACHINES)


def spark_versions(row: Row, entry: Entry) -> Iterator[tuple[Path, str]]:
    """The runtimes that an entry names, each with its place."""
    return _named(row, entry, _RUNTIMES)


def _named(row: Row, entry: Entry, fields: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    limits = entry.body.get(row.limits) if row.limits else None
    for field in fields:
        for cluster in clusters(row, entry):
            yield from _texts((*cluster.path, field), cluster.body.get(field))
        limit = limits.get(field) if isinstance(limits, dict) else None
        for word in _SAID_BY_LIMITS if isinstance(limit, dict) and limit.get("type") not in _KEPT_OUT else ():
            yield from _texts((row.limits, field, word), (limit or {}).get(word))


def _texts(path: Path, value: Any) -> Iterator[tuple[Path, str]]:
    """A text, or those in a list; an expression of Databricks says nothing here."""
    if isinstance(value, str) and value and "${" not in value:
        yield path, value
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _texts((*path, place), item)

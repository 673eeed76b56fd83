"""Rules of what jobs read: an input that was meant for data, and is text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlinfra.derive.models import type_of
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.rules.rule import over_graph
from mlinfra.schemas.values import value_at
from mlinfra.source.tree import Path
from mlinfra.versions import is_from_job

ONLY_TEXT = Code(
    "MLI566",
    "warning",
    "Input that is the text of a name",
    "To Azure ML a word beside an input is a text: the job is accepted, mounts nothing, and its program is told that "
    "word where it expects a folder",
    "Write the name as path of a map with its type: {type: uri_folder, path: <entry>}",
    "https://learn.microsoft.com/azure/machine-learning/how-to-read-write-data-v2",
)
_READ = ("data", "models")  # sections of which a job reads entries


def _names_are_paths(graph: Graph) -> Iterator[Diagnostic]:
    for entry in (*graph.section("jobs"), *graph.section("schedules")):
        place = ("create_job",) if entry.section == "schedules" else ()
        for path, text in _texts(value_at(entry.body, place), place):
            named = (graph.entries.get(f"{section}.{text}") for section in _READ)
            if asset := next(filter(None, named), None):
                message = f'input "{path[-1]}" of {entry.address} is the text "{text}", and not {asset.address}'
                help = f"write {path[-1]}: {{type: {_type(graph, asset)}, path: {_path(asset)}}}"
                yield finding(ONLY_TEXT, message, at(entry, path), help)


def _texts(job: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """The inputs of a job, and of its steps, that are no more than a text."""
    if not isinstance(job, Mapping):
        return
    inputs, steps = job.get("inputs"), job.get("jobs")
    if isinstance(inputs, Mapping):
        yield from (((*path, "inputs", name), value) for name, value in inputs.items() if isinstance(value, str))
    if isinstance(steps, Mapping):
        for name, step in steps.items():
            yield from _texts(step, (*path, "jobs", name))


def _type(graph: Graph, asset: Entry) -> str:
    written = type_of(graph, asset) if asset.section == "models" else asset.body.get("type")
    return str(written or "uri_folder")


def _path(asset: Entry) -> str:
    """How a job names what it reads; a run makes the version of some models, so theirs is written."""
    return f"'azureml:{asset.azure_name}:7'" if is_from_job(asset) else asset.name


RULES = (over_graph(ONLY_TEXT, _names_are_paths),)

"""Of each property that is sent to Azure, and of each field of a file, it was decided what a change of it means.

What opens access, loses data, weakens, is refused or ignored is a fact in `changes` of its row. What does none of that
stands in `plain` of the row. A new field is in neither, until somebody has looked.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mlinfra.compile import compile_spec
from mlinfra.differ.effects import covers
from mlinfra.differ.side import Thing
from mlinfra.differ.things import row_of
from mlinfra.graph import Graph
from mlinfra.languages import ROWS
from mlinfra.languages.azureml.schema import SCHEMA as AZUREML
from mlinfra.languages.changes import IN_EVERY_RESOURCE, PLAIN_IN_EVERY_RESOURCE
from mlinfra.languages.databricks.plain import PLAIN
from mlinfra.languages.databricks.schema import SCHEMA as DATABRICKS
from mlinfra.languages.databricks.sections import SECTIONS as OF_DATABRICKS
from mlinfra.languages.language import Section
from mlinfra.languages.resource import Resource
from tests.kinds.harness import ALL_KINDS, graph_of, value
from tests.kinds.test_bodies import MAXIMAL
from tests.kinds.test_kinds import VALID, mode_of
from tests.languages.azureml.generated_bodies import leaves

ROOT = Path(__file__).parents[2]
SPECS = tuple(ROOT / "specs" / name / "ml-platform.yaml" for name in ("bank", "lakehouse", "stacks", "circuits"))
# Files of Azure ML whose fields are changed on what is there, or on what is made anew beside it.
FILES = (
    *("compute_instances", "online_endpoints", "online_deployments", "batch_endpoints", "batch_deployments"),
    *("schedules", "monitors"),
)
_ROWS = {**ROWS, **ALL_KINDS}
# What somebody names as he likes: a name below these is no field.
NAMED = frozenset({"metadata", "userAssignedIdentities", "tags"})
_IN_A_LOOP = ("for_each_task", "task")  # of Databricks: loops stand in no other loop
DEEPEST = 12  # levels of a schema, which may hold itself


@cache
def _sent() -> Mapping[str, frozenset[str]]:
    """By row the paths of the properties of all resources of the cases of kinds and of the examples."""
    found: dict[str, set[str]] = {}
    for resource in _resources():
        body = json.loads(json.dumps(value(resource.body), default=str))
        row = row_of(Thing(resource.address, "dev", resource.type, "/id", "name", "file", body=body))
        assert row is not None, resource.address
        found.setdefault(row.name, set()).update(".".join(path) for path in _paths(body, ()))
    return {name: frozenset(paths) for name, paths in found.items()}


def _resources() -> Iterator[Resource]:
    for case in VALID:
        text = case.read_text(encoding="utf-8")
        yield from _of(graph_of(text, mode_of(text)))
    for spec, root in ((MAXIMAL, MAXIMAL.parent), *((spec, ROOT) for spec in SPECS)):
        for plan in compile_spec(spec, root, {}).plans:
            yield from _of(plan.graph)


def _of(graph: Graph) -> Iterator[Resource]:
    for entry in graph.entries.values():
        row = _ROWS[entry.section]
        if row.compiled_to == "bicep":
            yield from row.becomes(entry, graph)


def _paths(body: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if path and (path[-1] in NAMED or not isinstance(body, dict)):
        yield path
    elif isinstance(body, dict):
        for key, below in body.items():
            yield from _paths(below, path if key.startswith("<") else (*path, key))


def _fields(
    schema: Mapping[str, Any], node: Mapping[str, Any], known: Container[str], path: tuple[str, ...] = ()
) -> Iterator[str]:
    """The paths of the innermost fields of a body, not below what is known; a star is any name, a list no level."""
    is_again = path[-3:] == (*_IN_A_LOOP, _IN_A_LOOP[0])
    if len(path) > DEEPEST or is_again or ".".join(path) in known:
        yield ".".join(path)
        return
    for part in _objects(schema, node):
        extra = part.get("additionalProperties")
        if "properties" in part:
            for key, below in part["properties"].items():
                yield from _fields(schema, below, known, (*path, key))
        elif "items" in part:
            yield from _fields(schema, part["items"], known, path)
        elif isinstance(extra, Mapping) and extra and not NAMED.intersection(path):
            yield from _fields(schema, extra, known, (*path, "*"))
        else:
            yield ".".join(path)


def _objects(schema: Mapping[str, Any], node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What a value may be: itself, or each of several objects."""
    node = _there(schema, node)
    is_one = "properties" in node or not {"if", "allOf"}.intersection(node)
    parts = (node,) if is_one else leaves(dict(node))
    yield from (_there(schema, part) for part in parts)


def _there(schema: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in node:
        node = schema["$defs"][node["$ref"].rpartition("/")[2]]
    return node


def _undecided(row: Section, paths: Iterable[str], *more: str) -> list[str]:
    facts = [*(fact.path for fact in (*row.changes, *IN_EVERY_RESOURCE)), *row.plain, *more]
    return sorted(path for path in set(paths) if not any(covers(fact, path) for fact in facts))


def _stale(row: Section, paths: Iterable[str]) -> list[str]:
    """What is said to be plain, and is nowhere, or is a fact as well."""
    facts = {fact.path for fact in row.changes}
    return [plain for plain in row.plain if plain in facts or not any(covers(plain, path) for path in paths)]


def test_each_property_of_a_resource_was_decided() -> None:
    undecided = {name: _undecided(_ROWS[name], paths, *PLAIN_IN_EVERY_RESOURCE) for name, paths in _sent().items()}
    assert {name: paths for name, paths in undecided.items() if paths} == {}
    stale = {name: _stale(_ROWS[name], paths) for name, paths in _sent().items()}
    assert {name: paths for name, paths in stale.items() if paths} == {}


@pytest.mark.parametrize("section", FILES)
def test_each_field_of_a_file_of_azure_ml_was_decided(section: str) -> None:
    row = ROWS[section]
    paths = set(_fields(AZUREML.read(), {"$ref": f"#/$defs/entries.{section}"}, (*row.plain, *row.additions)))
    ours = (*row.additions, "$schema", "id", "azure_name", "existing", "deployments")
    assert (_undecided(row, paths, *ours), _stale(row, paths)) == ([], [])


@pytest.mark.parametrize("row", OF_DATABRICKS, ids=lambda row: row.name)
def test_each_field_of_an_object_of_databricks_was_decided(row: Section) -> None:
    paths = set(_fields(DATABRICKS.read(), {"$ref": f"#/$defs/entries.{row.name}"}, row.additions))
    undecided = {".".join(("", *path.split("."))[-2:]) for path in _undecided(row, paths, *row.additions)}
    assert sorted(path for path in undecided if not {path, path.rpartition(".")[2]} & PLAIN) == []

"""What fields of bodies name in Unity Catalog, and what of that only a run makes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mlinfra.graph import Entry, Graph
from mlinfra.languages.databricks.clusters import EACH
from mlinfra.languages.databricks.forms import FULL_NAME, OF_NAME, URL
from mlinfra.languages.databricks.row import Row
from mlinfra.languages.databricks.sections import made
from mlinfra.languages.databricks.sections.unity import CATALOGS, SCHEMAS
from mlinfra.languages.databricks.told import FIELD, full_name, told
from mlinfra.schemas.values import read_json
from mlinfra.source.tree import Path

_NAMES = (OF_NAME.name, FULL_NAME.name, URL.name)  # forms of references whose text is a name, and holds none
_FILE = ("file_path",)


def names(graph: Graph, entry: Entry, ways: tuple[str, ...]) -> Iterator[str]:
    """What the fields name: one after another of a list, else their values as the parts of one name."""
    whole = [[name for _, name in named_at(graph, entry, way)] for way in ways]
    if len(whole) == 1:
        yield from whole[0]
    elif all(whole):
        yield ".".join(of_way[0] for of_way in whole)


def named_at(graph: Graph, entry: Entry, way: str) -> Iterator[tuple[Path, str]]:
    """What the fields name to which a way leads, each with its place; nothing of those that only Databricks knows."""
    for path, value in _at((), entry.body, tuple(way.split("."))):
        if name := _named(graph, entry, path, value):
            yield path, name


def of_ours(graph: Graph) -> tuple[str, ...]:
    """How the names begin of all that is in a catalog or a schema of ours, in small letters as no name is told by."""
    return graph.once(_of_ours)


def _of_ours(graph: Graph) -> tuple[str, ...]:
    return tuple(
        f"{full_name(graph, entry)}.".lower()
        for section in (CATALOGS, SCHEMAS)
        for entry in graph.section(section.name)
        if not entry.existing
    )


def made_by_runs(graph: Graph, row: Row, entry: Entry) -> Iterator[str]:
    """The tables and functions that have to be there before an entry can be made, and that only a run makes.

    They are in a catalog or a schema of ours, and nothing of the spec is called so.
    """
    for _, name in _awaited(graph, row, entry):
        if name.count(".") > 1 and name.lower().startswith(of_ours(graph)) and name.lower() not in _made(graph):
            yield name


def stands_on(graph: Graph, row: Row, entry: Entry) -> Iterator[tuple[Path, Entry]]:
    """What of the spec has to be there before an entry can be made, each with where the entry says its name."""
    for path, name in _awaited(graph, row, entry):
        if found := _made(graph).get(name.lower()):
            yield path, found


def _awaited(graph: Graph, row: Row, entry: Entry) -> Iterator[tuple[Path, str]]:
    """The names that the fields of its row say, each with its place; empty where only Databricks knows one."""
    for awaited in row.awaits:
        for path, found in _at((), _whole(graph, row, entry), tuple(awaited.each.split("."))):
            parts = [_named(graph, entry, (*path, part), found.get(part)) for part in _parts(awaited.parts, found)]
            yield path, ".".join(parts) if all(parts) and parts else _named(graph, entry, path, found)


def _parts(parts: tuple[str, ...], found: Any) -> tuple[str, ...]:
    return parts if isinstance(found, dict) else ()


def _made(graph: Graph) -> Mapping[str, Entry]:
    return graph.once(_all_made)


def _all_made(graph: Graph) -> dict[str, Entry]:
    """What is in Unity Catalog by what the spec says, by its whole name in small letters."""
    found: dict[str, Entry] = {}
    for row, entry in made(graph):
        if row.inside_of:
            found[full_name(graph, entry).lower()] = entry
        elif row.says_its_schema:
            found[_named(graph, entry, (row.named_by,), entry.azure_name).lower()] = entry
    return found


def _whole(graph: Graph, row: Row, entry: Entry) -> Mapping[str, Any]:
    """A body with what lies in the file that it names."""
    files = (each.target for each in graph.local_paths_of(entry.address) if each.place == _FILE)
    text = next((graph.files.text_or_none(each) for each in files if row.as_json), None)
    return entry.body if text is None else {**entry.body, row.as_json[0]: text}


def _at(path: Path, node: Any, way: tuple[str, ...]) -> Iterator[tuple[Path, Any]]:
    node = read_json(node) if way and isinstance(node, str) else node  # some fields may hold their map as text
    if not way:
        yield path, node
    elif way[0] == EACH:
        for place, item in enumerate(node if isinstance(node, list) else ()):
            yield from _at((*path, place), item, way[1:])
    elif isinstance(node, dict):
        yield from _at((*path, way[0]), node.get(way[0]), way[1:])


def _named(graph: Graph, entry: Entry, path: Path, value: Any) -> str:
    """What a field names in Unity Catalog; empty where only Databricks knows."""
    if not isinstance(value, str):
        return ""
    bound = (each for each in graph.edges_from(entry.address) if each.path == path and each.form in _NAMES)
    for edge in bound:
        target = graph.entries[edge.target]
        return full_name(graph, target) if edge.form == FULL_NAME.name else target.azure_name
    text = FIELD.sub(lambda found: _told(graph, found), value)
    return "" if "$" in text or "/" in text else text.replace("`", "")


def _told(graph: Graph, found: re.Match[str]) -> str:
    target = graph.entries.get(f"databricks_{found['section']}.{found['key']}")
    if target is None:
        return found.group()
    if found["field"] in ("name", "catalog_name"):
        return target.azure_name
    return told(graph, target, found["field"]) or found.group()

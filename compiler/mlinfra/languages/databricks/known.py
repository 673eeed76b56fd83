"""What in a body only a newer Databricks CLI knows; `x-since` in the schema says from which version on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mlinfra.languages.databricks.schema import SCHEMA
from mlinfra.source.tree import Path

READ_TO = "1.13.0"  # the newest version of which all is known that it does not know
SEEN_TO = "1.22.1"  # the newest of which is known what it knows, by databricks-bundles
_DEFINITIONS = "#/$defs/"


class Since(NamedTuple):
    """A field, or a value of one, that a version of the CLI knows first; empty where none is known to."""

    path: Path
    what: str
    version: str


def since(section: str, body: Mapping[str, Any]) -> Iterator[Since]:
    """What a body holds that is younger than its kind; nothing of what is below a field that is."""
    schema = SCHEMA.whole
    yield from _below(schema, (), schema["properties"][section]["additionalProperties"], body)


def _below(schema: Mapping[str, Any], path: Path, node: Any, value: Any) -> Iterator[Since]:
    node = _resolved(schema, node)
    if isinstance(value, dict):
        for key, below in value.items():
            field = node.get("properties", {}).get(key)
            if field is None:
                field = node.get("additionalProperties")
            if isinstance(field, dict) and "x-since" in field:
                yield Since((*path, key), str(key), field["x-since"])
            elif isinstance(field, dict):
                yield from _below(schema, (*path, key), field, below)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _below(schema, (*path, place), node.get("items", {}), item)
    elif isinstance(value, str) and value in (values := node.get("x-since-values", {})):
        field = next(step for step in reversed(path) if isinstance(step, str))
        yield Since(path, f"{field}: {value}", values[value])


def _resolved(schema: Mapping[str, Any], node: Any) -> Any:
    while isinstance(node, dict) and "$ref" in node:
        node = schema["$defs"][node["$ref"].removeprefix(_DEFINITIONS)]
    return node if isinstance(node, dict) else {}

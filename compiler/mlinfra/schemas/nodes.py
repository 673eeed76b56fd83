"""Parts of a schema: where a rule stands, and which branches a place in it has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def rule_at(schema: Any, path: Iterable[str | int]) -> Any:
    """The node at a path."""
    for step in path:
        schema = schema[step]
    return schema


def union_at(schema: Mapping[str, Any], evaluation_path: Iterable[str | int]) -> Mapping[str, Any]:
    """Return the node that chose the schema of the map at the end of the path; empty where there was no choice."""
    node: Any = schema
    union: Mapping[str, Any] = {}
    for step in evaluation_path:
        if step in ("properties", "items", "additionalProperties"):
            union = {}
        node = resolved(schema, node) if step == "$ref" else node[step]
        if isinstance(node, Mapping) and ("x-keys" in node or choices(node)):
            union = node
    return union


def resolved(schema: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """The node, or that of the definitions to which it refers."""
    found: Mapping[str, Any] = schema["$defs"][node["$ref"].removeprefix("#/$defs/")] if "$ref" in node else node
    return found


def choices(node: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """Return discriminator, the schema of its values and the branch, of every branch that a union has for a value."""
    return [
        (key, values, choice["then"])
        for choice in node.get("allOf", ())
        for key, values in choice["if"].get("properties", {}).items()
        if "then" in choice
    ]


def map_with(schema: Mapping[str, Any], rule: Mapping[str, Any], key: str) -> str | None:
    """The one field of the same map that is a map with such a field."""
    fields = rule.get("properties", {}).items()
    found = [name for name, field in fields if key in resolved(schema, field).get("properties", {})]
    return found[0] if len(found) == 1 else None

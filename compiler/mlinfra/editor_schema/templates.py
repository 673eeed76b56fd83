"""Templates in the schema for editors: `for_each` in the body of an entry, and `${each.key}` in its key."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeAlias

from mlinfra.overrides.templates import FOR_EACH

Schema: TypeAlias = dict[str, Any]
EACH = r"\$\{\s*each\b"  # in the key of a template
_TARGETS = "targets"  # a key of every entry, and of nothing else in the bodies
DEFINITION = "ForEach"
FOR_EACH_SCHEMA: Schema = {
    "description": "One entry for each item: distinct texts, or a map; ${each.key} and ${each.value.<key>} stand in "
    "the body and in the key",
    "examples": [["cards", "credit"], {"cards": {"floor": 0.9}}],
    "anyOf": [
        {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        {"type": "object"},
        {"type": "string", "pattern": r"\$\{"},
    ],
}


def with_templates(node: Any, nested: Collection[str], reference: str) -> Any:
    """The same schema in which each entry may be a template, also those that are nested under a key of an entry."""
    if isinstance(node, list):
        return [with_templates(below, nested, reference) for below in node]
    if not isinstance(node, dict):
        return node
    schema = {key: with_templates(below, nested, reference) for key, below in node.items()}
    properties = schema.get("properties")
    if isinstance(properties, dict) and _TARGETS in properties and schema.get("additionalProperties") is False:
        maps = {key: with_keys(below) for key, below in properties.items() if key in nested and _is_map(below)}
        schema["properties"] = {**properties, **maps, FOR_EACH: {"$ref": f"{reference}{DEFINITION}"}}
    return schema


def with_keys(section: Schema) -> Schema:
    """Entries by name, of which those with `${each.…}` in their keys are templates."""
    entry, names = section["additionalProperties"], section.get("propertyNames")
    template = {
        "description": "A template: one entry for each item of for_each",
        "allOf": [entry, {"type": "object", "required": [FOR_EACH]}],
    }
    pattern = {"propertyNames": {**names, "pattern": f"{names['pattern']}|{EACH}"}} if names else {}
    return {**section, **pattern, "patternProperties": {EACH: template}}


def _is_map(schema: Any) -> bool:
    return isinstance(schema, dict) and isinstance(schema.get("additionalProperties"), dict)

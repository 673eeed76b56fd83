"""JSON Schema for editors, from the models of bodies: what completes and checks them while they are typed."""

from __future__ import annotations

from typing import Any

from mlinfra.bodies.body import OWN_KEYS

REFERENCE = "Reference"
REFERENCE_SCHEMA = {
    "description": "${var.name}, which takes the variable's type, or ${address.name}",
    "type": "string",
    "pattern": r"\$\{[^{}]+\}",
}
_CLOSED = ("integer", "number", "boolean")  # types that no text is of


def for_editors(schema: dict[str, Any]) -> dict[str, Any]:
    """The same schema as editors need it: titles, defaults and `null` out, `${…}` and `x-…` in."""
    schema = _without_null(schema)
    result = {key: value for key, value in schema.items() if key not in ("title", "default")}
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            result[key] = for_editors(schema[key])
    if "anyOf" in schema:
        result["anyOf"] = [for_editors(choice) for choice in schema["anyOf"]]
    if "properties" in schema:
        result["properties"] = {name: for_editors(below) for name, below in schema["properties"].items()}
    if schema.get("additionalProperties") is False:
        result["patternProperties"] = {f"^{OWN_KEYS}": {}}
    return _or_reference(result) if "enum" in schema or schema.get("type") in _CLOSED else result


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """`X | None` as `X`: what may be left out is no place for a null."""
    choices = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) != 1:
        return schema
    only: dict[str, Any] = choices[0]
    return only | {key: value for key, value in schema.items() if key != "anyOf"}


def _or_reference(schema: dict[str, Any]) -> dict[str, Any]:
    described = {"description": schema.pop("description")} if "description" in schema else {}
    return {**described, "anyOf": [schema, {"$ref": f"#/$defs/{REFERENCE}"}]}

"""JSON Schema for editors, from the models of bodies: what completes and checks them while they are typed."""

from __future__ import annotations

from typing import Any

from mlinfra.bodies.body import OWN_KEYS

REFERENCE = "Reference"
REFERENCE_SCHEMA = {
    "$comment": "${var.name}, which takes the variable's type, or ${address.name}",
    "type": "string",
    "pattern": r"\$\{[^{}]+\}",
}
_CLOSED = ("integer", "number", "boolean")  # types that no text is of


def for_editors(schema: dict[str, Any], *, expressions: bool = True) -> dict[str, Any]:
    """The same schema as editors need it: titles, defaults and `null` out, `x-…` and expressions in."""
    schema = _with_names(_without_null(schema))
    result = {key: value for key, value in schema.items() if key not in ("title", "default")}
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            result[key] = for_editors(schema[key], expressions=expressions)
    if "anyOf" in schema:
        result["anyOf"] = [for_editors(choice, expressions=expressions) for choice in schema["anyOf"]]
    if "properties" in schema:
        properties = schema["properties"].items()
        result["properties"] = {name: for_editors(below, expressions=expressions) for name, below in properties}
    if schema.get("additionalProperties") is False:
        result["patternProperties"] = {f"^{OWN_KEYS}": {}}
    is_closed = "enum" in schema or schema.get("type") in _CLOSED
    return _or_reference(result) if expressions and is_closed else result


def _with_names(schema: dict[str, Any]) -> dict[str, Any]:
    """Names that have to match a pattern, where pydantic lets others pass without judging what stands under them."""
    patterns = schema.get("patternProperties", {})
    if len(patterns) != 1 or "additionalProperties" in schema:
        return schema
    ((pattern, values),) = patterns.items()
    rest = {key: value for key, value in schema.items() if key != "patternProperties"}
    return {**rest, "propertyNames": {"pattern": pattern}, "additionalProperties": values}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """`X | None` as `X`: what may be left out is no place for a null."""
    choices = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    if "anyOf" not in schema:
        return schema
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    if len(choices) != 1:
        return {**schema, "anyOf": choices}
    only: dict[str, Any] = choices[0]
    return only | rest


def _or_reference(schema: dict[str, Any]) -> dict[str, Any]:
    described = {"description": schema.pop("description")} if "description" in schema else {}
    return {**described, "anyOf": [schema, {"$ref": f"#/$defs/{REFERENCE}"}]}

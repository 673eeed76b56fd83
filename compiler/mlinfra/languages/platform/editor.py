"""JSON Schema for editors, from the models of the kinds: what completes and checks a spec while it is typed."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from mlinfra.header.network import Network
from mlinfra.languages.platform import KINDS

OWN_KEYS = "^x-"  # keys of the user's own, wherever keys are closed
REFERENCE = "Reference"
_REFERENCE_SCHEMA = {
    "description": "${var.name}, which takes the variable's type, or ${address.name}",
    "type": "string",
    "pattern": r"\$\{[^{}]+\}",
}
_CLOSED = ("integer", "number", "boolean")  # types that no text is of


def editor_schema() -> dict[str, Any]:
    """`{"network": …, "sections": {section: schema}, "$defs": {…}}`; the schemas refer to `#/$defs/<model>`.

    A section's schema is that of one entry. Where a number, a boolean or one of a list is due, `${…}` is allowed;
    closed mappings take `x-…` keys; an entry that needs nothing may be left empty. All expressions are ECMA's.
    """
    models: list[type[BaseModel]] = [Network, *(kind.model for kind in KINDS)]
    schemas, document = models_json_schema(
        [(model, "validation") for model in models], ref_template="#/$defs/{model}", title=None
    )
    entries = {kind.model.__name__ for kind in KINDS} | {
        nested.__name__ for kind in KINDS for nested in kind.nested.values()
    }
    definitions = {name: for_editors(schema) for name, schema in document["$defs"].items()}
    for name in entries:
        definitions[name] = _may_be_empty(definitions[name])
    return {
        "network": schemas[Network, "validation"],
        "sections": {
            kind.section: schemas[kind.model, "validation"] | {"description": kind.described} for kind in KINDS
        },
        "$defs": dict(sorted({**definitions, REFERENCE: _REFERENCE_SCHEMA}.items())),
    }


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
        result["patternProperties"] = {OWN_KEYS: {}}
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


def _may_be_empty(schema: dict[str, Any]) -> dict[str, Any]:
    """An entry with nothing after its colon is one without keys."""
    return schema if schema.get("required") else schema | {"type": ["object", "null"]}

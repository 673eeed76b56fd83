"""JSON Schema for editors, from the models of the kinds: what completes and checks a spec while it is typed."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from mlinfra.bodies.editor import REFERENCE, REFERENCE_SCHEMA, for_editors
from mlinfra.languages.platform import KINDS, NESTED_KINDS


def editor_schema() -> dict[str, Any]:
    """`{"sections": {section: schema}, "$defs": {…}}`; the schemas refer to `#/$defs/<model>`.

    A section's schema is that of one entry. Where a number, a boolean or one of a list is due, `${…}` is allowed;
    closed mappings take `x-…` keys; an entry that needs nothing may be left empty. All expressions are ECMA's.
    """
    models: list[type[BaseModel]] = [kind.model for kind in KINDS]
    schemas, document = models_json_schema(
        [(model, "validation") for model in models], ref_template="#/$defs/{model}", title=None
    )
    entries = {kind.model.__name__ for kind in (*KINDS, *NESTED_KINDS)}
    definitions = {name: for_editors(schema) for name, schema in document["$defs"].items()}
    for name in entries:
        definitions[name] = _may_be_empty(definitions[name])
    return {
        "sections": {kind.name: schemas[kind.model, "validation"] | {"description": kind.described} for kind in KINDS},
        "$defs": dict(sorted({**definitions, REFERENCE: REFERENCE_SCHEMA}.items())),
    }


def _may_be_empty(schema: dict[str, Any]) -> dict[str, Any]:
    """An entry with nothing after its colon is one without keys, where none is due."""
    needs_keys = schema.get("required") or schema.get("else", {}).get("required")
    return schema if needs_keys else schema | {"type": ["object", "null"]}

"""Puts the sections of the language over the SDK's types: one document, one schema."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlinfra.languages.databricks.row import Row
from tools.azureml_schema.compact import compact
from tools.azureml_schema.nodes import DEFINITIONS, OWN_KEYS, Node
from tools.databricks_schema import access, overlay
from tools.databricks_schema.nodes import SCALARS, list_of, one_of, record
from tools.databricks_schema.read import PREFIX, Reader, source


def assemble(sections: Sequence[Row], reader: Reader) -> Node:
    """The JSON Schema of `{section: {entry: body}}`."""
    for path in overlay.OF_CLASSES_BESIDE:
        reader.body(path)
    entries = {f"entries.{row.name}": _entry(row, reader) for row in sections}
    return compact(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$comment": "Derived from databricks-sdk (Apache-2.0), whose words the descriptions are",
            "type": "object",
            "properties": {row.name: _entries_of(row) for row in sections},
            "$defs": {**reader.definitions, **SCALARS, **entries},
        },
        SCALARS,
    )


def _entry(row: Row, reader: Reader) -> Node:
    """The body of an entry, which owes nothing where it is someone else's."""
    body = reader.body(row.creates) if row.creates else {"properties": {}, "required": []}
    properties = {
        **body["properties"],
        **overlay.BUNDLE_ONLY.get(row.name, {}),
        **(_lifecycle(row) if row.compiled_to == "bundle" and row.creates else {}),
        **(_access(row, reader) if row.access else {}),
        **{key: overlay.ADDITIONS[key] for key in row.additions},
    }
    optional = {row.named_by} if row.is_named_by_itself else set()
    due = [key for key in body["required"] if key not in optional and key in properties]
    due += [key for key in overlay.REQUIRED if key in overlay.BUNDLE_ONLY.get(row.name, ())]
    whole: Node = {
        "type": "object",
        "properties": properties,
        "patternProperties": OWN_KEYS,
        "additionalProperties": False,
    }
    return whole | {
        "if": {"properties": {"existing": {"const": True}}, "required": ["existing"]},
        "then": {},
        "else": _owed(due, "file_path" in overlay.BUNDLE_ONLY.get(row.name, ())),
    }


def _owed(due: Sequence[str], may_be_a_file: bool) -> Node:
    """What an entry owes; of one that a file holds, only what is no part of what Databricks exports."""
    if not may_be_a_file:
        return {"required": due}
    beside = [key for key in due if key in overlay.BESIDE_A_FILE]
    return {"if": {"required": ["file_path"]}, "then": {"required": beside}, "else": {"required": due}}


def _lifecycle(row: Row) -> dict[str, Any]:
    """What every resource of a bundle has; what is built for it, and what another step makes, has none."""
    return {"lifecycle": overlay.LIFECYCLE_OF_STARTED if row.may_be_started else overlay.LIFECYCLE}


def _access(row: Row, reader: Reader) -> dict[str, Any]:
    """The field for who may do what: the grants of Unity Catalog, or the permissions of a workspace."""
    of = source(row.access)
    if isinstance(of, type) and hasattr(of, "__dataclass_fields__"):
        grants = list_of(_grant(row, reader.node(of), reader))
        return {"grants": grants | {"description": "Who has which privileges on it in Unity Catalog"}}
    levels = access.LEVELS.get(row.name)
    level = (one_of(levels) if levels else reader.node(of)) | {"description": "What it may do"}
    item = record({**overlay.WHO, "level": level}, ["level"])
    return {"permissions": list_of(item) | {"description": "Who may do what with it"}}


def _grant(row: Row, node: Node, reader: Reader) -> Node:
    """What one grant is; with the privileges that there are of such a thing alone, where it is known which."""
    if row.name not in access.PRIVILEGES:
        return node
    name = f"{PREFIX}catalog.Privilege.{row.key}"
    reader.definitions[name] = one_of(sorted(access.PRIVILEGES[row.name]))
    whole = reader.definitions[node["$ref"].removeprefix(DEFINITIONS)]
    privileges = whole["properties"]["privileges"] | {"items": {"$ref": f"{DEFINITIONS}{name}"}}
    return whole | {"properties": whole["properties"] | {"privileges": privileges}}


def _entries_of(row: Row) -> Node:
    return {"type": "object", "additionalProperties": {"$ref": f"{DEFINITIONS}entries.{row.name}"}}

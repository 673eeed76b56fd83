"""The Databricks half of the language for editors: the same schema, rendered for the engines that they have."""

from __future__ import annotations

from typing import Any

from mlinfra.languages.databricks.schema import SCHEMA
from mlinfra.languages.databricks.sections import SECTIONS
from mlinfra.schemas.editor import entry, for_editors, with_secret

SECRETS = {secret.definition: secret.path[-1] for row in SECTIONS for secret in row.secrets}  # definition -> its field


def editor_schema() -> dict[str, Any]:
    """Return `{"sections": {section: schema}, "$defs": {…}}`; the schemas, of one entry each, refer to `#/$defs/…`."""
    definitions = SCHEMA.read()["$defs"]
    return {
        "sections": {row.name: {**entry(SCHEMA, row.name), "description": row.described} for row in SECTIONS},
        "$defs": {
            name: with_secret(_or_scalar(for_editors(definition)), SECRETS.get(name))
            for name, definition in definitions.items()
        },
    }


def _or_scalar(node: Any) -> Any:
    """A node in which a number or a truth may stand where a text is due: it is that text."""
    if isinstance(node, list):
        return [_or_scalar(item) for item in node]
    if not isinstance(node, dict):
        return node
    rendered = {key: _or_scalar(value) for key, value in node.items()}
    if node.get("type") == "string" and not {"enum", "pattern"} & node.keys():
        rendered["type"] = ["string", "number", "boolean"]
    return rendered

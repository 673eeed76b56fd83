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
            name: with_secret(for_editors(definition), SECRETS.get(name)) for name, definition in definitions.items()
        },
    }

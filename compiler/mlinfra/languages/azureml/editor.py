"""The Azure ML half of the language for editors: the same schema, rendered for the engines that they have."""

from typing import Any

from mlinfra.languages.azureml.described import with_descriptions
from mlinfra.languages.azureml.schema import SCHEMA
from mlinfra.languages.azureml.sections import SECTIONS
from mlinfra.schemas.editor import entry, for_editors, with_secret

SECRETS = {secret.definition: secret.path[-1] for row in SECTIONS for secret in row.secrets}  # definition -> its field


def editor_schema() -> dict[str, Any]:
    """Return `{"sections": {section: schema}, "$defs": {…}}`; the schemas, of one entry each, refer to `#/$defs/…`.

    Enumerations are `enum`, every expression is ECMAScript's, `${…}` may stand where a value is due, an entry for which
    nothing is required may be empty, and nothing but JSON Schema is left.
    """
    definitions = SCHEMA.read()["$defs"]
    sections = [section for section in SECTIONS if section.nested_in is None]
    return {
        "sections": {
            section.name: {**entry(SCHEMA, section.name), "description": section.described} for section in sections
        },
        "$defs": {
            name: with_descriptions(with_secret(for_editors(definition), SECRETS.get(name)))
            for name, definition in definitions.items()
        },
    }

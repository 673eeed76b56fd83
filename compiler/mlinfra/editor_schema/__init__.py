"""The JSON Schema of a spec for editors: the header, the platform's own kinds and those of Azure ML.

Draft 2020-12, with ECMAScript's regular expressions alone. It says less than the compiler: what is refused here is
refused there, and an editor that completes keys and marks slips needs no more. Only a key with nothing after its colon
is marked here, as one that is not finished, and taken there for one that is not written.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from mlinfra.bodies.editor import for_editors
from mlinfra.editor_schema.described import described
from mlinfra.editor_schema.overrides import REFERENCE, overrides
from mlinfra.editor_schema.templates import DEFINITION, FOR_EACH_SCHEMA, with_keys, with_templates
from mlinfra.header.model import WrittenHeader, WrittenTarget
from mlinfra.header.network import Network, ZonesElsewhere, ZonesOfHub
from mlinfra.header.security import PlatformKey
from mlinfra.languages import LANGUAGES, SECTIONS, keys_of_nested
from mlinfra.overrides.entries import NAME as ENTRY_NAME
from mlinfra.overrides.merging import OF_THE_WHOLE

Schema: TypeAlias = dict[str, Any]
_NESTED = frozenset(key for row in SECTIONS for key in keys_of_nested(row.name))
_FILLED_IN = frozenset(model.__name__ for model in (Network, ZonesElsewhere, ZonesOfHub, PlatformKey))
DRAFT = "https://json-schema.org/draft/2020-12/schema"


def editor_schema() -> Schema:
    """The whole document."""
    languages, header = [language.for_editors() for language in LANGUAGES], _header()
    entries = {name: entry for language in languages for name, entry in language["sections"].items()}
    definitions = {name: node for language in languages for name, node in language["$defs"].items()}
    definitions = with_templates(definitions, _NESTED, REFERENCE)
    definitions |= {DEFINITION: FOR_EACH_SCHEMA, **header.pop("$defs")}
    sections = {name: _section(entry) for name, entry in entries.items()}
    of_the_whole = {key: header["properties"][key] for key in OF_THE_WHOLE}
    changes, of_changes = overrides({**sections, **of_the_whole}, definitions)
    targets = definitions[WrittenTarget.__name__]["properties"]
    targets["overrides"] = {**changes, "description": targets["overrides"]["description"]}
    whole = {
        "$schema": DRAFT,
        "title": "ml-platform.yaml",
        "description": "A machine learning platform on Azure, as mlinfra compiles it",
        **header,
        "properties": {**header["properties"], **sections},
        "$defs": {**definitions, **of_changes},
    }
    return described(whole)


def _header() -> Schema:
    """The keys of the header; only of network and security are expressions filled in."""
    document = WrittenHeader.model_json_schema(ref_template=f"{REFERENCE}{{model}}")
    definitions = {
        name: for_editors(schema, expressions=name in _FILLED_IN) for name, schema in document.pop("$defs").items()
    }
    return {**for_editors(document, expressions=False), "$defs": definitions}


def _section(entry: Schema) -> Schema:
    """Entries by name; nothing written after the section's name is a section without any."""
    names = {"pattern": f"^(?:{ENTRY_NAME.pattern})$"}
    described = {"description": entry["description"]} if entry.get("description") else {}
    return with_keys({**described, "type": ["object", "null"], "propertyNames": names, "additionalProperties": entry})

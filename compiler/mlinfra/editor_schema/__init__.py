"""The JSON Schema of a spec for editors: header, network, pipelines, the platform's own kinds and those of Azure ML.

Draft 2020-12, with ECMAScript's regular expressions alone. It says less than the compiler: what is refused here is
refused there, and an editor that completes keys and marks slips needs no more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeAlias

from mlinfra.bodies.body import OWN_KEYS
from mlinfra.bodies.editor import for_editors
from mlinfra.editor_schema.overrides import overrides
from mlinfra.header import API_VERSION, PLATFORM, SHORT
from mlinfra.header.pipelines import Pipelines
from mlinfra.header.reading import Rule
from mlinfra.header.targets import LOCATION, MODES, RESOURCE_GROUP, SUBSCRIPTION
from mlinfra.header.targets import NAME as TARGET_NAME
from mlinfra.header.variables import NAME as VARIABLE_NAME
from mlinfra.header.variables import TYPES
from mlinfra.languages.azureml import editor as azureml_editor
from mlinfra.languages.platform import editor as kinds_editor
from mlinfra.overrides.entries import NAME as ENTRY_NAME

Schema: TypeAlias = dict[str, Any]
DRAFT = "https://json-schema.org/draft/2020-12/schema"
TEXT: Schema = {"type": "string"}
TEXTS: Schema = {"type": "object", "additionalProperties": TEXT}


def editor_schema() -> Schema:
    """The whole document."""
    platform, machine_learning = kinds_editor.editor_schema(), azureml_editor.editor_schema()
    pipelines, of_pipelines = _pipelines()
    entries = {**platform["sections"], **machine_learning["sections"]}
    definitions = {**platform["$defs"], **machine_learning["$defs"], **of_pipelines}
    sections = {name: _section(entry) for name, entry in entries.items()}
    changes, of_changes = overrides({**sections, "network": platform["network"]}, definitions)
    return {
        "$schema": DRAFT,
        "title": "ml-platform.yaml",
        "description": "A machine learning platform on Azure, as mlinfra compiles it",
        **_closed(
            {**_header(changes), "network": platform["network"], "pipelines": pipelines, **sections},
            required=("apiVersion", "platform", "targets"),
        ),
        "$defs": {**definitions, **of_changes},
    }


def _header(changes: Schema) -> Schema:
    return {
        "apiVersion": {"description": "The version of the language", "const": API_VERSION},
        "platform": _text(PLATFORM, "The platform's name, part of every Azure name"),
        "short": _text(SHORT, "A shorter name, for Azure names with tight limits"),
        "owner": {"description": "Who answers for the platform", **TEXT},
        "location": _text(LOCATION, "The Azure region of every target that names no other"),
        "tags": {"description": "Tags on every resource", **TEXTS},
        "cloud": {"description": "The Azure cloud", "enum": ["public", "usgov", "china"]},
        "naming": {
            "description": "How Azure names are made",
            **_closed({"pattern": TEXT, "region_codes": TEXTS, "generation": {"type": "integer", "minimum": 1}}),
        },
        "include": {
            "description": "Other files of the same platform, as globs",
            "anyOf": [TEXT, {"type": "array", "items": TEXT}],
        },
        "variables": {
            "description": "Values that differ between targets; used as ${var.<name>}",
            **_named(VARIABLE_NAME, _closed(_variable(), required=("type",))),
        },
        "targets": {
            "description": "Where the platform is deployed to: one resource group each",
            "minProperties": 1,
            **_named(TARGET_NAME, _closed(_target(changes), required=("subscription", "mode"))),
        },
    }


def _variable() -> Schema:
    return {
        "type": {"description": "The type of its values", "enum": list(TYPES)},
        "default": {"description": "The value in targets that give no other"},
        "description": {"description": "What it is for", **TEXT},
        "allowed": {"description": "The values that it may have", "type": "array"},
    }


def _target(changes: Schema) -> Schema:
    return {
        "subscription": _text(SUBSCRIPTION, "The id of the Azure subscription"),
        "mode": {"description": "The presets: production is closed, locked and kept running", "enum": list(MODES)},
        "default": {"description": "The target that graph and explain show", "type": "boolean"},
        "promote_from": {"description": "The target whose models come here", **TEXT},
        "location": _text(LOCATION, "The Azure region"),
        "tags": {"description": "Tags on every resource, over those of the header", **TEXTS},
        "resource_group": {
            "description": "The resource group, made once by scripts/bootstrap.sh",
            **_closed({"name": _text(RESOURCE_GROUP, "By default rg-<platform>-<target>"), "tags": TEXTS}),
        },
        "variables": {"description": "Values of variables in this target", "type": "object"},
        "overrides": {"description": "What is different here: maps merge, lists replace, null removes", **changes},
    }


def _pipelines() -> tuple[Schema, Schema]:
    """The schema of `pipelines` and the definitions that it refers to."""
    document = Pipelines.model_json_schema(ref_template="#/$defs/{model}")
    definitions = {name: for_editors(schema) for name, schema in document.pop("$defs").items()}
    return for_editors(document), definitions


def _section(entry: Schema) -> Schema:
    """Entries by name; nothing written after the section's name is a section without any."""
    names = {"pattern": f"^(?:{ENTRY_NAME.pattern})$"}
    return {"type": ["object", "null"], "propertyNames": names, "additionalProperties": entry}


def _text(rule: Rule, description: str) -> Schema:
    return {"description": description, "type": "string", "pattern": f"^(?:{rule.pattern.pattern})$"}


def _named(rule: Rule, body: Schema) -> Schema:
    return {
        "type": "object",
        "propertyNames": {"pattern": f"^(?:{rule.pattern.pattern})$"},
        "additionalProperties": body,
    }


def _closed(properties: Mapping[str, Schema], required: Collection[str] = ()) -> Schema:
    """A mapping of these keys and the user's own."""
    return {
        "type": "object",
        **({"required": list(required)} if required else {}),
        "properties": dict(properties),
        "patternProperties": {f"^{OWN_KEYS}": {}},
        "additionalProperties": False,
    }

"""Puts the sections of the language over the SDK's classes: one document, one schema."""

from collections.abc import Callable, Sequence
from typing import Any

from mlinfra.languages.azureml.row import Row
from tools.azureml_schema.annotate import Overlay, additions
from tools.azureml_schema.compact import compact
from tools.azureml_schema.fields import Reader
from tools.azureml_schema.nodes import DEFINITIONS, OWN_KEYS, SCALARS, Node, union
from tools.azureml_schema.unions import Decider

RUN_KEYS = ("from_job", "output", "registered_by", "release")  # of a model that a run makes
MODEL_FROM_JOB = ("name", "description", "tags", "properties", "stage", "type")  # a run gives path and version


def assemble(sections: Sequence[Row], schema_class: Callable[[str], Any], overlay: Overlay) -> Node:
    """Return the JSON Schema of `{section: {entry: body}}`; `schema_class` finds a marshmallow class by its path."""
    reader = Reader(overlay)
    paths = [path for section in sections for path in section.classes]
    read = {path: reader.definition(schema_class(path)) for path in sorted(paths, key=_allows_bindings)}
    roots = {section.name: [_body(section, read[path], reader) for path in section.classes] for section in sections}
    definitions = dict(reader.definitions)
    entries: dict[str, Node] = {}
    for section in sections:
        named = {f"{section.name}.{number}": body for number, body in enumerate(roots[section.name], 1)}
        if "from_job" in section.additions:
            named = {f"{section.name}.from_job": _from_job(section, roots[section.name][0])} | named
        definitions |= named
        branches = [{"$ref": DEFINITIONS + name} for name in named]
        entries[section.name] = union(branches, section.default or None)
    decider = Decider(definitions | {f"entries.{name}": node for name, node in entries.items()})
    decided = decider.decide_all()
    for section in sections:
        if section.nested_in is not None:
            _nest(section, decided)
        if "existing" in section.additions:
            decided[f"entries.{section.name}"] = _existing(section, decided)
    scalars = {name: decider.decide(node) for name, node in SCALARS.items()}
    return compact(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": {section.name: _entries_of(section) for section in sections},
            "$defs": decided,
        },
        scalars,
    )


def _allows_bindings(path: str) -> bool:
    """Say whether a class changes fields that it shares with others, to take bindings: those others are read before."""
    return "pipeline" in path


def _body(section: Row, reference: Node, reader: Reader) -> Node:
    """Return a class's body as an entry of the section has it: without what the section and the entry's key say."""
    body = reader.definitions[reference["$ref"].removeprefix(DEFINITIONS)]
    said_elsewhere = {"name", "endpoint_name", "version", *section.implied}
    ours = tuple(key for key in section.additions if key not in RUN_KEYS)
    return body | {
        "properties": {**body["properties"], "$schema": {"type": "string"}, **additions(ours)},
        "required": [key for key in body.get("required", ()) if key not in said_elsewhere],
    }


def _from_job(section: Row, body: Node) -> Node:
    taken = {
        key: node for key, node in body["properties"].items() if key in (*MODEL_FROM_JOB, "$schema", *section.additions)
    }
    return body | {"properties": taken | additions(RUN_KEYS), "required": ["from_job"]}


def _existing(section: Row, decided: dict[str, Node]) -> Node:
    """Return the schema of an entry that may be someone else's: then nothing of Azure ML's body is due."""
    entry = decided[f"entries.{section.name}"]
    keys = {key: node for key, node in additions(section.additions).items() if key != "properties"}
    if section.versioned:
        keys |= {key: {} for key in ("version", "type", "path", "description", "tags")}  # a rule says why none is due
    bodies = [body for name, body in decided.items() if name.startswith(f"{section.name}.")]
    for key in section.known_of_others:
        known = (body["properties"][key] for body in bodies if key in body.get("properties", {}))
        keys.setdefault(key, next(known, {}))
    referred: Node = {
        "type": "object",
        "properties": keys,
        "patternProperties": OWN_KEYS,
        "additionalProperties": False,
    }
    condition = {"properties": {"existing": {"const": True}}, "required": ["existing"]}
    return {"if": condition, "then": referred, "else": entry}


def _entries_of(section: Row) -> Node:
    """The entries of a section by name; what a name may be, the rule of its row says: azure_name may differ."""
    return {"type": "object", "additionalProperties": {"$ref": f"{DEFINITIONS}entries.{section.name}"}}


def _nest(section: Row, decided: dict[str, Node]) -> None:
    assert section.nested_in is not None
    owner, key = section.nested_in
    for name, definition in decided.items():
        if name.startswith(f"{owner}."):
            definition["properties"] = definition["properties"] | {key: _entries_of(section)}

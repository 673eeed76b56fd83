"""What an editor says of the keys of maps, which are anybody's words: that each is one of what the map holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from mlinfra.languages import SECTIONS

Schema: TypeAlias = dict[str, Any]
_NOUNS: Mapping[str, str] = {row.nested_in[1]: row.noun for row in SECTIONS if row.nested_in and row.noun}
_WORDS: Mapping[str, str] = {  # of what is no entry
    "inputs": "An input: what it is, or what it is given",
    "outputs": "An output: what it is, or where it goes",
    "tags": "A tag: its name, and its value",
    "peerings": "The other network, an entry of virtual_networks, and this side of the peering with it",
    "variables": "A variable, whose value stands wherever ${var.<name>} is written",
    "default": "One of its values, by its key",
    "targets": "A target: one resource group, and what differs in it",
    "service_connections": "The connections of this target",
}
_OWN = "A key of your own, which mlinfra does not read; what an anchor holds counts where it is used"
_DEEP = "Deep."  # of definitions in which each key, however deep, is described alike
_REFERENCE = "#/$defs/"


def described(schema: Schema) -> Schema:
    """The whole document, in which each key of a map that has a description has one as well."""
    named = dict(_named(schema, schema["$defs"]))
    deep: dict[str, Schema] = {}
    found: Schema = _described(schema, deep)
    definitions = {
        name: _with_keys(named[name][0], each, named[name][1]) if name in named else each
        for name, each in found["$defs"].items()
    }
    return {**found, "$defs": {**definitions, **deep}}


def _named(node: Any, definitions: Mapping[str, Schema]) -> Iterator[tuple[str, tuple[str, str]]]:
    """The definitions that properties refer to, each with the name and the description of one of these."""
    if isinstance(node, list):
        for below in node:
            yield from _named(below, definitions)
    elif isinstance(node, dict):
        properties = node.get("properties")
        for name, each in properties.items() if isinstance(properties, dict) else ():
            for choice in (each, *each.get("anyOf", ())) if isinstance(each, dict) else ():
                definition = str(choice.get("$ref", "")).removeprefix(_REFERENCE)
                said = each.get("description") or definitions.get(definition, {}).get("description")
                if definition and said:
                    yield definition, (name, said)
        for below in node.values():
            yield from _named(below, definitions)


def _described(node: Any, deep: dict[str, Schema]) -> Any:
    if isinstance(node, list):
        return [_described(below, deep) for below in node]
    if not isinstance(node, dict):
        return node
    schema = {key: _described(below, deep) for key, below in node.items()}
    if isinstance(properties := schema.get("properties"), dict):
        schema["properties"] = {key: _with_keys(key, below) for key, below in properties.items()}
    own = schema.get("patternProperties")
    if isinstance(own, dict) and own.get("^x-") == {}:
        schema["patternProperties"] = {**own, "^x-": _deep("own", _OWN, deep)}
    keys = schema.get("additionalProperties")
    if isinstance(keys, dict) and keys.keys() == {"description"} and "description" not in schema:
        schema["additionalProperties"] = _deep("derived", keys["description"], deep)
    return schema


def _deep(name: str, description: str, deep: dict[str, Schema]) -> Schema:
    itself = {"$ref": f"{_REFERENCE}{_DEEP}{name}"}
    deep[f"{_DEEP}{name}"] = {"description": description, "additionalProperties": itself, "items": itself}
    return itself


def _with_keys(name: str, schema: Any, of_the_map: str = "") -> Any:
    if not isinstance(schema, dict) or not (said := schema.get("description") or of_the_map):
        return schema
    result = dict(schema)
    for union in ("anyOf", "oneOf", "allOf"):
        if union in schema:
            result[union] = [_of_the_field(_with_keys(name, each, said), said) for each in schema[union]]
    keys = schema.get("additionalProperties")
    if isinstance(keys, dict) and not keys.get("description"):
        result["additionalProperties"] = {"description": _of_a_key(name, said), **keys}
    elif keys is True or (
        keys is None and schema.keys() <= {"description", "examples", "type"} and _may_be_map(schema)
    ):
        result["additionalProperties"] = {"description": _of_a_key(name, said)}
    return result


def _of_the_field(choice: Any, said: str) -> Any:
    """A choice without words of its own, which an editor shows in place of those of the field."""
    if not isinstance(choice, dict):
        return choice
    result = {key: _in_choices(key, below, said) for key, below in choice.items()}
    return {**result, "description": said} if "$ref" in choice or "description" in choice else result


def _in_choices(key: str, below: Any, said: str) -> Any:
    if key in ("anyOf", "oneOf", "allOf"):
        return [_of_the_field(each, said) for each in below]
    return _of_the_field(below, said) if key in ("then", "else") else below


def _may_be_map(schema: Schema) -> bool:
    types = schema.get("type", "object")
    return "object" in types


def _of_a_key(name: str, said: str) -> str:
    if name in _WORDS:
        return _WORDS[name]
    if noun := _NOUNS.get(name):
        return f"{'An' if noun[0] in 'aeiou' else 'A'} {noun}, by its name: its address ends in {name}.<name>"
    return f"One of {name}: {said[0].lower()}{said[1:]}"

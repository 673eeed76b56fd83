"""The schema of `overrides`, made of that of the bodies: the same keys, none of them required, and null removes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Schema: TypeAlias = dict[str, Any]
PREFIX = "overrides."  # of the definitions, beside those of whole bodies
REFERENCE = "#/$defs/"
NULL: Schema = {"type": "null"}


def overrides(sections: Mapping[str, Schema], definitions: Mapping[str, Schema]) -> tuple[Schema, Schema]:
    """The schema of a target's overrides, and the definitions that it needs beside those given."""
    making = _Making(definitions)
    properties = {name: making.nullable(schema) for name, schema in sections.items()}
    schema = {
        "type": "object",
        "properties": properties,
        "patternProperties": {"^x-": {}},
        "additionalProperties": False,
    }
    return schema, making.all_definitions()


class _Making:
    def __init__(self, definitions: Mapping[str, Schema]) -> None:
        self._whole = definitions
        self._made: dict[str, Schema] = {}
        self._waiting: list[str] = []

    def all_definitions(self) -> Schema:
        while self._waiting:
            name = self._waiting.pop()
            self._made[PREFIX + name] = self.nullable(self._whole[name])
        return dict(sorted(self._made.items()))

    def nullable(self, node: Any) -> Any:
        """A part of a body that may be removed; said deep down, as an editor marks the outermost union."""
        schema = self.partial(node)
        if not isinstance(schema, dict):
            return schema
        if "enum" in schema or "const" in schema:
            return {"anyOf": [schema, NULL]}
        if "type" in schema:
            types = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
            schema["type"] = [*dict.fromkeys((*types, "null"))]
        if "anyOf" in schema:
            schema["anyOf"] = [*(choice for choice in schema["anyOf"] if choice != NULL), NULL]
        if "allOf" in node:
            whole = len(node["allOf"])
            schema["allOf"] = self._all_of(node["allOf"], self.nullable) + schema["allOf"][whole:]
        return schema  # a definition that it refers to may be null itself

    def partial(self, node: Any) -> Any:
        """A body, or a part of it, of which only some is written. A list replaces a list, so its items are whole."""
        if not isinstance(node, dict):
            return node
        schema: Schema = {}
        for key, value in node.items():
            match key:
                case "required" | "minProperties" | "if" | "then" | "else":
                    continue
                case "$ref":
                    schema[key] = self._reference(value)
                case "properties" | "patternProperties":
                    schema[key] = {name: self.nullable(below) for name, below in value.items()}
                case "additionalProperties":
                    schema[key] = self.nullable(value)
                case "allOf":
                    schema[key] = self._all_of(value, self.partial)
                case "anyOf" | "oneOf":
                    schema[key] = [self.partial(below) for below in value]
                case _:
                    schema[key] = value
        return self._with_branches(schema, node)

    def _all_of(self, parts: list[Any], making: Callable[[Any], Any]) -> list[Any]:
        """Where nothing says which branch of a body is meant, which is written elsewhere, it may be any."""
        branches = [part["then"] for part in parts if "then" in part and "not" not in part["if"]]
        made = [making(part) for part in parts]
        for place, part in enumerate(parts):
            if branches and "not" in part.get("if", ()):
                made[place] = {"if": part["if"], "then": {"anyOf": [self.nullable(each) for each in branches]}}
        return made

    def _with_branches(self, schema: Schema, node: Schema) -> Schema:
        """The branches of a union: what decides between them need not be written again, and then any of them may be."""
        if "else" in node:
            either = {"anyOf": [self.nullable(node["then"]), self.nullable(node["else"])]}
            return {**schema, "allOf": [*schema.get("allOf", ()), either]}
        if "if" not in node or "not" in node["if"]:  # `not` stands for the default, where nothing decides
            return schema
        return {**schema, "if": node["if"], "then": self.nullable(node["then"])}

    def _reference(self, reference: str) -> str:
        name = reference.removeprefix(REFERENCE)
        if PREFIX + name not in self._made:
            self._made[PREFIX + name] = {}
            self._waiting.append(name)
        return f"{REFERENCE}{PREFIX}{name}"

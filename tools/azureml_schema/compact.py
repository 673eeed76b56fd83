"""Keeps the schema small: no definition that nothing reaches, and what stands in many places written once."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from tools.azureml_schema.nodes import DEFINITIONS, Node

SHARED_FROM_CHARACTERS = 150  # of JSON; what is shorter is no longer than the reference to it
SHARED_FROM_PLACES = 3


def compact(schema: Node, scalars: Mapping[str, Node]) -> Node:
    """Return an equal schema in which `scalars` stand once by their names, each large part under its first field's."""
    named = {name: schema["$defs"][name] for name in sorted(_reached(schema))}
    places = Counter(_key(part) for body in named.values() for _, part in _fields(body))
    shared = {_key(scalar): name for name, scalar in scalars.items()}
    definitions = dict(scalars)
    for name, body in named.items():
        for field, part in _fields(body):
            key = _key(part)
            if places[key] >= SHARED_FROM_PLACES and len(key) >= SHARED_FROM_CHARACTERS and key not in shared:
                shared[key] = f"{name}.{field}"
                definitions[shared[key]] = part
    return schema | {"$defs": definitions | {name: _shortened(body, shared) for name, body in named.items()}}


def _reached(schema: Node) -> set[str]:
    reached: set[str] = set()
    pending = set(_references(schema["properties"]))
    while pending:
        name = pending.pop()
        reached.add(name)
        pending |= set(_references(schema["$defs"][name])) - reached
    return reached


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"].removeprefix(DEFINITIONS)
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def _fields(body: Node) -> Iterator[tuple[str, Node]]:
    yield from sorted(body.get("properties", {}).items())


def _shortened(body: Node, shared: dict[str, str]) -> Node:
    if "properties" not in body:
        return body
    properties = {
        key: {"$ref": DEFINITIONS + shared[name]} if (name := _key(part)) in shared else part
        for key, part in body["properties"].items()
    }
    return body | {"properties": properties}


def _key(part: Node) -> str:
    return json.dumps(part, sort_keys=True)

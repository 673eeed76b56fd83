"""Bodies of Databricks written from our own schema, and broken in one place each: the same seed, the same bodies."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any, NamedTuple

from mlinfra.languages.databricks.schema import SCHEMA
from mlinfra.schemas.values import value_at
from mlinfra.source.tree import Path

OURS = ("existing", "targets", "workspace")
DEEPEST = 5  # levels of a body
WORDS = ("alpha", "beta", "gamma", "delta", "epsilon")
MUTATIONS = ("none", "misspelt", "unknown word", "list for a scalar", "scalar for a list or map", "lacking")


class Body(NamedTuple):
    section: str
    body: dict[str, Any]
    mutation: str
    place: Path  # where it is broken


def bodies(section: str, random: Random, number: int) -> Iterator[Body]:
    """Bodies of a section, every mutation in turn; where one has no place in a body, the body is whole."""
    definitions = SCHEMA.read()["$defs"]
    entry = definitions[f"entries.{section}"]
    for place in range(number):
        written = _Writer(definitions, random)
        body = written.record(entry, (), _owed(entry), 0)
        yield _broken(section, body, written.places, MUTATIONS[place % len(MUTATIONS)], random)


def _owed(entry: Any) -> tuple[str, ...]:
    """What an entry has to say that is no one else's, and in no file."""
    owed = entry.get("else", {})
    return tuple(owed.get("required", ()) or owed.get("else", {}).get("required", ()))


class _Writer:
    """Writes what a schema takes, and notes what each place is."""

    def __init__(self, definitions: Mapping[str, Any], random: Random) -> None:
        self.definitions = definitions
        self.random = random
        self.places: dict[Path, str] = {}

    def record(self, node: Any, path: Path, required: Any, depth: int) -> dict[str, Any]:
        self.places[path] = "record"
        names = [name for name in node["properties"] if path or name not in OURS]
        chance = 0.5 / (depth + 1)
        chosen = [name for name in names if name in required or self.random.random() < chance]
        made = {name: self.value(node["properties"][name], (*path, name), depth + 1) for name in chosen}
        for name in chosen:
            if name in required:
                self.places[(*path, name, "!")] = "required"
        return {name: value for name, value in made.items() if value is not None}

    def value(self, node: Any, path: Path, depth: int) -> Any:
        while "$ref" in node:
            node = self.definitions[node["$ref"].rpartition("/")[2]]
        kinds = node.get("type", "string")
        kind = kinds[0] if isinstance(kinds, list) else kinds
        if words := node.get("x-enum"):
            self.places[path] = "word"
            return self.random.choice(words)
        if kind == "object":
            return self._map(node, path, depth)
        if kind == "array":
            self.places[path] = "list"
            items = range(self.random.choice((1, 1, 2)) if depth < DEEPEST else 0)
            return [self.value(node["items"], (*path, place), depth + 1) for place in items]
        self.places[path] = "scalar"
        if expected := node.get("x-expects"):  # a text that is taken, or such as one
            is_taken = re.search(node.get("pattern", "$^"), expected[0])
            return expected[0] if is_taken else expected[0].rpartition(" ")[2]
        return {
            "boolean": self.random.random() < 0.5,
            "integer": self.random.randrange(1, 9),
            "number": self.random.randrange(1, 9) / 2,
        }.get(kind, self.random.choice(WORDS))

    def _map(self, node: Any, path: Path, depth: int) -> Any:
        if "properties" in node:
            return self.record(node, path, node.get("required", ()), depth)
        self.places[path] = "map"
        values = node.get("additionalProperties") or {}
        return {word: self.value(values, (*path, word), depth + 1) for word in WORDS[: self.random.choice((1, 2))]}


def _broken(section: str, body: dict[str, Any], places: Mapping[Path, str], mutation: str, random: Random) -> Body:
    body = copy.deepcopy(body)
    kinds = {
        "misspelt": ("record",),
        "unknown word": ("word",),
        "list for a scalar": ("scalar",),
        "scalar for a list or map": ("list", "map", "record"),
        "lacking": ("required",),
    }.get(mutation, ())
    found = [path for path, kind in places.items() if kind in kinds and (path or mutation == "misspelt")]
    if not found:
        return Body(section, body, "none", ())
    path = random.choice(found)
    if mutation == "misspelt":
        holder = value_at(body, path) if path else body
        if not holder:
            return Body(section, body, "none", ())
        name = random.choice(list(holder))
        holder[f"{name}_x"] = holder.pop(name)
        return Body(section, body, mutation, (*path, name))
    if mutation == "lacking":
        path = path[:-1]
        gone = _holder(body, path).pop(path[-1])
        return Body(section, body, "lacking list" if isinstance(gone, list) else mutation, path)
    _holder(body, path)[path[-1]] = {"unknown word": "NO_SUCH_WORD", "list for a scalar": ["a"]}.get(mutation, 3)
    return Body(section, body, mutation, path)


def _holder(body: Any, path: Path) -> Any:
    return value_at(body, path[:-1]) if len(path) > 1 else body

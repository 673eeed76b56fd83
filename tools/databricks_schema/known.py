"""Prints from which tag of databricks/cli on each field of our schema is known, for `since.py`.

    python -m tools.databricks_schema.known CHECKOUT [FIRST]

`CHECKOUT` is a clone of https://github.com/databricks/cli with its tags; `FIRST` the tag that is read first, v1.0.0.
Its schema is only walked beside ours: what is printed are names of ours, each with a version, and no word of it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from mlinfra.languages.databricks.row import PREFIX
from mlinfra.languages.databricks.schema import SCHEMA
from mlinfra.pipelines.versions import is_older

Node: TypeAlias = dict[str, Any]
Place: TypeAlias = tuple[str, str]  # a definition of ours, and its field
_TAG = re.compile(r"v([0-9]+\.[0-9]+\.[0-9]+)")


def main(arguments: list[str] | None = None) -> int:
    """Print a line for each field that is younger than what it is a field of; returns the exit code."""
    checkout, first, *_ = [*(arguments if arguments is not None else sys.argv[1:]), "v1.0.0"]
    known: dict[Place, str] = {}
    for version, theirs in schemas(Path(checkout), first.removeprefix("v")):
        for place in fields(SCHEMA.read(), theirs):
            known.setdefault(place, version)
    for (name, field), version in sorted(younger(known).items()):
        sys.stdout.write(f"{name} {field} {version}\n")
    return 0


def schemas(checkout: Path, first: str) -> Iterator[tuple[str, Node]]:
    """The schema of each release, oldest first."""
    tags = _git(checkout, "tag", "--list", "v*", "--sort=version:refname").split()
    for version in (match[1] for tag in tags if (match := _TAG.fullmatch(tag))):
        if not is_older(version, first):
            yield version, json.loads(_git(checkout, "show", f"v{version}:bundle/schema/jsonschema.json"))


def younger(known: dict[Place, str]) -> dict[Place, str]:
    """The fields that are younger than the first of their definition."""
    oldest: dict[str, str] = {}
    for (name, _), version in known.items():
        oldest[name] = version if name not in oldest or is_older(version, oldest[name]) else oldest[name]
    return {place: version for place, version in known.items() if is_older(oldest[place[0]], version)}


def fields(ours: Node, theirs: Node) -> set[Place]:
    """The fields of our definitions that are in their schema too."""
    found: set[Place] = set()
    seen: set[tuple[str, str]] = set()

    def walk(mine: Node, their: Node, name: str) -> None:
        if (name, json.dumps(their, sort_keys=True)) in seen:
            return
        seen.add((name, json.dumps(their, sort_keys=True)))
        for key in ("items", "additionalProperties"):
            for below in _all(ours, mine, key):
                for beside in _all(theirs, their, key):
                    walk(below, beside, _name(ours, below) or f"{name}.*")
        known = _properties(theirs, their)
        for field, below in _properties(ours, mine).items():
            if field in known:
                found.add((name, field))
                walk(below, known[field], _name(ours, below) or f"{name}.{field}")

    sections = _properties(theirs, theirs["properties"]["resources"])
    for section, node in ours["properties"].items():
        if (beside := sections.get(section.removeprefix(PREFIX))) is not None:
            walk(node, beside, "")
    return found


def _properties(schema: Node, node: Node) -> dict[str, Any]:
    return {name: below for each in _forms(schema, node) for name, below in each.get("properties", {}).items()}


def _all(schema: Node, node: Node, key: str) -> list[Node]:
    return [each[key] for each in _forms(schema, node) if isinstance(each.get(key), dict) and each[key]]


def _forms(schema: Node, node: Node) -> Iterator[Node]:
    """What a node refers to, and each that it may be instead."""
    while "$ref" in node:
        below: Any = schema
        for step in node["$ref"].removeprefix("#/").split("/"):
            below = below[step]
        node = below
    yield node
    for each in (*node.get("oneOf", ()), *node.get("anyOf", ())):
        yield from _forms(schema, each)


def _name(schema: Node, node: Node) -> str:
    """The definition that a node is, at the end of what it refers to; empty where it is none."""
    name = ""
    while "$ref" in node:
        name = str(node["$ref"]).rpartition("/")[2]
        node = schema["$defs"][name]
    return name


def _git(checkout: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", checkout, *arguments], capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    sys.exit(main())

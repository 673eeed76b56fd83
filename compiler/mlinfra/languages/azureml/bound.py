"""What a reference in a body of Azure ML is bound to."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from mlinfra.graph import Entry, Graph
from mlinfra.languages.resource import Of, SecretOf
from mlinfra.source.tree import Path


def id_at(graph: Graph, entry: Entry, *path: str | int) -> Of | str | None:
    """The resource that a body refers to at a path: an entry's, or the ARM id that was written; None without one."""
    if bound := graph.bound(entry.address, *path):
        return Of(bound)
    value = value_at(entry.body, path)
    return None if value is None else str(value)


def secret_at(graph: Graph, entry: Entry, *path: str) -> SecretOf | None:
    """The secret that a field is bound to, None where the field is not written."""
    vault = graph.bound(entry.address, *path, "vault")
    return SecretOf(vault, value_at(entry.body, path)["secret"]) if vault else None


def without(body: Any, paths: Collection[Path]) -> Any:
    """The same plain data without what stands at these paths."""
    return _without(body, (), frozenset(paths)) if paths else body


def _without(value: Any, here: Path, paths: frozenset[Path]) -> Any:
    if isinstance(value, dict):
        kept = {key: below for key, below in value.items() if (*here, key) not in paths}
        return {key: _without(below, (*here, key), paths) for key, below in kept.items()}
    if isinstance(value, list):
        return [_without(below, (*here, place), paths) for place, below in enumerate(value)]
    return value


def value_at(body: Any, path: Path) -> Any:
    """The value at a path of plain data, None where the path ends before."""
    for key in path:
        if isinstance(body, dict):
            body = body.get(key)
        elif isinstance(body, list) and isinstance(key, int) and key < len(body):
            body = body[key]
        else:
            return None
    return body

"""What a reference in a body of Azure ML is bound to."""

from __future__ import annotations

from typing import Any

from mlinfra.graph import Entry, Graph
from mlinfra.kinds.resource import Of
from mlinfra.tree import Path


def id_at(graph: Graph, entry: Entry, *path: str | int) -> Of | str | None:
    """The resource that a body refers to at a path: an entry's, or the ARM id that was written; None without one."""
    if bound := graph.bound(entry.address, *path):
        return Of(bound)
    value = value_at(entry.body, path)
    return None if value is None else str(value)


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

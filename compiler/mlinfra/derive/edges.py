"""What a derived entry is about, as edges: `graph` and `explain` lead from a role to whom and what it joins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mlinfra.graph import Edge, Entry, Graph
from mlinfra.languages import SECTIONS
from mlinfra.languages.forms import DERIVED
from mlinfra.source.tree import Path

SECTIONS_OF_DERIVED = tuple(row.name for row in SECTIONS if row.is_derived)


def derived_edges(graph: Graph) -> Iterator[Edge]:
    """An edge to each entry whose address, or that of something in it, stands in the body of a derived one."""
    for section in SECTIONS_OF_DERIVED:
        for entry in graph.section(section):
            for path, address in _texts(entry):
                if target := entry_at(graph, address):
                    yield Edge(entry.address, target, "needs", path, DERIVED.name)


def entry_at(graph: Graph, address: str) -> str | None:
    """The entry of an address, or the one under which it stands: an account for its `.blob_services`."""
    while address and address not in graph.entries:
        address = address.rpartition(".")[0]
    return address or None


def _texts(entry: Entry) -> Iterator[tuple[Path, str]]:
    body: dict[str, Any] = entry.model.model_dump() if entry.model else {}
    for key, value in body.items():
        if isinstance(value, str):
            yield (key,), value
        elif isinstance(value, dict):
            yield from (((key, below), text) for below, text in value.items() if isinstance(text, str))

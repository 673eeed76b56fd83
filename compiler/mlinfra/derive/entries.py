"""An entry that no one wrote: its place is that of its cause."""

from __future__ import annotations

from pydantic import BaseModel

from mlinfra.graph import Entry, Graph
from mlinfra.source.tree import Mapping as Tree


def derived(
    graph: Graph, cause: str, section: str, address: str, name: str, model: BaseModel, because: str | None
) -> Entry:
    """An entry of a derived section, shown where its cause is written."""
    key = graph.entries[cause].key
    return Entry(address, section, name, key, Tree({}, key), {}, model, because=because, parent=None)

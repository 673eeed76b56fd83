"""Where a name is declared, in a body or in one that it names, of which another one that leads nowhere is a slip."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.diagnostics import Related
from mlinfra.graph import Entry, Graph
from mlinfra.repository.files import Unreadable
from mlinfra.schemas.problems import BodyPath, Near
from mlinfra.source.named_yaml import document_in
from mlinfra.source.tree import Mapping, Node, deepest


def place_of(graph: Graph, entry: Entry, near: Near) -> tuple[Related, ...]:
    """The place of a name, if it can be told; `near` is of a problem in the body of an entry."""
    for holder in _holders(graph, entry, near):
        declared = holder.fields.get(near.under)
        if declared and isinstance(declared.value, Mapping) and near.name in declared.value.fields:
            place = declared.value.fields[near.name].key
            return (Related(f"{near.under}.{near.name} is written here", place),)
    return ()


def _holders(graph: Graph, entry: Entry, near: Near) -> Iterator[Mapping]:
    """The mappings that may have the one in which the name is declared."""
    named = _named(graph, entry, near.named_at) if near.named_at else None
    if isinstance(named, Mapping):
        yield named
        return
    for depth in range(len(near.within), -1, -1):
        node = deepest(entry.tree, near.within[:depth])
        if isinstance(node, Mapping):
            yield node


def _named(graph: Graph, entry: Entry, path: BodyPath) -> Node | None:
    """The body that is named at a place: that of an entry, or the one in a file."""
    if address := graph.bound(entry.address, *path):
        return graph.entries[address].tree
    file = next((local.target for local in graph.local_paths_of(entry.address) if local.place == path), None)
    try:
        return document_in(graph.files, file).root if file else None
    except Unreadable:
        return None

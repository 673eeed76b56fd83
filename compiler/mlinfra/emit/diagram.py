"""The platform as a picture: entries by layer, and what needs what."""

from __future__ import annotations

from mlinfra.formats.graphs import Edge, Node
from mlinfra.graph import Graph
from mlinfra.languages import SECTIONS
from mlinfra.languages.forms import HOME

GROUPS = {row.name: row.group for row in SECTIONS if row.group}  # the box around the entries of a section


def platform_graph(graph: Graph) -> tuple[tuple[Node, ...], tuple[Edge, ...]]:
    """Nodes and edges of a target, without roles, rules, diagnostics and locks."""
    shown = [entry for entry in graph.entries.values() if entry.section in GROUPS]
    nodes = tuple(Node(entry.address, entry.address, GROUPS[entry.section]) for entry in shown)
    known = {entry.address for entry in shown}
    edges: dict[tuple[str, str], Edge] = {}
    for edge in graph.edges:  # that everything lives in the workspace is no news
        if edge.source in known and edge.target in known and edge.form != HOME.name:
            dashed = edge.kind == "names"
            previous = edges.get((edge.source, edge.target))
            edges[edge.source, edge.target] = Edge(
                edge.source, edge.target, "", dashed and (not previous or previous.dashed)
            )
    return nodes, tuple(edges.values())

"""The same platform for programs that place boxes by themselves: nodes and edges, as DOT and Mermaid take them."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from mlinfra.drawing.model import Picture
from mlinfra.drawing.platform import GROUPS, lines_among
from mlinfra.formats.graphs import Edge, Node
from mlinfra.graph import Graph

_ORDER = {group: place for place, group in enumerate(dict.fromkeys(GROUPS.values()))}


def nodes_and_edges(
    graph: Graph, kept: AbstractSet[str], *, by_template: bool = False
) -> tuple[tuple[Node, ...], tuple[Edge, ...]]:
    """Of the entries of these addresses, nodes by group, and what needs what among them."""
    found = [entry for entry in graph.entries.values() if entry.section in GROUPS and entry.address in kept]
    found.sort(key=lambda entry: _ORDER[GROUPS[entry.section]])
    template = graph.templates.template_of if by_template else (lambda address: "")
    nodes = tuple(Node(entry.address, entry.address, GROUPS[entry.section], template(entry.address)) for entry in found)
    lines = lines_among(graph, {node.key for node in nodes})
    return nodes, tuple(Edge(line.source, line.target, "", line.dashed) for line in lines)


def of_picture(picture: Picture) -> tuple[tuple[Node, ...], tuple[Edge, ...]]:
    """The nodes and edges of a picture, with its layers as groups."""
    nodes = tuple(Node(box.key, box.key, picture.layers[box.layer]) for box in picture.boxes)
    return nodes, tuple(Edge(line.source, line.target, "", line.dashed) for line in picture.lines)

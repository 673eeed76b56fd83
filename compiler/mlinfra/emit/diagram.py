"""The platform as a picture: entries by layer, and what needs what."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass

from mlinfra.formats.graphs import Edge, Node
from mlinfra.formats.mermaid import flowchart
from mlinfra.graph import Graph
from mlinfra.languages import SECTIONS
from mlinfra.languages.forms import HOME

GROUPS = {row.name: row.group for row in SECTIONS if row.group}  # the box around the entries of a section

# Beyond its maxEdges (500) and maxTextSize (50,000) Mermaid shows an error in place of the picture, and no page can
# raise them: https://mermaid.js.org/config/schema-docs/config.html
MAX_EDGES = 450
MAX_CHARACTERS = 45_000
_ORDER = {group: place for place, group in enumerate(dict.fromkeys(GROUPS.values()))}


@dataclass(frozen=True)
class Overview:
    """A picture for a page."""

    mermaid: str
    is_whole: bool  # nothing of the platform is left out


def overview(graph: Graph) -> Overview:
    """What was written and what that needs or is needed by at once; of a large platform less, so that it is drawn."""
    nodes, edges = platform_graph(graph)
    for kept in _kept(graph, nodes, edges):
        fewer, among = part(nodes, edges, kept)
        if len(among) <= MAX_EDGES and len(drawn := flowchart(fewer, among)) <= MAX_CHARACTERS:
            return Overview(drawn, len(fewer) == len(nodes))
    return Overview(flowchart((), ()), is_whole=False)


def _kept(graph: Graph, nodes: tuple[Node, ...], edges: tuple[Edge, ...]) -> Iterator[Set[str]]:
    """Addresses to be shown, fewer each time."""
    written = [node.key for node in nodes if graph.entries[node.key].because is None]
    start = set(written)
    one_further = {end for edge in edges for end in edge[:2] if not start.isdisjoint(edge[:2])}
    yield start | one_further
    count = len(written)
    while count:
        yield set(written[:count])
        count //= 2


def part(nodes: tuple[Node, ...], edges: tuple[Edge, ...], kept: Set[str]) -> tuple[tuple[Node, ...], tuple[Edge, ...]]:
    """The nodes of these addresses, and the edges between them."""
    return (
        tuple(node for node in nodes if node.key in kept),
        tuple(edge for edge in edges if edge.source in kept and edge.target in kept),
    )


def platform_graph(graph: Graph, *, by_template: bool = False) -> tuple[tuple[Node, ...], tuple[Edge, ...]]:
    """Nodes by group and edges of a target, without roles, rules, diagnostics and locks.

    In the output a template is what is written out for each item, so only who asks has the box around what it makes.
    """
    found = (entry for entry in graph.entries.values() if entry.section in GROUPS)
    shown = sorted(found, key=lambda entry: _ORDER[GROUPS[entry.section]])
    template = graph.templates.template_of if by_template else (lambda address: "")
    nodes = tuple(Node(entry.address, entry.address, GROUPS[entry.section], template(entry.address)) for entry in shown)
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

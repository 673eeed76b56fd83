"""What an entry needs, and what needs it, to a depth."""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice

from mlinfra.graph import Entry, Graph


def around(graph: Graph, addresses: Collection[str], depth: int | None = None, only_needing: bool = False) -> set[str]:
    """Entries and those nested in them, all that they need and all that needs them; `depth` is the longest way there.

    `only_needing` leaves out what they need.
    """
    import networkx  # takes a tenth of a second, and only those who ask for neighbours pay it

    network: networkx.DiGraph[str] = networkx.DiGraph()
    network.add_nodes_from(graph.entries)
    network.add_edges_from((edge.source, edge.target) for edge in graph.edges if edge.kind == "needs")
    start = [*addresses, *(entry.address for entry in graph.entries.values() if _lies_in(graph, entry, addresses))]
    found: set[str] = set()
    for way in (network.reverse(copy=False), *(() if only_needing else (network,))):
        layers = networkx.bfs_layers(way, start)
        found.update(*islice(layers, None if depth is None else depth + 1))
    return found


def used(graph: Graph, address: str, section: str) -> list[str]:
    """The entries of a section that an entry refers to, each once, in the order in which it names them."""
    found = (edge.target for edge in graph.edges_from(address) if edge.target in graph.entries)
    return list(dict.fromkeys(each for each in found if graph.entries[each].section == section))


def _lies_in(graph: Graph, entry: Entry, addresses: Collection[str]) -> bool:
    parent = entry.parent
    while parent is not None and parent not in addresses:
        above = graph.entries.get(parent)
        parent = above.parent if above else None
    return parent is not None

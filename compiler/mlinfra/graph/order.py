"""Order over `needs`: what has to exist before what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from mlinfra.graph import Graph


def in_order(graph: Graph) -> list[str]:
    """Addresses of all entries, each after everything that it needs; ties keep the order of the graph."""
    done: dict[str, None] = {}
    sorter = _sorter(graph)
    sorter.prepare()
    place = {address: index for index, address in enumerate(graph.entries)}
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=place.__getitem__)
        done.update(dict.fromkeys(ready))
        sorter.done(*ready)
    return list(done)


def cycles(graph: Graph) -> list[list[str]]:
    """The cycles over `needs`, one for each knot of entries, each from its first member in the order of the graph."""
    needs: dict[str, list[str]] = {address: [] for address in graph.entries}
    for edge in graph.edges:
        if edge.kind == "needs":
            needs.setdefault(edge.source, []).append(edge.target)
    return circles(needs)


def circles(needs: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """The circles among what needs what, one for each knot, each from its first member in the order of the keys."""
    try:
        TopologicalSorter(needs).prepare()
    except CycleError:
        return _of_knots(needs)
    return []


def _sorter(graph: Graph) -> TopologicalSorter[str]:
    sorter: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(graph.entries, ()))
    for edge in graph.edges:
        if edge.kind == "needs":
            sorter.add(edge.source, edge.target)
    return sorter


def _of_knots(needs: Mapping[str, Iterable[str]]) -> list[list[str]]:
    import networkx  # takes a tenth of a second, and only a spec that is wrong pays it

    network: networkx.DiGraph[str] = networkx.DiGraph()
    network.add_edges_from((name, other) for name, others in needs.items() for other in others if other in needs)
    place = {name: index for index, name in enumerate(needs)}
    found = []
    for knot in networkx.strongly_connected_components(network):
        first = min(knot, key=place.__getitem__)
        if len(knot) == 1 and not network.has_edge(first, first):
            continue
        cycle = networkx.find_cycle(network.subgraph(knot), first)
        found.append(_from_first([source for source, _ in cycle], place))
    return sorted(found, key=lambda members: place[members[0]])


def _from_first(members: list[str], place: dict[str, int]) -> list[str]:
    start = min(range(len(members)), key=lambda index: place[members[index]])
    return members[start:] + members[:start]

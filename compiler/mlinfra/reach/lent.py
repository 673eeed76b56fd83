"""What another target made and keeps closed, and which nodes of this one call it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.graph import Entry, Graph
from mlinfra.languages import ROWS
from mlinfra.languages.platform.network.network_security_groups import prefixes_of
from mlinfra.reach import calls
from mlinfra.reach.callers import callers


def is_closed_there(graph: Graph, entry: Entry) -> bool:
    """Whether something that is lent is reached by a private endpoint in that one alone."""
    return ROWS[entry.section].closed_as is not None and graph.network.is_private and graph.network.dns != "here"


def used_by_nodes(graph: Graph) -> Iterator[tuple[Entry, Entry, tuple[int, ...]]]:
    """What nodes call of it, with each subnet in which they lie, and the ports."""
    closed = {each.address for each in graph.entries.values() if each.made_in and is_closed_there(graph, each)}
    found: dict[tuple[str, str], tuple[Entry, Entry, set[int]]] = {}
    for caller in callers(graph) if closed else ():
        subnet = caller.subnet if caller.kind == "nodes" else None
        for called, _, ports in calls(graph, caller) if subnet else ():
            if subnet and called.address in closed:
                found.setdefault((called.address, subnet.address), (called, subnet, set()))[2].update(ports)
    yield from ((called, subnet, tuple(sorted(ports))) for called, subnet, ports in found.values())


def endpoints_of(graphs: Sequence[Graph], entry: Entry) -> tuple[Graph, Entry] | None:
    """The target that made it, and the subnet in which that one has its private endpoints."""
    lender = next((graph for graph in graphs if graph.target.name == entry.made_in), None)
    there = lender.entries.get(lender.network.subnet_of_endpoints or "") if lender else None
    return (lender, there) if lender is not None and there is not None else None


def endpoints_at(graphs: Sequence[Graph], entry: Entry) -> list[str]:
    """The ranges of that subnet."""
    found = endpoints_of(graphs, entry)
    return prefixes_of(found[1]) if found else []

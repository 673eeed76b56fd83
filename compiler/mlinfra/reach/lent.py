"""What another target made and keeps closed, and which nodes of this one use it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.derive import workspace as around
from mlinfra.derive.registries import uses
from mlinfra.graph import Entry, Graph
from mlinfra.languages import ROWS
from mlinfra.languages.platform.network.network_security_groups import prefixes_of
from mlinfra.reach.callers import callers


def is_closed_there(graph: Graph, entry: Entry) -> bool:
    """Whether something that is lent is reached by a private endpoint in that one alone."""
    return ROWS[entry.section].closed_as is not None and graph.network.is_private and graph.network.dns != "here"


def used_by_nodes(graph: Graph) -> Iterator[tuple[Entry, Entry]]:
    """What jobs use of it, with each subnet in which their nodes lie."""
    found: dict[tuple[str, str], tuple[Entry, Entry]] = {}
    for address, registries in uses(graph).items():
        workspace = around.workspace_of(graph, graph.entries[address])
        of_it = [each for each in callers(graph) if each.workspace == workspace and each.kind == "nodes"]
        subnets = [each.subnet for each in of_it if each.subnet is not None]
        for registry in registries:
            if registry.made_in and is_closed_there(graph, registry):
                found |= {(registry.address, subnet.address): (registry, subnet) for subnet in subnets}
    yield from found.values()


def endpoints_at(graphs: Sequence[Graph], entry: Entry) -> list[str]:
    """The ranges of the subnet in which the target that made it has its private endpoints."""
    lender = next((graph for graph in graphs if graph.target.name == entry.made_in), None)
    there = lender.entries.get(lender.network.subnet_of_endpoints or "") if lender else None
    return prefixes_of(there) if there is not None else []

"""A rule of how people sign in to Databricks in a private network: by one endpoint of a region and its zone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.diagnostics import Diagnostic, Where, finding
from mlinfra.graph import Graph
from mlinfra.languages.platform.databricks.databricks_workspaces import SIGN_IN
from mlinfra.languages.platform.network.private_endpoints import DERIVED_PRIVATE_ENDPOINTS, DerivedEndpoint
from mlinfra.resolve.naming import region_of
from mlinfra.rules.network import place_of
from mlinfra.rules.private_network import ZONES_TWICE
from mlinfra.rules.rule import over_targets, owned

_ZONE = "databricks"  # as `dns.here` calls it


def _sign_in_by_one(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    """In zones that targets share, each endpoint would write its address over that of the one before."""
    held: dict[tuple[str, str], list[tuple[Graph, str]]] = {}
    for graph in graphs:
        for region, address in _endpoints(graph):
            held.setdefault((_zones(graph), region), []).append((graph, address))
    for (_, region), those in held.items():
        names = list(dict.fromkeys(graph.target.name for graph, _ in those))
        if len(names) > 1:
            message = (
                f"{', '.join(names[:-1])} and {names[-1]} each have an endpoint for signing in to Databricks of "
                f"{region}, and their zone has one address for all of them"
            )
            graph, address = those[0]
            help = (
                "keep that of the target that lasts longest; in the others write overrides: {derived: {"
                f"{address}: {{omit: true, because: …}}}}}}"
            )
            yield finding(ZONES_TWICE, message, Where(place_of(graph, "dns"), "network"), help)


def _endpoints(graph: Graph) -> Iterator[tuple[str, str]]:
    """The region and the address of each endpoint for signing in."""
    for endpoint, model in owned(graph, DERIVED_PRIVATE_ENDPOINTS.name, DerivedEndpoint):
        if model.group == SIGN_IN:
            yield region_of(graph.entries[model.resource], graph.entries, graph.target), endpoint.address


def _zones(graph: Graph) -> str:
    """What tells the zones of one target from those of another."""
    hub = graph.network.hub
    if hub and _ZONE not in hub.here:
        return f"{hub.zones.subscription}/{hub.zones.resource_group}".lower()
    return "policy" if graph.network.dns == "policy" else f"of {graph.target.name}"


RULES_OF_TARGETS = (over_targets(ZONES_TWICE, _sign_in_by_one),)

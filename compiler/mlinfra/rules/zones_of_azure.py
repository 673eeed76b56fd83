"""Private DNS zones that are to hold the names of private endpoints, and have a name that Azure asks for nothing in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mlinfra.azure.private_dns import is_of_others, zones_of_ours
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.diagnostics.suggest import closest_name, is_slip, question
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.languages.platform.network.private_dns_zones import PRIVATE_DNS_ZONES
from mlinfra.rules.rule import over_graph

MISSPELT_ZONE = Code(
    "MLI610",
    "warning",
    "Private DNS zone that looks misspelt",
    "Azure makes a zone of any name, and nobody asks one whose name differs from the service's by a letter: names lead "
    "to the public address, which is closed",
    "Write the zone as the page has it, or leave azure_name out where the entry is called by its service; "
    "# mlinfra: ignore MLI610 because … where it is a newer one",
    "https://learn.microsoft.com/azure/private-link/private-endpoint-dns",
)
_PREFIX = "privatelink."


def _zones_are_known(graph: Graph) -> Iterator[Diagnostic]:
    known = zones_of_ours(graph.header.cloud)
    for entry in graph.section(PRIVATE_DNS_ZONES.name):
        name = entry.azure_name.lower()
        if entry.because or not name.startswith(_PREFIX) or name in known or is_of_others(name, graph.header.cloud):
            continue
        near = closest_name(name, known)
        if near and is_slip(name.removeprefix(_PREFIX), near.removeprefix(_PREFIX)):
            message = f'"{entry.azure_name}" is no zone of Azure\'s private endpoints'
            yield finding(MISSPELT_ZONE, message, at(entry, _written_at(entry.body)), question(near))


def _written_at(body: Mapping[str, object]) -> tuple[str, ...]:
    return ("zone",) if body.get("zone") else ("azure_name",)


RULES = (over_graph(MISSPELT_ZONE, _zones_are_known),)

"""Whether who asks for the name of what has a private endpoint is told that endpoint's address."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from mlinfra.azure.private_dns import needs_all_zones, zone_of
from mlinfra.diagnostics import Related
from mlinfra.graph import Entry, Graph
from mlinfra.graph.zones import PRIVATE_DNS_ZONES, zone_called
from mlinfra.languages.platform.network.private_dns_zones import DERIVED_LINKS, DerivedLink
from mlinfra.languages.platform.network.private_endpoints import (
    DerivedEndpoint,
    PrivateEndpoint,
    is_registered_here,
    zone_names,
)
from mlinfra.languages.platform.network.virtual_networks import resolvers_of
from mlinfra.reach.gap import Gap
from mlinfra.reach.packets import spaces_of
from mlinfra.source.tree import holds_unknown


def gaps_of_names(graph: Graph, network: Entry, endpoint: PrivateEndpoint) -> Iterator[Gap]:
    """Of names that stand in zones of the spec; those that a policy or someone else writes are theirs to answer."""
    if not is_registered_here(endpoint, graph.network):
        yield from _gaps_of_zones_of_others(graph, endpoint)
        return
    cloud, zones = graph.header.cloud, list(graph.section(PRIVATE_DNS_ZONES))
    found = {name: zone_called(name, zones, cloud) for name in zone_names(endpoint, cloud)}
    if not needs_all_zones(endpoint.group) and any(found.values()):
        found = {name: zone for name, zone in found.items() if zone}
    for name, zone in found.items():
        known, written = zone_of(name, cloud), zone.azure_name if zone else None
        if zone is None:
            address = f"private_dns_zones.{name}"
            if address not in graph.alterations and not isinstance(endpoint, DerivedEndpoint):
                continue  # a rule of written endpoints asks for it
            yield Gap(f"no zone {name} holds its name", f"add {address}, or write dns: policy", (), address)
        elif known and written and written.lower() != known:
            related = (Related(f"{zone.address} is written here", zone.key),)
            yield Gap(f"{zone.address} is {written}, and its name stands in {known}", f"write zone: {known}", related)
        elif not (zone.existing and network.existing):  # whose owners know whether one asks the other
            yield from _gaps_of_zone(graph, network, zone)


def _gaps_of_zones_of_others(graph: Graph, endpoint: PrivateEndpoint) -> Iterator[Gap]:
    """Of zones that an endpoint names by their ids, whoever asks them: its names stand in others."""
    named = {each.rpartition("/")[2].lower() for each in getattr(endpoint.dns, "zones", ())}
    known_zones = [zone_of(name, graph.header.cloud) for name in zone_names(endpoint, graph.header.cloud)]
    is_one = not needs_all_zones(endpoint.group) and not named.isdisjoint(known_zones)
    for known in known_zones if named and not is_one else ():
        if known and known.lower() not in named:
            what = f"its private endpoint is registered in {', '.join(sorted(named))}, and its name stands in {known}"
            yield Gap(what, f"add the id of a zone {known} to dns.zones of the private endpoint")


def _gaps_of_zone(graph: Graph, network: Entry, zone: Entry) -> Iterator[Gap]:
    if holds_unknown(network.body.get("dns_servers")):
        return
    servers = resolvers_of(network)
    asking = _asking(graph, zone)
    related = (Related(f"{network.address} is written here", network.key),)
    if servers and not zone.existing and not any(_holds_any(each, servers) for each in asking):
        what = f"{network.address} asks {servers[0]}, which lies in no network that asks the zones made here"
        help = "leave dns_servers out, or let the zones be those that it knows: network.dns: {zones: …}"
        yield Gap(what, help, related)
    elif zone.existing and any(ipaddress.IPv4Address(each).is_global for each in servers):
        what = f"{network.address} asks {servers[0]}, which is on the internet and knows no private zone"
        yield Gap(what, "write the address of the hub's resolver", related)
    elif not servers and network not in asking:
        address = f"{zone.address}.links.{network.name}"
        help = f"add links: {{{network.name}: {{}}}} to the zones in private_dns_zones"
        yield Gap(f"{network.address} does not ask the zone of its name", help, related, address)


def _asking(graph: Graph, zone: Entry) -> list[Entry]:
    """The networks that are linked to a zone."""
    written = [each.name for each in graph.section("links") if each.parent == zone.address]
    derived = [each.model for each in graph.section(DERIVED_LINKS.name)]
    names = [*written, *(link.network for link in derived if isinstance(link, DerivedLink) and link.of == zone.address)]
    return [graph.entries[f"virtual_networks.{name}"] for name in names if f"virtual_networks.{name}" in graph.entries]


def _holds_any(network: Entry, servers: list[str]) -> bool:
    """Whether one of the servers lies in a network; in one whose ranges are unknown it may."""
    spaces = spaces_of(network)
    found = [ipaddress.IPv4Address(server) for server in servers]
    return not spaces or any(address in space for address in found for space in spaces)

"""Rules of private endpoints, and of the zones in which their names are found."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from mlinfra.azure.private_dns import needs_all_zones
from mlinfra.diagnostics import Code, Diagnostic, Related, finding
from mlinfra.diagnostics.suggest import did_you_mean, listed
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.graph.zones import PRIVATE_DNS_ZONES, zone_called
from mlinfra.languages import ROWS
from mlinfra.languages.platform.network.network_security_groups import prefixes_of
from mlinfra.languages.platform.network.private_dns_zones import PrivateDnsZone
from mlinfra.languages.platform.network.private_endpoints import (
    DERIVED_PRIVATE_ENDPOINTS,
    PRIVATE_ENDPOINTS,
    PrivateEndpoint,
    is_registered_here,
    zone_names,
)
from mlinfra.languages.platform.network.virtual_networks import SUBNETS
from mlinfra.languages.resource import Of
from mlinfra.reach.packets import ranges
from mlinfra.rules.rule import over_graph, owned

_ZONES = "https://learn.microsoft.com/azure/private-link/private-endpoint-dns"
TWO_ENDPOINTS = Code(
    "MLI388",
    "error",
    "Two private endpoints that are registered under one name",
    "Each writes the address of the resource into the zone, and the last one wins: the other network is led astray",
    "Give the second one zones of its own: dns: {zones: [<ids>]}",
    _ZONES,
)
NO_PART = Code(
    "MLI389",
    "error",
    "Private endpoint to or in what can't have one",
    "Azure refuses a group that the resource doesn't have, and an endpoint that lies in no subnet",
    "Write a group of the resource, and the address of a subnet",
    _ZONES,
)
NO_ZONE = Code(
    "MLI377",
    "error",
    "Private endpoint whose names no zone holds",
    "Who asks for the name of the resource is then sent to its public address, which is what the endpoint is to avoid",
    "Add the zone that the message names to private_dns_zones, with a link to the network or, if it is there already, "
    "with existing: true. Or write dns: policy, or dns: {zones: [<ids>]}",
    _ZONES,
)
NAMELESS_ZONE = Code(
    "MLI378",
    "error",
    "Private DNS zone without a name",
    "Only entries called as a service (blob, vault, ml_api…) have a DNS name that is known",
    "Write zone: <the DNS name>",
    _ZONES,
)

OUT_OF_ITS_SUBNET = Code(
    "MLI887",
    "error",
    "Address of a private endpoint that its subnet does not have",
    "Azure gives an endpoint addresses of its subnet only, of which the first four and the last are Azure's own, and "
    "refuses the deployment",
    "Write an address of the subnet, or leave static_ips out",
    "https://learn.microsoft.com/azure/private-link/private-endpoint-overview",
)


def _names_lead_to_one_endpoint(graph: Graph) -> Iterator[Diagnostic]:
    """Those of the spec that are registered in its own zones."""
    first: dict[tuple[Of | str, str], Entry] = {}
    rows = (DERIVED_PRIVATE_ENDPOINTS.name, PRIVATE_ENDPOINTS.name)
    for entry in (entry for name in rows for entry in graph.section(name)):
        endpoint = entry.model
        if isinstance(endpoint, PrivateEndpoint) and is_registered_here(endpoint, graph.network):
            other = first.setdefault((endpoint.service, endpoint.group), entry)
            if other is not entry:
                message = (
                    f"{entry.address} and {other.address} lead to {endpoint.group} of {endpoint.resource} in one zone"
                )
                related = (Related(f"{other.address} is written here", other.key),)
                help = "write dns: policy, or the ids of zones that only the second network asks"
                yield finding(TWO_ENDPOINTS, message, at(entry, ("resource",)), help, related)


def _endpoints_lead_to_what_has_them(graph: Graph) -> Iterator[Diagnostic]:
    for entry, endpoint in owned(graph, "private_endpoints", PrivateEndpoint):
        subnet = graph.entries.get(endpoint.subnet)
        if subnet and subnet.section != SUBNETS.name:
            subnets = [each.address for each in graph.section(SUBNETS.name)]
            message = f"{entry.address} is to lie in {endpoint.subnet}, which is no subnet"
            yield finding(NO_PART, message, at(entry, ("subnet",)), did_you_mean(endpoint.subnet, subnets))
        to = graph.entries.get(endpoint.resource)
        row = ROWS.get(to.section) if to else None
        if to and row and not to.existing:
            groups = (*(row.closed_as(to) if row.closed_as else ()), *row.closed_as_for_batch)
            if endpoint.group not in groups:
                known = f", which has {', '.join(groups)}" if groups else ", to which no private endpoint leads"
                message = f'{entry.address} leads to "{endpoint.group}" of {to.address}{known}'
                yield finding(NO_PART, message, at(entry, ("group",)), did_you_mean(endpoint.group, groups))


def _endpoints_have_zones(graph: Graph) -> Iterator[Diagnostic]:
    for entry, endpoint in owned(graph, "private_endpoints", PrivateEndpoint):
        if not is_registered_here(endpoint, graph.network):
            continue
        zones, cloud = zone_names(endpoint, graph.header.cloud), graph.header.cloud
        if not zones:
            message = f'no zone is known for names of the group "{endpoint.group}" of {entry.address}'
            help = "write dns: {zones: [<the id of its zone>]}, or dns: policy"
            yield finding(NO_ZONE, message, at(entry, ("group",)), help)
        lacking = [zone for zone in zones if not zone_called(zone, graph.section(PRIVATE_DNS_ZONES), cloud)]
        if lacking and (needs_all_zones(endpoint.group) or lacking == list(zones)):
            network = endpoint.subnet.partition(".subnets.")[0].rpartition(".")[2] or "<network>"
            shown = f"the zone {lacking[0]}" if len(lacking) == 1 else f"the zones {listed(lacking)}"
            message = f"{entry.address} has names in {shown}, and private_dns_zones lacks {_it(lacking)}"
            each = ", ".join(f"{zone}: {{links: {{{network}: {{}}}}}}" for zone in lacking)
            help = f"add private_dns_zones: {{{each}}}, or write dns: policy"
            yield finding(NO_ZONE, message, at(entry, ("group",)), help)


def _it(lacking: list[str]) -> str:
    return "it" if len(lacking) == 1 else "them"


def _addresses_are_of_the_subnet(graph: Graph) -> Iterator[Diagnostic]:
    for name in (PRIVATE_ENDPOINTS.name, DERIVED_PRIVATE_ENDPOINTS.name):
        for entry in graph.section(name):
            if isinstance(entry.model, PrivateEndpoint) and entry.model.static_ips:
                yield from _addresses_elsewhere(graph, entry, entry.model)


def _addresses_elsewhere(graph: Graph, entry: Entry, endpoint: PrivateEndpoint) -> Iterator[Diagnostic]:
    subnet = graph.entries.get(graph.addresses_by_id.get(endpoint.subnet, endpoint.subnet))
    known = ranges(prefixes_of(subnet)) if subnet else []
    for member, written in endpoint.static_ips.items() if known else ():
        (address,) = ranges([written])
        if not any(address.subnet_of(each) and _may_be_given(address, each) for each in known):
            shown = ", ".join(map(str, known))
            message = f"{written} of {entry.address} is none of the addresses that {endpoint.subnet} gives, {shown}"
            yield finding(OUT_OF_ITS_SUBNET, message, at(entry, ("static_ips", member)), f"the first is {known[0][4]}")


def _may_be_given(address: IPv4Network, subnet: IPv4Network) -> bool:
    """Source: docs, "Virtual network FAQ", restrictions on addresses within subnets."""
    return subnet[_OWN_OF_AZURE - 1] < address[0] < subnet[-1]


_OWN_OF_AZURE = 4  # the first addresses of a subnet


def _zones_have_names(graph: Graph) -> Iterator[Diagnostic]:
    for entry, zone in owned(graph, "private_dns_zones", PrivateDnsZone):
        if not (zone.zone or zone.azure_name):
            help = "add zone: <the DNS name>"
            yield finding(NAMELESS_ZONE, f"{entry.address} lacks zone", at(entry, (), on_key=True), help)


RULES = (
    over_graph(TWO_ENDPOINTS, _names_lead_to_one_endpoint),
    over_graph(NO_PART, _endpoints_lead_to_what_has_them),
    over_graph(NO_ZONE, _endpoints_have_zones),
    over_graph(NAMELESS_ZONE, _zones_have_names),
    over_graph(OUT_OF_ITS_SUBNET, _addresses_are_of_the_subnet),
)

"""Private endpoints to what is closed to the internet, and the links by which their names are found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mlinfra.azure.ids import resource_id
from mlinfra.azure.private_dns import ZONES_OF_GROUPS, zone_of
from mlinfra.derive import workspace as around
from mlinfra.derive.entries import derived
from mlinfra.graph import Entry, Graph
from mlinfra.languages import ROWS, SECTIONS
from mlinfra.languages.platform.network import private_dns_zones, private_endpoints
from mlinfra.languages.platform.network.peering import layer_of_parts
from mlinfra.languages.platform.network.private_endpoints import PrivateEndpoint, Zones

_ENDPOINTS, _LINKS = private_endpoints.DERIVED_PRIVATE_ENDPOINTS.name, private_dns_zones.DERIVED_LINKS.name


def derived_endpoints(graph: Graph) -> Iterator[Entry]:
    """One to each part of each resource, in the subnet that the network names."""
    if not graph.network.is_private or lacks_subnet(graph):
        return
    subnet = graph.entries[graph.network.subnet_of_endpoints or ""]
    location = graph.entries[subnet.parent or ""].body.get("location")
    for entry, group in _groups(graph):
        because = f"network.inbound is private: {entry.address} is reached in {subnet.address}, and nowhere else"
        model = private_endpoints.DerivedEndpoint(
            azure_name=f"pep-{entry.azure_name}-{group}",
            location=location,
            resource=entry.address,
            group=group,
            subnet=subnet.address,
            dns=_dns(graph, group),
        )
        address = private_endpoints.derived_address(entry.address, group)
        yield derived(graph, entry.address, _ENDPOINTS, address, f"{entry.name}-{group}", model, because)


def _groups(graph: Graph) -> Iterator[tuple[Entry, str]]:
    for row in SECTIONS:
        for entry in graph.section(row.name) if row.closed_as else ():
            if row.closed_as and not entry.existing:
                yield from ((entry, group) for group in (*row.closed_as(entry), *_of_batch(graph, entry)))


def endpoints_in_turn(graph: Graph) -> Graph:
    """The same, each endpoint after the one before it, and after all parts of the network.

    Several at once in a subnet are refused now and then: ReferencedResourceNotProvisioned
    (https://github.com/Azure/bicep-ptn-aiml-landing-zone/issues/41).
    """
    if not graph.network.is_private or lacks_subnet(graph):
        return graph
    network = graph.entries[graph.entries[graph.network.subnet_of_endpoints or ""].parent or ""]
    last = {} if network.existing else {layer_of_parts(network): _parts(graph, network)}
    entries = dict(graph.entries)
    for endpoint in graph.section(_ENDPOINTS):
        assert isinstance(endpoint.model, private_endpoints.DerivedEndpoint)
        layer = ROWS[graph.entries[endpoint.model.resource].section].layer
        after = list(last.get(layer, ()))
        entries[endpoint.address] = replace(endpoint, model=endpoint.model.model_copy(update={"after": after}))
        last[layer] = (endpoint.address,)
    return replace(graph, entries=entries)


def _parts(graph: Graph, network: Entry) -> tuple[str, ...]:
    """The last of its parts, each of which waits for the one before it."""
    parts = [each for each in (*graph.section("subnets"), *graph.section("peerings")) if each.parent == network.address]
    return tuple(each.address for each in parts[-1:])


def _of_batch(graph: Graph, account: Entry) -> tuple[str, ...]:
    """Queues and tables of the storage of a workspace with batch deployments, through which work is handed out."""
    for workspace in around.workspaces(graph):
        is_its = graph.bound(workspace.address, "storage_account") == account.address
        if is_its and any(True for _ in around.members(graph, workspace, "batch_deployments")):
            return ROWS[account.section].closed_as_for_batch
    return ()


def lacks_subnet(graph: Graph) -> bool:
    """Whether a network is private and doesn't say where its endpoints are, of which a rule speaks."""
    return graph.network.is_private and graph.network.subnet_of_endpoints not in graph.entries


def reached(graph: Graph) -> frozenset[str]:
    """The addresses of what a private endpoint of the spec leads to."""
    endpoints = (*graph.section(_ENDPOINTS), *graph.section(private_endpoints.PRIVATE_ENDPOINTS.name))
    return frozenset(entry.model.resource for entry in endpoints if isinstance(entry.model, PrivateEndpoint))


def _dns(graph: Graph, group: str) -> private_endpoints.Dns:
    dns = graph.network.dns
    if isinstance(dns, str):
        return dns
    names = (str(zone_of(name, graph.header.cloud)) for name in ZONES_OF_GROUPS[group])
    type = private_dns_zones.PRIVATE_DNS_ZONES.resource_type
    return Zones(zones=[resource_id(dns.zones.subscription, dns.zones.resource_group, type, name) for name in names])


def derived_links(graph: Graph) -> Iterator[Entry]:
    """The network of the endpoints asks each zone of this platform in which one of them is registered."""
    network = graph.network.virtual_network
    if not graph.network.is_private or lacks_subnet(graph) or graph.network.dns != "here":
        return
    used = {name for entry in graph.section(_ENDPOINTS) for name in _zones(entry)}
    for zone in graph.section("private_dns_zones"):
        address = f"{zone.address}.links.{network}"
        if zone.name in used and not zone.existing and address not in graph.entries:
            because = f"who asks in virtual_networks.{network} is to find the private endpoints in {zone.azure_name}"
            model = private_dns_zones.DerivedLink(of=zone.address, network=str(network))
            yield derived(graph, zone.address, _LINKS, address, str(network), model, because)


def _zones(entry: Entry) -> tuple[str, ...]:
    return ZONES_OF_GROUPS.get(entry.model.group, ()) if isinstance(entry.model, PrivateEndpoint) else ()

"""What others have to do for a private network, as the README says it: rules of a firewall, zones of a hub."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.azure.networks import OF_COMPUTES, SUBNET, TO_ENDPOINTS
from mlinfra.derive.package_hosts import of_unknown_hosts, package_hosts
from mlinfra.derive.private_endpoints import asking
from mlinfra.derive.security_rules import is_needed, passes_a_firewall
from mlinfra.formats.fragment import Fragment
from mlinfra.formats.markdown import markdown_code as code
from mlinfra.formats.text import first_names
from mlinfra.graph import Entry, Graph
from mlinfra.languages import ROWS
from mlinfra.languages.platform.network.network_security_groups import prefixes_of
from mlinfra.languages.platform.network.private_dns_zones import DERIVED_LINKS, DerivedLink
from mlinfra.languages.platform.network.private_endpoints import (
    DERIVED_PRIVATE_ENDPOINTS,
    OF_ITSELF,
    PRIVATE_ENDPOINTS,
    DerivedEndpoint,
    PrivateEndpoint,
    name_of,
    zones_of,
)
from mlinfra.languages.platform.network.virtual_networks import resolvers_of
from mlinfra.languages.resource import Of
from mlinfra.plan import Plan
from mlinfra.reach.callers import callers
from mlinfra.reach.lent import endpoints_at, used_by_nodes
from mlinfra.resolve.naming import resource_group_of

FIREWALL = ("Target", "From", "To", "Protocol", "Ports", "As computes")
ZONES = ("Target", "Zone", "Names of", "Asked in")
WAITING = ("Target", "Private endpoint", "Leads to", "In")
RANGES = ("Target", "Network", "Ranges", "Joined to")
_SHOWN = 3  # names in a cell
_PACKAGES = "install what conda files name"


def firewall(plans: Sequence[Plan]) -> Iterator[tuple[object, ...]]:
    """What the appliance has to let through to which a subnet of computes leads all that leaves."""
    for plan in plans:
        graph = plan.graph
        nodes = [each for each in callers(graph) if each.kind == "nodes" and each.subnet is not None]
        subnets = {each.subnet.address: each.subnet for each in nodes if each.subnet is not None}
        for address, subnet in subnets.items():
            if passes_a_firewall(graph, address):
                yield from _of_services(graph, subnet)
                workspaces = {each.workspace.address: each.workspace for each in nodes if each.subnet is subnet}
                yield from _of_packages(graph, subnet, list(workspaces.values()))
                yield from _of_lent([each.graph for each in plans], graph, subnet)


def _of_services(graph: Graph, subnet: Entry) -> Iterator[tuple[object, ...]]:
    for needed in OF_COMPUTES:
        goes_out = needed.direction == "outbound" and needed.tag != SUBNET and needed.name != TO_ENDPOINTS
        if goes_out and needed.when != "own names" and is_needed(graph, needed, subnet.address):
            tag = needed.tag.format(region=graph.target.location, subnet=subnet.address)
            ports = ", ".join(needed.ports)
            yield graph.target.name, _from(subnet), code(tag), needed.protocol, ports, needed.why


def _of_packages(graph: Graph, subnet: Entry, workspaces: list[Entry]) -> Iterator[tuple[object, ...]]:
    hosts = sorted({host.name for workspace in workspaces for host in package_hosts(graph, workspace)})
    for host in hosts:
        yield graph.target.name, _from(subnet), code(host), "tcp", "443", _PACKAGES
    for source in dict.fromkeys(each for workspace in workspaces for each in of_unknown_hosts(graph, workspace)):
        yield graph.target.name, _from(subnet), f"the hosts of {source}", "tcp", "443", _PACKAGES


def _of_lent(graphs: Sequence[Graph], graph: Graph, subnet: Entry) -> Iterator[tuple[object, ...]]:
    """Answers find no way back to a network that is joined to the hub alone, unless they go to the appliance."""
    for entry, of_nodes, ports in used_by_nodes(graph):
        for prefix in endpoints_at(graphs, entry) if of_nodes == subnet else ():
            why = f"call {entry.address}; the firewall puts its own address in the place of theirs"
            yield graph.target.name, _from(subnet), code(prefix), "tcp", ", ".join(map(str, ports)), why


def waiting(plans: Sequence[Plan]) -> Iterator[tuple[str, Fragment, str, Fragment]]:
    """The private endpoints that somebody lets in by hand, with where what they lead to lies."""
    for plan in plans:
        graph = plan.graph
        for name in (DERIVED_PRIVATE_ENDPOINTS.name, PRIVATE_ENDPOINTS.name):
            for entry in graph.section(name):
                endpoint = entry.model
                if isinstance(endpoint, PrivateEndpoint) and endpoint.request_message and not entry.existing:
                    shown = code(name_of(endpoint, entry))
                    yield graph.target.name, shown, endpoint.resource, _place(graph, endpoint)


def _place(graph: Graph, endpoint: PrivateEndpoint) -> Fragment:
    resource = graph.entries.get(endpoint.resource)
    if resource is None:
        return code(endpoint.resource)
    if isinstance(endpoint, DerivedEndpoint) and endpoint.id_at != OF_ITSELF:
        return code(ROWS[resource.section].inner_group.format(name=resource.azure_name))
    return code(resource_group_of(resource, graph.target)[1])


def ranges(plans: Sequence[Plan]) -> Iterator[tuple[object, ...]]:
    """What is taken in networks of others: the ranges of ours that are joined to them."""
    for plan in plans:
        graph = plan.graph
        for peering in graph.section("peerings"):
            here, there = graph.entries[str(peering.parent)], graph.entries.get(f"virtual_networks.{peering.name}")
            if there is not None and here.existing != there.existing:
                ours, theirs = (there, here) if here.existing else (here, there)
                taken = ", ".join(map(str, ours.body.get("address_space") or ()))
                yield graph.target.name, code(ours.azure_name), code(taken), code(theirs.azure_name)


def _from(subnet: Entry) -> str:
    return code(", ".join(prefixes_of(subnet)) or subnet.address)


def zones(plans: Sequence[Plan]) -> Iterator[tuple[object, ...]]:
    """The zones of others in which private endpoints are registered: they have to be there before."""
    for plan in plans:
        for identifier, named in zones_of_others(plan.graph).items():
            shown = first_names(named, _SHOWN)
            asked = Fragment("; ".join(_asked_in(plan.graph, identifier)))
            yield plan.graph.target.name, code(identifier), shown, asked


def _asked_in(graph: Graph, zone: str) -> Iterator[str]:
    """The networks in which its names are asked, and how each comes to an answer: one that exists nobody links here."""
    address = graph.addresses_by_id[zone]
    derived = (each.model for each in graph.section(DERIVED_LINKS.name))
    linked = {each.network for each in derived if isinstance(each, DerivedLink) and each.of == address}
    linked |= {each.name for each in graph.section("links") if each.parent == address}
    for network in asking(graph, f"virtual_networks.{graph.network.virtual_network}"):
        if network.name in linked:
            yield f"{code(network.azure_name)}, whose link is handed over"
        elif resolvers_of(network):
            yield f"{code(network.azure_name)}, by its own servers"
        elif network.existing:
            yield f"{code(network.azure_name)}, once its owner has linked it or its servers know it"


def zones_of_others(graph: Graph) -> dict[str, list[str]]:
    """The same of one target: ids of zones, with what is reached by names in each."""
    registered: dict[str, list[str]] = {}
    for entry in graph.section(DERIVED_PRIVATE_ENDPOINTS.name):
        endpoint = entry.model
        assert isinstance(endpoint, PrivateEndpoint)
        for zone in zones_of(endpoint, graph).values():
            if isinstance(zone, Of) and graph.entries[zone.address].existing:
                registered.setdefault(zone.address, []).append(endpoint.resource)
    return {str(graph.entries[each].id): list(dict.fromkeys(named)) for each, named in sorted(registered.items())}

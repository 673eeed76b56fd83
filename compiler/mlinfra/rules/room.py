"""Rules of the room that computes have in a network: addresses for their nodes, and none that Docker takes."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from mlinfra.azure.networks import KEPT_BY_AZURE
from mlinfra.diagnostics import Code, Diagnostic, Related, Where, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages.azureml.compute_clusters import MAX_INSTANCES
from mlinfra.languages.azureml.sections.computes import COMPUTE_CLUSTERS
from mlinfra.languages.platform.network.network_security_groups import prefixes_of
from mlinfra.languages.platform.network.private_endpoints import (
    DERIVED_PRIVATE_ENDPOINTS,
    PRIVATE_ENDPOINTS,
    PrivateEndpoint,
)
from mlinfra.languages.platform.network.virtual_networks import SUBNETS, VirtualNetwork, is_made
from mlinfra.reach.callers import callers
from mlinfra.reach.packets import ranges
from mlinfra.rules.free_ranges import NARROWEST, bits_for, free_range
from mlinfra.rules.rule import over_graph, owned

_TRAINING = "https://learn.microsoft.com/azure/machine-learning/how-to-secure-training-vnet"
OVER_DOCKER = Code(
    "MLI409",
    "error",
    "Network with addresses that Docker takes on each node",
    "Docker's own bridge is 172.17.0.0/16: what a node sends to an address of that range never leaves it",
    "Give the network another address_space",
    "https://learn.microsoft.com/azure/machine-learning/how-to-secure-workspace-vnet",
)
NO_ROOM = Code(
    "MLI365",
    "error",
    "Subnet with fewer addresses than what may be in it",
    "Each node and each private endpoint takes an address, and Azure keeps five of each subnet: what is beyond fails",
    "Give the subnet a wider address_prefix; in a subnet of computes, fewer max_instances of the clusters help, too",
    _TRAINING,
)
DELEGATED = Code(
    "MLI366",
    "error",
    "Computes in a subnet that is delegated",
    "A delegated subnet belongs to its service: Azure ML places no nodes there",
    "Leave delegation out, or name another subnet",
    _TRAINING,
)
TOO_SMALL = Code(
    "MLI824",
    "error",
    "Subnet smaller than Azure takes",
    "Azure keeps five addresses of each subnet, and takes none smaller than /29 nor wider than /2",
    "Write a range of at least eight addresses, such as 10.60.0.0/29",
    "https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq",
)
DOCKER = ipaddress.IPv4Network("172.17.0.0/16")
ADDRESSES_OF_A_WORKSPACE = 3  # default, notebook, inference
WIDEST = 2  # bits of a subnet's range; the same page


def _networks_leave_docker_its_addresses(graph: Graph) -> Iterator[Diagnostic]:
    for entry, network in owned(graph, "virtual_networks", VirtualNetwork):
        for index, written in enumerate(network.address_space):
            if any(each.overlaps(DOCKER) for each in ranges([written])):
                message = f"{written} of {entry.address} shares addresses with {DOCKER}, which is Docker's on each node"
                yield finding(OVER_DOCKER, message, at(entry, ("address_space", index)), "write another range")


def _subnets_are_of_a_size_that_azure_takes(graph: Graph) -> Iterator[Diagnostic]:
    for subnet in graph.section(SUBNETS.name):
        if is_made(subnet, graph.entries[subnet.parent or ""]):
            for each in ranges(prefixes_of(subnet) or []):
                if not WIDEST <= each.prefixlen <= NARROWEST:
                    size = (
                        "smaller than a subnet may be" if each.prefixlen > NARROWEST else "wider than a subnet may be"
                    )
                    free = free_range(graph, subnet, NARROWEST) if each.prefixlen > NARROWEST else None
                    help = f"write {free}, which is free" if free else None
                    yield finding(TOO_SMALL, f"{each} of {subnet.address} is {size}", _at_prefix(subnet), help)


def _subnets_have_room(graph: Graph) -> Iterator[Diagnostic]:
    for subnet, computes in _computes_by_subnet(graph):
        nodes = sum(map(_nodes, computes))
        room = _room(subnet)
        if room is not None and nodes > room:
            named = f"{computes[0].address}" + (f" and {len(computes) - 1} more" if computes[1:] else "")
            related = [Related(f"{each.address} is written here", each.key) for each in computes]
            message = f"{subnet.address} has {room} addresses, and {named} may have {nodes} nodes"
            help = f"{_wider(graph, subnet, nodes)}, or fewer max_instances: {room} nodes in all"
            yield finding(NO_ROOM, message, _at_prefix(subnet), help, related)


def _subnets_have_room_for_endpoints(graph: Graph) -> Iterator[Diagnostic]:
    """A workspace's takes three addresses, any other one; docs, "Secure an Azure Machine Learning workspace"."""
    endpoints: dict[str, int] = {}
    for name in (DERIVED_PRIVATE_ENDPOINTS.name, PRIVATE_ENDPOINTS.name):
        for entry in graph.section(name):
            if isinstance(entry.model, PrivateEndpoint):
                takes = ADDRESSES_OF_A_WORKSPACE if entry.model.group == "amlworkspace" else 1
                endpoints[entry.model.subnet] = endpoints.get(entry.model.subnet, 0) + takes
    for address, taken in endpoints.items():
        subnet = graph.entries.get(address)
        room = _room(subnet) if subnet else None
        if subnet and room is not None and taken > room:
            message = f"{address} has {room} addresses, and its private endpoints take {taken}"
            yield finding(NO_ROOM, message, _at_prefix(subnet), _wider(graph, subnet, taken))


def _wider(graph: Graph, subnet: Entry, addresses: int) -> str:
    """What to write, so that so many addresses are free."""
    bits = bits_for(addresses)
    free = free_range(graph, subnet, bits)
    return f"write {free}, which is free" if free else f"write a range of /{bits} or wider"


def _room(subnet: Entry) -> int | None:
    """How many addresses of a subnet may be taken; None where it says no ranges."""
    prefixes = prefixes_of(subnet)
    return max(0, sum(each.num_addresses - KEPT_BY_AZURE for each in ranges(prefixes))) if prefixes else None


def _at_prefix(subnet: Entry) -> Where:
    return at(subnet, ("address_prefix" if "address_prefix" in subnet.body else "address_prefixes",))


def _subnets_are_not_delegated(graph: Graph) -> Iterator[Diagnostic]:
    for subnet, computes in _computes_by_subnet(graph):
        if subnet.body.get("delegation"):
            message = f"{subnet.address} is delegated, and {computes[0].address} is to lie in it"
            yield finding(DELEGATED, message, at(subnet, ("delegation",)), "leave it out")


def _computes_by_subnet(graph: Graph) -> list[tuple[Entry, list[Entry]]]:
    found: dict[str, tuple[Entry, list[Entry]]] = {}
    has_subnets = any(True for _ in graph.section(SUBNETS.name))
    for caller in callers(graph) if has_subnets else ():
        compute = graph.entries.get(caller.shown)
        if caller.kind == "nodes" and caller.subnet is not None and compute is not None:
            found.setdefault(caller.subnet.address, (caller.subnet, []))[1].append(compute)
    return list(found.values())


def _nodes(compute: Entry) -> int:
    """How many nodes a cluster may have; an instance is one."""
    written = compute.body.get("max_instances", MAX_INSTANCES if compute.section == COMPUTE_CLUSTERS.name else 1)
    return written if isinstance(written, int) else 1


def _have_room(graph: Graph) -> Iterator[Diagnostic]:
    yield from _subnets_have_room(graph)
    yield from _subnets_have_room_for_endpoints(graph)


RULES = (
    over_graph(OVER_DOCKER, _networks_leave_docker_its_addresses),
    over_graph(TOO_SMALL, _subnets_are_of_a_size_that_azure_takes),
    over_graph(NO_ROOM, _have_room),
    over_graph(DELEGATED, _subnets_are_not_delegated),
)

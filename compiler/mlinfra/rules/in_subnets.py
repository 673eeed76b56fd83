"""Rules of what lies in a subnet, and of what lets one in: both go by where its network is and what it says."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.derive.nodes import nodes
from mlinfra.diagnostics import Code, Diagnostic, Related, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages import ROWS
from mlinfra.languages.platform.access import Acls
from mlinfra.languages.platform.network.private_endpoints import PRIVATE_ENDPOINTS, PrivateEndpoint
from mlinfra.languages.platform.network.virtual_networks import SUBNETS, is_made
from mlinfra.resolve.naming import region_of
from mlinfra.rules.rule import over_graph, owned
from mlinfra.source.tree import Path

IN_ANOTHER_REGION = Code(
    "MLI889",
    "error",
    "Nodes or private endpoint in a network of another region",
    "What lies in a subnet is in the region of its network: Azure makes neither nodes nor private endpoints elsewhere, "
    "and a compute instance only where its workspace is",
    "Write the location of the network, or name a subnet of a network in that region: networks are peered across them",
    "https://learn.microsoft.com/azure/machine-learning/how-to-secure-training-vnet",
)
NO_SERVICE_ENDPOINT = Code(
    "MLI890",
    "error",
    "Subnet that is let in, and has no service endpoint",
    "A list of subnets goes by service endpoints: Azure refuses one without, as all that it sends comes from addresses "
    "of the internet",
    "Write service_endpoints in the subnet, or leave it out of network_acls.subnets",
    "https://learn.microsoft.com/azure/storage/common/storage-network-security",
)


_SAY_WHERE = ("compute_clusters", PRIVATE_ENDPOINTS.name)  # what may lie elsewhere than its workspace, or its target


def _what_lies_in_a_network_is_in_its_region(graph: Graph) -> Iterator[Diagnostic]:
    for entry, subnet, places in _lying(graph):
        network = graph.entries[str(subnet.parent)]
        own, theirs = (region_of(each, graph.entries, graph.target) for each in (entry, network))
        if (network.existing and not network.body.get("location")) or own == theirs:
            continue
        message = f"{entry.address} is in {own}, and {network.address}, in which it is to lie, in {theirs}"
        related = (Related(f"{network.address} is written here", network.key),)
        place = next((path for path in places if entry.body.get(str(path[0]))), ())
        help = f"write location: {theirs}" if entry.section in _SAY_WHERE else f"name a subnet in {own}"
        yield finding(IN_ANOTHER_REGION, message, at(entry, place, on_key=not place), help, related)


def _lying(graph: Graph) -> Iterator[tuple[Entry, Entry, tuple[Path, ...]]]:
    """What lies in a subnet, and where a body says in which region, or else in which subnet."""
    for each in nodes(graph):
        field = "serverless_compute" if each.are_serverless else "network_settings"
        if each.subnet is not None:
            yield each.of, each.subnet, (("location",), (field,))
    for entry, endpoint in owned(graph, PRIVATE_ENDPOINTS.name, PrivateEndpoint):
        subnet = graph.entries.get(endpoint.subnet)
        if subnet is not None and endpoint.location is not None:  # else it is where its network is
            yield entry, subnet, (("location",),)


def _subnets_that_are_let_in_have_a_service_endpoint(graph: Graph) -> Iterator[Diagnostic]:
    for entry in graph.entries.values():
        acls = getattr(entry.model, "network_acls", None)
        for place, named in enumerate(acls.subnets) if isinstance(acls, Acls) and not entry.existing else ():
            subnet = graph.entries.get(graph.addresses_by_id.get(named, named))
            if (
                subnet is None
                or subnet.section != SUBNETS.name
                or not is_made(subnet, graph.entries[str(subnet.parent)])
            ):
                continue
            service = str(ROWS[entry.section].resource_type).partition("/")[0]
            has = [str(each).lower() for each in subnet.body.get("service_endpoints") or ()]
            if not any(each in (service.lower(), f"{service}.Global".lower()) for each in has):
                message = f"{entry.address} lets {subnet.address} in, which has no service endpoint of {service}"
                related = (Related(f"{subnet.address} is written here", subnet.key),)
                where = at(entry, ("network_acls", "subnets", place))
                help = f"add service_endpoints: [{service}] to {subnet.address}"
                yield finding(NO_SERVICE_ENDPOINT, message, where, help, related)


RULES = (
    over_graph(IN_ANOTHER_REGION, _what_lies_in_a_network_is_in_its_region),
    over_graph(NO_SERVICE_ENDPOINT, _subnets_that_are_let_in_have_a_service_endpoint),
)

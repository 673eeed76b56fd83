"""Where nodes lie: those of clusters and instances, and of serverless jobs, whose workspace manages no network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mlinfra.derive.workspace import members, unmanaged
from mlinfra.graph import Entry, Graph
from mlinfra.languages.platform.network.virtual_networks import SUBNETS


class Nodes(NamedTuple):
    """The nodes of a compute, or those of the serverless jobs of a workspace, which is then both."""

    of: Entry
    workspace: Entry
    subnet: Entry | None  # none where nobody says one

    @property
    def are_serverless(self) -> bool:
        return self.of is self.workspace

    @property
    def have_addresses(self) -> bool:
        """Whether each has an address of the internet, as it has where nobody says otherwise (SDK)."""
        if self.are_serverless:
            return self.of.body["serverless_compute"].get("no_public_ip") is not True
        return self.of.body.get("enable_node_public_ip") is not False


def nodes(graph: Graph) -> tuple[Nodes, ...]:
    return graph.once(_nodes)


def subnets_of_nodes(graph: Graph) -> tuple[Entry, ...]:
    """The subnets in which nodes lie, each once."""
    return tuple({each.subnet.address: each.subnet for each in nodes(graph) if each.subnet is not None}.values())


def _nodes(graph: Graph) -> tuple[Nodes, ...]:
    return tuple(each for workspace in unmanaged(graph) for each in _nodes_of(graph, workspace))


def _nodes_of(graph: Graph, workspace: Entry) -> Iterator[Nodes]:
    for compute in members(graph, workspace, "compute_clusters", "compute_instances"):
        subnet = _subnet(graph, compute, "network_settings", "subnet")
        if subnet or not compute.body.get("network_settings"):
            yield Nodes(compute, workspace, subnet)
    if subnet := _subnet(graph, workspace, "serverless_compute", "custom_subnet"):
        yield Nodes(workspace, workspace, subnet)


def _subnet(graph: Graph, entry: Entry, field: str, key: str) -> Entry | None:
    """The entry of the subnet that a body names, by its address, its id, or the names of its network and its own."""
    settings = entry.body.get(field)
    settings = settings if isinstance(settings, Mapping) else {}
    written = str(settings.get(key))
    address = graph.bound(entry.address, field, key) or graph.addresses_by_id.get(written)
    if address is None and settings.get("vnet_name"):
        return _named(graph, str(settings["vnet_name"]), written)
    subnet = graph.entries.get(address or "")
    return subnet if subnet and subnet.section == SUBNETS.name else None


def _named(graph: Graph, network: str, subnet: str) -> Entry | None:
    """The subnet of these names on Azure, which tells no case apart there."""
    for each in graph.section(SUBNETS.name):
        above = graph.entries[str(each.parent)]
        if (above.azure_name.lower(), each.azure_name.lower()) == (network.lower(), subnet.lower()):
            return each
    return None

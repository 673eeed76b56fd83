"""Who calls, and from where: nodes in a subnet, nodes in a managed network, agents of pipelines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mlinfra.derive import workspace as around
from mlinfra.derive.private_endpoints import closed, peers
from mlinfra.diagnostics import Where
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages.azureml.compute_clusters import has_managed_network
from mlinfra.languages.platform.network.virtual_networks import SUBNETS
from mlinfra.reach.databricks import clusters, has_bundles, workspaces
from mlinfra.reach.gap import Caller


def callers(graph: Graph) -> tuple[Caller, ...]:
    return graph.once(_callers)


def subnets_of_nodes(graph: Graph) -> tuple[Entry, ...]:
    """The subnets in which nodes lie, each once."""
    nodes = (each.subnet for each in callers(graph) if each.kind == "nodes" and each.subnet is not None)
    return tuple({subnet.address: subnet for subnet in nodes}.values())


def _callers(graph: Graph) -> tuple[Caller, ...]:
    return (*_of_workspaces(graph), *_agents(graph), *_people(graph), *clusters(graph), *_outside_of_databricks(graph))


def _of_workspaces(graph: Graph) -> Iterator[Caller]:
    for workspace in around.workspaces(graph):
        if has_managed_network(workspace, graph):
            yield Caller(workspace.address, at(workspace), "managed", workspace, None, None)
        else:
            yield from _nodes(graph, workspace)


def _nodes(graph: Graph, workspace: Entry) -> Iterator[Caller]:
    for compute in around.members(graph, workspace, "compute_clusters", "compute_instances"):
        subnet = _subnet(graph, compute, "network_settings", "subnet")
        if subnet or not compute.body.get("network_settings"):
            network = graph.entries[str(subnet.parent)] if subnet else None
            yield Caller(compute.address, at(compute), "nodes", workspace, network, subnet)
    if subnet := _subnet(graph, workspace, "serverless_compute", "custom_subnet"):
        network = graph.entries[str(subnet.parent)]
        shown = f"serverless jobs of {workspace.address}"
        yield Caller(shown, at(workspace), "nodes", workspace, network, subnet)


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


def _people(graph: Graph) -> Iterator[Caller]:
    """Who works in a workspace comes from networks of someone else's to which that of its endpoints is joined."""
    for network in _of_others(graph):
        for workspace in around.workspaces(graph):
            shown = f"who works in {workspace.address} from {network.address}"
            yield Caller(shown, at(workspace), "people", workspace, network, None)


def _outside_of_databricks(graph: Graph) -> Iterator[Caller]:
    """Who deploys bundles, and who works there, where neither comes from the internet."""
    agents = graph.once(_agents_inside)
    for workspace, _ in workspaces(graph):
        if agents and has_bundles(graph, workspace):
            shown, where, network = agents
            yield Caller(shown, where, "bundles", workspace, network, None)
        for network in _of_others(graph):
            shown = f"who works in {workspace.address} from {network.address}"
            yield Caller(shown, at(workspace), "analysts", workspace, network, None)


def keepers(graph: Graph) -> Iterator[tuple[Caller, Entry]]:
    """Who looks after each resource that is closed: people, who come as others do, with what they look after."""
    networks = _of_others(graph)
    for entry in closed(graph) if networks else ():
        for network in networks:
            shown = f"who looks after {entry.address} from {network.address}"
            yield Caller(shown, at(entry), "people", entry, network, None), entry


def _of_others(graph: Graph) -> list[Entry]:
    """The networks of someone else's to which that of the platform's endpoints is joined."""
    own = f"virtual_networks.{graph.network.virtual_network}"
    return [network for network in peers(graph, own) if network.existing] if graph.network.is_private else []


def _agents(graph: Graph) -> Iterator[Caller]:
    """Those of the pool that deploys, submits jobs and scores, where it says in which network they are."""
    if agents := graph.once(_agents_inside):
        shown, where, network = agents
        for workspace in around.workspaces(graph):
            yield Caller(shown, where, "agents", workspace, network, None)


def _agents_inside(graph: Graph) -> tuple[str, Where, Entry] | None:
    pipelines = graph.header.pipelines
    inside = pipelines.pool.of_deployments.inside if pipelines else None
    network = graph.entries.get(f"virtual_networks.{inside}")
    if pipelines is None or network is None:
        return None
    where = Where(graph.header.value_at("pipelines", *pipelines.pool.key_of_deployments, "inside"), "pipelines")
    return f'agents of the pool "{pipelines.pool.of_deployments.name}"', where, network

"""Who calls, and from where: nodes in a subnet, nodes in a managed network, agents of pipelines."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.derive import workspace as around
from mlinfra.derive.nodes import nodes
from mlinfra.derive.private_endpoints import asking, closed, has_its_own, peers
from mlinfra.diagnostics import Where
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages import ROWS
from mlinfra.languages.azureml.compute_clusters import has_managed_network
from mlinfra.reach.databricks import clusters, has_bundles, workspaces
from mlinfra.reach.gap import Caller


def callers(graph: Graph) -> tuple[Caller, ...]:
    return graph.once(_callers)


def _callers(graph: Graph) -> tuple[Caller, ...]:
    return (*_of_workspaces(graph), *_agents(graph), *_people(graph), *clusters(graph), *_outside_of_databricks(graph))


def _of_workspaces(graph: Graph) -> Iterator[Caller]:
    inside = nodes(graph)
    for workspace in around.workspaces(graph):
        if has_managed_network(workspace, graph):
            yield Caller(workspace.address, at(workspace), "managed", workspace, None, None)
        for each in (each for each in inside if each.workspace is workspace):
            network = graph.entries[str(each.subnet.parent)] if each.subnet else None
            shown = f"serverless jobs of {workspace.address}" if each.are_serverless else each.of.address
            yield Caller(shown, at(each.of), "nodes", workspace, network, each.subnet, each.have_addresses)


def _people(graph: Graph) -> Iterator[Caller]:
    """Who works in a workspace comes from networks of someone else's to which that of its endpoints is joined."""
    for network in _of_others(graph):
        for workspace in around.workspaces(graph):
            shown = f"who works in {workspace.address} from {network.address}"
            yield Caller(shown, at(workspace), "people", workspace, network, None)


def _outside_of_databricks(graph: Graph) -> Iterator[Caller]:
    """Who deploys bundles, and who works there, where neither comes from the internet."""
    agents = agents_inside(graph)
    for workspace, _ in workspaces(graph):
        if agents and has_bundles(graph, workspace):
            shown, where, network = agents
            yield Caller(shown, where, "bundles", workspace, network, None)
        for network in _of_others(graph):
            shown = f"who works in {workspace.address} from {network.address}"
            yield Caller(shown, at(workspace), "analysts", workspace, network, None)


def keepers(graph: Graph) -> Iterator[tuple[Caller, Entry]]:
    """Who looks after each resource that is closed: people, who come as others do, with what they look after.

    And who works with what another target made, where that is reached in this one.
    """
    networks = _of_others(graph)
    lent = (entry for entry in graph.entries.values() if ROWS[entry.section].closed_as and has_its_own(graph, entry))
    for entry in (*closed(graph), *lent) if networks else ():
        for network in networks:
            shown = f"who looks after {entry.address} from {network.address}"
            yield Caller(shown, at(entry), "people", entry, network, None), entry


def who_asks(graph: Graph, entry: Entry) -> Iterator[Caller]:
    """Whoever asks for the names of a resource, in each network in which that is to be answered."""
    for network in asking(graph, f"virtual_networks.{graph.network.virtual_network}"):
        yield Caller(f"who asks in {network.address}", at(entry), "people", entry, network, None)


def _of_others(graph: Graph) -> list[Entry]:
    """The networks of someone else's to which that of the platform's endpoints is joined."""
    own = f"virtual_networks.{graph.network.virtual_network}"
    return [network for network in peers(graph, own) if network.existing] if graph.network.is_private else []


def _agents(graph: Graph) -> Iterator[Caller]:
    """Those of the pool that deploys, submits jobs and scores, where it says in which network they are."""
    if agents := agents_inside(graph):
        shown, where, network = agents
        for workspace in around.workspaces(graph):
            yield Caller(shown, where, "agents", workspace, network, None)


def agents_inside(graph: Graph) -> tuple[str, Where, Entry] | None:
    """Those of the pool that deploys, where it says in which network: what they are called, where, and that one."""
    return graph.once(_agents_inside)


def _agents_inside(graph: Graph) -> tuple[str, Where, Entry] | None:
    pipelines = graph.header.pipelines
    inside = pipelines.pool.of_deployments.inside if pipelines else None
    network = graph.entries.get(f"virtual_networks.{inside}")
    if pipelines is None or network is None:
        return None
    where = Where(graph.header.value_at("pipelines", *pipelines.pool.key_of_deployments, "inside"), "pipelines")
    return f'agents of the pool "{pipelines.pool.of_deployments.name}"', where, network

"""Rules of computes in a network of one's own: of what Azure refuses when the nodes are to be placed there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mlinfra.azure.ids import is_resource_id
from mlinfra.derive.private_endpoints import lacks_subnet, reached
from mlinfra.derive.workspace import members, workspaces
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages.azureml.compute_clusters import has_managed_network
from mlinfra.rules.rule import over_graph
from mlinfra.source.tree import Path

NO_WAY_HOME = Code(
    "MLI567",
    "error",
    "Nodes without a public address, and no private endpoint of their workspace",
    "Nodes reach the workspace by its private endpoint or by addresses of their own: without either Azure refuses the "
    "compute, \"EnableNodePublicIp 'False' requires workspace private endpoint\"",
    "Let the nodes have addresses, write network.inbound: private, or network.outbound: internet or approved",
    "https://learn.microsoft.com/azure/machine-learning/how-to-secure-training-vnet",
)
OTHER_SUBSCRIPTION = Code(
    "MLI568",
    "error",
    "Nodes in a network of another subscription than their workspace",
    "Azure ML places nodes in networks of the workspace's own subscription only",
    "Name a subnet of that subscription: networks of others are peered with it",
    "https://learn.microsoft.com/azure/machine-learning/how-to-secure-training-vnet",
)


class _Nodes(NamedTuple):
    """Nodes that no managed network holds, as somebody wrote them; whose they are, and where that is said."""

    entry: Entry
    workspace: Entry
    are_hidden: bool  # they have no public address
    subnet: Any  # its id or its name, if anything
    hiding: Path  # where the body says that they are hidden
    placing: Path  # where it names the subnet


def _nodes_reach_their_workspace(graph: Graph) -> Iterator[Diagnostic]:
    for nodes in _outside_managed_networks(graph) if not lacks_subnet(graph) else ():
        if nodes.are_hidden and nodes.workspace.address not in reached(graph):
            message = f"nodes of {nodes.entry.address} have no public address, and no private endpoint leads to"
            where = at(nodes.entry, nodes.hiding)
            help = f"leave {nodes.hiding[-1]} out, or write network.outbound: internet or approved"
            yield finding(NO_WAY_HOME, f"{message} {nodes.workspace.address}", where, help)


def _nodes_are_in_the_subscription_of_their_workspace(graph: Graph) -> Iterator[Diagnostic]:
    own = graph.target.subscription
    for nodes in _outside_managed_networks(graph):
        if _subscription_of(nodes.subnet) not in (None, own):
            message = f"{nodes.entry.address} is in a subnet of another subscription than {nodes.workspace.address}"
            help = f"name a subnet of subscription {own}"
            yield finding(OTHER_SUBSCRIPTION, message, at(nodes.entry, nodes.placing), help)


def _outside_managed_networks(graph: Graph) -> Iterator[_Nodes]:
    for workspace in workspaces(graph):
        if has_managed_network(workspace, graph):
            continue
        yield _nodes_of_serverless(workspace)
        for compute in members(graph, workspace, "compute_clusters", "compute_instances"):
            yield _nodes_of(compute, workspace)


def _nodes_of_serverless(workspace: Entry) -> _Nodes:
    field = "serverless_compute"
    settings = _settings(workspace, field)
    hidden, subnet = settings.get("no_public_ip") is True, settings.get("custom_subnet")
    return _Nodes(workspace, workspace, hidden, subnet, (field, "no_public_ip"), (field, "custom_subnet"))


def _nodes_of(compute: Entry, workspace: Entry) -> _Nodes:
    field = "enable_node_public_ip"
    subnet = _settings(compute, "network_settings").get("subnet")
    hidden = compute.body.get(field) is False
    return _Nodes(compute, workspace, hidden, subnet, (field,), ("network_settings", "subnet"))


def _subscription_of(subnet: Any) -> str | None:
    """The subscription of a subnet; None where that is not said, as of one that has only a name."""
    return subnet.split("/")[2].lower() if isinstance(subnet, str) and is_resource_id(subnet) else None


def _settings(entry: Entry, field: str) -> Mapping[str, Any]:
    found = entry.body.get(field)
    return found if isinstance(found, Mapping) else {}


RULES = (
    over_graph(NO_WAY_HOME, _nodes_reach_their_workspace),
    over_graph(OTHER_SUBSCRIPTION, _nodes_are_in_the_subscription_of_their_workspace),
)

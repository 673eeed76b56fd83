"""Which registries of images an approved network lets its computes through to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mlinfra.azure.base_images import REGISTRY
from mlinfra.derive.workspace import APPROVED, isolation_mode, workspaces
from mlinfra.graph import Entry, Graph
from mlinfra.languages.platform.network.outbound_rules import FqdnRule, OutboundRule, PrivateEndpointRule

_OF_AZURE = ".azurecr."  # in the hosts of registries on Azure, behind the name


def unreached_from(graph: Graph, entry: Entry, registry: str) -> str | None:
    """The address of an entry's workspace, if its network is an approved one and lets nothing to a registry."""
    reached = graph.once(_reached).get(str(entry.additions.get("workspace")))
    if reached is None:
        return None
    workspace, hosts, names = reached
    is_ours = _OF_AZURE in registry and registry.partition(".")[0] in names
    return None if is_ours or any(_covers(host, registry) for host in hosts) else workspace


def _reached(graph: Graph) -> Mapping[str, tuple[str, frozenset[str], frozenset[str]]]:
    """By workspace with an approved network: its address, the hosts that it lets through, and names of registries."""
    return {
        workspace.name: (
            workspace.address,
            frozenset(_hosts(graph, workspace)),
            frozenset(_names(graph, workspace)),
        )
        for workspace in workspaces(graph)
        if isolation_mode(workspace) == APPROVED
    }


def _hosts(graph: Graph, workspace: Entry) -> Iterator[str]:
    """The registries and hosts that a network lets through by their names."""
    yield from (REGISTRY, *graph.network.hosts_by_source)
    for rule in _rules(graph, workspace):
        if isinstance(rule.destination, FqdnRule):
            yield rule.destination.host


def _names(graph: Graph, workspace: Entry) -> Iterator[str]:
    """The names of the registries on Azure that are written, or to which a private endpoint leads."""
    yield from (registry.azure_name for registry in graph.section("container_registries"))
    for rule in _rules(graph, workspace):
        if isinstance(rule.destination, PrivateEndpointRule):
            yield rule.destination.resource.rpartition("/")[2].lower()


def _rules(graph: Graph, workspace: Entry) -> Iterator[OutboundRule]:
    models = (rule.model for rule in graph.section("outbound_rules"))
    return (each for each in models if isinstance(each, OutboundRule) and each.workspace == workspace.address)


def _covers(host: str, registry: str) -> bool:
    """Whether a rule for a host is one for a registry, or for a host of which its images come."""
    base = host.removeprefix("*.").lower()
    return base == registry or base.endswith(f".{registry}") or (host != base and registry.endswith(f".{base}"))

"""Who calls a workspace of Databricks or its lakes: clusters in two subnets, agents that deploy bundles, people."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.azure.networks import OF_DATABRICKS, Needed
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages.platform.databricks.databricks_workspaces import (
    DATABRICKS_WORKSPACES,
    SUBNETS,
    DatabricksWorkspace,
    link_of,
    rules_of,
)
from mlinfra.languages.platform.storage.inside import CONTAINERS
from mlinfra.languages.vault_references import vault_references
from mlinfra.reach.gap import Caller

_CLOSED_TO_CLUSTERS, _CLOSED_TO_PEOPLE = ("back", "both"), ("both",)


def clusters(graph: Graph) -> Iterator[Caller]:
    """The machines of clusters, in both subnets of a workspace of ours."""
    for workspace, model in workspaces(graph):
        for field in SUBNETS if model.is_hybrid else ():
            subnet = graph.entries.get(graph.bound(workspace.address, field) or "")
            if subnet:
                network = graph.entries[str(subnet.parent)]
                yield Caller(f"clusters of {workspace.address}", at(workspace), "clusters", workspace, network, subnet)


def workspaces(graph: Graph) -> Iterator[tuple[Entry, DatabricksWorkspace]]:
    for entry in graph.section(DATABRICKS_WORKSPACES.name):
        if isinstance(entry.model, DatabricksWorkspace) and not entry.existing:
            yield entry, entry.model


def is_led_by_endpoints(graph: Graph, caller: Caller) -> bool:
    """Whether there is no way to the workspace but a private endpoint, for clusters, or for who comes from outside."""
    model = caller.workspace.model
    closed = _CLOSED_TO_CLUSTERS if caller.kind == "clusters" else _CLOSED_TO_PEOPLE
    return isinstance(model, DatabricksWorkspace) and link_of(model, graph) in closed


def has_public_addresses(workspace: Entry) -> bool:
    """Whether each machine of a workspace's clusters has one, and needs nobody else's to get out."""
    return isinstance(workspace.model, DatabricksWorkspace) and not workspace.model.no_public_ip


def has_bundles(graph: Graph, workspace: Entry) -> bool:
    return workspace.name in graph.once(_with_bundles)


def _with_bundles(graph: Graph) -> set[object]:
    return {entry.additions.get(DATABRICKS_WORKSPACES.name) for entry in graph.entries.values() if not entry.existing}


def lakes(graph: Graph, workspace: Entry) -> list[Entry]:
    """The accounts in whose containers lies what a workspace has in Unity Catalog."""
    found: dict[str, Entry] = {}
    for entry in graph.entries.values():
        if entry.additions.get(DATABRICKS_WORKSPACES.name) == workspace.name:
            for edge in graph.edges_from(entry.address):
                target = graph.entries[edge.target]
                if target.section == CONTAINERS.name and target.parent:
                    found[target.parent] = graph.entries[target.parent]
    return list(found.values())


def vaults(graph: Graph, workspace: Entry) -> list[Entry]:
    """The vaults of which whoever deploys the bundles of a workspace reads secrets."""
    found: dict[str, Entry] = {}
    for entry in graph.entries.values():
        if entry.additions.get(DATABRICKS_WORKSPACES.name) == workspace.name and not entry.existing:
            for path, _, _ in vault_references(entry):
                if vault := graph.bound(entry.address, *path, "vault"):
                    found[vault] = graph.entries[vault]
    return list(found.values())


def public_services(graph: Graph, caller: Caller) -> Iterator[Needed]:
    """What clusters reach of Azure's public services, whatever endpoints there are."""
    model = caller.workspace.model
    is_led_by_tags = isinstance(model, DatabricksWorkspace) and rules_of(model, graph) == "all_rules"
    for needed in OF_DATABRICKS:
        if needed.direction == "outbound" and needed.ports and (needed.when != "databricks" or is_led_by_tags):
            yield needed

"""Rules of the network: who reaches the platform, what a mode asks for, and what a managed network excludes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from mlinfra.derive.accounts import leads
from mlinfra.derive.encryption import encrypted
from mlinfra.derive.grants import LINKED_BY_ENDPOINTS
from mlinfra.derive.private_endpoints import lacks_subnet, reached
from mlinfra.derive.serverless import runs_serverless
from mlinfra.derive.workspace import holders, members, workspaces
from mlinfra.diagnostics import Code, Diagnostic, Related, Span, Where, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.graph.half_read import PARTS_OF_NETWORKS
from mlinfra.header.network import Network
from mlinfra.languages import ROWS, SECTIONS
from mlinfra.languages.azureml.compute_clusters import has_managed_network
from mlinfra.languages.databricks.forms import VAULT
from mlinfra.languages.platform.access import Acls, allowed_ips, instances, is_closed, lets_azure_in
from mlinfra.languages.platform.network.outbound_rules import OutboundRule, PrivateEndpointRule
from mlinfra.languages.platform.network.private_endpoints import PRIVATE_ENDPOINTS, PrivateEndpoint
from mlinfra.rules.rule import over_graph, owned
from mlinfra.source import tree

INBOUND_UNWRITTEN = Code(
    "MLI432",
    "error",
    "Production without network.inbound",
    "Whether the world may knock is decided by a person, never by a default",
    "Write network.inbound",
    "docs/language.md#modes",
    misses=("network.inbound", "network.outbound"),
)
OPEN_BEHIND_ADDRESSES = Code(
    "MLI433",
    "error",
    "Closed storage that computes outside a managed network can't reach",
    "Outside a managed network computes have addresses that change; what lets only listed ones in turns them away",
    "Write outbound: internet or approved, or leave allowed_ips out",
    "https://learn.microsoft.com/azure/machine-learning/how-to-managed-network",
    misses=("network.inbound", "network.outbound"),
)
PUBLIC_PRODUCTION = Code(
    "MLI434",
    "warning",
    "Production that the whole internet reaches",
    "Entra alone then guards data and models; one stolen sign-in is enough",
    "Write network.allowed_ips, or say on that line why not: # mlinfra: ignore MLI434 because …",
    "docs/language.md#modes",
    misses=("network.inbound", "network.outbound"),
)
HOSTED_AGENTS = Code(
    "MLI435",
    "error",
    "Closed storage that Microsoft-hosted agents can't reach",
    "Agents of Microsoft come from addresses that nobody knows ahead, so what lets only allowed_ips in turns them away",
    "Name a pool of your own, whose addresses are in allowed_ips",
    "https://learn.microsoft.com/azure/devops/pipelines/agents/hosted",
    misses=PARTS_OF_NETWORKS,
)
NO_BYPASS = Code(
    "MLI436",
    "error",
    "Firewall that shuts out Azure's trusted services",
    "Azure Machine Learning reaches storage, vaults and registries as a trusted service, and only past the rules, and "
    "so does Databricks the vaults of secret scopes",
    "Write bypass: azure_services, or leave bypass out; on storage, or name each workspace in resource_instances",
    "https://learn.microsoft.com/azure/machine-learning/how-to-secure-workspace-vnet",
)
LIST_WITHOUT_EFFECT = Code(
    "MLI437",
    "warning",
    "List of who comes in beside default_action: allow",
    "With default_action allow everyone comes in, whatever is listed",
    "Leave default_action out",
    "https://learn.microsoft.com/azure/storage/common/storage-network-security",
)
UNREACHABLE = Code(
    "MLI438",
    "error",
    "Resource with neither public access nor a private endpoint",
    "Public access is disabled, and no private endpoint leads there, as the platform has no managed network",
    "Leave public_network_access out, write network.outbound: internet or approved, or add a private endpoint",
    "https://learn.microsoft.com/azure/machine-learning/how-to-managed-network",
    misses=PARTS_OF_NETWORKS,
)
SUBNET_IN_MANAGED_NETWORK = Code(
    "MLI439",
    "error",
    "Compute with a subnet in a managed network",
    "Where Azure ML manages the network, computes live in that network and nowhere else",
    "Leave network_settings.subnet out, or write managed_network: {isolation_mode: disabled} in its workspace",
    "https://learn.microsoft.com/azure/machine-learning/how-to-managed-network",
    misses=("network.outbound", "workspaces.managed_network"),
)
OTHER_REGION = Code(
    "MLI440",
    "error",
    "Compute in another region than its managed network",
    "A managed network lies in the region of its workspace, and so must its computes",
    "Leave location out",
    "https://learn.microsoft.com/azure/machine-learning/how-to-managed-network",
)
TWO_KINDS_OF_ENDPOINT = Code(
    "MLI441",
    "error",
    "Private and service endpoint on one resource",
    "Azure ML's managed network takes no private endpoint to a resource that subnets reach by service endpoints",
    "Leave network_acls.subnets out",
    "https://learn.microsoft.com/azure/machine-learning/how-to-managed-network",
)


def _production_says_who_comes_in(graph: Graph) -> Iterator[Diagnostic]:
    if graph.target.mode == "production" and graph.network.inbound is None:
        message = "network.inbound is not written, and production has no default"
        yield _finding(INBOUND_UNWRITTEN, message, graph, "inbound", "write inbound: public or private")


def _closed_storage_has_a_managed_network(graph: Graph) -> Iterator[Diagnostic]:
    network: Network = graph.network
    key, closes = ("inbound", "inbound: private closes") if network.is_private else ("allowed_ips", "allowed_ips close")
    is_closed_to_others = network.is_private or network.allowed_ips
    if is_closed_to_others and network.outbound == "open" and (turned := next(outside_of_networks(graph), None)):
        message = f"{closes} storage, vaults and registries to computes, whose network is open"
        related = (Related(f"{turned.address} lies in no network", at(turned).span),)
        where = Where(place_of(graph, key), "network")
        inside = ", or outbound: vnet with compute_subnet: <a subnet of virtual_network>" if network.is_private else ""
        yield finding(OPEN_BEHIND_ADDRESSES, message, where, f"write outbound: internet or approved{inside}", related)
    for workspace in () if network.is_private or network.allowed_ips else workspaces(graph):
        if not has_managed_network(workspace, graph) and any(_work(graph, workspace)):
            yield from _closed_to_addresses_that_change(graph, workspace)


def _closed_to_addresses_that_change(graph: Graph, workspace: Entry) -> Iterator[Diagnostic]:
    """What a workspace uses, and its own list closes.

    A subnet that is let in may be that of the computes; of public access that is off another rule speaks.
    """
    used, lie_in_networks = _used_by(graph, workspace), not any(_outside_of_networks(graph, workspace))
    led_to = {endpoint.resource for _, endpoint in owned(graph, PRIVATE_ENDPOINTS.name, PrivateEndpoint)}
    for entry, acls, model in _with_acls(graph):
        if model.public_network_access == "disabled" or acls.subnets:
            continue
        if lie_in_networks and entry.address in led_to:
            continue  # whether each of them reaches the private endpoint, other rules say
        if entry.address in used and is_closed(acls, graph.network, model.public_network_access):
            message = f"{entry.address} turns computes of {workspace.address} away, whose addresses change"
            help = f"write managed_network: {{isolation_mode: allow_internet_outbound}} in {workspace.address}"
            yield finding(OPEN_BEHIND_ADDRESSES, message, at(entry, ("network_acls",), on_key=True), help)


def outside_of_networks(graph: Graph) -> Iterator[Entry]:
    """What runs in no network, whether managed or one's own, of all workspaces."""
    for workspace in workspaces(graph):
        if not has_managed_network(workspace, graph):
            yield from _outside_of_networks(graph, workspace)


def _outside_of_networks(graph: Graph, workspace: Entry) -> Iterator[Entry]:
    """What of a workspace runs in no network of one's own: no private endpoint is within its reach."""
    has_subnet = bool((workspace.body.get("serverless_compute") or {}).get("custom_subnet"))
    for each in _work(graph, workspace):
        row = ROWS[each.section]
        lies_in_one = bool(each.body.get("network_settings")) if row.has_nodes else row.is_work
        if not lies_in_one or (row.is_work and not has_subnet and runs_serverless(each.body)):
            yield each


def _work(graph: Graph, workspace: Entry) -> Iterator[Entry]:
    """What runs in a workspace: computes, and what runs without any that is written."""
    return members(graph, workspace, *(row.name for row in SECTIONS if row.has_nodes or row.is_work or row.is_a_slot))


def is_open(graph: Graph) -> bool:
    """Whether a target of production answers the whole internet."""
    is_public = graph.network.inbound == "public" and not graph.network.allowed_ips
    return graph.target.mode == "production" and is_public


def _production_is_not_public(graph: Graph) -> Iterator[Diagnostic]:
    if is_open(graph):
        message = "the whole internet reaches production"
        hosted = " and a pool of your own agents, as hosted ones come from anywhere" if _image(graph) else ""
        help = f"write allowed_ips{hosted}, or ignore this with a reason"
        yield _finding(PUBLIC_PRODUCTION, message, graph, "inbound", help)


def _image(graph: Graph) -> str | None:
    """The hosted image on which pipelines deploy, None where they do so on agents of their own, or there are none."""
    return graph.header.pipelines.pool.of_deployments.vmImage if graph.header.pipelines else None


def _agents_come_from_known_addresses(graph: Graph) -> Iterator[Diagnostic]:
    pipelines, image = graph.header.pipelines, _image(graph)
    if pipelines and image and (graph.network.allowed_ips or graph.network.is_private):
        outside = (
            "are outside of the private network"
            if graph.network.is_private
            else "come from none of network.allowed_ips"
        )
        message = f'agents on the hosted image "{image}" {outside}'
        key = pipelines.pool.key_of_deployments
        help = f"name a pool of your own: {key[-1]}: {{name: …}}"
        place = graph.header.value_at("pipelines", *key, "vmImage")
        yield finding(HOSTED_AGENTS, message, Where(place, "pipelines"), help)


def _services_of_azure_come_in(graph: Graph) -> Iterator[Diagnostic]:
    for entry, acls, _ in _with_acls(graph):
        if not lets_azure_in(acls) and not _lets_workspaces_in(graph, entry, acls):
            scopes = [edge.source for edge in graph.edges_to(entry.address) if edge.form == VAULT.name]
            message = f"{entry.address} shuts Azure Machine Learning out"
            if scopes:
                message = f"{entry.address} shuts Databricks out, which reads it for {', '.join(scopes)}"
            yield finding(NO_BYPASS, message, at(entry, ("network_acls", "bypass")), "write bypass: azure_services")


def _lets_workspaces_in(graph: Graph, entry: Entry, acls: Acls) -> bool:
    """Whether each workspace that uses it comes in by itself, which lets in less than all trusted services do.

    Source: docs, "Secure an Azure Machine Learning workspace with virtual networks", resource instances.
    """
    users = [each for each in holders(graph) if entry.address in _used_by(graph, each)]
    named = [str(each if isinstance(each, str) else each.id) for each in instances(acls)]
    ids = [re.escape(str(graph.entries[each].id if each in graph.entries else each).lower()) for each in named]
    patterns = [each.replace(r"\*", "[^/]+") for each in ids]
    return bool(users) and all(any(re.fullmatch(each, str(user.id).lower()) for each in patterns) for user in users)


def _used_by(graph: Graph, workspace: Entry) -> set[str]:
    """What a workspace is linked to, and the accounts to which its datastores, jobs and assets lead."""
    linked = {graph.bound(workspace.address, field) for field in LINKED_BY_ENDPOINTS}
    led = {lead.account for lead in leads(graph, workspace)}
    return {address for address in linked | led if address}


def _lists_of_addresses_close(graph: Graph) -> Iterator[Diagnostic]:
    for entry, acls, _ in _with_acls(graph):
        addresses = allowed_ips(acls, graph.network) or acls.subnets
        listed = "addresses" if addresses else "resources" if instances(acls) else None
        if acls.default_action == "allow" and listed and not _holds_keys_of_registries(graph, entry):
            message = f"{entry.address} lets everyone in, though {listed} are listed"
            yield finding(LIST_WITHOUT_EFFECT, message, at(entry, ("network_acls", "default_action")))


def _holds_keys_of_registries(graph: Graph, vault: Entry) -> bool:
    """Whether a vault has to be open: registries read their keys from outside. What a workspace keeps there has not."""
    readers = {each.entry.section for each in encrypted(graph) if each.vault == vault.address}
    keeps_secrets = any(edge.path == ("key_vault",) for edge in graph.edges_to(vault.address))
    return "container_registries" in readers and not keeps_secrets


def _something_reaches_each_resource(graph: Graph) -> Iterator[Diagnostic]:
    workspaces = graph.section("workspaces")
    modes = [has_managed_network(each, graph) for each in workspaces] or [graph.network.is_managed]
    if any(modes) or lacks_subnet(graph):
        return
    for entry, _, model in _with_acls(graph):
        if model.public_network_access == "disabled" and entry.address not in reached(graph):
            message = f"nothing reaches {entry.address}: public access is disabled, and there is no managed network"
            yield finding(UNREACHABLE, message, at(entry, ("public_network_access",)))


def _with_acls(graph: Graph) -> Iterator[tuple[Entry, Acls, Any]]:
    for entry in graph.entries.values():
        acls = getattr(entry.model, "network_acls", None)
        if isinstance(acls, Acls) and not entry.existing:
            yield entry, acls, entry.model


def _computes_live_in_the_managed_network(graph: Graph) -> Iterator[Diagnostic]:
    for compute in _computes(graph):
        settings = compute.body.get("network_settings")
        if isinstance(settings, dict) and settings.get("subnet"):
            message = f"{compute.address} has a subnet, and lives in the managed network of its workspace"
            yield finding(SUBNET_IN_MANAGED_NETWORK, message, at(compute, ("network_settings", "subnet"), on_key=True))


def _computes_live_in_the_region_of_the_network(graph: Graph) -> Iterator[Diagnostic]:
    for compute in _computes(graph):
        region = compute.body.get("location")
        workspace = graph.entries.get(f"workspaces.{compute.additions.get('workspace')}")
        home = (workspace.body.get("location") if workspace else None) or graph.target.location
        if region and region != home:
            message = f"{compute.address} is in {region}, and the managed network of its workspace in {home}"
            yield finding(OTHER_REGION, message, at(compute, ("location",)))


def _computes(graph: Graph) -> Iterator[Entry]:
    for row in SECTIONS:
        for compute in graph.section(row.name) if row.layer == "compute" else ():
            workspace = graph.entries.get(f"workspaces.{compute.additions.get('workspace')}")
            if has_managed_network(workspace, graph) if workspace else graph.network.is_managed:
                yield compute


def _one_kind_of_endpoint_each(graph: Graph) -> Iterator[Diagnostic]:
    for _, rule in owned(graph, "outbound_rules", OutboundRule):
        destination = rule.destination
        entry = graph.entries.get(destination.resource) if isinstance(destination, PrivateEndpointRule) else None
        acls = getattr(entry.model, "network_acls", None) if entry else None
        if entry and isinstance(acls, Acls) and acls.subnets:
            message = f"{entry.address} is reached by service endpoints, and by a private endpoint of {rule.workspace}"
            yield finding(TWO_KINDS_OF_ENDPOINT, message, at(entry, ("network_acls", "subnets"), on_key=True))


def _finding(code: Code, message: str, graph: Graph, key: str, help: str | None = None) -> Diagnostic:
    return finding(code, message, Where(place_of(graph, key), "network"), help)


def place_of(graph: Graph, key: str) -> Span:
    """Where a key of `network` is written: in the target's overrides, else in the header.

    Else where it would stand: without `network`, at the first target of this mode, so that all of them share a place.
    """
    overrides = tree.child(graph.target.overrides, "network") if graph.target.overrides else None
    for written in (overrides, graph.header.network):
        value = tree.child(written, key) if written else None
        if value is not None:
            return value.span
    alike = (target.span for target in graph.header.targets if target.mode == graph.target.mode)
    return graph.header.keys.get("network") or next(alike)


RULES = (
    over_graph(INBOUND_UNWRITTEN, _production_says_who_comes_in),
    over_graph(OPEN_BEHIND_ADDRESSES, _closed_storage_has_a_managed_network),
    over_graph(PUBLIC_PRODUCTION, _production_is_not_public),
    over_graph(HOSTED_AGENTS, _agents_come_from_known_addresses),
    over_graph(NO_BYPASS, _services_of_azure_come_in),
    over_graph(LIST_WITHOUT_EFFECT, _lists_of_addresses_close),
    over_graph(UNREACHABLE, _something_reaches_each_resource),
    over_graph(SUBNET_IN_MANAGED_NETWORK, _computes_live_in_the_managed_network),
    over_graph(OTHER_REGION, _computes_live_in_the_region_of_the_network),
    over_graph(TWO_KINDS_OF_ENDPOINT, _one_kind_of_endpoint_each),
)

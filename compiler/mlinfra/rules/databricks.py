"""Rules of Databricks workspaces and access connectors: networks that are whole, and fields that go together."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from mlinfra.azure.networks import DATABRICKS
from mlinfra.diagnostics import Code, Diagnostic, Related, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages.key_places import FIELD
from mlinfra.languages.platform.databricks.databricks_access_connectors import (
    DATABRICKS_ACCESS_CONNECTORS,
    DatabricksAccessConnector,
)
from mlinfra.languages.platform.databricks.databricks_workspaces import (
    DATABRICKS_WORKSPACES,
    SUBNETS,
    DatabricksWorkspace,
    link_of,
    managed_group,
    rules_of,
)
from mlinfra.languages.platform.encryption_of_databricks import DISKS, PLACES, refuses_key
from mlinfra.languages.platform.network.network_security_groups import prefixes_of
from mlinfra.languages.platform.network.private_endpoints import PRIVATE_ENDPOINTS, PrivateEndpoint
from mlinfra.resolve.naming import region_of, resource_group_of
from mlinfra.rules.rule import over_graph, owned
from mlinfra.source.tree import Path

GROUPS_OF_A_ROOT = ("blob", "dfs")
SMALLEST = 26  # the longest prefix that Azure takes for a subnet of Databricks
_OF_HYBRID = ("virtual_network", *SUBNETS, "managed_resource_group", "required_rules", "access_connector")
_NETWORK = "https://learn.microsoft.com/azure/databricks/security/network/classic/vnet-inject"
HALF_A_NETWORK = Code(
    "MLI541",
    "error",
    "Databricks in a network that is not whole",
    "Clusters take two subnets of one network, of /26 or larger, which nothing else may use, in the subscription and "
    "region of the workspace; Azure refuses anything else when it deploys, and moves no workspace later",
    "Write virtual_network, host_subnet and container_subnet, two subnets for this workspace alone",
    _NETWORK,
)
EXCLUDED = Code(
    "MLI542",
    "error",
    "Field of a Databricks workspace that another one excludes",
    "Serverless workspaces have no network and no account of their own, private link and compliance need premium, "
    "standards of compliance need hardened images and updates, private endpoints of clusters exclude "
    "public addresses of theirs, a workspace that the internet does not reach is reached by both ways of private link, "
    "each of which leaves rules of its own, and a closed account is reached as an access connector only, from a "
    "network of yours without public addresses",
    "Leave one of the two out",
    "https://learn.microsoft.com/azure/databricks/security/network/classic/private-link",
)
NO_LAKE = Code(
    "MLI543",
    "error",
    "Access connector to what Unity Catalog can't use",
    "External locations lie in data lakes: an account without a hierarchical namespace is none, and a connector "
    "without an identity reaches nothing",
    "Write hierarchical_namespace: true in the account, and let the connector have an identity",
    "https://learn.microsoft.com/azure/databricks/connect/unity-catalog/cloud-storage/azure-managed-identities",
)
FAR_KEY = Code(
    "MLI881",
    "error",
    "Key of disks in another region",
    "The disks of clusters are encrypted by a disk encryption set, which takes keys of vaults of its own region alone",
    "Name a vault in the region of the workspace under customer_managed_key.disks; the other keys may lie elsewhere",
    "https://learn.microsoft.com/azure/virtual-machines/disk-encryption",
)


ROOT_OUT_OF_REACH = Code(
    "MLI893",
    "warning",
    "Closed account of a workspace that its clusters do not reach",
    "The account that the service makes holds libraries, logs and the root of the file system: behind its firewall "
    "clusters in your network reach it by private endpoints alone, one to blob and one to dfs",
    "Add both to private_endpoints; their resource is the id of the account in the group that the service makes",
    "https://github.com/Azure/bicep-registry-modules/issues/5283",
)


def _networks_are_whole(graph: Graph) -> Iterator[Diagnostic]:
    users: dict[str, Entry] = {}
    for entry, workspace in owned(graph, DATABRICKS_WORKSPACES.name, DatabricksWorkspace):
        written = [field for field in ("virtual_network", *SUBNETS) if getattr(workspace, field)]
        missing = [field for field in ("virtual_network", *SUBNETS) if field not in written]
        if workspace.is_hybrid and written and missing:
            message = f"{entry.address} has {written[0]}, and no {missing[0]}"
            yield finding(HALF_A_NETWORK, message, at(entry, (written[0],), on_key=True), f"write {missing[0]}, too")
        elif workspace.is_hybrid and not written and (link := link_of(workspace, graph)) != "none":
            message = f"clusters of {entry.address} have no network in which a private endpoint could be"
            if link == "front":
                message = (
                    f"{entry.address} has no network, and without one takes no private endpoint, for people neither"
                )
            help = "write virtual_network, host_subnet and container_subnet"
            yield finding(HALF_A_NETWORK, message, at(entry), help)
        yield from _network_is_near(graph, entry)
        for field in SUBNETS:
            yield from _has_a_subnet_to_itself(graph, entry, field, users)


def _network_is_near(graph: Graph, entry: Entry) -> Iterator[Diagnostic]:
    """Docs, "Deploy Azure Databricks in your Azure virtual network": a network of the same subscription and region."""
    network = graph.entries.get(graph.bound(entry.address, "virtual_network") or "")
    if network is None or network.made_in:
        return
    where, own = at(entry, ("virtual_network",)), graph.target.subscription
    there = resource_group_of(network, graph.target)[0]
    if there.lower() != own.lower():
        message = f"{network.address} lies in subscription {there}, and {entry.address} in {own}"
        yield finding(HALF_A_NETWORK, message, where, "write a network of the same subscription")
    regions = [region_of(each, graph.entries, graph.target) for each in (entry, network)]
    if regions[0] != regions[1] and (network.body.get("location") or not network.existing):
        message = f"{network.address} lies in {regions[1]}, and {entry.address} in {regions[0]}"
        yield finding(HALF_A_NETWORK, message, where, "write a network of the same region")


def _has_a_subnet_to_itself(graph: Graph, entry: Entry, field: str, users: dict[str, Entry]) -> Iterator[Diagnostic]:
    address = graph.bound(entry.address, field)
    if address is None:
        return
    subnet, where = graph.entries[address], at(entry, (field,))
    if address in users:
        message = f"{address} is taken by {users[address].address} already"
        related = (Related("it is written here", users[address].key),)
        yield finding(HALF_A_NETWORK, message, where, "write a subnet of its own", related)
    users.setdefault(address, entry)
    delegation = subnet.body.get("delegation")
    if delegation and str(delegation).lower() != DATABRICKS.lower() and not graph.entries[subnet.parent or ""].existing:
        message = f"{address} is delegated to {delegation}"
        yield finding(HALF_A_NETWORK, message, where, f"leave its delegation out: it follows, and is {DATABRICKS}")
    for prefix in prefixes_of(subnet):
        if _is_too_small(prefix):
            message = f"{address} is {prefix}, smaller than /{SMALLEST}"
            yield finding(HALF_A_NETWORK, message, where, f"write a range of /{SMALLEST} or larger there")


def _is_too_small(prefix: str) -> bool:
    try:
        return ipaddress.IPv4Network(prefix, strict=False).prefixlen > SMALLEST
    except ValueError:
        return False


def _fields_go_together(graph: Graph) -> Iterator[Diagnostic]:
    for entry, workspace in owned(graph, DATABRICKS_WORKSPACES.name, DatabricksWorkspace):
        for field in _OF_HYBRID if not workspace.is_hybrid else ():
            if getattr(workspace, field) is not None:
                yield _excludes(entry, field, f"compute_mode: serverless excludes {field}")
        yield from _keys_have_something_to_encrypt(entry, workspace)
        for message in _of_a_closed_root(workspace):
            yield _excludes(entry, "default_storage_firewall", message)
        if workspace.is_hybrid:
            yield from _ways_go_together(graph, entry, workspace)
        compliance = workspace.compliance
        for field in ("security_monitoring", "cluster_updates") if compliance and compliance.standards else ():
            if not getattr(compliance, field):
                message = f"compliance.standards exclude {field}: false"
                yield _excludes(entry, ("compliance", field), message)
        if workspace.sku == "standard":
            for field in ("compliance", "private_link"):
                if getattr(workspace, field) not in (None, "none"):
                    yield _excludes(entry, field, f"{field} needs sku: premium")
        if workspace.private_link not in (None, "none") and not graph.network.is_private:
            yield _excludes(
                entry, "private_link", "private_link needs network.inbound: private, where endpoints are made"
            )


def _of_a_closed_root(workspace: DatabricksWorkspace) -> Iterator[str]:
    """Docs, "Enable firewall support for your workspace storage account", requirements."""
    if not workspace.default_storage_firewall:
        return
    if workspace.access_connector is None:
        yield "default_storage_firewall needs an access_connector"
    if workspace.is_hybrid and not any(getattr(workspace, field) for field in ("virtual_network", *SUBNETS)):
        yield "default_storage_firewall needs virtual_network, from which clusters then reach the account"
    if not workspace.no_public_ip:
        yield "default_storage_firewall needs no_public_ip: true"
    if workspace.sku == "standard":
        yield "default_storage_firewall needs sku: premium"


def _ways_go_together(graph: Graph, entry: Entry, workspace: DatabricksWorkspace) -> Iterator[Diagnostic]:
    """Docs, "Configure Private Link": closed to the internet it is reached by both ways, and each leaves its rules."""
    link = link_of(workspace, graph)
    if graph.network.is_private and link in ("back", "both") and not workspace.no_public_ip:
        message = "no_public_ip: false excludes private endpoints of clusters, which private_link makes"
        yield _excludes(entry, "no_public_ip", message)
    if _has_endpoints_of_its_own(graph, entry):
        return
    if workspace.public_network_access == "disabled" and link != "both":
        message = "public_network_access: disabled needs private_link: both, by which people and clusters then come"
        yield _excludes(entry, "public_network_access", message)
    due = rules_of(workspace.model_copy(update={"required_rules": None}), graph)
    if workspace.required_rules not in (None, due):
        message = f"required_rules: {workspace.required_rules} excludes private_link: {link}, which leaves {due}"
        yield _excludes(entry, "required_rules", message)


def _has_endpoints_of_its_own(graph: Graph, entry: Entry) -> bool:
    """Whether somebody wrote private endpoints that lead to it, in whatever network."""
    written = (each for each in graph.section(PRIVATE_ENDPOINTS.name) if each.because is None)
    return any(edge.target == entry.address for each in written for edge in graph.edges_from(each.address))


def _keys_have_something_to_encrypt(entry: Entry, workspace: DatabricksWorkspace) -> Iterator[Diagnostic]:
    for place in PLACES:
        path = (FIELD, place)
        if getattr(workspace.customer_managed_key, place, None) and (refused := refuses_key(entry, path)):
            yield _excludes(entry, path, f"{refused}, and {place} names a key")


def _excludes(entry: Entry, field: str | Path, message: str) -> Diagnostic:
    path = (field,) if isinstance(field, str) else field
    return finding(EXCLUDED, f"{message}, in {entry.address}", at(entry, path, on_key=True), "leave one of them out")


def _roots_are_reached(graph: Graph) -> Iterator[Diagnostic]:
    for entry, workspace in owned(graph, DATABRICKS_WORKSPACES.name, DatabricksWorkspace):
        if not (workspace.default_storage_firewall and workspace.is_hybrid and workspace.virtual_network):
            continue
        group = f"resourceGroups/{managed_group(workspace, entry)}/providers/Microsoft.Storage/storageAccounts/"
        led_to = {
            endpoint.group
            for _, endpoint in owned(graph, PRIVATE_ENDPOINTS.name, PrivateEndpoint)
            if group.lower() in endpoint.resource.lower()
        }
        missing = [each for each in GROUPS_OF_A_ROOT if each not in led_to]
        if missing:
            parts, named = " and ".join(missing), "properties: {parameters: {storageAccountName: {value: <name>}}}"
            message = f"no private endpoint leads clusters of {entry.address} to {parts} of its closed account"
            help = (
                f"add private_endpoints: {{root-{missing[0]}: {{resource: /subscriptions/…/{group}<name>, group: "
                f"{missing[0]}, subnet: …}}}}; {named} of the workspace says its name before it is made"
            )
            yield finding(ROOT_OUT_OF_REACH, message, at(entry, ("default_storage_firewall",), on_key=True), help)


def _connectors_lead_to_lakes(graph: Graph) -> Iterator[Diagnostic]:
    for entry, connector in owned(graph, DATABRICKS_ACCESS_CONNECTORS.name, DatabricksAccessConnector):
        if not connector.system_identity and not connector.identities:
            message, help = f"{entry.address} has no identity", "leave system_identity out, or write identities"
            yield finding(NO_LAKE, message, at(entry, ("system_identity",), on_key=True), help)
        for index in range(len(connector.storage)):
            address = graph.bound(entry.address, "storage", index)
            account = graph.entries.get((address or "").partition(".containers.")[0])
            if account and not account.existing and not account.body.get("hierarchical_namespace"):
                message = f"{account.address} has no hierarchical namespace, and so is no lake"
                help = f"write hierarchical_namespace: true in {account.address}"
                yield finding(NO_LAKE, message, at(entry, ("storage", index)), help)


def _keys_of_disks_are_near(graph: Graph) -> Iterator[Diagnostic]:
    for entry, _ in owned(graph, DATABRICKS_WORKSPACES.name, DatabricksWorkspace):
        vault = graph.entries.get(graph.bound(entry.address, FIELD, DISKS, "key_vault") or "")
        if vault and not vault.existing:  # of others nobody knows
            here, there = (region_of(each, graph.entries, graph.target) for each in (entry, vault))
            if here != there:
                message = (
                    f"{vault.address}, with the key of the disks of {entry.address}, lies in {there}, not in {here}"
                )
                yield finding(FAR_KEY, message, at(entry, (FIELD, DISKS, "key_vault")))


RULES = (
    over_graph(FAR_KEY, _keys_of_disks_are_near),
    over_graph(HALF_A_NETWORK, _networks_are_whole),
    over_graph(EXCLUDED, _fields_go_together),
    over_graph(NO_LAKE, _connectors_lead_to_lakes),
    over_graph(ROOT_OUT_OF_REACH, _roots_are_reached),
)

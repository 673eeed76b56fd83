"""workspaces: the body of Azure ML becomes the workspace in Bicep, secure where nothing was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlinfra.azure.casing import camel, snake
from mlinfra.graph import Entry, Graph
from mlinfra.languages.bound import id_at
from mlinfra.languages.resource import Location, Of, Resource, Tags, merged

LINKED = {  # field of the body -> property of the resource
    "storage_account": "storageAccount",
    "key_vault": "keyVault",
    "application_insights": "applicationInsights",
    "container_registry": "containerRegistry",
}
HELD_BY_THE_KEY = {  # field of the key -> property of the encryption: accounts of one's own for what Azure ML keeps
    "cosmosdb_id": "cosmosDbResourceId",
    "storage_id": "storageAccountResourceId",
    "search_id": "searchAccountResourceId",
}
ISOLATION_MODES = {  # as the SDK writes them -> as ARM does (SDK: IsolationMode)
    "disabled": "Disabled",
    "allow_internet_outbound": "AllowInternetOutbound",
    "allow_only_approved_outbound": "AllowOnlyApprovedOutbound",
}


def resources(entry: Entry, graph: Graph) -> Iterator[Resource]:
    yield _resource(entry, graph, "Default", _properties(entry, graph))


def hubs(entry: Entry, graph: Graph) -> Iterator[Resource]:
    group = entry.body.get("default_resource_group")
    config = {"workspaceHubConfig": {"defaultWorkspaceResourceGroup": group}} if group else {}
    yield _resource(entry, graph, "Hub", _properties(entry, graph) | config)


def projects(entry: Entry, graph: Graph) -> Iterator[Resource]:
    """What a project says itself, and where its traces go; all else is its hub's (D:concept-hub-workspace)."""
    body = entry.body
    properties = {
        "friendlyName": body.get("display_name"),
        "description": body.get("description"),
        "hubResourceId": id_at(graph, entry, "hub_id"),
        "applicationInsights": id_at(graph, entry, "application_insights"),
        "primaryUserAssignedIdentity": id_at(graph, entry, "primary_user_assigned_identity"),
    }
    yield _resource(entry, graph, "Project", properties)


def _resource(entry: Entry, graph: Graph, kind: str, described: dict[str, Any]) -> Resource:
    body = entry.body
    written = entry.additions.get("properties") or {}
    properties = {name: value for name, value in described.items() if value is not None}
    return Resource(
        address=entry.address,
        type="Microsoft.MachineLearningServices/workspaces",
        names=(entry.azure_name,),
        layer="workspace",
        body={
            "location": Location(body.get("location")),
            "tags": Tags(body.get("tags") or {}),
            "kind": kind,
            "sku": {"name": "Basic", "tier": "Basic"},
            "identity": identity(body.get("identity") or {}, lambda key: _assigned(entry, graph, key)),
            "properties": merged(properties, written),
        },
        owner=entry.address,
        because=entry.because,
        properties_written=bool(written),
    )


def _properties(entry: Entry, graph: Graph) -> dict[str, Any]:
    body = entry.body
    return {
        "friendlyName": body.get("display_name"),
        "description": body.get("description"),
        "discoveryUrl": body.get("discovery_url"),
        **{name: id_at(graph, entry, field) for field, name in LINKED.items()},
        "primaryUserAssignedIdentity": id_at(graph, entry, "primary_user_assigned_identity"),
        "publicNetworkAccess": _public_network_access(body),
        "v1LegacyMode": False,
        "hbiWorkspace": bool(body.get("hbi_workspace")),
        "enableDataIsolation": bool(body.get("enable_data_isolation")),
        "systemDatastoresAuthMode": _auth_mode(body),
        "imageBuildCompute": _image_build_compute(entry, graph),
        "encryption": _encryption(entry, graph),
        "serverlessComputeSettings": _serverless_compute(entry, graph),
        "managedNetwork": _managed_network(body),
        "provisionNetworkNow": body.get("provision_network_now"),
    }


def identity(body: Mapping[str, Any], assigned: Any) -> dict[str, Any]:
    """The `identity` of an ARM resource; `assigned` gives the resource of a key or place of the body's list."""
    kind = snake(body.get("type") or "system_assigned")
    users = body.get("user_assigned_identities") or {}
    keys = list(users) if isinstance(users, Mapping) else list(range(len(users)))
    types = {"system_assigned": "SystemAssigned", "user_assigned": "UserAssigned", "none": "None"}
    result: dict[str, Any] = {"type": types.get(kind, "SystemAssigned,UserAssigned")}
    if keys:
        result["userAssignedIdentities"] = {assigned(key): {} for key in keys}
    return result


def _assigned(entry: Entry, graph: Graph, key: str) -> Of | str:
    bound = graph.bound(entry.address, "identity", "user_assigned_identities", key)
    return Of(bound) if bound else key


def _auth_mode(body: Mapping[str, Any]) -> str:
    """How its own datastores sign in; the client's word for keys has no border between its words."""
    mode = camel(snake(body.get("system_datastores_auth_mode") or "identity"))
    return "AccessKey" if mode == "Accesskey" else mode


def _public_network_access(body: Mapping[str, Any]) -> str:
    return camel(snake(body.get("public_network_access") or "enabled"))


def _image_build_compute(entry: Entry, graph: Graph) -> str | None:
    bound = graph.bound(entry.address, "image_build_compute")  # a name: the cluster is made after the workspace
    return graph.entries[bound].azure_name if bound else entry.body.get("image_build_compute")


def _encryption(entry: Entry, graph: Graph) -> dict[str, Any] | None:
    key = entry.body.get("customer_managed_key")
    if not key:
        return None
    identity = id_at(graph, entry, "primary_user_assigned_identity")  # else the system-assigned one fetches the key
    vault = id_at(graph, entry, "customer_managed_key", "key_vault")
    properties = {
        "status": "Enabled",
        "identity": {"userAssignedIdentity": identity} if identity else None,
        "keyVaultProperties": {"keyVaultArmId": vault, "keyIdentifier": _key_with_version(entry, graph)},
        **{name: key.get(field) for field, name in HELD_BY_THE_KEY.items()},
    }
    return {name: value for name, value in properties.items() if value is not None}


def _key_with_version(entry: Entry, graph: Graph) -> Of | str | None:
    """The address of the version that is the newest when it is deployed: a workspace takes no key without one."""
    bound = graph.bound(entry.address, "customer_managed_key", "key_uri")
    return Of(bound, "properties.keyUriWithVersion") if bound else entry.body["customer_managed_key"].get("key_uri")


def _serverless_compute(entry: Entry, graph: Graph) -> dict[str, Any] | None:
    settings = entry.body.get("serverless_compute")
    if settings is None:
        return None
    result: dict[str, Any] = {"serverlessComputeNoPublicIP": bool(settings.get("no_public_ip"))}
    if settings.get("custom_subnet") not in (None, "None"):  # azure-ai-ml: how its own text of none is written
        result["serverlessComputeCustomSubnet"] = settings["custom_subnet"]
    return result


def _managed_network(body: Mapping[str, Any]) -> dict[str, Any] | None:
    network = body.get("managed_network")
    if not network:
        return None
    mode = snake(network.get("isolation_mode") or "disabled")
    firewall_sku = network.get("firewall_sku") or "standard"  # as the SDK sends it, whatever the mode
    return {"isolationMode": ISOLATION_MODES[mode], "firewallSku": camel(snake(firewall_sku))}

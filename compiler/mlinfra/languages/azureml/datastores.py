"""datastores: a workspace's named way to a container, share or lake; in Bicep, its secrets are read from a vault."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mlinfra.azure.casing import snake
from mlinfra.azure.clouds import cloud
from mlinfra.graph import Entry, Graph
from mlinfra.languages.azureml.datastore_credentials import credentials
from mlinfra.languages.resource import Of, Resource, merged

TYPES = {  # type of the body -> datastoreType, and the fields that become properties
    "azure_blob": ("AzureBlob", {"container_name": "containerName"}),
    "azure_file": ("AzureFile", {"file_share_name": "fileShareName"}),
    "azure_data_lake_gen1": ("AzureDataLakeGen1", {"store_name": "storeName"}),
    "azure_data_lake_gen2": ("AzureDataLakeGen2", {"filesystem": "filesystem"}),
    "one_lake": ("OneLake", {"one_lake_workspace_name": "oneLakeWorkspaceName", "endpoint": "endpoint"}),
}
SIGNS_IN_AS = ("service_data_access_auth_identity",)  # no field of the SDK: the edge of a datastore to whom it names
WITH_AN_ENDPOINT_OF_STORAGE = ("AzureBlob", "AzureFile", "AzureDataLakeGen2")


def resources(entry: Entry, graph: Graph) -> Iterator[Resource]:
    workspace = f"workspaces.{entry.additions['workspace']}"
    written = entry.additions.get("properties") or {}
    properties = {name: value for name, value in _properties(entry, graph).items() if value is not None}
    yield Resource(
        address=entry.address,
        type="Microsoft.MachineLearningServices/workspaces/datastores",
        names=(graph.entries[workspace].azure_name, entry.azure_name),
        layer="workspace",
        parent=workspace,
        body={"properties": merged(properties, written)},
        owner=entry.address,
        because=entry.because,
        properties_written=bool(written),
    )


def _properties(entry: Entry, graph: Graph) -> dict[str, Any]:
    body = entry.body
    kind, fields = TYPES[snake(body["type"])]
    account = graph.bound(entry.address, "account_name")
    properties = {
        "description": body.get("description"),
        "tags": body.get("tags"),
        "datastoreType": kind,
        "accountName": Of(account, "name") if account else body.get("account_name"),
        **{name: _name_at(graph, entry, field) for field, name in fields.items()},
    }
    if kind == "OneLake":
        properties["artifact"] = {"artifactType": "LakeHouse", "artifactName": body["artifact"]["name"]}
    if has_an_endpoint_of_storage(entry):
        properties |= {
            "endpoint": body.get("endpoint") or cloud(graph.header.cloud).storage_suffix,
            "protocol": body.get("protocol") or "https",
        }
    if signs_in := credentials(entry, graph):
        return {**properties, "credentials": signs_in}
    return {
        **properties,
        **_identity_of_the_service(entry, graph),
        "credentials": {"credentialsType": "None"},
    }


def said_to_the_client(entry: Entry, graph: Graph) -> dict[str, Any]:
    """The host of the storage of the cloud that az is signed in to, where that is not the public one."""
    is_said = graph.header.cloud == "public" or "endpoint" in entry.body
    if is_said or not has_an_endpoint_of_storage(entry):
        return {}
    return {"endpoint": cloud(graph.header.cloud).storage_suffix}


def has_an_endpoint_of_storage(entry: Entry) -> bool:
    """Whether the host that a datastore leads to ends as storage does in its cloud."""
    return TYPES[snake(entry.body["type"])][0] in WITH_AN_ENDPOINT_OF_STORAGE


def _name_at(graph: Graph, entry: Entry, field: str) -> Any:
    """What a container or a share is called on Azure, which the name of its entry need not be."""
    bound = graph.bound(entry.address, field)
    return graph.entries[bound].azure_name if bound else entry.body.get(field)


def _identity_of_the_service(entry: Entry, graph: Graph) -> dict[str, str]:
    """Whom the workspace signs in as where no user is there: its own identity where that may read, else nobody.

    A system-assigned identity gets its roles from the service, on the workspace's own account and nowhere else.
    """
    if graph.bound(entry.address, *SIGNS_IN_AS):
        return {"serviceDataAccessAuthIdentity": "WorkspaceUserAssignedIdentity"}
    workspace = graph.entries[f"workspaces.{entry.additions['workspace']}"]
    account = graph.bound(entry.address, "account_name")
    if _acts_as_the_system(workspace) and account and account == graph.bound(workspace.address, "storage_account"):
        return {"serviceDataAccessAuthIdentity": "WorkspaceSystemAssignedIdentity"}
    return {}


def _acts_as_the_system(workspace: Entry) -> bool:
    kind = snake((workspace.body.get("identity") or {}).get("type") or "system_assigned")
    return kind.startswith("system_assigned") and not workspace.body.get("primary_user_assigned_identity")

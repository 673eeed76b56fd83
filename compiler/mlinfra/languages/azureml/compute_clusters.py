"""compute_clusters: an AmlCompute of a workspace in Bicep; Azure Batch nodes that come and go with the jobs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlinfra.azure.casing import camel, duration
from mlinfra.azure.ids import resource_group_id
from mlinfra.azure.managed_networks import DISABLED, isolation_mode
from mlinfra.formats.bicep import DisabledRule, Exempt
from mlinfra.graph import Entry, Graph
from mlinfra.header.targets import Target
from mlinfra.languages.azureml.workspaces import identity
from mlinfra.languages.bound import secret_at
from mlinfra.languages.resource import Location, Of, Resource, Tags, merged

DEFAULT_SIZE = "STANDARD_DS3_V2"  # what the CLI sends where nothing is written (SDK: ComputeDefaults.VMSIZE)
IDLE_SECONDS_BEFORE_SCALE_DOWN = 120  # what the SDK sends where nothing is written (SDK: AmlCompute)
MAX_INSTANCES = 4  # the same
SIGN_IN = "the spec writes whom it lets in: a name and a public key, neither of which is a secret"


def resources(entry: Entry, graph: Graph) -> Iterator[Resource]:
    body = entry.body
    workspace = f"workspaces.{entry.additions['workspace']}"
    written = entry.additions.get("properties") or {}
    properties: dict[str, Any] = {
        "computeType": "AmlCompute",
        "description": body.get("description"),
        "computeLocation": body.get("location"),
        "disableLocalAuth": not body.get("ssh_settings"),
        "properties": {name: value for name, value in _settings(entry, graph).items() if value is not None},
    }
    properties = {name: value for name, value in properties.items() if value is not None}
    yield Resource(
        address=entry.address,
        type="Microsoft.MachineLearningServices/workspaces/computes",
        names=(graph.entries[workspace].azure_name, entry.azure_name),
        layer="compute",
        parent=workspace,
        body={
            "location": Location(graph.entries[workspace].body.get("location")),
            "tags": Tags(body.get("tags") or {}),
            "identity": identity(
                body.get("identity") or {"type": "none"}, lambda place: _assigned(entry, graph, place)
            ),
            "properties": merged(properties, written),
        },
        owner=entry.address,
        depends_on=tuple(_made_before(entry, graph)),
        because=entry.because,
        properties_written=bool(written),
    )


def _made_before(entry: Entry, graph: Graph) -> Iterator[str]:
    """The clusters of workspaces that are `hbi_workspace`: others that come first leave their disks unencrypted.

    Source: docs, "Data encryption with Azure Machine Learning".
    """
    if not _is_sensitive(entry, graph):
        yield from (each.address for each in graph.section("compute_clusters") if _is_sensitive(each, graph))


def _is_sensitive(cluster: Entry, graph: Graph) -> bool:
    workspace = graph.entries.get(f"workspaces.{cluster.additions['workspace']}")
    if workspace is None or workspace.existing or cluster.existing:
        return False
    return workspace.body.get("hbi_workspace") is True


def _assigned(entry: Entry, graph: Graph, place: int) -> Of | str:
    path = ("identity", "user_assigned_identities", place, "resource_id")
    bound = graph.bound(entry.address, *path)
    return Of(bound) if bound else str(entry.body["identity"]["user_assigned_identities"][place]["resource_id"])


def _settings(entry: Entry, graph: Graph) -> dict[str, Any]:
    body = entry.body
    return {
        "vmSize": body.get("size") or DEFAULT_SIZE,
        "vmPriority": camel(str(body.get("tier") or "dedicated").lower().replace("lowpriority", "low_priority")),
        "osType": "Linux",
        "enableNodePublicIp": _has_public_addresses(entry, graph),
        "remoteLoginPortPublicAccess": "Enabled" if body.get("ssh_public_access_enabled") else "Disabled",
        "userAccountCredentials": _credentials(entry, graph),
        "subnet": _subnet(body.get("network_settings") or {}, graph.target),
        "scaleSettings": {
            "minNodeCount": int(body.get("min_instances") or 0),
            "maxNodeCount": int(body.get("max_instances") or MAX_INSTANCES),
            "nodeIdleTimeBeforeScaleDown": duration(
                int(body.get("idle_time_before_scale_down") or IDLE_SECONDS_BEFORE_SCALE_DOWN)
            ),
        },
    }


def _credentials(entry: Entry, graph: Graph) -> dict[str, Any] | None:
    ssh = entry.body.get("ssh_settings")
    if not ssh:
        return None
    password = secret_at(graph, entry, "ssh_settings", "admin_password")
    said = {
        "adminUserName": (ssh.get("admin_username"), "adminusername-should-not-be-literal"),
        "adminUserSshPublicKey": (ssh.get("ssh_key_value"), "use-secure-value-for-secure-inputs"),
    }
    credentials = {
        name: Exempt(value, DisabledRule(rule, SIGN_IN)) for name, (value, rule) in said.items() if value is not None
    }
    return credentials | ({"adminUserPassword": password} if password else {})


def _subnet(settings: Mapping[str, Any], target: Target) -> dict[str, Any] | None:
    """The subnet of the nodes; one that is named lies in a network of the target's own group (SDK: get_subnet_str)."""
    subnet = settings.get("subnet")
    if subnet is None:
        return None
    network = (
        f"{resource_group_id(*target.group)}/providers/Microsoft.Network/virtualNetworks/{settings.get('vnet_name')}"
    )
    return {"id": subnet if subnet.startswith("/") else f"{network}/subnets/{subnet}"}


def _has_public_addresses(entry: Entry, graph: Graph) -> bool:
    """As written; else only where no managed network carries the nodes' way out."""
    written = entry.body.get("enable_node_public_ip")
    workspace = graph.entries[f"workspaces.{entry.additions['workspace']}"]
    return not has_managed_network(workspace, graph) if written is None else bool(written)


def has_managed_network(workspace: Entry, graph: Graph) -> bool:
    """Whether Azure ML manages the network of a workspace: as that says, else as the header does."""
    mode = isolation_mode(workspace.body)
    return graph.network.is_managed if mode is None else mode != DISABLED

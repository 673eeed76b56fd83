"""key_vaults: where secrets of workspaces, connections and endpoints lie."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from mlinfra.graph import Entry, Graph
from mlinfra.kinds.foundation.network import Network
from mlinfra.kinds.kind import InfrastructureBody, Kind, merged
from mlinfra.kinds.resource import Location, Resource, Tags, TenantId


class KeyVault(InfrastructureBody):
    sku: Annotated[Literal["standard", "premium"], Field(description="premium keeps keys in hardware")] = "standard"
    soft_delete_days: Annotated[
        int, Field(ge=7, le=90, description="How long a deleted vault or secret can be recovered, in days")
    ] = 90
    purge_protection: Annotated[
        bool, Field(description="Once on, it stays on: nobody deletes for good before time")
    ] = True


def resources(vault: KeyVault, entry: Entry, graph: Graph) -> Iterator[Resource]:
    properties: dict[str, Any] = {
        "tenantId": TenantId(),
        "sku": {"family": "A", "name": vault.sku},
        "enableRbacAuthorization": True,
        "enableSoftDelete": True,
        "enablePurgeProtection": True if vault.purge_protection else None,  # ARM takes true or nothing, never false
        "softDeleteRetentionInDays": vault.soft_delete_days,
        "enabledForDeployment": False,
        "enabledForDiskEncryption": False,
        "enabledForTemplateDeployment": False,
        "publicNetworkAccess": "Enabled",
        "networkAcls": network_rules(graph.network),
    }
    properties = {key: value for key, value in properties.items() if value is not None}
    yield Resource(
        address=entry.address,
        type=KEY_VAULTS.resource_type,
        names=(entry.azure_name,),
        layer=KEY_VAULTS.layer,
        body={
            "location": Location(vault.location),
            "tags": Tags(vault.tags),
            "properties": merged(properties, vault.properties),
        },
        owner=entry.address,
        because=entry.because,
        properties_written=bool(vault.properties),
    )


def network_rules(network: Network) -> dict[str, Any]:
    """Who reaches the vault: the allowed addresses, or everyone whom Entra lets in."""
    return {
        "bypass": "AzureServices",
        "defaultAction": "Deny" if network.allowed_ips else "Allow",
        "ipRules": [{"value": address} for address in network.allowed_ips],
        "virtualNetworkRules": [],
    }


KEY_VAULTS = Kind(
    section="key_vaults",
    noun="key vault",
    model=KeyVault,
    layer="foundation",
    resource_type="Microsoft.KeyVault/vaults",
    resources=resources,
    nested={},
    stateful=True,
    described="Vaults for secrets, opened by Entra roles alone",
)

"""The API version of every resource type that we write: the newest stable one (BT), unless said otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# Types below one of these take its version too, where they have no row of their own.
_VERSIONS = {
    "Microsoft.Authorization/locks": "2020-05-01",
    "Microsoft.Authorization/roleAssignments": "2022-04-01",
    "Microsoft.Authorization/roleDefinitions": "2022-04-01",
    "Microsoft.ContainerRegistry/registries": "2025-11-01",
    "Microsoft.Databricks/accessConnectors": "2026-01-01",
    "Microsoft.Databricks/workspaces": "2026-01-01",
    "Microsoft.Insights/actionGroups": "2023-01-01",
    "Microsoft.Insights/autoscalesettings": "2022-10-01",
    "Microsoft.Insights/components": "2020-02-02",
    # Its stable version insists on the name `service`; AVM uses the preview too.
    "Microsoft.Insights/diagnosticSettings": "2021-05-01-preview",
    "Microsoft.Insights/metricAlerts": "2026-01-01",
    "Microsoft.Insights/privateLinkScopes": "2021-09-01",
    "Microsoft.Insights/scheduledQueryRules": "2026-03-01",
    "Microsoft.KeyVault/vaults": "2026-02-01",
    "Microsoft.MachineLearningServices/registries": "2026-05-01",
    "Microsoft.MachineLearningServices/workspaces": "2026-05-01",
    "Microsoft.ManagedIdentity/userAssignedIdentities": "2024-11-30",
    "Microsoft.Network/natGateways": "2025-09-01",
    "Microsoft.Network/networkSecurityGroups": "2025-09-01",
    "Microsoft.Network/privateDnsZones": "2024-06-01",
    "Microsoft.Network/privateEndpoints": "2025-09-01",
    "Microsoft.Network/publicIPAddresses": "2025-09-01",
    "Microsoft.Network/routeTables": "2025-09-01",
    "Microsoft.Network/virtualNetworks": "2025-09-01",
    "Microsoft.OperationalInsights/workspaces": "2026-03-01",
    "Microsoft.Resources/resourceGroups": "2025-04-01",
    "Microsoft.Storage/storageAccounts": "2026-04-01",
}

API_VERSIONS: Mapping[str, str] = MappingProxyType(_VERSIONS)


def api_version(resource_type: str) -> str:
    """The version of a type, which a nested one has from the type that it is in.

    >>> api_version("Microsoft.Storage/storageAccounts/blobServices/containers")
    '2026-04-01'

    Raises KeyError for a type that no row covers.
    """
    provider, outermost, *_ = resource_type.split("/")
    return API_VERSIONS[f"{provider}/{outermost}"]

"""The clouds of Azure: hosts that differ from one to the next, written out in what we generate.

`environment()` in Bicep would know them too, but leaves ids that nobody can tell before the deployment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

from mlinfra.azure.regions import Cloud

StorageService: TypeAlias = Literal["blob", "dfs", "file", "queue", "table"]
STORAGE_SERVICES: tuple[StorageService, ...] = ("blob", "dfs", "file", "queue", "table")


@dataclass(frozen=True, slots=True)
class CloudHosts:
    """Suffixes have no leading dot, endpoints no trailing slash."""

    cloud: Cloud
    cli_name: str  # as `az cloud set --name` takes it
    resource_manager: str  # SDK
    authority: str  # where applications sign in; SDK: active_directory
    token_audience: str  # of federated credentials
    storage_suffix: str  # SDK
    vault_suffix: str
    registry_suffix: str
    machine_learning_suffix: str  # of the services of a workspace
    notebooks_suffix: str
    inference_suffix: str  # of managed online endpoints
    vault_zone: str  # private DNS: not the vault's own suffix
    monitor_zones: tuple[str, ...]  # private DNS of an Azure Monitor private link scope, without those of storage

    def storage_host(self, account: str, service: StorageService) -> str:
        """The host of a service of a storage account."""
        return f"{account}.{service}.{self.storage_suffix}"

    def vault_uri(self, vault: str) -> str:
        """The address of a key vault."""
        return f"https://{vault}.{self.vault_suffix}/"

    def registry_server(self, registry: str) -> str:
        """The login server of a container registry."""
        return f"{registry}.{self.registry_suffix}".lower()

    def private_dns_zones(self, group_id: str) -> tuple[str, ...]:
        """The zones that a private endpoint to this subresource needs (DNS); KeyError for any other subresource."""
        if group_id in STORAGE_SERVICES:
            return (f"privatelink.{group_id}.{self.storage_suffix}",)
        return {
            "amlworkspace": (
                f"privatelink.{self.machine_learning_suffix}",
                f"privatelink.{self.notebooks_suffix}",
            ),
            "amlregistry": (f"privatelink.{self.machine_learning_suffix}",),
            "vault": (self.vault_zone,),
            "registry": (f"privatelink.{self.registry_suffix}",),
            "azuremonitor": (*self.monitor_zones, f"privatelink.blob.{self.storage_suffix}"),
        }[group_id]


_CLOUDS = (
    CloudHosts(
        cloud="public",
        cli_name="AzureCloud",
        resource_manager="https://management.azure.com",
        authority="https://login.microsoftonline.com",
        token_audience="api://AzureADTokenExchange",
        storage_suffix="core.windows.net",
        vault_suffix="vault.azure.net",
        registry_suffix="azurecr.io",
        machine_learning_suffix="api.azureml.ms",
        notebooks_suffix="notebooks.azure.net",
        inference_suffix="inference.ml.azure.com",
        vault_zone="privatelink.vaultcore.azure.net",
        monitor_zones=(
            "privatelink.monitor.azure.com",
            "privatelink.oms.opinsights.azure.com",
            "privatelink.ods.opinsights.azure.com",
            "privatelink.agentsvc.azure-automation.net",
        ),
    ),
    CloudHosts(
        cloud="usgov",
        cli_name="AzureUSGovernment",
        resource_manager="https://management.usgovcloudapi.net",
        authority="https://login.microsoftonline.us",
        token_audience="api://AzureADTokenExchangeUSGov",
        storage_suffix="core.usgovcloudapi.net",
        vault_suffix="vault.usgovcloudapi.net",
        registry_suffix="azurecr.us",
        machine_learning_suffix="api.ml.azure.us",
        notebooks_suffix="notebooks.usgovcloudapi.net",
        inference_suffix="inference.ml.azure.us",
        vault_zone="privatelink.vaultcore.usgovcloudapi.net",
        monitor_zones=(
            "privatelink.monitor.azure.us",
            "privatelink.oms.opinsights.azure.us",
            "privatelink.ods.opinsights.azure.us",
            "privatelink.agentsvc.azure-automation.us",
        ),
    ),
    CloudHosts(
        cloud="china",
        cli_name="AzureChinaCloud",
        resource_manager="https://management.chinacloudapi.cn",
        authority="https://login.chinacloudapi.cn",
        token_audience="api://AzureADTokenExchangeChina",
        storage_suffix="core.chinacloudapi.cn",
        vault_suffix="vault.azure.cn",
        registry_suffix="azurecr.cn",
        machine_learning_suffix="api.ml.azure.cn",
        notebooks_suffix="notebooks.chinacloudapi.cn",
        inference_suffix="inference.ml.azure.cn",
        vault_zone="privatelink.vaultcore.azure.cn",
        monitor_zones=(  # K: the page has no row for China
            "privatelink.monitor.azure.cn",
            "privatelink.oms.opinsights.azure.cn",
            "privatelink.ods.opinsights.azure.cn",
            "privatelink.agentsvc.azure-automation.cn",
        ),
    ),
)

CLOUDS: Mapping[str, CloudHosts] = MappingProxyType({hosts.cloud: hosts for hosts in _CLOUDS})


def cloud(name: str) -> CloudHosts:
    """The hosts of a cloud; KeyError for a name that is none of `Cloud`."""
    return CLOUDS[name]

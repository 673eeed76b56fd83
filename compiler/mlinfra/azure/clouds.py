"""The clouds of Azure: what differs from one to the next, written out in what we generate.

`environment()` in Bicep would know some of it too, but leaves ids that nobody can tell before the deployment.
"""

from __future__ import annotations

from dataclasses import dataclass

from mlinfra.azure.regions import Cloud


@dataclass(frozen=True, slots=True)
class CloudHosts:
    """Suffixes have no leading dot, endpoints no trailing slash."""

    name: str  # as az and Azure DevOps call it; azure-cli-core, cloud.py; terraform-provider-azuredevops, connections
    resource_manager: str  # azure-cli-core, cloud.py
    authority: str  # where applications sign in; SDK: active_directory
    storage_suffix: str  # SDK
    vault_suffix: str  # azure-cli-core, cloud.py: keyvault_dns
    # Of the tokens of others that Entra exchanges, in federated credentials; https://github.com/Azure/login/issues/452,
    # https://github.com/hashicorp/terraform-provider-azuread/issues/1755
    token_audience: str
    # The application that is Azure Cosmos DB in every tenant; docs, "Configure customer-managed keys for your Azure
    # Cosmos DB account": one in Azure Government, another everywhere else
    cosmos_application: str
    ml_resource: str  # of whom a token for endpoints is asked; SDK: aml_resource_id
    # Of the addresses of managed endpoints, <endpoint>.<region>.<suffix>; docs, "How to use your workspace with a
    # custom DNS server"
    inference_suffix: str
    # Of the account console of Databricks; docs, "Manage your Azure Databricks account". Empty: no page says it
    databricks_accounts: str
    arm_environment: str  # what databricks-sdk calls it in ARM_ENVIRONMENT; its environments.py
    portal: str  # azure-cli-core, cloud.py: portal

    @property
    def is_elsewhere(self) -> bool:
        """Whether it is another cloud than the one in which az is at first, and Azure DevOps always.

        Source: docs, "Deploy an app in Azure Government with Azure Pipelines".
        """
        return self.name != OF_AZURE_DEVOPS


OF_AZURE_DEVOPS = "AzureCloud"
# Azure Databricks as an application, in every tenant; docs, "Get Microsoft Entra ID tokens for service principals"
DATABRICKS_APPLICATION = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d"
_COSMOS = "a232010e-820c-4083-83bb-3ace5fc29d0b"
_CLOUDS: dict[Cloud, CloudHosts] = {
    "public": CloudHosts(
        OF_AZURE_DEVOPS,
        "https://management.azure.com",
        "https://login.microsoftonline.com",
        "core.windows.net",
        "vault.azure.net",
        "api://AzureADTokenExchange",
        _COSMOS,
        "https://ml.azure.com",
        "inference.ml.azure.com",
        "https://accounts.azuredatabricks.net",
        "PUBLIC",
        "https://portal.azure.com",
    ),
    "usgov": CloudHosts(
        "AzureUSGovernment",
        "https://management.usgovcloudapi.net",
        "https://login.microsoftonline.us",
        "core.usgovcloudapi.net",
        "vault.usgovcloudapi.net",
        "api://AzureADTokenExchangeUSGov",
        "57506a73-e302-42a9-b869-6f12d9ec29e9",
        "https://ml.azure.us",
        "inference.ml.azure.us",
        "",
        "USGOVERNMENT",
        "https://portal.azure.us",
    ),
    "china": CloudHosts(
        "AzureChinaCloud",
        "https://management.chinacloudapi.cn",
        "https://login.chinacloudapi.cn",
        "core.chinacloudapi.cn",
        "vault.azure.cn",
        "api://AzureADTokenExchangeChina",
        _COSMOS,
        "https://ml.azure.cn",
        "inference.ml.azure.cn",
        "",
        "CHINA",
        "https://portal.azure.cn",
    ),
}


def cloud(name: Cloud) -> CloudHosts:
    """What differs in a cloud."""
    return _CLOUDS[name]

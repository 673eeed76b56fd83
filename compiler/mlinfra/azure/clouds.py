"""The clouds of Azure: what differs from one to the next, written out in what we generate.

`environment()` in Bicep would know some of it too, but leaves ids that nobody can tell before the deployment.
"""

from __future__ import annotations

from dataclasses import dataclass

from mlinfra.azure.regions import Cloud


@dataclass(frozen=True, slots=True)
class CloudHosts:
    """Suffixes have no leading dot, endpoints no trailing slash."""

    authority: str  # where applications sign in; SDK: active_directory
    storage_suffix: str  # SDK
    # Of the tokens of others that Entra exchanges, in federated credentials; https://github.com/Azure/login/issues/452,
    # https://github.com/hashicorp/terraform-provider-azuread/issues/1755
    token_audience: str


_CLOUDS: dict[Cloud, CloudHosts] = {
    "public": CloudHosts(
        "https://login.microsoftonline.com",
        "core.windows.net",
        "api://AzureADTokenExchange",
    ),
    "usgov": CloudHosts(
        "https://login.microsoftonline.us",
        "core.usgovcloudapi.net",
        "api://AzureADTokenExchangeUSGov",
    ),
    "china": CloudHosts(
        "https://login.chinacloudapi.cn",
        "core.chinacloudapi.cn",
        "api://AzureADTokenExchangeChina",
    ),
}


def cloud(name: Cloud) -> CloudHosts:
    """What differs in a cloud."""
    return _CLOUDS[name]

"""Built-in roles: the names that people know and the GUIDs that Azure takes (AVM, RB)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

ROLE_ASSIGNMENTS_TYPE = "Microsoft.Authorization/roleAssignments"
ROLES: Mapping[str, str] = MappingProxyType(
    {
        # Azure as a whole
        "Owner": "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
        "Contributor": "b24988ac-6180-42a0-ab88-20f7382dd24c",
        "Reader": "acdd72a7-3385-48ef-bd42-f606fba81ae7",
        "Role Based Access Control Administrator": "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
        "User Access Administrator": "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        # Machine learning
        "AzureML Data Scientist": "f6c7c914-8db3-469d-8ca1-694a8f32e121",
        "AzureML Compute Operator": "e503ece1-11d0-4e8e-8e2c-7a6c3bf38815",
        "AzureML Registry User": "1823dd4f-9b8c-4ab6-ab4e-7397a3684615",
        "AzureML Metrics Writer": "635dd51f-9968-44d3-b7fb-6d9a6bd613ae",  # Azure shows it with "(preview)"
        "Azure Machine Learning Workspace Connection Secrets Reader": "ea01e6af-a1c1-4350-9563-ad00f8c72ec5",
        "Azure AI Administrator": "b78c5d69-af96-48a3-bf8d-a8b4d589de94",
        "Azure AI Developer": "64702f94-c441-49e6-a78b-ef80e0188fee",
        "Azure AI Enterprise Network Connection Approver": "b556d68e-0be0-4f35-a333-ad7ee1ce17ea",
        # Storage
        "Storage Blob Data Owner": "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        "Storage Blob Data Reader": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        "Storage File Data Privileged Contributor": "69566ab7-960f-475b-8e7c-b3118f30c6bd",
        "Storage File Data Privileged Reader": "b8eda974-7b85-4f76-af95-65846b26df6d",
        "Storage Queue Data Contributor": "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
        "Storage Queue Data Reader": "19e7f393-937e-4f77-808e-94535e297925",
        "Storage Table Data Contributor": "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
        "Storage Table Data Reader": "76199698-9eea-4c19-bc75-cec21354c6b6",
        # Key vaults
        "Key Vault Administrator": "00482a5a-887f-4fb3-b363-3b7fe8e74483",
        "Key Vault Reader": "21090545-7ca7-4776-b22c-e363652d74d2",
        "Key Vault Secrets Officer": "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
        "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
        "Key Vault Crypto Officer": "14b46e9e-c2b7-41b4-b07b-48a6ebf60603",
        "Key Vault Crypto Service Encryption User": "e147488a-f6f5-4113-8e2d-b22465e65bf6",
        # Images
        "AcrPull": "7f951dda-4ed3-4680-a7ca-43fe172d538d",
        "AcrPush": "8311e382-0749-4cb8-b61a-304f252e45ec",
        "Container Registry Repository Reader": "b93aa761-3e63-49ed-ac28-beffa264f7ac",
        "Container Registry Repository Writer": "2a1e307c-b015-4ebd-883e-5b7698a07328",
        # Services of others that hubs and jobs call
        "Cognitive Services User": "a97b65f3-24c7-4388-baec-2e87135dc908",
        "Cognitive Services OpenAI User": "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd",
        "Cognitive Services OpenAI Contributor": "a001fd3d-188f-4b5d-821b-7da978bf7442",
        "Search Index Data Reader": "1407120a-92aa-4202-b7e9-c0e197c71c8f",
        "Search Index Data Contributor": "8ebe5a00-799e-43f5-93ac-243d3dce84a7",
        "Search Service Contributor": "7ca78c08-252a-4471-8644-bb5ff32d4ba0",
        # Identities, networks, observation
        "Managed Identity Operator": "f1a07417-d97a-45cb-824c-7a7467783830",
        "Network Contributor": "4d97b98b-1d4f-4787-a291-c67834d212e7",
        "Private DNS Zone Contributor": "b12aa53e-6015-4669-85d0-8515ebb3ae7f",
        "Log Analytics Reader": "73c42c96-874c-492b-b04d-ab87d138a893",
        "Monitoring Metrics Publisher": "3913510d-42f4-4e42-8a64-420c390055eb",
        "Monitoring Reader": "43d0d8ad-25c7-4714-9337-8ba259a9fe05",
    }
)

# What the roles are about that say nothing of any other type: the provider of the resources at which they let do
# something (built-in roles of Azure, their actions and data actions).
_STORAGE, _ML = "microsoft.storage/", "microsoft.machinelearningservices/"
_ABOUT: Mapping[str, str] = {
    "Storage ": _STORAGE,
    "Key Vault ": "microsoft.keyvault/",
    "Acr": "microsoft.containerregistry/",
    "Container Registry ": "microsoft.containerregistry/",
    "AzureML ": _ML,
    "Azure Machine Learning ": _ML,
    "Cognitive Services ": "microsoft.cognitiveservices/",
    "Search ": "microsoft.search/",
    "Managed Identity ": "microsoft.managedidentity/",
    "Private DNS Zone ": "microsoft.network/privatednszones",
}

# By one of these who has a role gives himself another, makes one that he has wider, or takes a lock away. Source: docs,
# "Azure permissions for Management and governance".
_AUTHORIZATION = "Microsoft.Authorization"
RULES_OVER_RIGHTS: Mapping[str, str] = MappingProxyType(
    {
        f"{_AUTHORIZATION}/roleAssignments/write": "give roles",
        f"{_AUTHORIZATION}/roleAssignmentScheduleRequests/write": "give roles",
        f"{_AUTHORIZATION}/roleEligibilityScheduleRequests/write": "give roles",
        f"{_AUTHORIZATION}/roleDefinitions/write": "define roles",
        f"{_AUTHORIZATION}/locks/delete": "take locks away",
    }
)

_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_GUIDS = {name.casefold(): guid for name, guid in ROLES.items()}
_NAMES = {guid: name for name, guid in ROLES.items()}


def role_guid(role: str) -> str | None:
    """The GUID of a role that is named, in any case and with or without "(preview)", or given by its GUID already."""
    folded = role.casefold()
    return _GUIDS.get(folded.removesuffix(" (preview)")) or (folded if _GUID.fullmatch(folded) else None)


def provider_of(role: str) -> str | None:
    """The provider of the only resources at which a built-in role lets do something, in lower case.

    >>> provider_of("AcrPull"), provider_of("7f951dda-4ed3-4680-a7ca-43fe172d538d"), provider_of("Reader")
    ('microsoft.containerregistry/', 'microsoft.containerregistry/', None)
    """
    name = role_name(role_guid(role) or "") or ""
    return next((provider for begins, provider in _ABOUT.items() if name.startswith(begins)), None)


def role_name(guid: str) -> str | None:
    """The name of a built-in role of the table; None for any other, such as a custom role."""
    return _NAMES.get(guid.lower())

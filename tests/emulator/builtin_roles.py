"""What built-in roles allow of Resource Manager's actions.

Source: learn.microsoft.com/azure/role-based-access-control/built-in-roles. Named are roles of people and pipelines that
call `az`; another one that exists can be assigned and allows nothing here.
"""

from __future__ import annotations

from mlinfra.azure.roles import ROLES
from tests.emulator.protocol import Json

_ML = "Microsoft.MachineLearningServices/workspaces"
_CONTAINERS = "Microsoft.Storage/storageAccounts/blobServices/containers"
_APPROVED = ("Microsoft.ContainerRegistry/registries", "Microsoft.KeyVault/vaults", "Microsoft.Storage/storageAccounts")
_DELEGATION = "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action"

# Actions and what is taken off them.
_PERMISSIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "Owner": (("*",), ()),
    "Contributor": (
        ("*",),
        (
            "Microsoft.Authorization/*/Delete",
            "Microsoft.Authorization/*/Write",
            "Microsoft.Authorization/elevateAccess/Action",
            "Microsoft.Blueprint/blueprintAssignments/write",
            "Microsoft.Blueprint/blueprintAssignments/delete",
            "Microsoft.Compute/galleries/share/action",
            "Microsoft.Purview/consents/write",
            "Microsoft.Purview/consents/delete",
            "Microsoft.Resources/deploymentStacks/manageDenySetting/action",
            "Microsoft.Subscription/cancel/action",
            "Microsoft.Subscription/enable/action",
        ),
    ),
    "Reader": (("*/read",), ()),
    "User Access Administrator": (("*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"), ()),
    "Role Based Access Control Administrator": (
        (
            "Microsoft.Authorization/roleAssignments/write",
            "Microsoft.Authorization/roleAssignments/delete",
            "*/read",
            "Microsoft.Support/*",
        ),
        (),
    ),
    "AzureML Data Scientist": (
        (f"{_ML}/*/read", f"{_ML}/*/action", f"{_ML}/*/delete", f"{_ML}/*/write"),
        (
            f"{_ML}/delete",
            f"{_ML}/write",
            f"{_ML}/computes/*/write",
            f"{_ML}/computes/*/delete",
            f"{_ML}/computes/listKeys/action",
            f"{_ML}/listKeys/action",
            f"{_ML}/hubs/write",
            f"{_ML}/hubs/delete",
            f"{_ML}/featurestores/write",
            f"{_ML}/featurestores/delete",
        ),
    ),
    "AzureML Compute Operator": ((f"{_ML}/computes/*", f"{_ML}/notebooks/vm/*"), ()),
    "Network Contributor": (
        (
            "Microsoft.Authorization/*/read",
            "Microsoft.Insights/alertRules/*",
            "Microsoft.Network/*",
            "Microsoft.ResourceHealth/availabilityStatuses/read",
            "Microsoft.Resources/deployments/*",
            "Microsoft.Resources/subscriptions/resourceGroups/read",
            "Microsoft.Support/*",
        ),
        (),
    ),
    "Azure AI Enterprise Network Connection Approver": (
        tuple(f"{kind}/privateEndpointConnectionsApproval/action" for kind in _APPROVED),
        (),
    ),
    "Storage Blob Data Contributor": (
        (f"{_CONTAINERS}/delete", f"{_CONTAINERS}/read", f"{_CONTAINERS}/write", _DELEGATION),
        (),
    ),
    "Storage Blob Data Reader": ((f"{_CONTAINERS}/read", _DELEGATION), ()),
}
_ON_KEYS = tuple(f"Microsoft.KeyVault/vaults/keys/{action}" for action in ("read", "wrap/action", "unwrap/action"))
_ON_BLOBS = ("read", "write", "delete", "add/action", "move/action")
_ON_DATA: dict[str, tuple[str, ...]] = {  # as far as something here asks for it
    "Key Vault Administrator": ("Microsoft.KeyVault/vaults/*",),
    "Key Vault Crypto Service Encryption User": _ON_KEYS,
    "Storage Blob Data Contributor": tuple(f"{_CONTAINERS}/blobs/{verb}" for verb in _ON_BLOBS),
    "Storage Blob Data Reader": (f"{_CONTAINERS}/blobs/read",),
}
_NAMES = {guid: name for name, guid in ROLES.items()}


def built_in_roles() -> list[Json]:
    """Their definitions, as Resource Manager shows them."""
    return [_definition(guid, name) for guid, name in _NAMES.items()]


def built_in_role(guid: str) -> Json | None:
    """The definition of a built-in role, or None."""
    name = _NAMES.get(guid.lower())
    return None if name is None else _definition(guid.lower(), name)


def _definition(guid: str, name: str) -> Json:
    actions, not_actions = _PERMISSIONS.get(name, ((), ()))
    permission = {
        "actions": list(actions),
        "notActions": list(not_actions),
        "dataActions": list(_ON_DATA.get(name, ())),
        "notDataActions": [],
    }
    properties = {
        "roleName": name,
        "type": "BuiltInRole",
        "description": "",
        "permissions": [permission],
        "assignableScopes": ["/"],
    }
    kind = "Microsoft.Authorization/roleDefinitions"
    return {"id": f"/providers/{kind}/{guid}", "name": guid, "type": kind, "properties": properties}

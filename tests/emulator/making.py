"""Makes, changes and deletes one resource, and says no where Azure does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from tests.emulator.authorization import ASSIGNMENTS, assign
from tests.emulator.changes import settle_changes
from tests.emulator.ids import (
    GROUP_TYPE,
    MANAGED_DISK_IDENTITY,
    STORAGE_ACCOUNT_IDENTITY,
    group_of,
    key,
    made_id,
    parent_of,
    type_of,
)
from tests.emulator.images import unknown_image
from tests.emulator.keys import require_key
from tests.emulator.locks import require_unlocked
from tests.emulator.protocol import Json, refuse
from tests.emulator.providers import require_registered
from tests.emulator.resources import find, keep, members, need, of_type, remove
from tests.emulator.rights import allows, require
from tests.emulator.spreading import begin
from tests.emulator.state import State
from tests.emulator.tokens import TENANT, Caller
from tests.emulator.workspace_rights import require_rights_of_workspace

_IDENTITIES = "Microsoft.ManagedIdentity/userAssignedIdentities"
_PARTS_OF_REGISTRIES = (  # what holds each, what describes it, its type
    ("storageAccountDetails", "systemCreatedStorageAccount", "Microsoft.Storage/storageAccounts"),
    ("acrDetails", "systemCreatedAcrAccount", "Microsoft.ContainerRegistry/registries"),
)
_CREDENTIALS = f"{_IDENTITIES}/federatedIdentityCredentials"
_KEYS = "microsoft.keyvault/vaults/keys"
# What has a name that is unique in all of Azure, and the code of the refusal.
_TAKEN = {
    "microsoft.storage/storageaccounts": "StorageAccountAlreadyTaken",
    "microsoft.keyvault/vaults": "VaultAlreadyExists",
    "microsoft.containerregistry/registries": "AlreadyInUse",
}


def make(state: State, caller: Caller, identifier: str, body: Json) -> Json:
    """Puts a resource: refuses, or returns it as Resource Manager shows it."""
    kind = type_of(identifier)
    require_registered(state, identifier)
    require_parent(state, identifier)
    if kind.lower() == ASSIGNMENTS.lower():
        return assign(state, caller, identifier, body.get("properties") or {})
    require(state, caller, f"{kind}/write", identifier)
    require_unlocked(state, identifier, "write")
    _require_free_name(state, identifier)
    _require_identities(state, caller, body)
    _require_linked(state, identifier, body)
    _require_subnets(state, caller, body)
    _require_sending_rule(state, caller, body)
    require_key(state, identifier, body)
    require_rights_of_workspace(state, identifier, body)
    before = state.table("sent").get(key(identifier))
    sent = settle_changes(kind, before, body)
    state.table("sent")[key(identifier)] = json.loads(json.dumps(sent))
    if kind.lower() == _KEYS and (kept := find(state, identifier)):
        return kept  # Source: Microsoft.KeyVault/vaults/keys of azure-rest-api-specs: an existing key is returned
    made = {**sent, "properties": {"provisioningState": "Succeeded", **(sent.get("properties") or {})}}
    if body.get("identity"):
        made["identity"] = _with_principals(identifier, made["identity"])
    if extra := _EXTRAS.get(kind.lower()):
        extra(state, identifier, made)
    return keep(state, identifier, made)


def delete(state: State, caller: Caller, identifier: str) -> Json | None:
    """Deletes a resource; None where there was none."""
    require(state, caller, f"{type_of(identifier)}/delete", identifier)
    require_unlocked(state, identifier, "delete")
    found = find(state, identifier)
    remove(state, identifier)
    return found


def require_parent(state: State, identifier: str) -> None:
    """Refuses a resource, or a collection, inside of one that isn't there."""
    parent = parent_of(identifier)
    if find(state, parent) is None and type_of(parent) != GROUP_TYPE:
        message = f"Can not perform requested operation on nested resource. Parent resource '{parent}' not found."
        refuse(404, "ParentResourceNotFound", message)
    need(state, group_of(identifier))


def _require_free_name(state: State, identifier: str) -> None:
    kind, name = type_of(identifier), identifier.rpartition("/")[2]
    code = _TAKEN.get(kind.lower())
    others = (other["name"].lower() for other in of_type(state, kind) if key(other["id"]) != key(identifier))
    if code and name.lower() in {*others, *state.table("taken_names")}:
        refuse(409, code, f"The name '{name}' is already in use.")


def _require_identities(state: State, caller: Caller, body: Json) -> None:
    """Whoever gives an identity to a resource needs a right on the identity."""
    for identity in (body.get("identity") or {}).get("userAssignedIdentities") or {}:
        if find(state, identity) is None:
            refuse(400, "FailedIdentityOperation", f"The identity '{identity}' was not found.")
        action = f"{_IDENTITIES}/assign/action"
        if not allows(state, caller.object_id, action, identity):
            message = (
                f"The client '{caller.client_id}' with object id '{caller.object_id}' does not have permission to "
                f"perform action '{action}' on the linked scope(s) '{identity}'."
            )
            refuse(403, "LinkedAuthorizationFailed", message)


def _require_linked(state: State, identifier: str, body: Json) -> None:
    """What a resource names in its own resource group has to be there, but for what only Azure ML keeps."""
    group = f"{key(group_of(identifier))}/providers/"
    for linked in _texts(body.get("properties")):
        in_a_workspace = "/providers/microsoft.machinelearningservices/workspaces/" in linked.lower()
        is_one = linked.lower().startswith(group) and not (in_a_workspace and linked.count("/") > 8)
        if is_one and "'" not in linked and find(state, linked) is None:
            refuse(400, "InvalidResourceReference", f"Resource {linked} referenced by {identifier} was not found.")


def _require_subnets(state: State, caller: Caller, body: Json) -> None:
    """Whoever puts something into a subnet needs a right on that and on its network, and another to let the subnet in.

    Source: docs, "Configure network access to Azure Storage", permissions of virtual network rules, and "Secure
    training environments with virtual networks", required permissions.
    """
    properties = body.get("properties") or {}
    let_in = set(_texts(properties.get("networkAcls")))
    for linked in _texts(properties):
        if "/virtualnetworks/" in linked.lower() and type_of(linked).lower().endswith("/subnets"):
            if linked in let_in:
                _require_linked_right(state, caller, f"{type_of(linked)}/joinViaServiceEndpoint/action", linked)
            else:
                for joined in (linked, parent_of(linked)):
                    _require_linked_right(state, caller, f"{type_of(joined)}/join/action", joined)


def _require_sending_rule(state: State, caller: Caller, body: Json) -> None:
    """Whoever sends logs to an event hub lists the keys of the rule by which that is done."""
    rule = (body.get("properties") or {}).get("eventHubAuthorizationRuleId")
    if rule:
        _require_linked_right(state, caller, f"{type_of(rule)}/listkeys/action", rule)


def _require_linked_right(state: State, caller: Caller, action: str, linked: str) -> None:
    if not allows(state, caller.object_id, action, linked):
        message = f"The client '{caller.client_id}' does not have permission to perform '{action}' on '{linked}'."
        refuse(403, "LinkedAuthorizationFailed", message)


def _texts(value: Any) -> Iterator[str]:
    """All texts of a value but those of rules for who may come in, which may name what comes later, and wildcards."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, one in value.items():
            if name != "resourceAccessRules":
                yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _with_principals(identifier: str, identity: Json) -> Json:
    if "SystemAssigned" not in identity.get("type", ""):
        return identity
    return {**identity, "principalId": made_id("principal", identifier), "tenantId": TENANT}


def _identity(state: State, identifier: str, made: Json) -> None:
    if find(state, identifier) is None:
        begin(state, "principals", made_id("principal", identifier))
    made["properties"] = {
        "principalId": made_id("principal", identifier),
        "clientId": made_id("client", identifier),
        "tenantId": TENANT,
    }


def _credential(state: State, identifier: str, made: Json) -> None:
    others = [other for other in members(state, identifier.rpartition("/")[0]) if key(other["id"]) != key(identifier)]
    names = ("issuer", "subject")
    if any(all(other["properties"][name] == made["properties"].get(name) for name in names) for other in others):
        message = "Issuer and subject combination already exists for this Managed Identity."
        refuse(409, "Conflict", message)
    if len(others) >= 20:
        refuse(400, "BadRequest", "Too many Federated Identity Credentials exist for this identity.")


def _workspace(state: State, identifier: str, made: Json) -> None:
    made["properties"]["workspaceId"] = made_id("workspace", identifier)
    made["properties"]["discoveryUrl"] = "https://westeurope.api.azureml.ms/discovery"
    made["properties"]["mlFlowTrackingUri"] = f"azureml://westeurope.api.azureml.ms/mlflow/v1.0{identifier}"
    made.setdefault("kind", "Default")


def _registry(state: State, identifier: str, made: Json) -> None:
    """What Azure makes for each region, in a group of its own: the address of each part is told where it was asked for.

    Source: Microsoft.MachineLearningServices/registries of azure-rest-api-specs, SystemCreatedStorageAccount and
    SystemCreatedAcrAccount, armResourceId.
    """
    for _, _, kind in _PARTS_OF_REGISTRIES:
        require_registered(state, f"{group_of(identifier)}/providers/{kind}/any")
    group = f"{group_of(identifier)}-{identifier.rpartition('/')[2]}"
    made["properties"]["managedResourceGroup"] = {"resourceId": group}
    for region in made["properties"].get("regionDetails") or []:
        for details, part, kind in _PARTS_OF_REGISTRIES:
            for number, each in enumerate(region.get(details) or []):
                name = made_id(f"{part} {region['location']} {number}", identifier).replace("-", "")[:20]
                each[part]["armResourceId"] = {"resourceId": f"{group}/providers/{kind}/{name}"}


def settle_databricks(state: State, identifier: str, made: Json) -> None:
    """The identities that read keys, where there is something for them to read."""
    properties = made["properties"]
    number = int(made_id("number", identifier).replace("-", "")[:13], 16)
    properties["workspaceId"] = str(number)
    properties["workspaceUrl"] = f"adb-{number}.{number % 20}.azuredatabricks.net"
    entities = (properties.get("encryption") or {}).get("entities") or {}
    prepared = ((properties.get("parameters") or {}).get("prepareEncryption") or {}).get("value")
    for name, is_there in ((MANAGED_DISK_IDENTITY, "managedDisk" in entities), (STORAGE_ACCOUNT_IDENTITY, prepared)):
        if is_there:
            principal = made_id(name, identifier)
            begin(state, "principals", principal)
            properties[name] = {"principalId": principal, "tenantId": TENANT, "type": "SystemAssigned"}


def _environment(state: State, identifier: str, made: Json) -> None:
    if said := unknown_image(made["properties"]):
        refuse(400, "ImageNotFound", said)


def _vault_key(state: State, identifier: str, made: Json) -> None:
    vault, name = identifier.split("/")[8], identifier.rpartition("/")[2]
    uri = f"https://{vault.lower()}.vault.azure.net/keys/{name}"
    version = made_id("version", identifier).replace("-", "")
    made["properties"] |= {"keyUri": uri, "keyUriWithVersion": f"{uri}/{version}"}


_EXTRAS: dict[str, Callable[[State, str, Json], None]] = {
    _IDENTITIES.lower(): _identity,
    _CREDENTIALS.lower(): _credential,
    "microsoft.databricks/workspaces": settle_databricks,
    "microsoft.machinelearningservices/registries": _registry,
    "microsoft.machinelearningservices/workspaces": _workspace,
    "microsoft.machinelearningservices/workspaces/environments/versions": _environment,
    _KEYS: _vault_key,
}

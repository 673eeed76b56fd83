"""Keys of the customer's: a service encrypts with one as an identity that may use it, or refuses what it would make.

Sources: docs, "Use customer-managed keys with Azure Machine Learning", "Customer-managed keys for Azure Storage
encryption", "Overview of customer-managed keys" (of Azure Container Registry).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from mlinfra.azure.clouds import DATABRICKS_APPLICATION
from tests.emulator.graph import COSMOS, object_id_of
from tests.emulator.ids import STORAGE_ACCOUNT_IDENTITY, group_of, made_id, type_of
from tests.emulator.protocol import Json, refuse
from tests.emulator.resources import find, of_type
from tests.emulator.rights import ON_DATA, allows
from tests.emulator.state import State

_OBJECT, _DATABRICKS = "object:", "microsoft.databricks/workspaces"
_IDENTITIES = "Microsoft.ManagedIdentity/userAssignedIdentities"
_WRAP = "Microsoft.KeyVault/vaults/keys/wrap/action"
# https://VAULT.vault.azure.net/keys/NAME, or what reads that of the resource: …/vaults/VAULT/keys/NAME
_KEY = re.compile(r"(?:https://([\w-]+)\.vault\.[\w.]+|/vaults/([\w-]+))/keys/([\w-]+)", re.IGNORECASE)


def require_key(state: State, identifier: str, body: Json) -> None:
    """Refuses a resource whose key isn't there, or which its reader may not use."""
    properties = body.get("properties") or {}
    kind = type_of(identifier).lower()
    uses = _of_databricks(identifier, properties) if kind == _DATABRICKS else _uses(kind, properties)
    for key, readers in uses:
        match = _KEY.search(key)
        if match is None:
            continue
        vault, name = match[1] or match[2], match[3]
        scope = f"{group_of(identifier)}/providers/Microsoft.KeyVault/vaults/{vault}/keys/{name}"
        if find(state, scope.rpartition("/keys/")[0]) is None:
            continue  # a vault elsewhere, of which nothing is known here
        if find(state, scope) is None:
            refuse(400, "KeyNotFound", f"The key {name} of the vault {vault}, which {identifier} names, was not found.")
        for reader in readers:
            principal = reader.removeprefix(_OBJECT) if reader.startswith(_OBJECT) else _principal(state, reader)
            if not allows(state, principal, _WRAP, scope, lists=ON_DATA):
                message = f"{reader} has no right to use the key {name} of the vault {vault} for {identifier}."
                refuse(403, "KeyVaultAuthenticationFailure", message)


def _uses(kind: str, properties: Json) -> Iterator[tuple[str, list[str]]]:
    """The address of a key, and who has to read it: the id or client id of an identity, or an object id."""
    encryption: dict[str, Any] = properties.get("encryption") or {}
    key = encryption.get("keyVaultProperties") or encryption.get("keyvaultproperties") or {}
    if kind == "microsoft.machinelearningservices/workspaces" and key:
        identity = (encryption.get("identity") or {}).get("userAssignedIdentity")
        cosmos = [] if encryption.get("cosmosDbResourceId") else [_OBJECT + object_id_of(COSMOS)]
        yield key["keyIdentifier"], [*([identity] if identity else []), *cosmos]
    elif kind == "microsoft.storage/storageaccounts" and key:
        yield (
            f"{key['keyvaulturi'].rstrip('/')}/keys/{key['keyname']}",
            [encryption["identity"]["userAssignedIdentity"]],
        )
    elif kind == "microsoft.containerregistry/registries" and key:
        yield key["keyIdentifier"], [key["identity"]]


def _of_databricks(identifier: str, properties: Json) -> Iterator[tuple[str, list[str]]]:
    """What the control plane keeps, its application reads; the account, its own identity. The key of disks is asked for
    when a cluster starts."""
    services = ((properties.get("encryption") or {}).get("entities") or {}).get("managedServices")
    if services:
        key = services["keyVaultProperties"]
        address = f"{key['keyVaultUri'].rstrip('/')}/keys/{key['keyName']}"
        yield address, [_OBJECT + object_id_of(DATABRICKS_APPLICATION)]
    parameters = properties.get("parameters") or {}
    if root := (parameters.get("encryption") or {}).get("value"):
        if not (parameters.get("prepareEncryption") or {}).get("value"):
            refuse(400, "InvalidEncryptionParameter", f"{identifier} is not prepared for encryption.")
        address = f"{root['keyvaulturi'].rstrip('/')}/keys/{root['KeyName']}"
        yield address, [_OBJECT + made_id(STORAGE_ACCOUNT_IDENTITY, identifier)]


def _principal(state: State, reader: str) -> str:
    """The object id of an identity, of which the id is known, the client id, or the expression that reads it."""
    for identity in of_type(state, _IDENTITIES):
        names = (identity["id"], identity["properties"]["clientId"])
        if any(re.search(rf"{re.escape(name)}(?![\w-])", reader, re.IGNORECASE) for name in names):
            return str(identity["properties"]["principalId"])
    return ""

"""A service encrypts with a key of the customer's as whoever may use it, and refuses what it would make otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from mlinfra.azure.clouds import DATABRICKS_APPLICATION
from tests.emulator.client import arm
from tests.emulator.emulator import Emulator
from tests.emulator.graph import COSMOS, object_id_of
from tests.emulator.groups import add_subscription
from tests.emulator.people import Somebody, add_somebody, give_role, let_read_the_directory
from tests.emulator.providers import register

SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv"
KEY = f"{VAULT}/keys/data"
READER = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id"
CRYPTO_USER = "Key Vault Crypto Service Encryption User"
IDENTITY = {"identity": {"type": "UserAssigned", "userAssignedIdentities": {READER: {}}}}
REFUSED, UNKNOWN = (403, "KeyVaultAuthenticationFailure"), (400, "KeyNotFound")
STORAGE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/stx"
REGISTRY = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/crx"
WORKSPACE = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/mlw"


def _account(name: str, reader: str) -> dict[str, Any]:
    key = {"keyvaulturi": "https://kv.vault.azure.net", "keyname": name}
    encryption = {
        "keySource": "Microsoft.Keyvault",
        "keyvaultproperties": key,
        "identity": {"userAssignedIdentity": reader},
    }
    return IDENTITY | {"kind": "StorageV2", "properties": {"encryption": encryption}}


def _registry(name: str, reader: str) -> dict[str, Any]:
    key = {"keyIdentifier": f"https://kv.vault.azure.net/keys/{name}", "identity": reader}
    return IDENTITY | {"properties": {"encryption": {"status": "enabled", "keyVaultProperties": key}}}


def _workspace(name: str, reader: str) -> dict[str, Any]:
    key = {"keyVaultArmId": VAULT, "keyIdentifier": f"https://kv.vault.azure.net/keys/{name}/1"}
    encryption = {"keyVaultProperties": key, "identity": {"userAssignedIdentity": reader}}
    return IDENTITY | {"properties": {"encryption": encryption}}


@pytest.fixture
def owner(emulator: Emulator) -> Somebody:
    """Who owns a group with a vault, a key in it, and an identity."""
    subscription = SUBSCRIPTION.rpartition("/")[2]
    add_subscription(emulator.state, subscription, "nonprod")
    owner = add_somebody(emulator.state, "owner")
    give_role(emulator.state, owner.object_id, "Owner", SUBSCRIPTION)
    let_read_the_directory(emulator.state, owner.object_id)
    names = ("Storage", "KeyVault", "ManagedIdentity", "MachineLearningServices", "ContainerRegistry")
    register(emulator.state, subscription, *(f"Microsoft.{name}" for name in names))
    for path in (GROUP, VAULT, KEY, READER):
        assert arm(emulator, owner, "PUT", path, {"location": "westeurope", "properties": {}})[0] == 201
    return owner


@pytest.mark.parametrize(
    ("path", "body", "reader", "others"),
    [
        (STORAGE, _account, "id", ()),
        (REGISTRY, _registry, "clientId", ()),
        (WORKSPACE, _workspace, "id", (object_id_of(COSMOS),)),
    ],
    ids=["account", "registry", "workspace"],
)
@pytest.mark.parametrize("scope", [KEY, VAULT, GROUP])
def test_who_reads_a_key_has_the_role_before(
    emulator: Emulator, owner: Somebody, path: str, body: Any, reader: str, others: tuple[str, ...], scope: str
) -> None:
    properties = arm(emulator, owner, "GET", READER)[1]["properties"]
    named = properties.get(reader, READER)
    assert arm(emulator, owner, "PUT", path, body("other", named)) == UNKNOWN
    for principal in (properties["principalId"], *others):
        assert arm(emulator, owner, "PUT", path, body("data", named)) == REFUSED
        give_role(emulator.state, principal, "Owner", GROUP)  # of the resources, and of no key
        assert arm(emulator, owner, "PUT", path, body("data", named)) == REFUSED
        give_role(emulator.state, principal, CRYPTO_USER, scope)
    assert arm(emulator, owner, "PUT", path, body("data", named))[0] == 201


def test_an_identity_whose_name_another_one_begins_with_is_another(emulator: Emulator, owner: Somebody) -> None:
    first = arm(emulator, owner, "GET", READER)[1]["properties"]["principalId"]
    other = f"{READER}-lake"
    arm(emulator, owner, "PUT", other, {"location": "westeurope"})
    give_role(emulator.state, first, CRYPTO_USER, KEY)
    assert arm(emulator, owner, "PUT", STORAGE, _account("data", other)) == REFUSED
    assert arm(emulator, owner, "PUT", STORAGE, _account("data", READER))[0] == 201


def test_a_workspace_of_databricks_takes_the_key_of_its_account_at_the_second_time(
    emulator: Emulator, owner: Somebody
) -> None:
    lab = f"{GROUP}/providers/Microsoft.Databricks/workspaces/dbw-lab"
    register(emulator.state, SUBSCRIPTION.rpartition("/")[2], "Microsoft.Databricks")
    named = {"keyName": "data", "keyVaultUri": "https://kv.vault.azure.net", "keyVersion": "1"}
    services = {"entities": {"managedServices": {"keySource": "Microsoft.Keyvault", "keyVaultProperties": named}}}
    root = {"keySource": "Microsoft.Keyvault", "KeyName": "data", "keyvaulturi": named["keyVaultUri"]}

    def put(**parameters: Any) -> tuple[int, Any]:
        values = {name: {"value": value} for name, value in parameters.items()}
        properties = {"encryption": services, "parameters": values}
        return arm(emulator, owner, "PUT", lab, {"location": "westeurope", "properties": properties})

    assert put(prepareEncryption=True) == REFUSED
    give_role(emulator.state, object_id_of(DATABRICKS_APPLICATION), CRYPTO_USER, GROUP)
    status, made = put(prepareEncryption=True)
    assert status == 201
    assert put(prepareEncryption=True, encryption=root) == REFUSED
    give_role(emulator.state, made["properties"]["storageAccountIdentity"]["principalId"], CRYPTO_USER, KEY)
    assert put(prepareEncryption=True, encryption=root)[0] == 200

"""A workspace that acts as an identity of the customer's is made once that may manage what it is linked to."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.client import arm
from tests.emulator.emulator import Emulator
from tests.emulator.groups import add_subscription
from tests.emulator.people import Somebody, add_somebody, give_role
from tests.emulator.providers import register

SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id"
STORAGE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/stx"
LAKE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/lake"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv"
REGISTRY = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/crx"
WORKSPACE = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/mlw"
REFUSED = (403, "AuthorizationFailed")
APPROVER = "Azure AI Enterprise Network Connection Approver"


@pytest.fixture
def owner(emulator: Emulator) -> Somebody:
    """Who owns a group with an identity, and with what a workspace is linked to."""
    subscription = SUBSCRIPTION.rpartition("/")[2]
    add_subscription(emulator.state, subscription, "nonprod")
    owner = add_somebody(emulator.state, "owner")
    give_role(emulator.state, owner.object_id, "Owner", SUBSCRIPTION)
    names = ("Storage", "KeyVault", "ManagedIdentity", "MachineLearningServices", "ContainerRegistry", "Network")
    register(emulator.state, subscription, *(f"Microsoft.{name}" for name in names))
    for path in (GROUP, IDENTITY, VAULT, REGISTRY, STORAGE, LAKE):
        body = {"location": "westeurope", "kind": "StorageV2", "properties": {}}
        assert arm(emulator, owner, "PUT", path, body)[0] == 201
    return owner


def _workspace(**properties: Any) -> dict[str, Any]:
    linked = {"storageAccount": STORAGE, "keyVault": VAULT, "containerRegistry": REGISTRY}
    return {
        "location": "westeurope",
        "identity": {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}},
        "properties": {**linked, "primaryUserAssignedIdentity": IDENTITY, **properties},
    }


def _principal(emulator: Emulator, owner: Somebody) -> str:
    return str(arm(emulator, owner, "GET", IDENTITY)[1]["properties"]["principalId"])


def test_it_is_refused_until_its_identity_has_every_role(emulator: Emulator, owner: Somebody) -> None:
    body, identity = _workspace(), _principal(emulator, owner)
    for role, scope in (
        *(("Contributor", each) for each in (STORAGE, VAULT, REGISTRY)),
        ("Key Vault Administrator", VAULT),
    ):
        assert arm(emulator, owner, "PUT", WORKSPACE, body) == REFUSED
        give_role(emulator.state, identity, role, scope)
    assert arm(emulator, owner, "PUT", WORKSPACE, body)[0] == 201


@pytest.mark.parametrize("role", [APPROVER, "Contributor"])
def test_its_identity_approves_the_endpoints_of_its_network(emulator: Emulator, owner: Somebody, role: str) -> None:
    identity = _principal(emulator, owner)
    for linked in (STORAGE, VAULT, REGISTRY):
        give_role(emulator.state, identity, "Contributor", linked)
    give_role(emulator.state, identity, "Key Vault Administrator", VAULT)
    network = {"isolationMode": "AllowOnlyApprovedOutbound"}
    rule = {"type": "PrivateEndpoint", "destination": {"serviceResourceId": LAKE, "subresourceTarget": "dfs"}}
    inside = _workspace(managedNetwork={**network, "outboundRules": {"lake": rule}}, provisionNetworkNow=True)
    beside = _workspace(managedNetwork=network, provisionNetworkNow=True)
    assert arm(emulator, owner, "PUT", WORKSPACE, inside) == REFUSED
    assert arm(emulator, owner, "PUT", WORKSPACE, beside)[0] == 201
    assert arm(emulator, owner, "PUT", f"{WORKSPACE}/outboundRules/lake", {"properties": rule}) == REFUSED
    partner = {"type": "PrivateEndpoint", "destination": {"serviceResourceId": LAKE.replace("/rg/", "/rg-partner/")}}
    assert arm(emulator, owner, "PUT", f"{WORKSPACE}/outboundRules/partner", {"properties": partner})[0] == 201
    give_role(emulator.state, identity, role, GROUP)
    assert arm(emulator, owner, "PUT", f"{WORKSPACE}/outboundRules/lake", {"properties": rule})[0] == 201
    assert arm(emulator, owner, "PUT", f"{WORKSPACE}2", inside)[0] == 201


def test_one_that_the_service_gives_it_needs_nothing(emulator: Emulator, owner: Somebody) -> None:
    body = _workspace(primaryUserAssignedIdentity=None) | {"identity": {"type": "SystemAssigned"}}
    assert arm(emulator, owner, "PUT", WORKSPACE, body)[0] == 201

"""Deployments and what-if: what a template makes, what stops it, and what it would change."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.client import arm
from tests.emulator.emulator import Emulator
from tests.emulator.groups import add_subscription
from tests.emulator.people import Somebody, add_somebody, give_role
from tests.emulator.providers import register
from tests.emulator.tokens import TENANT
from tests.tools import bicep

pytestmark = pytest.mark.bicep
SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg"
DEPLOYMENT = f"{GROUP}/providers/Microsoft.Resources/deployments/d"
PROVIDERS = f"{GROUP}/providers"
DEFINITIONS = "Microsoft.Authorization/roleDefinitions"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"


@pytest.fixture
def owner(emulator: Emulator) -> Somebody:
    bicep()
    add_subscription(emulator.state, SUBSCRIPTION.rpartition("/")[2], "nonprod")
    owner = add_somebody(emulator.state, "owner")
    give_role(emulator.state, owner.object_id, "Owner", SUBSCRIPTION)
    register(emulator.state, SUBSCRIPTION.rpartition("/")[2], "Microsoft.ManagedIdentity", "Microsoft.KeyVault")
    assert arm(emulator, owner, "PUT", GROUP, {"location": "westeurope"})[0] == 201
    return owner


def _template(*, retention: int = 90, role: str = READER, vault: str = "kv") -> dict[str, Any]:
    """An identity, a vault in a region that a parameter says, and a role for the identity on the vault."""
    identity = "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'id')]"
    vault_id = f"[resourceId('Microsoft.KeyVault/vaults', '{vault}')]"
    return {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {"location": {"type": "string"}},
        "resources": [
            {
                "type": "Microsoft.ManagedIdentity/userAssignedIdentities",
                "apiVersion": "2024-11-30",
                "name": "id",
                "location": "[parameters('location')]",
            },
            {
                "type": "Microsoft.KeyVault/vaults",
                "apiVersion": "2024-11-01",
                "name": vault,
                "location": "[parameters('location')]",
                "properties": {
                    "softDeleteRetentionInDays": retention,
                    "tenantId": "[tenant().tenantId]",
                    "networkAcls": {"bypass": "None"},
                },
            },
            {
                "type": "Microsoft.Authorization/roleAssignments",
                "apiVersion": "2022-04-01",
                "name": "00000000-0000-0000-0000-00000000000a",
                "scope": vault_id,
                "properties": {
                    "roleDefinitionId": f"[subscriptionResourceId('{DEFINITIONS}', '{role}')]",
                    "principalId": f"[reference({identity[1:-1]}, '2024-11-30').principalId]",
                    "principalType": "ServicePrincipal",
                },
                "dependsOn": [vault_id, identity],
            },
        ],
    }


def _body(template: dict[str, Any], level: str = "Provider", **parameters: str) -> dict[str, Any]:
    given = {name: {"value": value} for name, value in (parameters or {"location": "westeurope"}).items()}
    properties = {"mode": "Incremental", "template": template, "parameters": given, "validationLevel": level}
    return {"properties": properties}


def _deploy(emulator: Emulator, who: Somebody, template: dict[str, Any]) -> dict[str, Any]:
    """The deployment at its end."""
    status, answer = arm(emulator, who, "PUT", DEPLOYMENT, _body(template))
    assert status in (200, 201), answer
    while (body := arm(emulator, who, "GET", DEPLOYMENT)[1])["properties"]["provisioningState"] == "Running":
        pass
    properties: dict[str, Any] = body["properties"]
    return properties


def _what_if(emulator: Emulator, who: Somebody, template: dict[str, Any], level: str = "Provider") -> Any:
    """Each change by the last part of its resource's id, with the paths that it is about."""
    status, answer = arm(emulator, who, "POST", f"{DEPLOYMENT}/whatIf", _body(template, level))
    if status != 202:
        return status, answer
    (operation,) = emulator.state.table("what_if")
    changes = arm(emulator, who, "GET", f"{SUBSCRIPTION}/operationresults/{operation}")[1]["properties"]["changes"]
    return {
        change["resourceId"].rpartition("/")[2]: (
            change["changeType"],
            [one["path"] for one in change.get("delta", [])],
        )
        for change in changes
    }


def test_a_deployment_makes_what_the_template_says(emulator: Emulator, owner: Somebody) -> None:
    assert _deploy(emulator, owner, _template())["provisioningState"] == "Succeeded"
    identity = arm(emulator, owner, "GET", f"{PROVIDERS}/Microsoft.ManagedIdentity/userAssignedIdentities/id")[1]
    vault = arm(emulator, owner, "GET", f"{PROVIDERS}/Microsoft.KeyVault/vaults/kv")[1]
    assert vault["properties"]["tenantId"] == TENANT
    (assigned,) = (
        one
        for one in arm(emulator, owner, "GET", f"{vault['id']}/providers/Microsoft.Authorization/roleAssignments")[1][
            "value"
        ]
        if one["properties"]["scope"] == vault["id"]
    )
    assert assigned["properties"]["principalId"] == identity["properties"]["principalId"]


def test_a_running_deployment_goes_on_alone(emulator: Emulator, owner: Somebody) -> None:
    assert arm(emulator, owner, "PUT", DEPLOYMENT, _body(_template()))[0] == 201
    assert arm(emulator, owner, "PUT", DEPLOYMENT, _body(_template())) == (409, "DeploymentActive")
    assert arm(emulator, owner, "GET", DEPLOYMENT)[1]["properties"]["provisioningState"] == "Succeeded"


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({"parameters": {}}, (400, "InvalidTemplate")),
        ({"template": {"resources": "none"}}, (400, "InvalidTemplate")),
    ],
)
def test_a_template_that_can_not_be_read(
    emulator: Emulator, owner: Somebody, body: dict[str, Any], answer: tuple[int, str]
) -> None:
    whole = _body(_template())
    whole["properties"] |= body
    assert arm(emulator, owner, "POST", f"{DEPLOYMENT}/validate", whole) == answer
    assert arm(emulator, owner, "PUT", DEPLOYMENT, whole) == answer


def test_what_azure_checks_before_it_begins(emulator: Emulator, owner: Somebody) -> None:
    somebody = add_somebody(emulator.state, "somebody")
    body = _body(_template())
    give_role(emulator.state, somebody.object_id, "Reader", GROUP)
    assert arm(emulator, somebody, "PUT", DEPLOYMENT, body) == (403, "AuthorizationFailed")
    give_role(emulator.state, somebody.object_id, "Contributor", GROUP)
    assert arm(emulator, somebody, "PUT", DEPLOYMENT, body) == (403, "InvalidTemplateDeployment")  # gives a role
    assert arm(emulator, owner, "PUT", DEPLOYMENT + "d" * 64, body)[1] == "InvalidDeploymentName"
    emulator.state.table("providers", SUBSCRIPTION.rpartition("/")[2]).clear()
    assert arm(emulator, owner, "PUT", DEPLOYMENT, body) == (409, "MissingSubscriptionRegistration")


def test_a_deployment_fails_where_a_resource_is_refused_and_leaves_what_was_made(
    emulator: Emulator, owner: Somebody
) -> None:
    assert _deploy(emulator, owner, _template())["provisioningState"] == "Succeeded"
    failed = _deploy(emulator, owner, _template(retention=7, vault="kv"))
    assert (failed["provisioningState"], failed["error"]["details"][0]["code"]) == (
        "Failed",
        "PropertyChangeNotAllowed",
    )
    emulator.state.table("taken_names")["other"] = True
    failed = _deploy(emulator, owner, _template(vault="other"))
    assert failed["error"]["details"][0]["code"] == "VaultAlreadyExists"
    assert arm(emulator, owner, "GET", f"{PROVIDERS}/Microsoft.KeyVault/vaults/kv")[0] == 200


def test_what_if_says_what_a_deployment_would_change(emulator: Emulator, owner: Somebody) -> None:
    new: tuple[str, list[str]] = ("Create", [])
    name = "00000000-0000-0000-0000-00000000000a"
    assert _what_if(emulator, owner, _template()) == {"id": new, "kv": new, name: new}
    _deploy(emulator, owner, _template())
    same: tuple[str, list[str]] = ("NoChange", [])
    assert _what_if(emulator, owner, _template()) == {"id": same, "kv": same, name: same}
    changed = ("Modify", ["properties.softDeleteRetentionInDays"])
    assert _what_if(emulator, owner, _template(retention=7)) == {"id": same, "kv": changed, name: same}
    other = _what_if(emulator, owner, _template(vault="kv2"))
    assert other == {"id": same, "kv2": new, name: new, "kv": ("Ignore", [])}


def test_what_if_asks_for_the_rights_of_its_level(emulator: Emulator, owner: Somebody) -> None:
    somebody = add_somebody(emulator.state, "somebody")
    give_role(emulator.state, somebody.object_id, "Reader", GROUP)
    assert _what_if(emulator, somebody, _template()) == (403, "AuthorizationFailed")
    role = {
        "roleName": "asks",
        "assignableScopes": [GROUP],
        "permissions": [{"actions": ["Microsoft.Resources/deployments/whatIf/action"]}],
    }
    authorization, guid = f"{PROVIDERS}/Microsoft.Authorization", "00000000-0000-0000-0000-00000000000b"
    assert arm(emulator, owner, "PUT", f"{authorization}/roleDefinitions/{guid}", {"properties": role})[0] == 201
    given = {"roleDefinitionId": f"{authorization}/roleDefinitions/{guid}", "principalId": somebody.object_id}
    assert arm(emulator, owner, "PUT", f"{authorization}/roleAssignments/{guid}", {"properties": given})[0] == 201
    assert _what_if(emulator, somebody, _template()) == (403, "InvalidTemplateDeployment")
    assert _what_if(emulator, somebody, _template(), "ProviderNoRbac")["kv"] == ("Create", [])

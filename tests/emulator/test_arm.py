"""Resource Manager says yes and no where Azure does."""

from __future__ import annotations

from typing import Any

import pytest

from mlinfra.azure.roles import ROLES
from tests.emulator.client import arm
from tests.emulator.emulator import Emulator
from tests.emulator.groups import add_subscription
from tests.emulator.metrics import observe
from tests.emulator.people import Somebody, add_somebody, give_role
from tests.emulator.providers import register
from tests.emulator.spreading import order

SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg"
STORAGE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/stx"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id"
WORKSPACE = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/mlw"
AUTHORIZATION = "providers/Microsoft.Authorization"
NAMES = ("Microsoft.Storage", "Microsoft.KeyVault", "Microsoft.ManagedIdentity", "Microsoft.MachineLearningServices")
SOME_ID = "00000000-0000-0000-0000-00000000000{}"
ACCOUNT = {"location": "westeurope", "sku": {"name": "Standard_ZRS"}, "kind": "StorageV2", "properties": {}}


@pytest.fixture
def owner(emulator: Emulator) -> Somebody:
    """Who owns a subscription in which a resource group stands and all providers are registered."""
    add_subscription(emulator.state, SUBSCRIPTION.rpartition("/")[2], "nonprod")
    owner = add_somebody(emulator.state, "owner")
    give_role(emulator.state, owner.object_id, "Owner", SUBSCRIPTION)
    register(emulator.state, SUBSCRIPTION.rpartition("/")[2], *NAMES)
    assert arm(emulator, owner, "PUT", GROUP, {"location": "westeurope"})[0] == 201
    return owner


def _assignment(role: str, principal: str, condition: str = "") -> dict[str, Any]:
    role_id = f"{SUBSCRIPTION}/{AUTHORIZATION}/roleDefinitions/{ROLES.get(role, role)}"
    properties = {"roleDefinitionId": role_id, "principalId": principal}
    return {"properties": {**properties, "condition": condition} if condition else properties}


def test_a_group_is_made_read_tagged_and_deleted(emulator: Emulator, owner: Somebody) -> None:
    tags = f"{GROUP}/providers/Microsoft.Resources/tags/default"
    merge = {"operation": "Merge", "properties": {"tags": {"Owner": "b", "x": "y"}}}
    assert arm(emulator, owner, "PUT", GROUP, {"location": "westeurope", "tags": {"owner": "a"}})[0] == 200
    assert arm(emulator, owner, "PATCH", tags, merge)[1]["properties"]["tags"] == {"owner": "b", "x": "y"}
    assert arm(emulator, owner, "GET", GROUP.upper().replace("RESOURCEGROUPS", "resourcegroups"))[1]["name"] == "rg"
    assert arm(emulator, owner, "PUT", GROUP, {"location": "northeurope"}) == (409, "InvalidResourceGroupLocation")
    assert arm(emulator, owner, "PUT", STORAGE, ACCOUNT)[0] == 201
    assert arm(emulator, owner, "DELETE", GROUP)[0] == 200
    assert arm(emulator, owner, "GET", STORAGE)[0] == 404
    assert arm(emulator, owner, "GET", GROUP) == (404, "ResourceGroupNotFound")


def test_a_provider_is_registered_after_a_few_looks(emulator: Emulator, owner: Somebody) -> None:
    provider = f"{SUBSCRIPTION}/providers/Microsoft.Insights"
    component = f"{GROUP}/providers/Microsoft.Insights/components/appi"
    assert arm(emulator, owner, "PUT", component, {"properties": {}}) == (409, "MissingSubscriptionRegistration")
    assert arm(emulator, owner, "POST", f"{provider}/register")[1]["registrationState"] == "Registering"
    assert arm(emulator, owner, "PUT", component, {"properties": {}}) == (409, "MissingSubscriptionRegistration")
    looks = [arm(emulator, owner, "GET", provider)[1]["registrationState"] for _ in range(2)]
    assert looks == ["Registering", "Registered"]
    assert arm(emulator, owner, "PUT", component, {"properties": {}})[0] == 201


def test_a_registry_needs_the_providers_of_what_azure_makes_for_it(emulator: Emulator, owner: Somebody) -> None:
    registry = f"{GROUP}/providers/Microsoft.MachineLearningServices/registries/mlr"
    body = {"location": "westeurope", "properties": {"regionDetails": [{"location": "westeurope"}]}}
    assert arm(emulator, owner, "PUT", registry, body) == (409, "MissingSubscriptionRegistration")
    register(emulator.state, SUBSCRIPTION.rpartition("/")[2], "Microsoft.ContainerRegistry")
    assert arm(emulator, owner, "PUT", registry, body)[0] == 201


@pytest.mark.parametrize(
    ("role", "allowed", "refused"),
    [
        ("Reader", ["GET group"], ["PUT group", "PUT account", "PUT assignment", "PUT lock", "POST register"]),
        ("Contributor", ["GET group", "PUT account"], ["PUT assignment", "PUT lock", "POST register"]),
        ("Role Based Access Control Administrator", ["GET group", "PUT assignment"], ["PUT account", "PUT lock"]),
        ("User Access Administrator", ["PUT assignment", "PUT lock"], ["PUT account"]),
        ("Storage Blob Data Contributor", [], ["GET group", "PUT account"]),
    ],
)
def test_a_role_allows_what_it_says(
    emulator: Emulator, owner: Somebody, role: str, allowed: list[str], refused: list[str]
) -> None:
    somebody = add_somebody(emulator.state, "somebody")
    give_role(emulator.state, somebody.object_id, role, GROUP)
    requests: dict[str, tuple[str, str, Any]] = {
        "GET group": ("GET", GROUP, None),
        "PUT group": ("PUT", GROUP, {"location": "westeurope"}),
        "PUT account": ("PUT", STORAGE, ACCOUNT),
        "PUT assignment": (
            "PUT",
            f"{GROUP}/{AUTHORIZATION}/roleAssignments/{SOME_ID.format(1)}",
            _assignment("Reader", owner.object_id),
        ),
        "PUT lock": ("PUT", f"{GROUP}/{AUTHORIZATION}/locks/l", {"properties": {"level": "CanNotDelete"}}),
        "POST register": ("POST", f"{SUBSCRIPTION}/providers/Microsoft.Insights/register", None),
    }
    for name in (*allowed, *refused):
        status, answer = arm(emulator, somebody, *requests[name])
        assert (status < 300) is (name in allowed), name
        assert name in allowed or answer == "AuthorizationFailed"


def test_a_condition_limits_which_roles_are_given_to_whom(emulator: Emulator, owner: Somebody) -> None:
    deployer = add_somebody(emulator.state, "deployer")
    path = f"{GROUP}/{AUTHORIZATION}/roleAssignments/{{}}"
    condition = (
        "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR "
        "(@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals "
        f"{{{ROLES['Reader']}}} AND @Request[Microsoft.Authorization/roleAssignments:PrincipalId] "
        f"ForAnyOfAllValues:GuidNotEquals {{{deployer.object_id}}}))"
    )
    given = _assignment("Role Based Access Control Administrator", deployer.object_id, condition)
    assert arm(emulator, owner, "PUT", path.format(SOME_ID.format(1)), given)[0] == 201
    give = [
        arm(emulator, deployer, "PUT", path.format(SOME_ID.format(number)), _assignment(role, principal))
        for number, (role, principal) in enumerate(
            [("Owner", owner.object_id), ("Reader", deployer.object_id), ("Reader", owner.object_id)], start=2
        )
    ]
    assert [status for status, _ in give] == [403, 403, 201]


@pytest.mark.parametrize(
    ("role", "principal", "condition", "answer"),
    [
        ("00000000-0000-0000-0000-000000000009", "owner", "", (400, "RoleDefinitionDoesNotExist")),
        ("Reader", SOME_ID.format(9), "", (400, "PrincipalNotFound")),
        ("Reader", "owner", "(broken", (400, "InvalidRoleAssignmentCondition")),
        ("Owner", "owner", "", (409, "RoleAssignmentExists")),
    ],
)
def test_assignments_that_azure_refuses(
    emulator: Emulator, owner: Somebody, role: str, principal: str, condition: str, answer: tuple[int, str]
) -> None:
    body = _assignment(role, owner.object_id if principal == "owner" else principal, condition)
    path = f"{SUBSCRIPTION}/{AUTHORIZATION}/roleAssignments/{SOME_ID.format(1)}"
    assert arm(emulator, owner, "PUT", path, body) == answer


def test_a_right_spreads_after_some_calls(emulator: Emulator, owner: Somebody) -> None:
    order(emulator.state, 2, "assignments")
    somebody = add_somebody(emulator.state, "somebody")
    path = f"{GROUP}/{AUTHORIZATION}/roleAssignments/{SOME_ID.format(1)}"
    assert arm(emulator, owner, "PUT", path, _assignment("Reader", somebody.object_id))[0] == 201
    assert [arm(emulator, somebody, "GET", GROUP)[0] for _ in range(3)] == [403, 403, 200]


def test_an_identity_is_known_to_the_directory_after_some_calls(emulator: Emulator, owner: Somebody) -> None:
    order(emulator.state, 1, "principals")
    principal = arm(emulator, owner, "PUT", IDENTITY, {"location": "westeurope"})[1]["properties"]["principalId"]
    path = f"{GROUP}/{AUTHORIZATION}/roleAssignments/{SOME_ID.format(1)}"
    assert arm(emulator, owner, "PUT", path, _assignment("Reader", principal)) == (400, "PrincipalNotFound")
    assert arm(emulator, owner, "PUT", path, _assignment("Reader", principal))[0] == 201


def test_a_custom_role_counts_where_it_may_be_assigned(emulator: Emulator, owner: Somebody) -> None:
    somebody = add_somebody(emulator.state, "somebody")
    definitions = f"{GROUP}/{AUTHORIZATION}/roleDefinitions"
    role = {"roleName": "mlinfra locks", "assignableScopes": [GROUP], "permissions": [{"actions": ["*/locks/*"]}]}
    put = {"properties": role}
    order(emulator.state, 1, "roles")
    assert arm(emulator, somebody, "PUT", f"{definitions}/{SOME_ID.format(7)}", put) == (403, "AuthorizationFailed")
    assert arm(emulator, owner, "PUT", f"{definitions}/{SOME_ID.format(7)}", put)[0] == 201
    assert (
        arm(emulator, owner, "PUT", f"{definitions}/{SOME_ID.format(8)}", put)[1] == "RoleDefinitionWithSameNameExists"
    )
    given = _assignment(SOME_ID.format(7), somebody.object_id)
    at_group, at_all = (
        f"{scope}/{AUTHORIZATION}/roleAssignments/{SOME_ID.format(1)}" for scope in (GROUP, SUBSCRIPTION)
    )
    unknown = (400, "RoleDefinitionDoesNotExist")
    assert arm(emulator, owner, "PUT", at_group, given) == unknown  # for a moment
    assert arm(emulator, owner, "PUT", at_group, given)[0] == 201
    assert arm(emulator, owner, "PUT", at_all, given) == unknown
    lock = f"{GROUP}/{AUTHORIZATION}/locks/l"
    assert arm(emulator, somebody, "PUT", lock, {"properties": {"level": "CanNotDelete"}})[0] == 201
    assert arm(emulator, owner, "DELETE", f"{definitions}/{SOME_ID.format(7)}") == (400, "RoleDefinitionHasAssignments")


def test_a_lock_keeps_what_it_is_on(emulator: Emulator, owner: Somebody) -> None:
    lock = f"{VAULT}/{AUTHORIZATION}/locks/l"
    assert arm(emulator, owner, "PUT", VAULT, {"location": "westeurope", "properties": {}})[0] == 201
    assert arm(emulator, owner, "PUT", lock, {"properties": {"level": "CanNotDelete"}})[0] == 201
    assert arm(emulator, owner, "DELETE", VAULT) == (409, "ScopeLocked")
    assert arm(emulator, owner, "DELETE", GROUP) == (409, "ScopeLocked")
    assert arm(emulator, owner, "PUT", VAULT, {"location": "westeurope", "properties": {}})[0] == 200
    assert arm(emulator, owner, "PUT", lock, {"properties": {"level": "ReadOnly"}})[0] in (200, 409)
    assert arm(emulator, owner, "DELETE", lock)[0] == 200
    assert arm(emulator, owner, "DELETE", VAULT)[0] == 200


@pytest.mark.parametrize(
    ("path", "body", "answer"),
    [
        (f"{STORAGE}/blobServices/default", {}, (404, "ParentResourceNotFound")),
        (STORAGE.replace("/rg/", "/gone/"), ACCOUNT, (404, "ResourceGroupNotFound")),
        (STORAGE.replace("stx", "sttaken"), ACCOUNT, (409, "StorageAccountAlreadyTaken")),
        (WORKSPACE, {"properties": {"storageAccount": STORAGE}}, (400, "InvalidResourceReference")),
        (
            WORKSPACE,
            {"properties": {}, "identity": {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}}},
            (400, "FailedIdentityOperation"),
        ),
    ],
)
def test_what_can_not_be_made(
    emulator: Emulator, owner: Somebody, path: str, body: dict[str, Any], answer: tuple[int, str]
) -> None:
    emulator.state.table("taken_names")["sttaken"] = True
    assert arm(emulator, owner, "PUT", path, body) == answer


def test_who_gives_an_identity_away_needs_a_right_on_it(emulator: Emulator, owner: Somebody) -> None:
    somebody = add_somebody(emulator.state, "somebody")
    assert arm(emulator, owner, "PUT", IDENTITY, {"location": "westeurope"})[0] == 201
    give_role(emulator.state, somebody.object_id, "Contributor", WORKSPACE)
    identity = {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}}
    body = {"location": "westeurope", "identity": identity, "properties": {}}
    assert arm(emulator, somebody, "PUT", WORKSPACE, body) == (403, "LinkedAuthorizationFailed")
    assert arm(emulator, owner, "PUT", WORKSPACE, body)[0] == 201


@pytest.mark.parametrize(
    ("path", "before", "after", "answer"),
    [
        (STORAGE, ACCOUNT, {**ACCOUNT, "kind": "BlobStorage"}, (409, "PropertyChangeNotAllowed")),
        (STORAGE, ACCOUNT, {**ACCOUNT, "location": "northeurope"}, (409, "InvalidResourceLocation")),
        (STORAGE, ACCOUNT, {**ACCOUNT, "properties": {"allowBlobPublicAccess": True}}, (200, True)),
        (
            VAULT,
            {"properties": {"softDeleteRetentionInDays": 90}},
            {"properties": {"softDeleteRetentionInDays": 7}},
            (409, "PropertyChangeNotAllowed"),
        ),
        (
            VAULT,
            {"properties": {"enablePurgeProtection": True}},
            {"properties": {"enablePurgeProtection": False}},
            (409, "PropertyChangeNotAllowed"),
        ),
    ],
)
def test_what_can_not_be_changed_stays(
    emulator: Emulator,
    owner: Somebody,
    path: str,
    before: dict[str, Any],
    after: dict[str, Any],
    answer: tuple[int, Any],
) -> None:
    assert arm(emulator, owner, "PUT", path, before)[0] == 201
    status, said = arm(emulator, owner, "PUT", path, after)
    assert (status, said if status != 200 else said["properties"]["allowBlobPublicAccess"]) == answer


def test_an_identity_trusts_what_its_credentials_say(emulator: Emulator, owner: Somebody) -> None:
    credential = {"properties": {"issuer": "https://i", "subject": "s", "audiences": ["a"]}}
    status, identity = arm(emulator, owner, "PUT", IDENTITY, {"location": "westeurope"})
    assert (status, set(identity["properties"])) == (201, {"principalId", "clientId", "tenantId"})
    again = arm(emulator, owner, "PUT", IDENTITY, {"location": "westeurope"})[1]
    assert again["properties"] == identity["properties"]
    paths = [f"{IDENTITY}/federatedIdentityCredentials/{name}" for name in ("one", "two")]
    assert arm(emulator, owner, "PUT", paths[0], credential)[0] == 201
    assert arm(emulator, owner, "PUT", paths[1], credential) == (409, "Conflict")
    assert arm(emulator, owner, "GET", f"{IDENTITY}/federatedIdentityCredentials")[1]["value"][0]["name"] == "one"


def test_an_environment_stands_on_an_image_that_exists(emulator: Emulator, owner: Somebody) -> None:
    environment = f"{WORKSPACE}/environments/train"
    assert arm(emulator, owner, "PUT", WORKSPACE, {"location": "westeurope", "properties": {}})[0] == 201
    assert arm(emulator, owner, "PUT", environment, {"properties": {}})[0] == 201
    for version, (image, answer) in enumerate(
        [
            ("mcr.microsoft.com/azureml/openmpi9.9:latest", (400, "ImageNotFound")),
            ("mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:20260901.v1", 201),
            ("contoso.example/own:1", 201),
        ]
    ):
        status, said = arm(
            emulator, owner, "PUT", f"{environment}/versions/{version}", {"properties": {"image": image}}
        )
        assert answer in ((status, said), status)


def test_a_subnet_is_joined_by_who_may(emulator: Emulator, owner: Somebody) -> None:
    somebody = add_somebody(emulator.state, "somebody")
    network = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet"
    register(emulator.state, SUBSCRIPTION.rpartition("/")[2], "Microsoft.Network")
    for path in (WORKSPACE, network, f"{network}/subnets/training"):
        assert arm(emulator, owner, "PUT", path, {"location": "westeurope", "properties": {}})[0] == 201
    give_role(emulator.state, somebody.object_id, "AzureML Compute Operator", GROUP)
    compute = {"properties": {"properties": {"subnet": {"id": f"{network}/subnets/training"}}}}
    for joined in (f"{network}/subnets/training", network):
        refused = arm(emulator, somebody, "PUT", f"{WORKSPACE}/computes/c", compute)
        assert refused == (403, "LinkedAuthorizationFailed")
        give_role(emulator.state, somebody.object_id, "Network Contributor", joined)
    assert arm(emulator, somebody, "PUT", f"{WORKSPACE}/computes/c", compute)[0] == 201


def test_a_key_is_made_once_and_stays(emulator: Emulator, owner: Somebody) -> None:
    key = f"{VAULT}/keys/storage"
    assert arm(emulator, owner, "PUT", VAULT, {"location": "westeurope", "properties": {}})[0] == 201
    made = arm(emulator, owner, "PUT", key, {"properties": {"kty": "RSA", "keySize": 3072}})[1]["properties"]
    assert made["keyUriWithVersion"].startswith(made["keyUri"] + "/")
    again = arm(emulator, owner, "PUT", key, {"properties": {"kty": "RSA", "keySize": 4096}})[1]["properties"]
    assert (again["keySize"], again["keyUriWithVersion"]) == (3072, made["keyUriWithVersion"])


def test_metrics_are_what_was_seen(emulator: Emulator, owner: Somebody) -> None:
    assert arm(emulator, owner, "PUT", STORAGE, ACCOUNT)[0] == 201
    for number in range(12):
        observe(emulator.state, STORAGE, "RequestsPerMinute", {"statusCode": str(number)}, [1.5])
    path = f"{STORAGE}/providers/Microsoft.Insights/metrics"
    series = arm(emulator, owner, "GET", path, metricnames="RequestsPerMinute")[1]["value"][0]["timeseries"]
    assert (len(series), series[0]["data"][0]["average"]) == (10, 1.5)
    more = arm(emulator, owner, "GET", path, metricnames="RequestsPerMinute,Other", top="200")[1]["value"]
    assert [len(metric["timeseries"]) for metric in more] == [12, 0]

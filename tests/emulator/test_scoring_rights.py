"""Who tests an endpoint may score there and do nothing else, and who deploys can let nobody else, or do more."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mlinfra.azure.own_roles import SCORE, own_role
from mlinfra.azure.roles import ROLES
from mlinfra.pipelines.rights import CONNECTIONS, SCORER, Needs, consumers_role, rights_of
from mlinfra.pipelines.scripts import TargetContext
from tests.emulator.client import arm
from tests.emulator.emulator import Emulator
from tests.emulator.groups import add_subscription
from tests.emulator.machine import Machine
from tests.emulator.people import SECRET, Somebody, add_somebody, give_role
from tests.emulator.providers import register

SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg"
ENDPOINT = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/mlw/onlineEndpoints/churn"
REFUSED = (403, "AuthorizationFailed")
SCORE_ROLE = own_role(GROUP, SCORE)


@pytest.fixture
def owner(emulator: Emulator) -> Somebody:
    add_subscription(emulator.state, SUBSCRIPTION.rpartition("/")[2], "nonprod")
    owner = add_somebody(emulator.state, "owner")
    give_role(emulator.state, owner.object_id, "Owner", SUBSCRIPTION)
    register(emulator.state, SUBSCRIPTION.rpartition("/")[2], "Microsoft.MachineLearningServices")
    assert arm(emulator, owner, "PUT", GROUP, {"location": "westeurope"})[0] == 201
    return owner


def _assigned(
    emulator: Emulator, by: Somebody, role: str, who: str, scope: str, number: int, **more: str
) -> tuple[int, Any]:
    """What becomes of an assignment, the last part of whose name is a number."""
    role_id = f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{role}"
    properties = {"roleDefinitionId": role_id, "principalId": who, "principalType": "ServicePrincipal", **more}
    path = f"{scope}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-0000-0000-{number:012}"
    return arm(emulator, by, "PUT", path, {"properties": properties})


def test_who_deploys_lets_one_connection_score_on_an_endpoint(emulator: Emulator, owner: Somebody) -> None:
    """With the condition that bootstrap.sh puts on the right to assign roles, which the emulator enforces."""
    deploy, run, score = (add_somebody(emulator.state, name) for name in ("deploy", "run", "score"))
    target = TargetContext("dev", SUBSCRIPTION.rpartition("/")[2], "rg", "westeurope", ())
    right = consumers_role(Needs(GROUP))
    body = arm(
        emulator,
        owner,
        "PUT",
        f"{GROUP}/providers/Microsoft.Authorization/roleDefinitions/{SCORE_ROLE}",
        json.loads(target.role_body(right)),
    )
    assert body[0] == 201, body
    (gives,) = (each for each in rights_of("deploy", Needs(GROUP, uses=("deploy", "run", "score"))) if each.condition)
    condition = gives.condition.replace(
        CONNECTIONS, ", ".join(each.object_id for each in (deploy, run, score))
    ).replace(SCORER, score.object_id)
    made = _assigned(
        emulator, owner, gives.role, deploy.object_id, GROUP, 1, condition=condition, conditionVersion="2.0"
    )
    assert made[0] == 201, made

    assert _assigned(emulator, deploy, SCORE_ROLE, score.object_id, ENDPOINT, 2)[0] == 201
    assert _assigned(emulator, deploy, SCORE_ROLE, run.object_id, ENDPOINT, 3) == REFUSED
    assert _assigned(emulator, deploy, SCORE_ROLE, deploy.object_id, ENDPOINT, 4) == REFUSED
    assert _assigned(emulator, deploy, ROLES["Contributor"], score.object_id, ENDPOINT, 5) == REFUSED
    assert _assigned(emulator, score, SCORE_ROLE, run.object_id, ENDPOINT, 6) == REFUSED


@pytest.mark.azure
def test_az_needs_no_subscription_to_ask_for_a_token_that_scores(machine: Machine) -> None:
    """As AzureCLI@2 signs in with allowNoSubscriptions; without it, the task chooses the subscription, and fails."""
    scores = add_somebody(machine.emulator.state, "scores")
    machine.sign_in_without_subscription(scores.client_id, SECRET)
    asked = ("account", "get-access-token", "--resource", "https://ml.azure.com", "--query", "accessToken")
    told = machine.az(*asked, "--output", "tsv")
    assert (told.code, told.stdout.count(".")) == (0, 2), told.stderr
    chosen = machine.az("account", "set", "--subscription", SUBSCRIPTION.rpartition("/")[2])
    assert chosen.code == 1, "a role that nobody has let az choose the subscription"

"""The roles that bootstrap.sh finds in a tenant: those of our own, which it defines again, and those of others."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from mlinfra.azure.conditions import Blobs
from mlinfra.pipelines.handover import role_request
from mlinfra.pipelines.rights import Needs, Right, rights_of
from tests.scripts.harness import Azure, write_output
from tests.scripts.steps import BOOTSTRAP
from tests.scripts.test_bootstrap import OTHER, PROD, TAGS, with_prod


@pytest.mark.parametrize(
    ("actions", "others", "refused"),
    [
        (["Microsoft.Storage/*"], [], ""),
        (["*"], ["Microsoft.Authorization/*/Write", "Microsoft.Authorization/*/Delete"], ""),
        (["Microsoft.Authorization/roleAssignments/delete", "Microsoft.Authorization/*/read"], [], ""),
        (["*"], ["Microsoft.Authorization/*/Write"], "locks/delete"),
        (["*"], ["Microsoft.Authorization/*/Delete"], "roleAssignments/write"),
        (["*"], ["Microsoft.Authorization/roleAssignments/*"], "roleAssignmentScheduleRequests/write"),
        (["Microsoft.Authorization/roleAssignments/write"], [], "roleAssignments/write"),
        (["Microsoft.Authorization/roleDefinitions/*"], [], "roleDefinitions/write"),
        (["Microsoft.Authorization/locks/*"], [], "locks/delete"),
        (["*/WRITE"], [], "roleAssignments/write"),
    ],
)
def test_a_role_of_the_tenants_own_rules_over_no_rights(
    azure: Azure, tmp_path: Path, actions: list[str], others: list[str], refused: str
) -> None:
    context = with_prod(custom_roles=(OTHER,), connections=())
    azure = Azure(tmp_path / "azure", azure.port, write_output(tmp_path / "out", context), context)
    azure.state["groups"] = {PROD: {"location": "westeurope", "tags": TAGS}}
    azure.state["roles"] = {PROD: {OTHER: {"permissions": [{"actions": actions, "notActions": others}]}}}
    result = azure.run(*BOOTSTRAP)
    told = (
        f"error: role {OTHER} may do Microsoft.Authorization/{refused}, and the templates give it to an identity that"
    )
    assert (result.code, told in result.stderr) == (int(bool(refused)), bool(refused))
    assert refused or "warning" not in result.stderr


@pytest.mark.parametrize(
    ("role", "code", "told"),
    [
        ("acdd72a7-3385-48ef-bd42-f606fba81ae7", 0, ""),
        ("8b54135c-b56d-4d72-a534-26097cfdc8d8", 1, " may do Microsoft.Authorization/roleAssignments/write, and the "),
        (OTHER, 0, ", which the templates assign, is none that can be assigned in "),
    ],
)
def test_a_role_that_is_known_by_its_id_alone_may_be_one_of_azures(
    azure: Azure, tmp_path: Path, role: str, code: int, told: str
) -> None:
    context = with_prod(custom_roles=(role,), connections=())
    azure = Azure(tmp_path / "azure", azure.port, write_output(tmp_path / "out", context), context)
    azure.state["groups"] = {PROD: {"location": "westeurope", "tags": TAGS}}
    result = azure.run(*BOOTSTRAP)
    assert (result.code, f"role {role}" in result.stderr) == (code, bool(told))
    assert told in result.stderr


def test_a_role_that_templates_give_and_no_connection_has_is_defined_once(azure: Azure, tmp_path: Path) -> None:
    action = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/score/action"
    right = Right(OTHER, "mlinfra score 00000000", "scores", actions=(action,))
    context = with_prod(roles=(right,))
    azure = Azure(tmp_path / "azure", azure.port, write_output(tmp_path / "out", context), context)
    told = 'define role "mlinfra score 00000000"\n'
    assert f"would {told}" in azure.run(*BOOTSTRAP, "--dry-run").stderr
    result = azure.run(*BOOTSTRAP)
    assert (result.code, result.stderr.count(told)) == (0, 1)
    defined = azure.state["roles"][PROD][OTHER]
    assert defined["permissions"] == [{"actions": [action], "notActions": [], "dataActions": []}]
    assert defined["assignableScopes"] == [PROD]
    assert told not in azure.run(*BOOTSTRAP).stderr


def test_a_role_whose_exceptions_changed_is_defined_again(azure: Azure, tmp_path: Path) -> None:
    data = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
    right = Right(OTHER, "churn reader 00000000", "reads", data_actions=(f"{data}/read",))
    told = 'define role "churn reader 00000000"\n'
    state = azure.state
    for number, not_data_actions in enumerate(((), (f"{data}/tags/read",), ())):
        changed = dataclasses.replace(right, not_data_actions=not_data_actions)
        context, folder = with_prod(roles=(changed,), connections=()), tmp_path / str(number)
        azure = Azure(folder / "azure", azure.port, write_output(folder / "out", context), context)
        azure.state |= state
        result = azure.run(*BOOTSTRAP)
        assert (result.code, result.stderr.count(told)) == (0, 1), not_data_actions
        state = azure.state
        (permission,) = state["roles"][PROD][OTHER]["permissions"]
        assert tuple(permission.get("notDataActions", ())) == not_data_actions


def test_of_several_permissions_none_is_passed_over(azure: Azure, tmp_path: Path) -> None:
    """A role that reads, and in a second permission gives roles; what one of the two takes back the other may give."""
    giving = {"actions": ["Microsoft.Authorization/*"], "notActions": []}
    reading = {"actions": ["*/read"], "notActions": ["Microsoft.Authorization/*/write"]}
    context = with_prod(custom_roles=(OTHER,), connections=())
    azure = Azure(tmp_path / "azure", azure.port, write_output(tmp_path / "out", context), context)
    azure.state["groups"] = {PROD: {"location": "westeurope", "tags": TAGS}}
    azure.state["roles"] = {PROD: {OTHER: {"permissions": [reading, giving]}}}
    result = azure.run(*BOOTSTRAP)
    assert result.code == 1
    assert f"error: role {OTHER} may do Microsoft.Authorization/roleAssignments/write, and" in result.stderr


def test_a_role_of_others_without_any_list_holds_nothing_up(azure: Azure, tmp_path: Path) -> None:
    context = with_prod(connections=())
    azure = Azure(tmp_path / "azure", azure.port, write_output(tmp_path / "out", context), context)
    azure.state["groups"] = {PROD: {"location": "westeurope", "tags": TAGS}}
    odd = {"permissions": [{"actions": None, "notActions": None, "dataActions": None}]}
    azure.state["roles"] = {PROD: {OTHER: odd, OTHER.replace("9", "8"): {"permissions": []}}}
    assert azure.run(*BOOTSTRAP).code == 0
    assert azure.state["roles"][PROD][OTHER] == odd


def test_a_role_of_several_connections_is_defined_alike_for_each() -> None:
    """Where a connection may write stands in the condition of its assignment: the first one does not say it of all."""
    needs = Needs(PROD, accounts=("stmain",), uploads=True, results=(Blobs("stlake", "scored"),))
    deploy, run = (
        {right.role: role_request(right, PROD) for right in rights_of(use, needs) if right.is_ours}
        for use in ("deploy", "run")
    )
    (role,) = deploy.keys() & run.keys()
    assert deploy[role] == run[role]
    assert "stmain" not in run[role]

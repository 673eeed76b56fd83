"""What passes by itself is tried again a few times; anything else ends a script at once, its cause at the end."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.scripts.fake_az.faults import MESSAGE, NOBODY
from tests.scripts.harness import Azure, Snapshot
from tests.scripts.steps import BOOTSTRAP, DEPLOY, REGISTER, RELEASE, TRAIN, Step

WHAT_IF: Step = ("what-if.sh", "--target", "dev")
CREATE = "deployment group create"
ATTEMPTS = 6


def _order(on: str, error: str, times: int, **more: Any) -> dict[str, Any]:
    return {"on": on, "error": error, "times": times, **more}


@pytest.mark.parametrize(
    ("step", "on", "error"),
    [
        *((DEPLOY, "rest", status) for status in ("409", "429", "500", "502", "503", "504", "AuthorizationFailed")),
        (DEPLOY, CREATE, "AuthorizationFailed"),
        (DEPLOY, CREATE, "LinkedAuthorizationFailed"),
        (DEPLOY, CREATE, "DeploymentActive"),
        (DEPLOY, CREATE, "KeyVaultAuthenticationFailure"),
        (DEPLOY, "group show", "AuthorizationFailed"),
        (WHAT_IF, "deployment group what-if", "AuthorizationFailed"),
        (REGISTER, "ml environment create", "AuthorizationPermissionMismatch"),
        (REGISTER, "ml data show", "Forbidden"),
        (BOOTSTRAP, "role assignment create", "RoleDefinitionDoesNotExist"),
        (BOOTSTRAP, "role assignment create", "PrincipalNotFound"),
        (BOOTSTRAP, "rest", "429"),
    ],
)
def test_what_passes_is_tried_again_a_few_times(azure: Azure, step: Step, on: str, error: str) -> None:
    azure.with_infrastructure()
    if step == BOOTSTRAP:
        azure.state.clear()
    before = azure.snapshot()
    assert azure.run(*step).code == 0
    clean = azure.snapshot()

    azure.restore(before).script["faults"] = [_order(on, error, ATTEMPTS - 1)]
    patient = azure.run(*step)
    assert (patient.code, azure.snapshot()) == (0, clean), patient.stderr
    assert f"that may pass: once more in 0 seconds, {ATTEMPTS - 1} of {ATTEMPTS - 1}\n" in patient.stderr

    azure.restore(before).script["faults"] = [_order(on, error, ATTEMPTS)]
    result = azure.run(*step)
    assert result.code == 1
    assert result.stderr.splitlines()[-1].startswith(f"error: az {on} exited with 1: ")
    calls = [entry for entry in azure.log("calls.jsonl") if entry["name"] == on]
    assert [entry["code"] for entry in calls][-ATTEMPTS:] == [1] * ATTEMPTS


@pytest.mark.parametrize(
    ("step", "on", "error"),
    [
        (DEPLOY, "rest", "RequestDisallowedByPolicy"),
        (DEPLOY, CREATE, "InvalidTemplate"),
        (DEPLOY, CREATE, "409"),
        (REGISTER, "ml environment create", "409"),
        (REGISTER, "ml data show", "UserError"),
        (REGISTER, "ml environment create", "ForbiddenByFirewall"),
    ],
)
def test_anything_else_ends_the_script_at_once(azure: Azure, step: Step, on: str, error: str) -> None:
    azure.with_infrastructure().script["faults"] = [_order(on, error, 1)]
    result = azure.run(*step)
    assert result.code == 1
    assert result.stderr.splitlines()[-1].startswith(f"error: az {on} exited with 1: ")
    assert azure.log("calls.jsonl")[-1]["name"] == on
    assert "once more" not in result.stderr


@pytest.mark.parametrize("error", NOBODY)
@pytest.mark.parametrize(("step", "on"), [(DEPLOY, "group show"), (DEPLOY, CREATE), (DEPLOY, "rest")])
def test_a_profile_that_a_task_is_writing_is_read_once_more(azure: Azure, step: Step, on: str, error: str) -> None:
    azure.with_infrastructure()
    before = azure.snapshot()
    azure.script["faults"] = [_order(on, error, 1)]
    half = azure.run(*step)
    assert half.code == 0, half.stderr
    assert "that may pass: once more in 0 seconds, 1 of 1\n" in half.stderr

    azure.restore(before).script["faults"] = [_order(on, error, 2)]
    nobody = azure.run(*step)
    assert (nobody.code, nobody.stderr.splitlines()[-1]) == (1, f"error: az {on} exited with 1: {NOBODY[error]}")


def test_each_pause_is_twice_as_long(azure: Azure) -> None:
    azure.with_infrastructure().script["faults"] = [_order("rest", "429", ATTEMPTS)]
    sleep = azure.folder / "bin" / "sleep"
    sleep.write_text(f"#!/bin/sh\necho $1 >>'{azure.folder}/slept'\n")
    sleep.chmod(0o755)
    assert azure.run(*DEPLOY, MLINFRA_POLL_SECONDS="20").code == 1
    assert (azure.folder / "slept").read_text().split() == ["20", "40", "80", "160", "320"]


# What a workspace says while its identity has roles that are not known everywhere yet.
OF_ITS_IDENTITY = (
    "User assigned identity doesn't have enough permissions. The client 'someone' does not have authorization to "
    "perform action 'Microsoft.KeyVault/vaults/read' over scope 'x' or the scope is invalid. If access was "
    "recently granted, please refresh your credentials."
)


def test_a_workspace_whose_identity_is_not_known_everywhere_yet_is_made_again_for_tens_of_minutes(azure: Azure) -> None:
    often = ATTEMPTS + 2
    order = _order(CREATE, "BadRequest", often - 1, message=OF_ITS_IDENTITY)
    azure.with_infrastructure().script["faults"] = [order]
    result = azure.run(*DEPLOY)
    assert (result.code, azure.changes) == (0, [CREATE] * (often + 1) + ["rest"])
    assert f"that may pass: once more in 0 seconds, {often - 1} of {often - 1}\n" in result.stderr
    azure.script["faults"] = [{**order, "times": often}]
    assert (azure.run(*DEPLOY).code, azure.changes) == (1, [CREATE] * often)


def test_what_azure_hopes_may_pass_is_tried_again_whatever_its_code(azure: Azure) -> None:
    hope = "It does not have authorization. If access was recently granted, please refresh your credentials."
    azure.with_infrastructure().script["faults"] = [_order(CREATE, "ValidationError", 1, message=hope)]
    assert azure.run(*DEPLOY).code == 0


def test_a_role_that_is_missing_on_what_is_linked_is_waited_for_whoever_tells_it(azure: Azure) -> None:
    """As of a private endpoint that somebody makes for us: Azure hopes nothing there, and the code may be another's."""
    told = (
        "The client 'x' has permission to perform action 'Microsoft.Network/privateEndpoints/write' on scope 'y'; "
        "however, it does not have permission to perform action 'PrivateEndpointConnectionsApproval/action' on the "
        "linked scope(s)"
    )
    azure.with_infrastructure().script["faults"] = [_order(CREATE, "BadRequest", 1, message=told)]
    assert azure.run(*DEPLOY).code == 0


def test_a_deployment_that_failed_for_a_role_is_made_again(azure: Azure) -> None:
    azure.with_infrastructure().script["faults"] = [_order(CREATE, "AuthorizationFailed", 2, inside=True)]
    result = azure.run(*DEPLOY)
    assert (result.code, azure.changes) == (0, [CREATE] * 4 + ["rest"])
    azure.script["faults"] = [_order(CREATE, "Conflict", 2, inside=True)]
    assert azure.run(*DEPLOY).code == 1
    assert azure.changes == [CREATE]


def test_a_slot_that_failed_for_a_role_goes_before_another_attempt(
    azure: Azure, after: Callable[..., Snapshot]
) -> None:
    create = "ml online-deployment create"
    azure.restore(after(REGISTER, TRAIN)).script["faults"] = [_order(create, "AuthorizationFailed", 1, inside=True)]
    assert azure.run(*RELEASE).code == 0
    assert azure.changes[:4] == [
        "ml online-endpoint create",
        create,
        "ml online-deployment delete",
        create,
    ]
    azure.restore(after(REGISTER, TRAIN)).script["faults"] = [_order(create, "AuthorizationFailed", ATTEMPTS)]
    result = azure.run(*RELEASE)
    assert (result.code, azure.changes) == (1, ["ml online-endpoint create"] + [create] * ATTEMPTS)
    cause = f"Code: AuthorizationFailed; Message: {MESSAGE}"
    assert result.stderr.endswith(f"error: deployment blue-e17bb5 was not created: {cause}\n")


@pytest.mark.parametrize("on", ["deployment group what-if", CREATE])
def test_the_cause_in_the_middle_of_a_traceback_stands_at_the_end(azure: Azure, on: str) -> None:
    azure.with_infrastructure().script["faults"] = [_order(on, "InvalidTemplate", 1)]
    result = azure.run(*(DEPLOY if on == CREATE else WHAT_IF), TF_BUILD="True")
    cause = f"az {on} exited with 1: Code: InvalidTemplate; Message: {MESSAGE}"
    assert result.stderr.endswith(f"\nerror: {cause}\n##vso[task.logissue type=error]{cause}\n")
    assert "Traceback" in result.stderr


def test_the_cause_of_az_rest_is_what_azure_answered(azure: Azure) -> None:
    azure.with_infrastructure().script["faults"] = [_order("rest", "RequestDisallowedByPolicy", 1)]
    answer = json.dumps({"error": {"code": "RequestDisallowedByPolicy", "message": MESSAGE}})
    assert azure.run(*DEPLOY).stderr.endswith(f"\nerror: az rest exited with 1: Forbidden({answer})\n")


@pytest.mark.parametrize(
    ("step", "on"),
    [(DEPLOY, "group show"), (DEPLOY, CREATE), (DEPLOY, "rest"), (REGISTER, "ml data create"), (TRAIN, "ml job show")],
)
def test_an_expired_sign_in_is_named(azure: Azure, after: Callable[..., Snapshot], step: Step, on: str) -> None:
    azure.restore(after(REGISTER) if step == TRAIN else after())
    azure.script["faults"] = [_order(on, "AADSTS700082", 1, skip=int(step == TRAIN))]
    result = azure.run(*step)
    assert result.code == 1
    assert result.stderr.endswith(
        "error: the sign-in has expired, or is refused (AADSTS700082): az login; in a pipeline, run the job again\n"
    )

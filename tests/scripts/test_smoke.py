"""Smoke tests of several requests, and by a command: what it is given, and what comes of its answer."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlinfra.azure.own_roles import SCORE, own_role
from mlinfra.pipelines.endpoints import EndpointContext
from mlinfra.pipelines.rights import Connection
from mlinfra.pipelines.scripts import ScriptsContext
from mlinfra.pipelines.smoke_test import SmokeCommand, SmokeRequest
from tests.scripts.example import PLATFORM
from tests.scripts.harness import Azure
from tests.scripts.steps import BACK, MODELS, REGISTER, RELEASE, RETRAIN, TRAIN
from tests.scripts.test_release import BLUE, ENDPOINT, GREEN

NewAzureOf = Callable[[ScriptsContext], Azure]

ADDRESS = f"https://{ENDPOINT}.westeurope.inference.ml.azure.com/score"
TELLS = (
    'printf "%s|" "$MLINFRA_ADDRESS" "$MLINFRA_DEPLOYMENT" "$MLINFRA_TOKEN"; pwd; env | cut -d = -f 1 | sort | xargs'
)
KNOWN = "AZURE_CONFIG_DIR HOME HTTPS_PROXY MLINFRA_ADDRESS MLINFRA_DEPLOYMENT MLINFRA_TOKEN PATH PWD SHLVL TMPDIR _"
SMOKE = ("smoke-test.sh", "--target", "dev", "--endpoint", "churn", "--address", ADDRESS)


def _platform(endpoint: EndpointContext) -> ScriptsContext:
    dev, *later = PLATFORM.targets
    scores = Connection("score", "churn-dev-score", "id-churn-dev-score", ())
    changed = dataclasses.replace(dev, endpoints=(endpoint, *dev.endpoints[1:]), connections=(*dev.connections, scores))
    return dataclasses.replace(PLATFORM, targets=(changed, *later))


def _azure(new_azure_of: NewAzureOf, **changes: Any) -> Azure:
    """Version 1 of the model is registered, and its endpoint is tested as the changes say."""
    context = _platform(dataclasses.replace(PLATFORM.targets[0].endpoints[0], **changes))
    azure = new_azure_of(context).with_infrastructure()
    for step in (REGISTER, TRAIN):
        assert azure.run(*step).code == 0
    return azure


@pytest.mark.parametrize(
    ("requests", "said"),
    [
        (
            (SmokeRequest("r/one.json", "fine"), SmokeRequest("r/two.json", "", "error")),
            f"deployment {BLUE['1']} answered the smoke test",
        ),
        (
            (SmokeRequest("r/one.json", "fine"), SmokeRequest("r/two.json", "", "fine")),
            f'the answer of {BLUE["1"]} to two.json contains "fine": it\'s "fine" $(now)',
        ),
        (
            (SmokeRequest("r/one.json", "good"), SmokeRequest("r/two.json")),
            f'the answer of {BLUE["1"]} to one.json does not contain "good": it\'s "fine" $(now)',
        ),
    ],
)
def test_each_request_is_answered_before_there_is_traffic(
    tmp_path: Path, new_azure_of: NewAzureOf, requests: tuple[SmokeRequest, ...], said: str
) -> None:
    azure = _azure(new_azure_of, smoke_requests=requests)
    result = azure.run(*RELEASE)
    is_good = "answered" in said
    assert result.code == int(not is_good), result.stderr
    assert said in result.stderr.splitlines()
    asked = len(requests) * 2 if is_good else 2 if "two.json" in said else 1
    assert len(azure.log("invoked.jsonl")) == asked
    assert (azure.workspace()["online_endpoints"][ENDPOINT]["traffic"] == {BLUE["1"]: 100}) == is_good


def test_a_command_gets_the_address_the_slot_and_the_key_and_nothing_of_who_deploys(
    tmp_path: Path, new_azure_of: NewAzureOf
) -> None:
    command = SmokeCommand(TELLS, "..", field="primaryKey")
    azure = _azure(new_azure_of, smoke_requests=(), smoke_command=command)
    secret: dict[str, Any] = {"SYSTEM_ACCESSTOKEN": "s", "AZURE_CONFIG_DIR": "/x", "HTTPS_PROXY": "http://p"}
    result = azure.run(*RELEASE, TF_BUILD="True", **secret)
    assert result.code == 0, result.stderr
    assert result.stderr.splitlines() == [
        f"creating endpoint {ENDPOINT}",
        f"creating deployment {BLUE['1']} of endpoint {ENDPOINT}",
        f"testing deployment {BLUE['1']}: {TELLS}",
        f"{ADDRESS}|{BLUE['1']}|key of {ENDPOINT}|{tmp_path}",
        KNOWN,
        f"deployment {BLUE['1']} answered the smoke test",
        f"creating deployment {GREEN} of endpoint {ENDPOINT}",
        f"testing deployment {GREEN}: {TELLS}",
        f"{ADDRESS}|{GREEN}|key of {ENDPOINT}|{tmp_path}",
        KNOWN,
        f"deployment {GREEN} answered the smoke test",
        f"endpoint {ENDPOINT}: none becomes {BLUE['1']}=100, mirrored {GREEN}=10",
    ]
    assert result.stdout == f"##vso[task.setsecret]key of {ENDPOINT}\n" * 2


def test_a_command_that_fails_deletes_the_slot_and_leaves_the_traffic_alone(
    tmp_path: Path, new_azure_of: NewAzureOf
) -> None:
    command = SmokeCommand("echo '##vso[task.complete]' >&2; false; echo never", "..", field="primaryKey")
    azure = _azure(new_azure_of, smoke_requests=(), smoke_command=command)
    result = azure.run(*RELEASE)
    assert (result.code, azure.changes[-1]) == (1, "ml online-deployment delete")
    assert result.stderr.splitlines()[3:] == [
        "# # vso[task.complete]",
        f"the smoke test of {BLUE['1']} exited with 1",
        f"deleting deployment {BLUE['1']}",
        f"error: deployment {BLUE['1']} failed the smoke test and is deleted; the traffic of {ENDPOINT} is as it was",
    ]
    assert azure.workspace()["online_endpoints"][ENDPOINT]["traffic"] == {}


def test_a_command_finds_what_was_installed_for_it(tmp_path: Path, new_azure_of: NewAzureOf) -> None:
    command = SmokeCommand("python", "..", "tests/smoke.txt", "smoke-dev-churn", "primaryKey")
    azure = _azure(new_azure_of, smoke_requests=(), smoke_command=command)
    lacking = azure.run(*RELEASE, "--tools", "tools")
    assert lacking.stderr.splitlines()[-1] == (
        "error: tools lacks smoke-dev-churn, which the smoke test of churn needs: install-tools.sh --dir tools "
        "smoke-dev-churn"
    )
    python = tmp_path / "tools" / "smoke-dev-churn" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\necho installed\n")
    python.chmod(0o755)
    result = azure.run(*RELEASE, "--tools", str(tmp_path / "tools"))
    assert (result.code, result.stderr.splitlines().count("installed")) == (0, 2)


SCORER = "00000000-0000-0000-0000-00000000005c"
TAG = "mlinfra-churn-score"


def _apart(new_azure_of: NewAzureOf, command: str = TELLS) -> Azure:
    """There is a connection that scores, and bootstrap.sh has noted as whom that signs in."""
    azure = _azure(new_azure_of, smoke_requests=(), smoke_command=SmokeCommand(command, ".."))
    azure.state["groups"][PLATFORM.targets[0].scope]["tags"][TAG] = SCORER
    return azure


def test_a_command_with_a_token_of_entra_runs_between_two_jobs_of_who_deploys(
    tmp_path: Path, new_azure_of: NewAzureOf
) -> None:
    azure = _apart(new_azure_of)
    untested = azure.run(*RELEASE)
    assert untested.code == 1
    assert untested.stderr.splitlines()[-1] == (
        f"error: deployment {BLUE['1']} was not tested, and gets no traffic: --prepare makes it, smoke-test.sh tests "
        "it, and --tested names it"
    )
    assert azure.changes == ["ml online-endpoint create"]

    prepared = azure.run(*RELEASE, "--prepare", TF_BUILD="True")
    slots = f"{BLUE['1']} {GREEN}"
    assert prepared.code == 0, prepared.stderr
    assert prepared.stdout == (
        f"##vso[task.setvariable variable=slots;isOutput=true]{slots}\n"
        f"##vso[task.setvariable variable=address;isOutput=true]{ADDRESS}\n"
    )
    assert azure.changes == ["role assignment create", *["ml online-deployment create"] * 2]
    assert azure.workspace()["online_endpoints"][ENDPOINT]["traffic"] == {}
    [(scope, given)] = azure.state["assignments"].items()
    [assigned] = given.values()
    assert scope.endswith(f"/onlineEndpoints/{ENDPOINT}")
    role = own_role(PLATFORM.targets[0].scope, SCORE)
    assert (assigned["principalId"], assigned["roleDefinitionId"].rpartition("/")[2]) == (SCORER, role)
    assert f"letting {SCORER} score on {ENDPOINT}, and do nothing else" in prepared.stderr

    tested = azure.run(*SMOKE, "--deployments", slots, TF_BUILD="True")
    token = "token for https://ml.azure.com"
    assert (tested.code, azure.changes) == (0, [])
    assert tested.stdout == (
        f"##vso[task.setsecret]{token}\n" * 2 + f"##vso[task.setvariable variable=tested;isOutput=true]{slots}\n"
    )
    assert f"{ADDRESS}|{GREEN}|{token}|{tmp_path}" in tested.stderr.splitlines()
    assert [call["name"] for call in azure.log("calls.jsonl")] == ["account get-access-token"]

    released = azure.run(*RELEASE, "--tested", slots)
    assert (released.code, azure.changes) == (0, ["ml online-endpoint update"])
    assert azure.workspace()["online_endpoints"][ENDPOINT]["traffic"] == {BLUE["1"]: 100}

    again = azure.run(*RELEASE, "--prepare", TF_BUILD="True")
    assert (again.code, azure.changes) == (0, [])
    assert "variable=slots;isOutput=true]\n" in again.stdout
    assert azure.run(*RELEASE, "--tested", "").code == 0


def test_what_fails_there_is_deleted_and_what_served_stays(tmp_path: Path, new_azure_of: NewAzureOf) -> None:
    azure = _apart(new_azure_of, f'[ "$MLINFRA_DEPLOYMENT" = {BLUE["1"]} ]')
    assert azure.run(*RELEASE, "--prepare").code == 0
    assert azure.run(*SMOKE, "--deployments", BLUE["1"]).code == 0
    failed = azure.run(*SMOKE, "--deployments", f"{BLUE['1']} {GREEN}", TF_BUILD="True")
    assert (failed.code, "variable=tested" in failed.stdout) == (1, False)
    assert (
        f"error: the smoke test failed of {GREEN}, which gets no traffic, and goes unless it served before: run all "
        "jobs of this stage again, and not only those that failed"
    ) in failed.stderr.splitlines()
    discard = (*RELEASE[:-2], "--discard")
    assert azure.run(*discard, f"{GREEN} {BLUE['2']}").code == 0
    assert azure.changes == ["ml online-deployment delete"]
    assert azure.workspace()["online_endpoints"][ENDPOINT]["slots"].keys() == {BLUE["1"]}
    assert azure.run(*RELEASE, "--prepare").code == 0
    assert azure.run(*RELEASE, "--tested", f"{BLUE['1']} {GREEN}").code == 0
    kept = azure.run(*discard, BLUE["1"])
    assert (kept.code, azure.changes, kept.stderr) == (
        0,
        [],
        f"deployment {BLUE['1']} served before, and stays; the traffic of {ENDPOINT} is as it was\n",
    )


def test_the_way_back_waits_for_no_job(tmp_path: Path, new_azure_of: NewAzureOf) -> None:
    """What is gone back to was released as a whole, so it was tested then."""
    azure = _apart(new_azure_of)
    slots = [f"{BLUE[version]} {GREEN}" for version in ("1", "2")]
    for names in slots:
        assert azure.run(*RELEASE, "--prepare").code == 0
        assert azure.run(*RELEASE, "--tested", names).code == 0
        assert azure.run(*RETRAIN).code == 0
    assert azure.run(*BACK, "--to", BLUE["1"]).code == 0
    assert azure.workspace()["online_endpoints"][ENDPOINT]["traffic"] == {BLUE["1"]: 100}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((*SMOKE, "--deployments", "a;b"), '--deployments are names with a blank between them, not "a;b"'),
        ((*SMOKE[:-1], "x", "--deployments", "a"), '--address is that of the endpoint, not "x"'),
        (
            (
                "smoke-test.sh",
                "--target",
                "prod",
                "--endpoint",
                "churn",
                "--deployments",
                "a",
                "--address",
                "https://x",
            ),
            '--endpoint is none of prod with aad_token whose smoke test is a command: "churn"',
        ),
    ],
)
def test_wrong_arguments(tmp_path: Path, new_azure_of: NewAzureOf, arguments: tuple[str, ...], message: str) -> None:
    context = _platform(
        dataclasses.replace(
            PLATFORM.targets[0].endpoints[0], smoke_requests=(), smoke_command=SmokeCommand("true", "..")
        )
    )
    azure = new_azure_of(context)
    result = azure.run(*arguments)
    assert (result.code, result.stderr.splitlines()[0]) == (2, f"error: {message}")


def test_who_tests_is_let_in_once(tmp_path: Path, new_azure_of: NewAzureOf) -> None:
    azure = _apart(new_azure_of)
    assert azure.run(*RELEASE, "--prepare").code == 0
    again = azure.run(*RELEASE, "--prepare")
    assert (again.code, azure.changes) == (0, [])


@pytest.mark.parametrize("noted", [None, "", "somebody"])
def test_where_nobody_noted_who_tests_nothing_is_made(
    tmp_path: Path, new_azure_of: NewAzureOf, noted: str | None
) -> None:
    azure = _apart(new_azure_of)
    tags = azure.state["groups"][PLATFORM.targets[0].scope]["tags"]
    tags.pop(TAG)
    if noted is not None:
        tags[TAG] = noted
    result = azure.run(*RELEASE, "--prepare")
    assert (result.code, azure.changes) == (1, ["ml online-endpoint create"])
    assert result.stderr.splitlines()[-1] == (
        f"error: the tag {TAG} of rg-churn-dev does not say who tests churn: somebody who may runs bootstrap.sh "
        "--target dev again"
    )


def test_other_endpoints_are_released_in_one_go(tmp_path: Path, new_azure_of: NewAzureOf) -> None:
    azure = _apart(new_azure_of)
    (azure.folder / "out" / "models.json").write_text(
        json.dumps({"schema": "mlinfra/models/v1", "models": {"churn": {"version": "1", "job": "j"}}})
    )
    result = azure.run(
        "release-endpoint.sh", "--target", "dev", "--endpoint", "scores", "--kind", "batch", *MODELS, "--prepare"
    )
    assert (result.code, result.stderr.splitlines()[0]) == (2, "error: --prepare is for online endpoints")

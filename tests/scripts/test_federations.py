"""How connections come to sign in: federations, made, made again and finished."""

from __future__ import annotations

import copy

import pytest

from tests.scripts.harness import Azure, Snapshot
from tests.scripts.steps import BOOTSTRAP, FEDERATE
from tests.scripts.test_bootstrap import BESIDE, ISSUER, LINES, NAMES, OTHER, SUBJECT, USES, federations_of
from tests.scripts.test_bootstrap import bootstrapped as bootstrapped


def test_federations_let_the_connections_sign_in(azure: Azure, bootstrapped: Snapshot) -> None:
    federations_of(azure.restore(bootstrapped), *LINES, "", f"churn dev\t{ISSUER}\tof another target")
    assert azure.run(*FEDERATE, "--audit").code == 1
    assert azure.changes == []
    assert "next:" not in azure.run(*FEDERATE, "--dry-run").stderr
    result = azure.run(*FEDERATE)
    assert (result.code, result.stdout) == (0, "")
    assert result.stderr.splitlines() == [
        *(
            f"let id-churn-prod-{use} trust {ISSUER} about {SUBJECT}{name}"
            for use, name in zip(USES, NAMES, strict=True)
        ),
        "connection churn dev is none of target prod: left",
        "next: run the pipeline churn-infra in Azure DevOps, which deploys the infrastructure",
    ]
    assert [identity["credentials"] for identity in azure.state["identities"][BESIDE].values()] == [
        {"churn-prod": {"issuer": ISSUER, "subject": SUBJECT + name, "audiences": ["api://AzureADTokenExchange"]}}
        for name in NAMES
    ]
    before = copy.deepcopy(azure.state)
    again = azure.run(*FEDERATE)
    assert (again.code, azure.changes, azure.state) == (0, [], before)
    assert azure.run(*FEDERATE, "--audit").stderr.splitlines()[-1] == "target prod: nothing differs"


def test_a_connection_that_was_made_again_is_trusted_in_place_of_the_old_one(
    azure: Azure, bootstrapped: Snapshot
) -> None:
    assert federations_of(azure.restore(bootstrapped), *LINES).run(*FEDERATE).code == 0
    federations_of(azure, *LINES[:2], f"churn-prod-run\t{ISSUER}\tnew\r")
    assert azure.run(*FEDERATE).code == 0
    credentials = azure.state["identities"][BESIDE]["id-churn-prod-run"]["credentials"]
    assert [credential["subject"] for credential in credentials.values()] == ["new"]
    credentials["by-hand"] = {"issuer": "https://elsewhere", "subject": "x", "audiences": []}
    told = "identity id-churn-prod-run trusts https://elsewhere about x as well, which bootstrap.sh did not say"
    audit = azure.run(*FEDERATE, "--audit")
    assert (audit.code, audit.stderr.splitlines()[0]) == (1, f"differs: {told}")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("churn prod", "has a line that is no connection, issuer and subject with tabs between"),
        (f"churn prod\t{ISSUER}\t", "has a line that is no connection, issuer and subject with tabs between"),
        (f"churn prod\t{ISSUER}\tx\ty", "has a line that is no connection, issuer and subject with tabs between"),
        ("churn prod\thttp://issuer\tx", "has a line that is no connection, issuer and subject with tabs between"),
        ("churn prod\thttps://i?a=@x\tx", "has a line that is no connection, issuer and subject with tabs between"),
        (f"churn prod\t{ISSUER}\t@~/.netrc", "has a line that is no connection, issuer and subject with tabs between"),
        (f"churn prod\t{ISSUER}\t-x", "has a line that is no connection, issuer and subject with tabs between"),
        (f"churn prod\t{ISSUER}\ta=@x", "has a line that is no connection, issuer and subject with tabs between"),
        (LINES[0], "identity id-churn-prod-deploy of connection churn prod is not in rg-churn-prod-connections"),
    ],
)
def test_federations_that_can_not_be(azure: Azure, line: str, message: str) -> None:
    result = federations_of(azure, line).run(*FEDERATE)
    assert (result.code, azure.changes) == (1, [])
    assert message in result.stderr


def test_whoever_is_given_has_no_credential_made(azure: Azure) -> None:
    given = ("--object-id", f"churn prod={OTHER}")
    made = azure.run(*BOOTSTRAP, *given)
    assert made.code == 0
    assert "'churn prod=" not in made.stdout
    assert (
        f"connection churn prod signs in as {OTHER}, whose client id az ad sp show --id {OTHER} --query appId tells: "
        "where the project has no such connection yet, add --identity 'churn prod=CLIENT-ID'\n" in made.stderr
    )
    forgotten = federations_of(azure, *LINES).run(*FEDERATE)
    assert forgotten.code == 1
    assert "or where it signs in as another, say that again, --object-id 'churn prod=ID'\n" in forgotten.stderr
    result = federations_of(azure, *LINES).run(*FEDERATE, *given)
    assert result.code == 0
    assert result.stderr.splitlines()[0] == (
        f"connection churn prod signs in as {OTHER}, whose credentials are not made here"
    )


def test_a_credential_for_another_audience_is_made_again(azure: Azure, bootstrapped: Snapshot) -> None:
    assert federations_of(azure.restore(bootstrapped), *LINES).run(*FEDERATE).code == 0
    right = copy.deepcopy(azure.state)
    azure.state["identities"][BESIDE]["id-churn-prod-run"]["credentials"]["churn-prod"]["audiences"] = ["api://other"]
    told = f"let id-churn-prod-run trust {ISSUER} about {SUBJECT}{NAMES[-1]}"
    audit = azure.run(*FEDERATE, "--audit")
    assert (audit.code, audit.stderr.splitlines()[0]) == (1, f"differs: would {told}")
    assert azure.run(*FEDERATE).code == 0
    assert azure.state == right


def test_federations_that_were_stopped_are_finished(azure: Azure, bootstrapped: Snapshot) -> None:
    for kill_after in (1, 2, 3):
        federations_of(azure.restore(bootstrapped), *LINES)
        assert azure.run(*FEDERATE, kill_after=kill_after).code == -9
        assert azure.run(*FEDERATE).code == 0
        assert azure.run(*FEDERATE, "--audit").code == 0

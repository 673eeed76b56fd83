"""What an administrator of the account of Databricks does for a target: told first, done where that is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mlinfra.header.databricks import DatabricksAccount
from mlinfra.pipelines.scripts import ScriptsContext
from tests.scripts.harness import Azure
from tests.scripts.lakehouse import LAKEHOUSE, SUBSCRIPTIONS, workspace_id

ACCOUNT = "55555555-5555-5555-5555-555555555555"
RUNNER, DEPLOYS, PLANS = (f"{digit * 8}-0000-0000-0000-000000000000" for digit in "789")
LAKE = f"/subscriptions/{SUBSCRIPTIONS['dev']}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/lake"
RIGHTS = ["CREATE_CATALOG", "CREATE_EXTERNAL_LOCATION", "CREATE_STORAGE_CREDENTIAL"]
IN_WORDS = "CREATE CATALOG, CREATE EXTERNAL LOCATION, CREATE STORAGE CREDENTIAL"
AUDIT = (
    *("databricks-account.sh", "--target", "dev"),
    *("--application-id", f"deploy={DEPLOYS}", "--application-id", f"plan={PLANS}"),
)
RULES = f"accounts/{ACCOUNT}/servicePrincipals/{RUNNER}/ruleSets/default"


def _due() -> dict[str, Any]:
    workspace = {"name": "main", "id": workspace_id("dev"), "api": "2026-01-01", "location": "westeurope"}
    return {
        "account_id": ACCOUNT,
        "configuration": "mlinfra-lakehouse-dev",
        "workspaces": [workspace | {"rights": RIGHTS, "lakes": [{"name": "lake", "id": LAKE, "groups": ["dfs"]}]}],
        "groups": [{"name": "scientists", "object_id": "66666666-6666-6666-6666-666666666602"}],
        "service_principals": [{"name": "runner", "application_id": RUNNER}],
        "run_as": [RUNNER],
    }


@pytest.fixture
def azure(new_azure_of: Callable[[ScriptsContext], Azure]) -> Azure:
    """A workspace that was deployed, in an account with a metastore in its region and another one."""
    admins = DatabricksAccount(account_id=ACCOUNT, account_admins="data-platform-admins")
    dev, prod = LAKEHOUSE.targets
    azure = new_azure_of(replace(LAKEHOUSE, account=admins, targets=(replace(dev, has_account=True), prod)))
    azure.script["resources"] = [workspace_id("dev")]
    azure.script["properties"] = {workspace_id("dev"): {"workspaceId": "42"}}
    stores = [{"metastore_id": "m-1", "name": "weu", "region": "westeurope"}, {"metastore_id": "m-2", "region": "x"}]
    azure.state["account"] = {"metastores": stores}
    (azure.output / "dev" / "databricks" / "account.json").write_text(json.dumps(_due()))
    return azure


def _lines(text: str, word: str) -> list[str]:
    return [
        line.removeprefix(f"{word} ").removeprefix(f"{word}: ") for line in text.splitlines() if line.startswith(word)
    ]


def test_what_differs_is_told_and_nothing_is_changed(azure: Azure) -> None:
    result = azure.run(*AUDIT)
    assert (result.code, azure.changes) == (1, [])
    assert result.stderr == "something differs; --apply does what this script can\n"
    assert _lines(result.stdout, "would") == [
        "add group scientists to the account",
        f"add runner ({RUNNER}) to the account",
        f"add the connection that deploys ({DEPLOYS}) to the account",
        f"add the connection that plans ({PLANS}) to the account",
        "assign the metastore weu of westeurope to main",
        "let group scientists into main as USER",
        f"let runner ({RUNNER}) into main as USER",
        f"let the connection that deploys ({DEPLOYS}) into main as ADMIN",
        f"let the connection that plans ({PLANS}) into main as USER",
        f"grant {IN_WORDS} on the metastore of main to who deploys",
        "make the network connectivity configuration mlinfra-lakehouse-dev in westeurope",
        "attach the network connectivity configuration mlinfra-lakehouse-dev to main",
        "make a private endpoint of serverless compute to dfs of lake",
        f"make who deploys Service Principal User of {RUNNER}",
    ]


def test_it_is_done_where_that_is_said_and_approved_once_it_is_there(azure: Azure) -> None:
    azure.state["account"]["rules"] = {
        RULES: {
            "name": RULES,
            "etag": "e5",
            "grant_rules": [
                {"role": "roles/servicePrincipal.manager", "principals": ["users/boss@contoso.com"]},
                {"role": "roles/servicePrincipal.user", "principals": ["groups/others"]},
            ],
        }
    }
    first = azure.run(*AUDIT, "--apply")
    assert first.code == 1
    assert _lines(first.stdout, "left") == [
        "the endpoint to dfs of lake waits for its approval, in ten minutes call this again"
    ]
    account = azure.state["account"]
    assert account["assignments"] == {"42": "m-1"}
    assert sorted(map(json.dumps, account["assigned"]["42"].values())) == ['["ADMIN"]', *['["USER"]'] * 3]
    assert azure.state["catalog"]["metastores"] == {"m-1": [{"principal": DEPLOYS, "privileges": RIGHTS}]}
    assert account["workspaces"]["42"]["network_connectivity_config_id"] == "ncc-0"
    assert account["rules"][RULES]["grant_rules"] == [
        {"role": "roles/servicePrincipal.manager", "principals": ["users/boss@contoso.com"]},
        {"role": "roles/servicePrincipal.user", "principals": ["groups/others", f"servicePrincipals/{DEPLOYS}"]},
    ]
    endpoint = {"privateEndpoint": {"id": "/subscriptions/x/privateEndpoints/databricks-0-pe"}}
    connection = f"{LAKE}/privateEndpointConnections/lake.databricks-0-pe"
    azure.script["waiting"] = {LAKE: [{"id": connection, "properties": endpoint}]}
    second = azure.run(*AUDIT, "--apply")
    assert (second.code, second.stderr) == (0, "nothing is left to do\n")
    assert azure.changes == ["network private-endpoint-connection approve"]
    third = azure.run(*AUDIT)
    assert (third.code, azure.changes) == (0, [])
    assert {line.split(":")[0] for line in third.stdout.splitlines()} == {"ok"}


LEFT: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "no workspace": ({"resources": []}, {}, "main is not deployed yet, then call this again"),
    "no metastore of the region": (
        {},
        {"metastores": []},
        "the account has no metastore in westeurope: assign one to main in the account console",
    ),
    "an endpoint that was refused": (
        {},
        {
            "workspaces": {"42": {"network_connectivity_config_id": "own"}},
            "endpoints": {"own": [{"resource_id": LAKE.upper(), "group_id": "dfs", "connection_state": "REJECTED"}]},
        },
        "the endpoint to dfs of lake is REJECTED: delete its rule in the account console",
    ),
}


@pytest.mark.parametrize(("script", "account", "expected"), LEFT.values(), ids=LEFT)
def test_what_others_have_to_do_is_left_to_them(
    azure: Azure, script: dict[str, Any], account: dict[str, Any], expected: str
) -> None:
    azure.script |= script
    azure.state["account"] |= account
    result = azure.run(*AUDIT, "--apply")
    assert result.code == 1
    assert _lines(result.stdout, "left")[0] == expected


def test_nobody_is_let_into_a_workspace_before_it_has_a_metastore(azure: Azure) -> None:
    """The account does not even say who is in it."""
    azure.state["account"]["metastores"] = []
    told = azure.run(*AUDIT)
    assert (told.code, azure.changes) == (1, [])
    assert "would let group scientists into main as USER\n" in told.stdout
    done = azure.run(*AUDIT, "--apply")
    assert "left: nobody can be let into main before it has a metastore\n" in done.stdout
    assert "databricks account workspace-assignment update" not in azure.changes


def test_who_is_no_administrator_is_told_so(azure: Azure) -> None:
    refusal = "Error: This API is disabled for users without account admin status (403 PERMISSION_DENIED)"
    azure.script["databricks_faults"] = [{"on": "account groups-v2", "says": refusal, "times": 1}]
    result = azure.run(*AUDIT)
    assert (result.code, azure.changes) == (1, [])
    assert result.stderr == f"error: databricks account groups-v2 list: {refusal}\n"


@pytest.mark.parametrize("given", ["run=x", f"score={DEPLOYS}", "deploy=me"])
def test_an_application_is_one_of_a_connection(azure: Azure, given: str) -> None:
    result = azure.run("databricks-account.sh", "--target", "dev", "--application-id", given)
    assert result.code == 2
    assert f'error: --application-id takes deploy=ID or plan=ID, not "{given}"\n' in result.stderr


def _prepared(azure: Azure, *grants: dict[str, Any]) -> None:
    """A workspace that has a metastore, in which somebody has these privileges."""
    azure.state["account"]["assignments"] = {"42": "m-1"}
    azure.state["catalog"] = {"metastores": {"m-1": list(grants)}}


def test_only_the_rights_that_lack_are_granted_on_the_metastore(azure: Azure) -> None:
    everybody = {"principal": "account users", "privileges": ["CREATE_EXTERNAL_LOCATION"]}
    other = {"principal": PLANS, "privileges": RIGHTS}
    own = {"principal": DEPLOYS.upper(), "privileges": ["CREATE_CATALOG"]}
    _prepared(azure, everybody, other, own)
    result = azure.run(*AUDIT, "--apply")
    assert "done: grant CREATE STORAGE CREDENTIAL on the metastore of main to who deploys\n" in result.stdout
    granted = azure.state["catalog"]["metastores"]["m-1"][-1]
    assert granted == {"principal": DEPLOYS, "privileges": ["CREATE_STORAGE_CREDENTIAL"]}
    assert f"ok: who deploys has {IN_WORDS} on the metastore of main\n" in azure.run(*AUDIT).stdout


def test_who_is_no_admin_of_the_metastore_is_told_what_one_runs(azure: Azure) -> None:
    _prepared(azure)
    refusal = "Error: PERMISSION_DENIED: User does not have MANAGE on Metastore 'weu'."
    azure.script["databricks_faults"] = [{"on": "grants", "says": refusal, "times": 2}]
    result = azure.run(*AUDIT, "--apply")
    statement = f"GRANT {IN_WORDS} ON METASTORE TO `{DEPLOYS}`"
    assert f"an admin of the metastore of main has to run, in a workspace that has it: {statement}" in _lines(
        result.stdout, "left"
    )


def test_a_workspace_whose_spec_makes_nothing_in_the_metastore_needs_no_right_there(azure: Azure) -> None:
    due = _due()
    due["workspaces"][0]["rights"] = []
    (azure.output / "dev" / "databricks" / "account.json").write_text(json.dumps(due))
    assert "on the metastore of main" not in azure.run(*AUDIT).stdout

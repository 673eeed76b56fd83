"""What others grant in Unity Catalog: told first, with the statement of SQL, and done where that is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mlinfra.pipelines.scripts import ScriptsContext
from tests.scripts.harness import Azure
from tests.scripts.lakehouse import LAKEHOUSE, workspace_id

DEPLOYS, RUNNER = (f"{digit * 8}-0000-0000-0000-000000000000" for digit in "78")
AUDIT = ("databricks-grants.sh", "--target", "dev", "--application-id", f"deploy={DEPLOYS}")


def _grant(on: str, name: str, *privileges: str, principal: str = "") -> dict[str, Any]:
    return {"principal": principal, "on": on, "name": name, "privileges": list(privileges), "because": "it is used"}


DUE = [
    _grant("catalog", "sales", "USE_CATALOG"),
    _grant("schema", "sales.raw", "USE_SCHEMA", "CREATE_MODEL", "MANAGE"),
    _grant("schema", "sales.raw", "USE_SCHEMA", "SELECT", principal=RUNNER),
    _grant("table", "sales.raw.orders", "SELECT", "MANAGE"),
]


@pytest.fixture
def azure(new_azure_of: Callable[[ScriptsContext], Azure]) -> Azure:
    """A workspace with a catalog and a schema of others, in which a table is not there yet."""
    dev, prod = LAKEHOUSE.targets
    azure = new_azure_of(replace(LAKEHOUSE, targets=(replace(dev, has_grants=True), prod)))
    azure.script["resources"] = [workspace_id("dev")]
    azure.state["catalog"] = {
        "catalogs": {"sales": [{"principal": DEPLOYS.upper(), "privileges": ["USE_CATALOG"]}]},
        "schemas": {"sales.raw": [{"principal": DEPLOYS, "privileges": ["ALL_PRIVILEGES"]}]},
    }
    workspace = {"name": "main", "id": workspace_id("dev"), "api": "2026-01-01", "grants": DUE}
    (azure.output / "dev" / "databricks" / "grants.json").write_text(json.dumps({"workspaces": [workspace]}))
    return azure


def test_what_lacks_is_told_as_sql_and_nothing_is_changed(azure: Azure) -> None:
    result = azure.run(*AUDIT)
    assert (result.code, azure.changes) == (1, [])
    assert result.stdout.splitlines() == [
        f"ok: {DEPLOYS} has USE CATALOG on catalog sales",
        f"would GRANT MANAGE ON SCHEMA `sales`.`raw` TO `{DEPLOYS}`",
        f"would GRANT USE SCHEMA, SELECT ON SCHEMA `sales`.`raw` TO `{RUNNER}`",
        f"left: table sales.raw.orders is not there, where {DEPLOYS} needs SELECT, MANAGE",
    ]
    assert result.stderr == "something differs; --apply does what this script can\n"


def test_it_is_granted_where_that_is_said_and_what_comes_later_with_the_next_call(azure: Azure) -> None:
    made = azure.run(*AUDIT, "--apply")
    assert made.code == 1
    assert [line for line in made.stdout.splitlines() if line.startswith("done")] == [
        f"done: GRANT MANAGE ON SCHEMA `sales`.`raw` TO `{DEPLOYS}`",
        f"done: GRANT USE SCHEMA, SELECT ON SCHEMA `sales`.`raw` TO `{RUNNER}`",
    ]
    azure.state["catalog"]["tables"] = {"sales.raw.orders": []}
    assert azure.run(*AUDIT, "--apply").code == 0
    again = azure.run(*AUDIT)
    assert (again.code, again.stderr, azure.changes) == (0, "nothing is left to do\n", [])


def test_without_an_application_who_deploys_is_named_as_left(azure: Azure) -> None:
    result = azure.run("databricks-grants.sh", "--target", "dev")
    assert result.code == 1
    assert result.stdout.splitlines()[0] == "left: who deploys is not known, and needs USE CATALOG on catalog sales"


def test_a_workspace_that_is_not_there_is_left(azure: Azure) -> None:
    azure.script["resources"] = []
    assert azure.run(*AUDIT).stdout == "left: main is not deployed yet, then call this again\n"


def test_a_target_in_which_others_own_nothing_has_nothing_to_do(azure: Azure) -> None:
    result = azure.run("databricks-grants.sh", "--target", "prod")
    assert (result.code, result.stderr) == (0, "nobody else has to grant anything for prod\n")


def test_who_is_in_no_account_yet_is_left_and_the_others_are_granted(azure: Azure) -> None:
    fault = {"on": "grants update", "says": f"Error: Could not find principal with name {DEPLOYS}.", "times": 1}
    azure.script["databricks_faults"] = [fault]
    result = azure.run(*AUDIT, "--apply")
    assert result.code == 1
    assert result.stdout.splitlines()[1:3] == [
        (
            f"left: the account of Databricks does not know {DEPLOYS} yet, who needs USE SCHEMA, CREATE MODEL, MANAGE "
            "on schema sales.raw; an application comes with its first deployment there, or an administrator of the "
            "account adds it"
        ),
        f"done: GRANT USE SCHEMA, SELECT ON SCHEMA `sales`.`raw` TO `{RUNNER}`",
    ]


def test_what_the_owner_may_not_see_ends_it_with_the_cause(azure: Azure) -> None:
    fault = {"on": "grants get-effective", "says": "Error: User is not an owner of Catalog 'sales'", "times": 1}
    azure.script["databricks_faults"] = [fault]
    result = azure.run(*AUDIT)
    assert (result.code, azure.changes) == (1, [])
    assert result.stderr.splitlines()[-1] == (
        "error: databricks grants get-effective catalog sales: Error: User is not an owner of Catalog 'sales'"
    )


@pytest.mark.parametrize("written", ["plan=" + DEPLOYS, "deploy=x", DEPLOYS])
def test_an_application_is_of_who_deploys_and_an_id(written: str, azure: Azure) -> None:
    result = azure.run("databricks-grants.sh", "--target", "dev", "--application-id", written)
    assert result.code == 2
    assert f'--application-id takes deploy=ID, not "{written}"' in result.stderr

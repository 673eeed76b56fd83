"""What-if, deployments, computes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scripts.example import USER
from tests.scripts.harness import Azure
from tests.scripts.infra_hash import infra_hash
from tests.scripts.steps import COMPUTES, DEPLOY

WHAT_IF = ("what-if.sh", "--target", "dev")
GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-churn-dev"


def _change(kind: str, resource: str, **more: Any) -> dict[str, Any]:
    return {"changeType": kind, "resourceId": f"{GROUP}/providers/{resource}", "after": {"id": "x"}, **more}


def test_what_if_lists_every_change(azure: Azure) -> None:
    azure.with_infrastructure()
    azure.script["what_if"] = {
        "status": "Succeeded",
        "error": None,
        "changes": [
            _change("Create", "Microsoft.Storage/storageAccounts/stchurndev"),
            _change(
                "Modify",
                "Microsoft.KeyVault/vaults/kv-churn",
                delta=[
                    {"path": "properties.sku", "children": [{"path": "name", "before": "a", "after": "b"}]},
                    {"path": "tags.a|b", "children": None},
                ],
            ),
            _change("Unsupported", "Microsoft.Insights/x/y", unsupportedReason='"it" can\'t\n<b> & ##vso[x]'),
            _change("NoChange", "Microsoft.Storage/storageAccounts/other", after={"changeType": "Create"}),
            _change("Ignore", "Microsoft.Storage/storageAccounts/foreign"),
            {"changeType": "Delete", "resourceId": "/subscriptions/x", "delta": []},
        ],
        "potentialChanges": [_change("Modify", "Microsoft.Network/x/y")],
        "diagnostics": [{"level": "Warning", "code": "NestedDeploymentShortCircuited", "message": "a `b` | c"}],
    }
    result = azure.run(*WHAT_IF, "--validation-level", "ProviderNoRbac", "--out", "what if/dir")
    assert (result.code, result.stderr) == (0, "")
    assert (
        result.stdout
        == """\
### What-if: churn, dev, main

| Create | Modify | Delete | Deploy | Unsupported | NoChange | Ignore |
|---|---|---|---|---|---|---|
| 1 | 1 | 1 | 0 | 1 | 1 | 1 |

| Change | Resource | Properties |
|---|---|---|
| Create | `Microsoft.Storage/storageAccounts/stchurndev` |  |
| Modify | `Microsoft.KeyVault/vaults/kv-churn` | `properties.sku`, `tags.a¦b` |
| Unsupported | `Microsoft.Insights/x/y` | `"it" can't <b> & # # vso[x]` |
| Delete | `/subscriptions/x` |  |
| perhaps Modify | `Microsoft.Network/x/y` |  |

- `Warning NestedDeploymentShortCircuited: a 'b' ¦ c`
"""
    )
    folder = azure.folder / "what if" / "dir"
    assert (folder / "dev-main.md").read_text() == result.stdout
    assert '"changeType": "Unsupported"' in (folder / "dev-main.json").read_text()
    assert azure.changes == []
    assert azure.log("calls.jsonl")[-1]["arguments"]["--validation-level"] == "ProviderNoRbac"


def test_what_if_without_changes(azure: Azure) -> None:
    result = azure.with_infrastructure().run(*WHAT_IF, "--unit", "serving")
    assert (result.code, result.stderr) == (0, "")
    assert (
        result.stdout
        == """\
### What-if: churn, dev, serving

| Create | Modify | Delete | Deploy | Unsupported | NoChange | Ignore |
|---|---|---|---|---|---|---|
| 0 | 0 | 0 | 0 | 0 | 0 | 0 |

Nothing changes.
"""
    )


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            {"status": "Failed", "error": {"code": "X", "message": "no"}, "changes": []},
            "az deployment group what-if exited with 1: X - no",
        ),
        ({"status": "Canceled", "changes": []}, "what-if of dev/main did not succeed"),
        ({"status": "Succeeded"}, "stopped: a command exited with 1"),
        ({"status": "Succeeded", "changes": [{"resourceId": "x"}]}, "stopped: a command exited with 1"),
        ({"properties": {"status": "Succeeded", "changes": []}}, "stopped: a command exited with 1"),
    ],
)
def test_what_if_that_cannot_be_read_is_an_error(azure: Azure, answer: dict[str, Any], message: str) -> None:
    azure.with_infrastructure().script["what_if"] = answer
    result = azure.run(*WHAT_IF)
    assert result.code == 1
    assert result.stderr.endswith(f"error: {message}\n")


@pytest.mark.parametrize("step", [WHAT_IF, DEPLOY])
def test_a_group_that_is_missing_is_named_before_az_breaks_on_it(azure: Azure, step: tuple[str, ...]) -> None:
    message = "error: resource group rg-churn-dev does not exist: run bootstrap.sh, then deploy-infra.sh\n"
    assert azure.run(*step) == (1, "", message)
    assert azure.changes == []


def test_deployments_are_named_after_their_content_and_noted_in_a_tag(azure: Azure) -> None:
    azure.with_infrastructure()
    digest = azure.state["groups"][GROUP]["tags"].pop("mlinfra-churn")
    azure.state["groups"][GROUP]["tags"]["owner"] = "kept"
    result = azure.run(*DEPLOY)
    assert result.code == 0
    assert azure.changes == ["deployment group create", "deployment group create", "rest"]
    assert list(azure.state["deployments"][GROUP]) == [
        f"mlinfra-churn-dev-connections-{digest[:12]}",
        f"mlinfra-churn-dev-main-{digest[:12]}",
    ]
    assert azure.state["groups"][GROUP]["tags"] == {"owner": "kept", "mlinfra-churn": digest}


@pytest.mark.parametrize(
    ("target", "unit", "notes"),
    [("dev", "main", False), ("dev", "connections", True), ("prod", "main", True)],
)
def test_the_tag_is_set_after_the_last_unit(azure: Azure, target: str, unit: str, notes: bool) -> None:
    azure.with_infrastructure()
    for group in azure.state["groups"].values():
        group["tags"].clear()
    if unit == "connections":
        first = azure.run(*DEPLOY, "--unit", unit)
        assert first.code == 1
        assert first.stderr == (
            "error: unit main of this revision is not deployed: run deploy-infra.sh --target dev --unit main first\n"
        )
        assert azure.run(*DEPLOY, "--unit", "main").code == 0
    result = azure.run("deploy-infra.sh", "--target", target, "--unit", unit)
    assert result.code == 0
    assert azure.changes == ["deployment group create", *(["rest"] if notes else [])]


def test_serving_is_deployed_on_current_infrastructure(azure: Azure) -> None:
    result = azure.with_infrastructure().run(*DEPLOY, "--unit", "serving")
    assert result.code == 0
    assert azure.changes == ["deployment group create"]


def test_a_failed_deployment_stops_and_leaves_no_tag(azure: Azure) -> None:
    azure.with_infrastructure()
    azure.state["groups"][GROUP]["tags"].clear()
    azure.script["failing_units"] = ["connections"]
    result = azure.run(*DEPLOY)
    assert result.code == 1
    last = result.stderr.splitlines()[-1]
    assert last.startswith('error: az deployment group create exited with 1: {"status":"Failed","error":{"code":')
    assert azure.changes == ["deployment group create", "deployment group create"]
    azure.script["failing_units"] = []
    assert azure.run(*DEPLOY).code == 0
    assert "mlinfra-churn" in azure.state["groups"][GROUP]["tags"]


def test_a_deployment_that_still_runs_is_waited_for(azure: Azure) -> None:
    azure.with_infrastructure()
    assert azure.run(*DEPLOY, kill_after=1).code == -9
    result = azure.run(*DEPLOY)
    assert result.code == 0
    assert "is Running, waiting\n" in result.stderr


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}\.(bicep|bicepparam|json)", fullmatch=True), st.text(max_size=20)))
def test_the_hash_knows_content_and_names_alone(files: dict[str, str]) -> None:
    encoded = {name: text.replace("\r", "").encode() for name, text in files.items()}
    windows = {name: content.replace(b"\n", b"\r\n") for name, content in reversed(encoded.items())}
    bicep = {name: content for name, content in encoded.items() if not name.endswith(".json")}
    assert infra_hash(windows) == infra_hash(encoded) == infra_hash(bicep)
    for name, content in bicep.items():
        assert infra_hash(bicep | {name: content + b"x"}) != infra_hash(bicep)
        assert infra_hash({other: bicep[other] for other in bicep if other != name}) != infra_hash(bicep)


def test_a_compute_is_created_once_and_then_left_alone(azure: Azure) -> None:
    azure.with_infrastructure()
    assert azure.run(*COMPUTES).code == 0
    assert azure.changes == ["ml compute create"]
    user = {"user_object_id": USER, "user_tenant_id": azure.script["tenant"]}
    assert azure.workspace()["computes"]["ci-churn"]["body"]["create_on_behalf_of"] == user
    again = azure.run(*COMPUTES)
    assert (again.code, again.stderr, azure.changes) == (0, "compute ci-churn is there\n", [])
    azure.workspace()["computes"]["ci-churn"]["tags"]["mlinfra-content"] = "0ld"
    differs = azure.run(*COMPUTES)
    assert (differs.code, azure.changes) == (0, [])
    assert differs.stderr == (
        "warning: compute ci-churn was made from another definition (0ld) than dev/azureml/compute_instances/ci.yml "
        "(c0ffee), and stays as it is: delete it where the new one is wanted\n"
    )


def test_no_compute_is_made_for_a_user_of_no_tenant(azure: Azure) -> None:
    azure.with_infrastructure()
    azure.script["tenant"] = ""
    result = azure.run(*COMPUTES)
    assert (result.code, azure.changes) == (1, [])
    assert result.stderr.endswith("error: az named no tenant for subscription 11111111-1111-1111-1111-111111111111\n")


def test_a_compute_that_failed_is_an_error_until_it_is_deleted(azure: Azure) -> None:
    azure.with_infrastructure()
    azure.script["failing_computes"] = ["ci-churn"]
    assert azure.run(*COMPUTES).code == 1
    result = azure.run(*COMPUTES)
    assert (result.code, azure.changes) == (1, [])
    assert result.stderr.startswith("error: compute ci-churn is in state failed: look into it, delete it with az ml")

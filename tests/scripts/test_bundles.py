"""Bundles of Databricks: what would change in them, and their deployment."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mlinfra.pipelines.bundled import SecretContext
from mlinfra.pipelines.scripts import ScriptsContext
from mlinfra.programs import CATALOG, programs
from tests.scripts.harness import Azure
from tests.scripts.lakehouse import ENDPOINT, JOB, LAKEHOUSE, SCHEMA, workspace_id, write_resources

DEPLOY = ("deploy-bundles.sh", "--target", "dev", "--bundle", "platform")
USES = {"group_name": "people", "permission_level": "CAN_USE"}
SERVE = ("deploy-bundles.sh", "--target", "dev", "--bundle", "serving")
PLAN = ("plan-bundles.sh", "--target", "dev")
ROOT = "/Workspace/.bundle/lakehouse/dev/platform"
GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-lakehouse-dev"


@pytest.fixture
def azure(new_azure_of: Callable[[ScriptsContext], Azure]) -> Azure:
    """As after deploy-infra.sh, with a job and a schema in the bundle of the platform, and an endpoint in the other."""
    azure = new_azure_of(LAKEHOUSE).with_infrastructure()
    azure.script["resources"] = [workspace_id("dev"), workspace_id("prod")]
    for target in LAKEHOUSE.targets:
        for bundle in target.bundles:
            write_resources(
                azure.output, bundle.folder, *((ENDPOINT,) if bundle.bundle == "serving" else (JOB, SCHEMA))
            )
    return azure


def _databricks(azure: Azure) -> list[tuple[str, dict[str, Any]]]:
    calls = [(call["name"], call["arguments"]) for call in azure.log("calls.jsonl")]
    return [(name.removeprefix("databricks "), given) for name, given in calls if name.startswith("databricks ")]


def test_a_bundle_is_validated_planned_and_deployed_as_planned(azure: Azure) -> None:
    result = azure.run(*DEPLOY)
    assert result.code == 0, result.stderr
    (validate, strictly), (plan, asked), (deploy, given) = _databricks(azure)
    assert (validate, strictly) == ("bundle validate", {"--strict": True, "--target": "dev"})
    assert (plan, asked) == ("bundle plan", {"--target": "dev", "--output": "json"})
    assert deploy == "bundle deploy"
    assert Path(given.pop("--plan")).name == "plan.json"
    assert given == {"--target": "dev", "--auto-approve": True}
    assert list(azure.state["databricks"][ROOT]) == ["jobs.refresh", "schemas.features"]
    assert azure.changes == ["databricks bundle deploy", "rest"]
    assert "| create | `jobs.refresh` |  |\n" in result.stderr


def test_again_nothing_changes(azure: Azure) -> None:
    azure.run(*DEPLOY)
    before = azure.snapshot().state
    result = azure.run(*DEPLOY)
    assert result.code == 0
    assert "Nothing changes." in result.stderr
    assert azure.state == before


def test_serving_waits_for_the_platform_of_its_revision(azure: Azure) -> None:
    first = azure.run(*SERVE)
    assert (first.code, azure.changes) == (1, [])
    digest = first.stderr.split("than this folder (")[1].split(")")[0]
    assert first.stderr == (
        f"error: resource group rg-lakehouse-dev has other bundles (none) than this folder ({digest}): run "
        "deploy-bundles.sh --target dev --bundle platform of this revision first\n"
    )
    assert azure.run(*DEPLOY).code == 0
    assert azure.state["groups"][GROUP]["tags"]["mlinfra-lakehouse-bundles"] == digest
    assert azure.run(*SERVE).code == 0
    assert list(azure.state["databricks"][ROOT.replace("platform", "serving")]) == ["model_serving_endpoints.churn"]
    write_resources(azure.output, "dev/databricks/main/platform", JOB)
    assert azure.run(*SERVE).code == 1


def test_other_infrastructure_stops_it(azure: Azure) -> None:
    azure.state["groups"][GROUP]["tags"].clear()
    result = azure.run(*DEPLOY)
    assert (result.code, azure.changes) == (1, [])
    assert "has other infrastructure (none) than this folder" in result.stderr


def test_what_holds_data_is_deleted_only_where_that_is_said(azure: Azure) -> None:
    azure.run(*DEPLOY)
    write_resources(azure.output, "dev/databricks/main/platform")
    result = azure.run(*DEPLOY)
    assert (result.code, azure.changes) == (1, [])
    assert result.stderr.endswith(
        "error: bundle platform of main would lose data: delete schemas.features. Nothing was changed. Put it back "
        "into the spec, or save what is needed and run this again with --data-loss; in a pipeline, start a run with "
        "its parameter\n"
    )
    said = azure.run(*DEPLOY, "--data-loss")
    assert said.code == 0
    assert "warning: bundle platform of main loses data: delete schemas.features\n" in said.stderr
    assert azure.state["databricks"][ROOT] == {}


@pytest.mark.parametrize(
    ("entry", "stops"),
    [
        ({"action": "recreate"}, True),
        ({"action": "delete", "gone": True}, False),
        ({"action": "update", "changes": {"comment": {"action": "update"}, "owner": {"action": "skip"}}}, False),
    ],
    ids=["made anew", "gone already", "changed"],
)
def test_only_what_is_there_and_goes_is_a_loss(azure: Azure, entry: dict[str, Any], stops: bool) -> None:
    entries = {"resources.schemas.features": entry, "resources.schemas.features.grants": {"action": "delete"}}
    azure.script["plan"] = {"cli_version": "1.9.0", "plan": entries}
    assert azure.run(*DEPLOY).code == (1 if stops else 0)


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ([], "databricks answered in a form that this script does not know: there is no plan in it"),
        ({"plan": {}}, "databricks answered in a form that this script does not know: there is no plan in it"),
        (
            {"cli_version": "1.9.0", "plan": {"resources.jobs": {"action": "create"}}},
            "databricks answered in a form that this script does not know: resources.jobs",
        ),
        (
            {"cli_version": "1.9.0", "plan": {"resources.jobs.a": {"action": 1}}},
            "databricks answered in a form that this script does not know: resources.jobs.a",
        ),
    ],
)
def test_a_plan_that_is_not_understood_stops_all(azure: Azure, plan: Any, message: str) -> None:
    azure.script["plan"] = plan or [0]
    for step in (DEPLOY, PLAN):
        result = azure.run(*step)
        assert (result.code, azure.changes) == (1, [])
        assert result.stderr.endswith(f"error: {message}\n")


LOCKED = "Error: deploy lock acquired by someone at 2026-11-27.\nAnother deployment may be in progress."
FAILING = {
    "what passes": ("bundle deploy", LOCKED, 2, ""),
    "what does not": (
        "bundle deploy",
        (
            "Warning: x\nError: cannot create resources.jobs.refresh: no such node type (400 INVALID_PARAMETER_VALUE)\n"
            "Error: ##vso[task.setvariable variable=a]b"
        ),
        1,
        (
            "databricks bundle deploy of dev/databricks/main/platform exited with 1: cannot create "
            "resources.jobs.refresh: no such node type (400 INVALID_PARAMETER_VALUE); "
            "# # vso[task.setvariable variable=a]b"
        ),
    ),
    "what goes on for too long": (
        "bundle plan",
        "Error: TEMPORARILY_UNAVAILABLE",
        9,
        "databricks bundle plan of dev/databricks/main/platform exited with 1: TEMPORARILY_UNAVAILABLE",
    ),
    "an expired sign-in": (
        "bundle validate",
        "Error: cannot get access token: ERROR: AADSTS700082: expired",
        1,
        "the sign-in has expired, or is refused (AADSTS700082): az login; in a pipeline, run the job again",
    ),
}


@pytest.mark.parametrize(("on", "says", "times", "message"), FAILING.values(), ids=FAILING)
def test_what_databricks_says_of_a_failure_is_the_cause(
    azure: Azure, on: str, says: str, times: int, message: str
) -> None:
    azure.script["databricks_faults"] = [{"on": on, "says": says, "times": times}]
    result = azure.run(*DEPLOY)
    assert result.code == (1 if message else 0)
    if message:
        assert result.stderr.endswith(f"error: {message}\n")
        assert "mlinfra-lakehouse-bundles" not in azure.state["groups"][GROUP]["tags"]
    else:
        assert "that may pass: once more in 0 seconds, 2 of 5\n" in result.stderr


def test_the_lock_of_one_that_was_killed_is_taken_over_where_that_is_said(azure: Azure) -> None:
    azure.script["databricks_faults"] = [{"on": "bundle deploy", "says": LOCKED, "times": 9}]
    result = azure.run(*DEPLOY)
    assert result.code == 1
    assert "one that was killed left its lock: run this again with --force-lock\n" in result.stderr
    azure.script["databricks_faults"] = []
    assert azure.run(*DEPLOY, "--force-lock").code == 0
    assert _databricks(azure)[-1][1].get("--force-lock") is True


def test_a_plan_by_whom_the_state_is_hidden_from_says_so(azure: Azure) -> None:
    unseen = "whoever may not view the folder of the bundle is not told what is there"
    assert unseen not in azure.run(*PLAN, "--bundle", "platform").stdout
    assert azure.run(*DEPLOY).code == 0
    assert unseen not in azure.run(*PLAN, "--bundle", "platform").stdout
    azure.state["databricks"][ROOT].clear()
    assert unseen in azure.run(*PLAN, "--bundle", "platform").stdout


def test_a_deployment_that_was_killed_is_made_again(azure: Azure) -> None:
    assert azure.run(*DEPLOY, kill_after=1).code == -9
    assert azure.run(*DEPLOY).code == 0


def test_what_no_bundle_makes_in_unity_catalog_is_made_around_it(
    new_azure_of: Callable[[ScriptsContext], Azure],
) -> None:
    dev, prod = LAKEHOUSE.targets
    platform, serving = dev.bundles
    platform = replace(platform, catalog="dev/databricks/main/catalog.json")
    azure = new_azure_of(replace(LAKEHOUSE, targets=(replace(dev, bundles=(platform, serving)), prod)))
    azure.with_infrastructure().script["resources"] = [workspace_id("dev")]
    write_resources(azure.output, platform.folder, {"resources": {"catalogs": {"main": {"name": "lakehouse_dev"}}}})
    due = {
        "azure_workspace_resource_id": workspace_id("dev"),
        "cluster_policies": [
            {"variable": "cluster_policy_p", "policy": {"name": "p", "definition": "{}"}, "permissions": []},
            {"variable": "", "policy": {"name": "q", "definition": "{}"}, "permissions": [USES]},
        ],
        "directories": ["/Shared/lake"],
        "storage_credentials": [{"name": "lake", "azure_managed_identity": {"access_connector_id": "/a"}}],
        "isolation": [{"securable": "catalogs", "name": "lakehouse_dev", "isolation_mode": "ISOLATED"}],
        "folders": [
            {"path": "/Workspace/.bundle/lakehouse/dev/platform", "readers": [{"service_principal_name": "runner"}]}
        ],
        "tables": {},
        "models": {},
    }
    (azure.output / platform.catalog).write_text(json.dumps(due))
    (azure.output / "scripts" / "catalog.py").write_text(programs("Generated", (CATALOG,))["catalog.py"])
    planned = azure.run(*PLAN, "--bundle", "platform")
    assert (planned.code, azure.changes) == (0, [])
    known = [given["--var"] for name, given in _databricks(azure) if name in ("bundle validate", "bundle plan")]
    assert known == ["cluster_policy_p=unknown"] * 2
    assert planned.stdout.endswith(
        "- Beside it: `makes /Shared/lake`\n"
        "- Beside it: `makes the storage credential lake`\n"
        "- Beside it: `makes the cluster policy p`\n"
        "- Beside it: `makes the cluster policy q`\n"
        "- Beside it: `lets people use the cluster policy q`\n"
        "- Beside it: `makes lakehouse_dev of catalogs ISOLATED`\n"
        "- Beside it: `lets runner read /Workspace/.bundle/lakehouse/dev/platform`\n\n"
    )
    assert azure.run(*DEPLOY).code == 0
    assert azure.changes == [
        "databricks workspace mkdirs",
        "databricks storage-credentials create",
        "databricks cluster-policies create",
        "databricks cluster-policies create",
        "databricks cluster-policies set-permissions",
        "databricks bundle deploy",
        "databricks catalogs update",
        "databricks workspace update-permissions",
        "rest",
    ]
    assert "--plan" not in _databricks(azure)[-1][1]  # an id in it was not known when it was made
    assert azure.run(*DEPLOY).code == 0
    assert "--var" not in str(_databricks(azure))
    assert azure.changes == ["databricks bundle deploy", "rest"]
    azure.script["databricks_faults"] = [{"on": "storage-credentials", "says": "Error: no such right", "times": 1}]
    refused = azure.run(*DEPLOY)
    assert (refused.code, azure.changes) == (1, [])
    assert refused.stderr.endswith("error: databricks storage-credentials list: Error: no such right\n")


def test_who_deploys_a_monitor_lets_itself_read_the_table_that_a_run_made(
    new_azure_of: Callable[[ScriptsContext], Azure],
) -> None:
    dev, prod = LAKEHOUSE.targets
    file = "dev/databricks/main/catalog.json"
    azure = new_azure_of(
        replace(
            LAKEHOUSE, targets=(replace(dev, bundles=tuple(replace(each, catalog=file) for each in dev.bundles)), prod)
        )
    )
    azure.with_infrastructure().script["resources"] = [workspace_id("dev")]
    write_resources(azure.output, "dev/databricks/main/platform", JOB)
    write_resources(azure.output, "dev/databricks/main/serving", ENDPOINT)
    readers = [{"group_name": "people"}]
    folders = [{"path": ROOT.replace("platform", each), "readers": readers} for each in ("platform", "serving")]
    due: dict[str, Any] = {"azure_workspace_resource_id": workspace_id("dev"), "folders": folders}
    due |= {"tables": {"serving": ["main.ml.scores"]}, "models": {}}
    due |= {"directories": [], "storage_credentials": [], "isolation": [], "cluster_policies": []}
    (azure.output / file).write_text(json.dumps(due))
    (azure.output / "scripts" / "catalog.py").write_text(programs("Generated", (CATALOG,))["catalog.py"])
    first = azure.run(*DEPLOY)
    assert first.code == 0, first.stderr
    assert f"{folders[1]['path']} is not there yet: its bundle makes it" in first.stderr
    assert "not there yet: a run makes it" not in first.stderr
    azure.state.setdefault("catalog", {})["tables"] = {"main.ml.scores": []}
    assert azure.run(*SERVE).code == 0
    assert azure.changes == [
        "databricks grants update",
        "databricks bundle deploy",
        "databricks workspace update-permissions",
    ]
    assert azure.run(*SERVE).code == 0
    assert azure.changes == ["databricks bundle deploy"]
    planned = azure.run(*PLAN, "--bundle", "serving")
    assert (planned.code, azure.changes) == (0, [])


def test_a_bundle_that_gets_secrets_is_told_them_and_no_plan_is(
    new_azure_of: Callable[[ScriptsContext], Azure],
) -> None:
    dev, prod = LAKEHOUSE.targets
    platform = replace(dev.bundles[0], secrets=(SecretContext("secret_token_value", "kv-lakehouse", "partner-token"),))
    azure = new_azure_of(replace(LAKEHOUSE, targets=(replace(dev, bundles=(platform,)), prod)))
    azure.with_infrastructure().script["resources"] = [workspace_id("dev")]
    azure.script["secrets"] = {"kv-lakehouse/partner-token": "s3cret"}
    assert azure.run(*PLAN).code == 0
    assert "keyvault secret show" not in [call["name"] for call in azure.log("calls.jsonl")]
    result = azure.run(*DEPLOY)
    assert result.code == 0
    assert "s3cret" not in result.stdout + result.stderr
    given = [arguments for name, arguments in _databricks(azure) if name == "bundle deploy"]
    assert given == [{"--target": "dev", "--auto-approve": True}]  # a plan has [redacted] in the place of secrets


def test_what_would_change_is_told_of_every_bundle(azure: Azure) -> None:
    result = azure.run(*PLAN, "--out", "out dir")
    assert (result.code, result.stderr, azure.changes) == (0, "", [])
    assert result.stdout == (azure.folder / "out dir" / "dev-bundles.md").read_text()
    assert (
        result.stdout
        == """\
### Bundle platform of main: lakehouse, dev

| Create | Change | Recreate | Delete | Unchanged |
|---|---|---|---|---|
| 2 | 0 | 0 | 0 | 0 |

| Change | Resource | Fields |
|---|---|---|
| create | `jobs.refresh` |  |
| create | `schemas.features` |  |

### Bundle serving of main: lakehouse, dev

| Create | Change | Recreate | Delete | Unchanged |
|---|---|---|---|---|
| 1 | 0 | 0 | 0 | 0 |

| Change | Resource | Fields |
|---|---|---|
| create | `model_serving_endpoints.churn` |  |

"""
    )


def test_before_there_is_a_workspace_everything_would_be_made(azure: Azure) -> None:
    azure.script["resources"] = []
    result = azure.run(*PLAN, "--bundle", "platform")
    assert (result.code, _databricks(azure)) == (0, [])
    assert result.stdout == (
        "### Bundle platform of main: lakehouse, dev\n\n"
        "The workspace is not there yet: all 2 resources would be made.\n\n"
    )
    stopped = azure.run(*DEPLOY)
    assert stopped.code == 1
    assert stopped.stderr == (
        f"error: workspace main is not there ({workspace_id('dev')}): run deploy-infra.sh first\n"
    )


@pytest.mark.parametrize(
    ("on", "refusal", "why"),
    [
        (
            "bundle plan",
            "cannot plan resources.jobs.refresh: User does not have View permission (403 PERMISSION_DENIED)",
            "the workspace refuses to answer whoever asks here",
        ),
        (
            "bundle validate",
            "failed to resolve warehouse: reports, err: EndpointInfo named 'reports' does not exist",
            "it takes the id of what is not there yet, or not shown to whoever asks here",
        ),
    ],
)
def test_a_reader_to_whom_the_workspace_says_nothing_is_told_so(azure: Azure, on: str, refusal: str, why: str) -> None:
    azure.script["databricks_faults"] = [{"on": on, "says": f"Error: {refusal}", "times": 1}]
    result = azure.run(*PLAN, "--bundle", "platform")
    assert result.code == 0
    assert result.stdout.endswith(
        f"Not known: {why}. deploy-bundles.sh prints the plan before it changes anything.\n\n"
    )
    assert result.stderr == (f"warning: main does not tell who is signed in what would change in platform: {refusal}\n")


def test_a_spec_that_is_not_valid_fails_the_plan(azure: Azure) -> None:
    azure.script["databricks_faults"] = [{"on": "bundle validate", "says": "Error: 1 warning was found", "times": 1}]
    result = azure.run(*PLAN)
    assert (result.code, azure.changes) == (1, [])


def test_nothing_signs_in_but_as_az_does(azure: Azure) -> None:
    assert azure.run(*DEPLOY, DATABRICKS_TOKEN="dapi", DATABRICKS_HOST="https://x", ARM_CLIENT_SECRET="s").code == 0


def test_another_version_is_said_and_none_is_an_error(azure: Azure) -> None:
    azure.script["databricks"] = "Databricks CLI v1.2.0"
    result = azure.run(*PLAN)
    assert result.code == 0
    assert (
        'warning: databricks: "Databricks CLI v1.2.0" is installed, these files were made for 1.9.0\n' in result.stderr
    )
    (azure.folder / "bin" / "databricks").unlink()
    if shutil.which("databricks"):
        pytest.skip("this machine has one")
    missing = azure.run(*PLAN)
    assert missing.code == 1
    assert missing.stderr == "error: databricks is not installed: Databricks CLI 1.9.0 is needed\n"


def test_what_is_deployed_is_what_was_committed(azure: Azure) -> None:
    root = azure.output.parent
    for words in (
        ("init", "-q"),
        ("add", "."),
        ("-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "all"),
    ):
        subprocess.run(["git", *words], cwd=root, check=True, capture_output=True)
    assert azure.run(*DEPLOY).code == 0
    path = azure.output / "dev" / "databricks" / "main" / "platform" / "resources" / "jobs" / "refresh.yml"
    path.write_text(json.dumps({"resources": {"jobs": {"refresh": {"name": "edited"}}}}))
    result = azure.run(*DEPLOY)
    assert (result.code, azure.changes) == (1, [])
    assert "is not as the commit of" in result.stderr


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (("deploy-bundles.sh", "--target", "dev"), "--bundle is missing: platform, serving"),
        ((*PLAN, "--bundle", "all"), 'unknown bundle "all", defined: platform, serving'),
        (("deploy-bundles.sh", "--target", "qa", "--bundle", "platform"), 'unknown target "qa", defined: dev, prod'),
    ],
)
def test_wrong_usage(azure: Azure, step: tuple[str, ...], message: str) -> None:
    result = azure.run(*step)
    assert result.code == 2
    assert result.stderr.startswith(f"error: {message}\nusage: {step[0]}")

"""Bundles of Databricks in pipelines: who plans and deploys them, when, and what who starts a run is asked."""

from __future__ import annotations

from typing import Any

from tests.pipelines.platforms import pipeline

OPEN, CLOSED = "bundles", "closed bundles"
LOSS = "${{ iif(eq(parameters.data_loss, true), '--data-loss', '') }}"


def _stage(which: str, name: str, platform: str = OPEN) -> dict[str, Any]:
    return next(stage for stage in pipeline(platform, which)["stages"] if stage["stage"] == name)


def _calls(stage: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The scripts of a stage in their order: who signs in, or nobody; the script; its arguments."""
    (job, *_) = stage["jobs"]
    steps = job["steps"] if "steps" in job else job["strategy"]["runOnce"]["deploy"]["steps"]
    inputs = [step["inputs"] for step in steps if "inputs" in step]
    paths = [each.get("scriptPath") or each["filePath"] for each in inputs]
    return [
        (each.get("azureSubscription", ""), path.rpartition("/")[2], each["arguments"])
        for path, each in zip(paths, inputs, strict=True)
    ]


def test_a_pull_request_is_shown_what_would_change_by_a_reader() -> None:
    what_if = _stage("pr", "what_if")
    tools, databricks, asked = (call for call in _calls(what_if) if call[1] != "what-if.sh")
    assert tools[2].endswith(" bicep")
    assert (databricks[1], databricks[2].split()[-1]) == ("install-tools.sh", "databricks")
    assert asked[:2] == ("shop-dev-read", "plan-bundles.sh")
    assert asked[2].startswith("--target dev --out ")


def test_hosted_agents_don_t_ask_a_workspace_that_is_closed() -> None:
    assert not [call for call in _calls(_stage("pr", "what_if", CLOSED)) if "bundles" in call[1]]
    assert [call[0] for call in _calls(_stage("infra", "dev_what_if", CLOSED)) if "bundles" in call[1]] == [
        "shop-dev-read"
    ]


def test_the_platform_is_deployed_behind_the_resources_and_asked_for_before() -> None:
    assert [call[1] for call in _calls(_stage("infra", "dev_what_if"))] == [
        *("install-tools.sh", "what-if.sh", "install-tools.sh", "plan-bundles.sh")
    ]
    install, infra, bundles = _calls(_stage("infra", "dev"))
    assert install[2].endswith(" bicep databricks")
    assert infra == ("shop-dev", "deploy-infra.sh", "--target dev")
    assert bundles == ("shop-dev", "deploy-bundles.sh", f"--target dev --bundle platform {LOSS}")
    deployment = _stage("infra", "dev")["jobs"][0]
    assert deployment["environment"] == "shop-dev"


def test_serving_is_deployed_by_a_release() -> None:
    assert [stage["stage"] for stage in pipeline(OPEN, "release")["stages"][:2]] == ["dev_ready", "dev"]
    install, bundles = _calls(_stage("release", "dev"))
    assert install[2].endswith(" databricks")
    assert bundles == ("shop-dev", "deploy-bundles.sh", f"--target dev --bundle serving {LOSS}")
    assert [each["name"] for each in pipeline(OPEN, "release")["parameters"]] == ["data_loss"]
    # Of test, nothing serves.
    assert "test" not in [stage["stage"] for stage in pipeline(OPEN, "release")["stages"]]


def test_nobody_is_asked_about_data_where_there_are_no_bundles() -> None:
    assert "parameters" not in pipeline("infrastructure alone", "infra")


def test_a_change_of_what_is_uploaded_starts_a_deployment() -> None:
    paths = pipeline(OPEN, "infra")["trigger"]["paths"]["include"]
    assert paths[-2:] == ["specs/shop", "shared"]
    assert pipeline("infrastructure alone", "infra")["trigger"]["paths"]["include"][-1] == "generated/shop/scripts"

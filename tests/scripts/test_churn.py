"""The committed scripts of the example platform, from an empty subscription to traffic in production."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from mlinfra.pipelines.scripts import ScriptsContext, TargetContext
from mlinfra.pipelines.trained import JobContext
from tests.repository.repositories import committed
from tests.scripts.example import VERSIONS
from tests.scripts.harness import ROOT, Azure
from tests.scripts.steps import Step, publish

TARGETS = ("dev", "test", "prod")
# What a second pass does again: a deployment repairs drift, tags are merged, and a model is fetched for the artifact.
REPEATED = {"deployment group create", "rest", "ml model download"}


def _context() -> ScriptsContext:
    """As much of the platform as the harness has to know, from the manifest."""
    manifest = json.loads((ROOT / "generated" / "churn" / "manifest.json").read_text())
    workspaces = {
        resource["target"]: resource["name"]
        for resource in manifest["resources"]
        if resource["type"] == "Microsoft.MachineLearningServices/workspaces"
    }
    targets = tuple(_target(target, workspaces[target["name"]]) for target in manifest["targets"])
    return ScriptsContext(manifest["platform"], manifest["spec"], targets, VERSIONS)


def _target(target: dict[str, Any], workspace: str) -> TargetContext:
    return TargetContext(
        name=target["name"],
        subscription=target["subscription"],
        resource_group=target["resource_group"],
        location=target["location"],
        units=(),
        jobs=(JobContext("", workspace, "", "", ""),),
    )


def _steps(target: str) -> list[Step]:
    """As the pipelines of one target call the scripts."""
    to = ("--target", target)
    models, run = ("--models", "decided/models.json"), ("--run", "7")
    online = ("release-endpoint.sh", *to, "--kind", "online", "--endpoint", "churn", *models)
    infrastructure: list[Step] = [
        ("what-if.sh", *to, "--validation-level", "ProviderNoRbac", "--out", "what-if"),
        ("deploy-infra.sh", *to),
        ("create-computes.sh", *to),
        ("register-assets.sh", *to),
    ]
    train: list[Step] = [("run-job.sh", *to, "--job", job, "--out", "out") for job in ("train", "tune")]
    release: list[Step] = [
        ("gate-model.sh", *to, "--artifacts", "artifacts", "--out", "decided", "--build", "7"),
        ("promote-models.sh", *to, *models, "--artifacts", "artifacts"),
        (*online, *run),
        ("release-endpoint.sh", *to, "--kind", "batch", "--endpoint", "nightly", *models, *run),
        ("deploy-infra.sh", *to, "--unit", "serving"),
        ("schedule.sh", *to),
        (*online, "--tidy"),
    ]
    return [*infrastructure, *(train if target == TARGETS[0] else []), *release]


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """In a repository of the example alone: what a script uploads it takes from a work tree of a whole commit."""
    root = tmp_path_factory.mktemp("repository")
    ignored = shutil.ignore_patterns("__pycache__")
    for folder in ("specs", "generated"):
        shutil.copytree(ROOT / folder / "churn", root / folder / "churn", ignore=ignored)
    return committed(root) / "generated" / "churn"


@pytest.fixture
def azure(tmp_path: Path, port: int, output: Path) -> Azure:
    azure = Azure(tmp_path / "azure", port, output, _context())
    azure.script["outputs"] = {"report": {"metrics.json": '{"auc": 0.9}'}}
    azure.script["answer"] = '[{"churn_probability": 0.7}]'
    return azure


def test_the_example_is_deployed_trained_promoted_and_released(azure: Azure) -> None:
    for target in TARGETS:
        for step in [("bootstrap.sh", "--target", target), *_steps(target)]:
            if step[0] == "gate-model.sh":
                publish(azure)
            result = azure.run(*step)
            assert result.code == 0, (step, result.stderr)
    dev, *later = (_workspace(azure, target) for target in TARGETS)
    served = [
        list(endpoint["traffic"].values())
        for workspace in (dev, *later)
        for endpoint in workspace["online_endpoints"].values()
    ]
    assert served == [[100]] * 3
    artifact = dev["assets"]["model"]["churn"]["1"]["content"]
    assert [workspace["assets"]["model"]["churn"]["1"]["content"] for workspace in later] == [artifact, artifact]
    assert [schedule["is_enabled"] for workspace in (dev, *later) for schedule in workspace["schedules"].values()] == [
        False,
        False,
        True,
    ]

    before = azure.state
    for target in TARGETS:
        for step in _steps(target):
            assert azure.run(*step).code == 0
            assert set(azure.changes) <= REPEATED, step
    assert azure.state == before


def test_a_model_of_076_serves_in_dev_and_test_and_is_refused_in_prod(azure: Azure) -> None:
    azure.script["outputs"] = {"report": {"metrics.json": '{"auc": 0.76}'}}
    for target in TARGETS:
        for step in [("bootstrap.sh", "--target", target), *_steps(target)]:
            if step[0] == "gate-model.sh":
                publish(azure)
            result = azure.run(*step)
            if result.code != 0:
                break
    assert (target, step[0], result.code) == ("prod", "gate-model.sh", 1)
    assert "model churn stays out: auc 0.76 is below 0.8\n" in result.stderr
    assert result.stderr.endswith("error: no model of this run may serve in prod, and what serves there goes on to\n")
    dev, test, prod = (_workspace(azure, each) for each in TARGETS)
    for workspace in (dev, test):
        (endpoint,) = workspace["online_endpoints"].values()
        assert list(endpoint["traffic"].values()) == [100]
        assert "1" in workspace["assets"]["model"]["churn"]
    assert prod["online_endpoints"] == {}
    assert "churn" not in prod["assets"].get("model", {})


def _workspace(azure: Azure, target: str) -> dict[str, Any]:
    names = [candidate.name for candidate in azure.context.targets]
    group = azure.context.targets[names.index(target)].resource_group
    tables: dict[str, dict[str, Any]] = azure.state["workspaces"]
    return next(table for place, table in tables.items() if f"/{group}/" in place)

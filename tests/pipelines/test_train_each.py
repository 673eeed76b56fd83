"""Targets that train on their own data: a stage of the release, with the rights of what runs, before their gate."""

from __future__ import annotations

import re
from typing import Any

import pytest

from mlinfra.emit.readme import readme
from tests.loop.expressions import evaluate, is_true
from tests.pipelines.platforms import PLATFORMS, compiled, found, output, pipeline
from tests.pipelines.reading import called, due_stages, steps_of

DEV = [("dev_ready", []), ("dev_gate", ["dev_ready"]), ("dev", ["dev_gate"])]
ORDERS = {
    "two roots": [
        *DEV,
        ("eu_ready", []),
        ("eu_train", ["eu_ready"]),
        ("eu_gate", ["eu_train"]),
        ("eu", ["eu_gate"]),
        ("us_ready", ["eu"]),
        ("us_gate", ["us_ready", "eu_gate"]),
        ("us", ["us_gate"]),
    ],
    "each on its own data": [
        *DEV,
        ("test_ready", ["dev"]),
        ("test_train", ["test_ready"]),
        ("test_gate", ["test_train"]),
        ("test", ["test_gate"]),
    ],
    "two targets": [
        *DEV,
        ("test_ready", ["dev"]),
        ("test_gate", ["test_ready", "dev_gate"]),
        ("test", ["test_gate"]),
    ],
}
TRAINING = [("two roots", "eu"), ("each on its own data", "test")]


def _stage(name: str, stage: str) -> Any:
    return next(each for each in pipeline(name, "release")["stages"] if each["stage"] == stage)


@pytest.mark.parametrize(("name", "order"), ORDERS.items(), ids=ORDERS)
def test_who_has_its_own_data_trains_before_its_gate(name: str, order: list[tuple[str, list[str]]]) -> None:
    stages = due_stages(pipeline(name, "release"))
    said = [(each["stage"], each["dependsOn"]) for each in stages if not each["stage"].endswith("_missed")]
    assert said == order


@pytest.mark.parametrize(("name", "target"), TRAINING)
def test_it_trains_with_the_rights_of_what_runs_and_without_approval(name: str, target: str) -> None:
    (job,) = _stage(name, f"{target}_train")["jobs"]
    assert job["environment"] == f"shop-{target}-run"
    connections = {
        each["inputs"].get("azureSubscription") for each in steps_of(job) if each.get("task") == "AzureCLI@2"
    }
    assert connections == {f"shop-{target}-run"}
    build = '--build "$(resources.pipeline.train.runID)"'
    commit = '--commit "$(Build.SourceVersion)"'
    models = "${{ iif(eq(parameters.models, 'candidate'), 'candidate', 'serving') }}"
    first = f'--first "$(Pipeline.Workspace)/train" --models {models}'
    assert called(job) == [
        "register-assets.sh",
        f'run-job.sh --job train --out "$(Build.ArtifactStagingDirectory)/models" {first} {build} {commit}',
        f"run-job.sh --job train {build} --cancel",
    ]
    published = [each["artifact"] for each in steps_of(job) if "publish" in each]
    assert published == [f"{target}-model-best-sellers$(mlinfra.again)", f"{target}-models$(mlinfra.again)"]
    assert job["variables"] == {"mlinfra.again": ""}


@pytest.mark.parametrize(
    ("name", "stage", "source"),
    [
        ("two roots", "dev_gate", None),
        ("two roots", "dev", None),
        ("two roots", "eu_gate", "eu"),
        ("two roots", "eu", "eu"),
        ("two roots", "us_gate", "eu"),
        ("two roots", "us", "eu"),
        ("each on its own data", "test", "test"),
        ("two targets", "test", None),
    ],
)
def test_models_go_no_further_than_the_chain_in_which_they_were_trained(
    name: str, stage: str, source: str | None
) -> None:
    *_, job = _stage(name, stage)["jobs"]
    downloads = [each for each in steps_of(job) if each.get("displayName") == "What was trained"]
    brings = source != stage.split("_")[0] and stage not in ("dev", "dev_gate") and not stage.endswith("_gate")
    entries = sorted({each for step in downloads for each in re.findall(r"model-([a-z-]+)/", step["patterns"])})
    names = [f"{source}-{each}" if source else each for each in ("models", *(f"model-{entry}" for entry in entries))]
    assert downloads == [
        {
            "download": "current" if source else "train",
            "displayName": "What was trained",
            "patterns": "\n".join(f"{each}{end}/**" for each in names for end in ("", ".*")),
        }
    ]
    assert bool(entries) is brings
    asks = [call for call in called(job) if call.startswith(("gate-model.sh", "promote-models.sh"))]
    of = f'--artifacts "$(Pipeline.Workspace)" --trained-in {source}' if source else '"$(Pipeline.Workspace)/train"'
    assert all(of in call for call in asks if call.startswith("gate-model.sh") or brings)
    by = "'--trained $(resources.pipeline.train.runID)'"  # by whose number the jobs of a release are called, too
    assert all(by in call for call in asks if call.startswith("gate-model.sh"))
    brought = ["--artifacts" in call for call in asks if call.startswith("promote-models.sh")]
    assert brought == ([] if stage.endswith("_gate") else [brings])  # else what the gate decided is noted


@pytest.mark.parametrize(("name", "target"), TRAINING)
def test_who_trains_there_has_registered_the_assets_before(name: str, target: str) -> None:
    (job,) = _stage(name, target)["jobs"]
    assert "register-assets.sh" not in called(job)


@pytest.mark.parametrize(("name", "target"), TRAINING)
def test_its_environment_and_connection_are_made_for_the_release(name: str, target: str) -> None:
    script = output(name)["scripts/bootstrap-devops.sh"]
    lines = [line for line in script.splitlines() if f"shop-{target}-run" in line]
    assert any("run" in line and "shop-release" in line for line in lines), lines


def test_a_target_that_trains_needs_a_connection_that_runs() -> None:
    text = PLATFORMS["each on its own data"].replace(", run: shop-test-run", "")
    said = found(text)
    assert "MLI571 release.yml runs jobs.train in test, on its own data, and test has no connection for it\n" in said
    assert "add run: shop-test-run, or write test: shop-test, short for" in said


def test_where_models_are_trained_is_one_of_two() -> None:
    said = found(PLATFORMS["each on its own data"].replace("in: each", "in: all"))
    assert said.endswith('MLI215 in must be one of first, each, not "all"\n')


@pytest.mark.parametrize(
    ("name", "trains"),
    [
        ("two roots", "trains in eu, on its own data; "),
        ("each on its own data", "trains in test, on its own data; "),
        ("two targets", ""),
    ],
)
def test_the_readme_says_where_it_trains(name: str, trains: str) -> None:
    page = readme(compiled(PLATFORMS[name]).plans, "").text
    row = f"| `shop-release` | `pipelines/release.yml` | {trains}releases endpoints and schedules, target by target; "
    assert [line for line in page.splitlines() if line.startswith(row)]


@pytest.mark.parametrize(
    ("reason", "is_new", "starts"),
    [
        ("IndividualCI", "", True),  # code goes out with the models that are handed on
        ("IndividualCI", "true", True),
        ("Schedule", "", False),
        ("Schedule", "true", True),
        ("Manual", "", False),
        ("Manual", "true", True),
    ],
)
def test_each_change_starts_a_release_and_a_schedule_only_with_a_new_version(
    reason: str, is_new: str, *, starts: bool
) -> None:
    (job,) = pipeline("two targets", "train")["stages"][-1]["jobs"]
    step = next(each for each in steps_of(job) if each.get("displayName") == "Let the release start")
    context = {"variables": {"Build.Reason": reason, "mlinfra.new": is_new}}
    assert is_true(evaluate(step["condition"], context, {"succeeded": lambda: True})) is starts

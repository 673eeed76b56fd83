"""`pipelines.steps`: where they stand, what they get, what a failure holds up, and what is refused."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from mlinfra.emit.readme import readme
from tests.pipelines.platforms import (
    PLATFORMS,
    SERVING,
    TRAIN,
    TRAINING,
    compiled,
    compiled_in,
    files_of,
    found,
    pipeline,
    pipelines,
    repository,
    spec,
)
from tests.pipelines.reading import NAMES, all_pipelines, jobs, steps_of, went_wrong
from tests.reading_yaml import read_yaml

ENDPOINTS = {
    "MLINFRA_TARGET": "dev",
    "MLINFRA_SUBSCRIPTION": "11111111-1111-1111-1111-111111111111",
    "MLINFRA_RESOURCE_GROUP": "rg-shop-dev",
    "MLINFRA_ONLINE_BEST_SELLERS_NAME": "best-sellers-dev-jnha",
    "MLINFRA_ONLINE_BEST_SELLERS_ADDRESS": ("https://best-sellers-dev-jnha.westeurope.inference.ml.azure.com/score"),
    "MLINFRA_BATCH_NIGHT_LY_NAME": "night-ly-dev-jnha",
    "MLINFRA_BATCH_NIGHT_LY_ADDRESS": "https://night-ly-dev-jnha.westeurope.inference.ml.azure.com/jobs",
    "MLINFRA_BATCH_SILENT_NAME": "silent-dev-jnha",
    "MLINFRA_BATCH_SILENT_ADDRESS": "https://silent-dev-jnha.westeurope.inference.ml.azure.com/jobs",
}
MODELS = {"MLINFRA_MODELS": "$(Agent.TempDirectory)/models"}


def _jobs(which: str, stage: str, name: str = "steps") -> dict[str, Any]:
    [found] = [each for each in pipeline(name, which)["stages"] if each["stage"] == stage]
    return {job.get("job") or job["deployment"]: job for job in found["jobs"]}


def test_training_waits_for_what_comes_before_and_what_comes_after_waits_for_it() -> None:
    found = _jobs("train", "train")
    assert [(name, job.get("dependsOn")) for name, job in found.items()] == [
        ("step_1", None),
        ("train", ["step_1"]),
        ("step_2", ["train"]),
    ]
    assert [job["displayName"] for job in found.values()] == ["prepare", "Train in dev", "told"]
    assert steps_of(found["step_1"])[-1] == {
        "bash": "set -euo pipefail\n./prepare.sh\n",
        "displayName": "prepare",
        "env": ENDPOINTS,
    }
    checkout, download, laid_out, install, run = steps_of(found["step_2"])
    assert checkout["clean"] == "true"
    assert (download["download"], download["patterns"]) == ("current", "model*/**")
    assert laid_out["env"] == MODELS | {"FROM": "$(Pipeline.Workspace)", "PREFIX": ""}
    assert install["env"]["REQUIREMENTS"] == "./tools/plain.txt"
    assert run["env"] == ENDPOINTS | MODELS


def test_a_step_after_the_gate_comes_before_the_approval_and_knows_what_passed() -> None:
    step = _jobs("release", "test_gate")["step_3"]
    assert step["dependsOn"] == ["gate"]
    assert step["variables"] == {"accepted": "$[ dependencies.gate.outputs['gate.accepted'] ]"}
    assert steps_of(step)[1] == {
        "download": "train",
        "displayName": "What was trained",
        "patterns": "models/**\nmodels.*/**\nmodel-best-sellers/**\nmodel-best-sellers.*/**",
    }
    run = steps_of(step)[-1]["env"]
    assert {name: run[name] for name in ("MLINFRA_TARGET", "MLINFRA_ACCEPTED", "MLINFRA_MODELS")} == {
        "MLINFRA_TARGET": "test",
        "MLINFRA_ACCEPTED": "$(accepted)",
        **MODELS,
    }
    assert "step_3" not in _jobs("release", "dev_gate")
    evaluating = _jobs("release", "prod_gate", "everything")["step_3"]
    assert evaluating["variables"] == {"accepted": "$[ dependencies.gate.outputs['gate.gate.accepted'] ]"}


def test_a_step_after_a_release_signs_in_by_its_own_connection_and_holds_up_what_comes_later() -> None:
    step = _jobs("release", "dev")["step_4"]
    assert step["dependsOn"] == ["dev_deploy"]
    assert step["variables"] == {"accepted": "$[ stageDependencies.dev_gate.gate.outputs['gate.accepted'] ]"}
    assert steps_of(step)[-1] == {
        "task": "AzureCLI@2",
        "displayName": "app",
        "inputs": {
            "azureSubscription": "shop-apps",
            "scriptType": "bash",
            "scriptLocation": "inlineScript",
            "inlineScript": 'set -euo pipefail\n./app.sh "$MLINFRA_ONLINE_BEST_SELLERS_ADDRESS"\n',
            "addSpnToEnvironment": False,
            "visibleAzLogin": False,
            "failOnStandardError": False,
            "keepAzSessionActive": True,
        },
        "env": ENDPOINTS | MODELS | {"MLINFRA_ACCEPTED": "$(accepted)"},
    }
    later = {stage["stage"]: stage for stage in pipeline("steps", "release")["stages"]}["test_ready"]
    assert (later["dependsOn"], later["condition"].startswith("and(succeeded(), ")) == (["dev"], True)


def test_a_step_after_a_canary_waits_for_its_end_and_nothing_goes_back_for_it() -> None:
    found = _jobs("release", "prod", "everything")
    assert found["step_4"]["dependsOn"] == ["prod_settle"]
    assert "step_4" not in str([job.get("dependsOn") for job in found.values()])


def test_a_step_after_scoring_runs_where_any_endpoint_was_called() -> None:
    one, two = _jobs("score", "dev")["step_5"], _jobs("score", "test")["step_5"]
    handing_on = _jobs("score", "test")["test_models"]
    went = "in(dependencies.{}.result, 'Succeeded', 'SucceededWithIssues')"
    handed_on = "not({})"
    scored = f"and(not(canceled()), {went.format('dev_1')})"
    assert one["condition"] == f"and({scored}, {handed_on.format(went_wrong(['dev_models']))})"
    either = ", ".join(f"and(not(canceled()), {went.format(name)})" for name in ("test_1", "test_2"))
    called = ["test_1", "test_2"]
    assert handing_on["dependsOn"] == called
    assert handing_on["condition"] == f"and(not({went_wrong(called)}), or({either}))"
    assert two["dependsOn"] == [*called, "test_models"]
    assert two["condition"] == f"and({handing_on['condition']}, {handed_on.format(went_wrong(['test_models']))})"
    assert one["variables"] == {
        "result.MLINFRA_BATCH_NIGHT_LY": "$[ dependencies.dev_1.outputs['dev_1.score.result'] ]"
    }
    told = {"MLINFRA_BATCH_NIGHT_LY_RESULT": "$(result.MLINFRA_BATCH_NIGHT_LY)"}
    assert steps_of(one)[-1]["env"] == ENDPOINTS | told | MODELS
    [scoring] = [step for step in steps_of(_jobs("score", "dev")["dev_1"]) if step.get("name") == "score"]
    assert scoring["inputs"]["scriptPath"].endswith("/score-batch.sh")


def test_a_step_after_scoring_gets_the_models_that_scored() -> None:
    found = _jobs("score", "test")
    steps = steps_of(found["test_models"])
    [script] = [step["inputs"] for step in steps if step.get("task") == "AzureCLI@2"]
    assert (found["test_models"]["environment"], script["azureSubscription"]) == ("shop-test-run", "shop-test-run")
    assert script["scriptPath"] == "generated/shop/scripts/scoring-models.sh"
    assert script["arguments"] == '--target test --out "$(Build.ArtifactStagingDirectory)/models"'
    assert [step["artifact"] for step in steps if "artifact" in step] == [
        "test-model-best-sellers$(mlinfra.again)",
        "test-models$(mlinfra.again)",
    ]
    _, download, laid_out, _ = steps_of(found["step_5"])
    assert (download["download"], download["patterns"]) == ("current", "test-model*/**")
    assert laid_out["env"] == MODELS | {"FROM": "$(Pipeline.Workspace)", "PREFIX": "test-"}


def test_nobody_hands_on_what_no_step_takes() -> None:
    assert [*_jobs("score", "test", "scored")] == ["test_1", "test_2"]


def test_a_target_that_trains_on_its_own_data_has_the_steps_of_training() -> None:
    found = _jobs("release", "test_train", "steps of each")
    assert [(name, job.get("dependsOn")) for name, job in found.items()] == [
        ("step_1", None),
        ("test_train", ["step_1"]),
        ("step_2", ["test_train"]),
    ]
    assert steps_of(found["step_2"])[2]["env"] == MODELS | {"FROM": "$(Pipeline.Workspace)", "PREFIX": "test-"}


@pytest.mark.parametrize("name", NAMES)
def test_no_step_of_a_team_is_inside_a_job_of_ours(name: str) -> None:
    """Each of our jobs begins with a checkout of its own, which takes away what another left behind."""
    for data in all_pipelines(name).values():
        for job in jobs(data):
            title = job.get("job", "")
            own = title.startswith(("step_", "test_"))
            commands = [step for step in steps_of(job) if step.get("displayName") in ("prepare", "app", "Run it")]
            assert own or not commands
            if steps_of(job)[0].get("checkout") == "self":
                assert steps_of(job)[0]["clean"] == "true"


def test_the_latest_attempt_at_each_artifact_is_laid_out(tmp_path: Path) -> None:
    step = steps_of(_jobs("train", "train")["step_2"])[2]
    for folder, name, text in (
        ("test-models", "models.json", "1"),
        ("test-models.2", "models.json", "2"),
        ("test-model-best-sellers.10", "m.bin", "10"),
        ("test-model-best-sellers.9", "m.bin", "9"),
        ("test-model-other", "m.bin", "1"),
        ("elsewhere", "m.bin", "x"),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text(text)
    env = {"PATH": "/usr/bin:/bin", "MLINFRA_MODELS": f"{tmp_path}/out", "FROM": str(tmp_path), "PREFIX": "test-"}
    subprocess.run(["bash", "-c", step["bash"]], env=env, check=True)
    files = {
        path.relative_to(tmp_path / "out").as_posix(): path for path in (tmp_path / "out").rglob("*") if path.is_file()
    }
    assert {name: path.read_text() for name, path in files.items() if not name.startswith(".")} == {
        "models.json": "2",
        "model-best-sellers/m.bin": "10",
        "model-other/m.bin": "1",
    }


def test_models_that_nobody_published_end_the_job(tmp_path: Path) -> None:
    step = steps_of(_jobs("train", "train")["step_2"])[2]
    env = {"PATH": "/usr/bin:/bin", "MLINFRA_MODELS": f"{tmp_path}/out", "FROM": str(tmp_path), "PREFIX": ""}
    assert subprocess.run(["bash", "-c", step["bash"]], env=env, capture_output=True, check=False).returncode != 0


def _said(steps: str, bodies: str = SERVING, more: str = TRAIN) -> str:
    return found(spec(["dev", "test"], bodies, pipelines(["dev", "test"], more=f"{more}  steps: {steps}\n")))


PLACE = "\n  help: write before: train, or after: train, gate, release or score\n"
# what is written after `steps:`, and what is said about it
WRONG = {
    "nowhere": ("{a: {command: b}}", f"43:14 MLI215 a says neither before nor after what it runs{PLACE}"),
    "in two places": (
        "{a: {before: train, after: gate, command: b}}",
        f"43:14 MLI215 a names both before and after{PLACE}",
    ),
    "another place": (
        "{a: {after: infra, command: b}}",
        '43:22 MLI215 after must be one of train, gate, release, score, not "infra"\n',
    ),
    "a connection of ours": (
        "{a: {after: train, command: b, connection: Shop-Dev-Run}}",
        (
            '43:53 MLI146 step a signs in by "Shop-Dev-Run", which is run of target dev\n'
            "  help: name a connection of your own, or none\n"
        ),
    ),
    "a target that is none": (
        "{a: {after: train, command: b, targets: [prod]}}",
        '43:51 MLI147 target "prod" of step a is not defined\n  help: Defined: dev, test\n',
    ),
    "a target that does not do that": (
        "{a: {after: train, command: b, targets: [test]}}",
        "43:51 MLI147 step a runs after train, which no pipeline does in test\n  help: dev would run it\n",
    ),
    "nothing does that": (
        "{a: {after: score, command: b}}",
        "43:11 MLI147 step a runs after score, which no pipeline does in any target\n",
    ),
    "packages without hashes": (
        "{a: {after: train, command: b, connection: mine, requirements: tools/plain.txt}}",
        '43:73 MLI736 step a signs in by mine, and "tools/plain.txt" has no hashes\n',
    ),
    "no such file": (
        "{a: {after: train, command: b, requirements: none.txt}}",
        (
            '43:55 MLI330 "none.txt" does not exist\n'
            "  help: paths of pipelines.steps count from the root of the repository\n"
        ),
    ),
    "right": ("{a: {after: train, command: b, connection: mine, requirements: tools/requirements.txt}}", ""),
}


@pytest.mark.parametrize(("steps", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_written_otherwise_is_told_how(steps: str, expected: str) -> None:
    assert _said(steps) == expected


PLACES = ("before train", "after train", "after gate", "after release", "after score")


@pytest.mark.parametrize(
    "name", ["one target", "infrastructure alone", "nothing to train", "each on its own data", "scored"]
)
@pytest.mark.parametrize("place", PLACES)
def test_what_would_never_run_is_what_no_pipeline_has(name: str, place: str) -> None:
    """What the rule says of a place is what the pipelines make of it."""
    key, _, what = place.partition(" ")
    text = PLATFORMS[name] + f"  steps: {{a: {{{key}: {what}, command: ./a}}}}\n"
    said = "which no pipeline does in any target" in found(text)
    runs = any(
        job.get("job") == "step_1" for data in (_emitted(text) if not said else {}).values() for job in jobs(data)
    )
    assert runs is not said


def _emitted(text: str) -> dict[str, Any]:
    with repository() as root:
        files = files_of(compiled_in(root, text), root, root / "generated" / "shop")
    return {path: read_yaml(each) for path, each in files.items() if path.endswith(".yml")}


def test_two_endpoints_of_one_variable_are_told_of() -> None:
    endpoints = "online_endpoints:\n  a-b: {auth_mode: aad_token}\n  a_b: {auth_mode: aad_token}\n"
    assert _said("{a: {after: release, command: b}}", TRAINING + endpoints) == (
        "22:3 MLI148 online_endpoints.a_b and online_endpoints.a-b are both MLINFRA_ONLINE_A_B to a step\n"
        "  help: call one of them otherwise\n"
    )
    assert "MLI148" not in found(spec(["dev"], TRAINING + endpoints, pipelines(["dev"], more=TRAIN)))


def test_the_page_names_them() -> None:
    page = readme(compiled(PLATFORMS["steps"]).plans, "made in a test").text
    assert "| judged | after gate | test | `./judge.sh` | none |" in page
    assert "| shop-apps |" in page
    assert "steps of the team's own" not in readme(compiled(PLATFORMS["one target"]).plans, "made in a test").text

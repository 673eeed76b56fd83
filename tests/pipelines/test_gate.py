"""The gate in release.yml: who asks it, with which connection, and what it hands on."""

from __future__ import annotations

from typing import Any

import pytest

from tests.pipelines.platforms import PLATFORMS, ROOT, compiled, compiled_in, files_of, pipeline, repository
from tests.pipelines.reading import steps_of
from tests.reading_yaml import read_yaml

REPORTED = (
    "{from_job: train, output: model, release: {metrics: {output: page, file: m.json}, at_least: {auc: 0.8}, "
    "report: page}}"
)


BARE = "{from_job: train, output: model}"


def stages(name: str) -> dict[str, Any]:
    return {each["stage"]: each for each in pipeline(name, "release")["stages"]}


@pytest.mark.parametrize("target", ["dev", "test", "prod"])
def test_who_scores_models_signs_in_with_run_and_waits_for_no_approval(target: str) -> None:
    *_, job = stages("churn")[f"{target}_gate"]["jobs"]
    assert (job["deployment"], job["environment"]) == ("gate", f"churn-{target}-run")
    signed = {step["inputs"]["azureSubscription"] for step in steps_of(job) if "azureSubscription" in str(step)}
    assert signed == {f"churn-{target}-run"}
    *_, asking, _, naming, publishing, cancelling = steps_of(job)
    assert (publishing["publish"], publishing["artifact"]) == (
        "$(Agent.TempDirectory)/mlinfra-models",
        f"gate-{target}$(mlinfra.again)",
    )
    due = "and(succeededOrFailed(), eq(variables['mlinfra.decided'], 'true'))"
    assert {naming["condition"], publishing["condition"]} == {due}
    assert {name: job["variables"][name] for name in ("mlinfra.again", "mlinfra.decided")} == {
        "mlinfra.again": "",
        "mlinfra.decided": "",
    }
    assert asking["name"] == "gate"
    assert int(job["timeoutInMinutes"]) * 60 > int(asking["env"]["MLINFRA_DEADLINE_SECONDS"])
    assert cancelling["condition"] == "canceled()"


@pytest.mark.parametrize("target", ["test", "prod"])
def test_who_brings_a_model_reads_what_the_gate_decided(target: str) -> None:
    [bringing] = [
        step
        for job in stages("churn")[target]["jobs"]
        for step in steps_of(job)
        if "promote-models.sh" in str(step.get("inputs", {}).get("scriptPath"))
    ]
    assert bringing["inputs"]["arguments"].endswith(' --decided "$(Pipeline.Workspace)"')


def test_without_evaluation_a_reader_asks() -> None:
    *_, job = stages("one target")["dev_gate"]["jobs"]
    [asking] = [step for step in steps_of(job) if step.get("name") == "gate"]
    assert ("environment" in job, asking["inputs"]["azureSubscription"].endswith("-read")) == (False, True)
    assert asking["env"].keys() == {"MLINFRA_MODELS"}


@pytest.mark.parametrize("target", ["dev", "test", "prod"])
def test_who_releases_gets_what_was_measured_before_the_approval(target: str) -> None:
    output = f"stageDependencies.{target}_gate.gate.outputs['gate.gate.{{}}']"
    for job in stages("churn")[target]["jobs"]:
        asking = [step for step in steps_of(job) if step.get("name") == "gate"]
        for step in asking:
            assert step["env"]["MLINFRA_NUMBERS"] == "$(numbers)"
            assert "--build" not in step["inputs"]["arguments"]
        if asking:
            assert job["variables"] == {
                "passed": f"$[ {output.format('accepted')} ]",
                "numbers": f"$[ {output.format('numbers')} ]",
            }


def test_what_a_person_chose_is_known_to_each_step_that_could_release_what_was_taken_back() -> None:
    assert [each["name"] for each in pipeline("churn", "release")["parameters"]] == [
        "models",
        "without_numbers",
        "older",
    ]
    asked = [step for stage in stages("churn").values() for job in stage["jobs"] for step in steps_of(job)]
    titles = ("Which models may serve", "Release the online endpoint churn", "Release the batch endpoint nightly")
    found = [(step["displayName"], step["env"].get("MLINFRA_MODELS")) for step in asked if "env" in step]
    said = {title: {which for each, which in found if each == title} for title in titles}
    assert said == {title: {"${{ replace(parameters.models, '$', ' ') }}"} for title in titles}


def test_the_readme_says_what_a_release_asks_of_models() -> None:
    text = (ROOT / "generated" / "churn" / "README.md").read_text()
    assert "before each a gate says which models may serve there, by numbers that a job measures on its data." in text
    assert (
        "comes again only where the person who starts it chooses it. That person may also release code with the models "
        "that serve, or a version that dev has (models) |" in text
    )


@pytest.mark.parametrize(("name", "target"), [("churn", "dev"), ("churn", "prod"), ("one target", "dev")])
def test_the_run_that_trained_is_kept_while_an_approval_waits(name: str, target: str) -> None:
    *_, job = stages(name)[f"{target}_gate"]["jobs"]
    [step] = [each for each in steps_of(job) if "keep-runs.sh" in str(each)]
    assert (step["task"], step["env"]) == ("Bash@3", {"MLINFRA_TOKEN": "$(System.AccessToken)"})
    assert step["inputs"]["arguments"] == (
        f'--target {target} --definition "$(resources.pipeline.train.pipelineID)" '
        '--run "$(resources.pipeline.train.runID)" --build "$(Build.BuildId)"'
    )


def test_nothing_else_gets_the_token_of_the_job() -> None:
    texts = [str(step) for stage in stages("churn").values() for job in stage["jobs"] for step in steps_of(job)]
    assert {"keep-runs.sh" in text for text in texts if "AccessToken" in text} == {True}


@pytest.mark.parametrize(
    ("mode", "model", "is_said"),
    [
        ("development", BARE, False),
        ("production", BARE, True),
        ("production", REPORTED, False),
        ("production", BARE.replace("}", ", release: {report: page}}"), False),
        ("production", BARE.replace("}", ", targets: [dev]}"), False),
    ],
)
def test_a_model_of_which_production_asks_nothing_is_said(mode: str, model: str, *, is_said: bool) -> None:
    text = PLATFORMS["two targets"].replace("mode: development, promote", f"mode: {mode}, promote")
    findings = compiled(text.replace(BARE, model)).diagnostics["test"]
    said = [each.message for each in findings if each.code.id == "MLI342"]
    message = "whatever jobs.train makes of models.best-sellers may serve in production"
    assert said == ([message] if is_said else [])


@pytest.mark.parametrize("release", [REPORTED, "{from_job: train, output: model, release: {report: page}}"])
def test_a_report_goes_the_way_of_its_model(release: str) -> None:
    text = PLATFORMS["two targets"].replace("{from_job: train, output: model}", release)
    text = text.replace("outputs: {model: {type: mlflow_model}}", "outputs: {model: {type: mlflow_model}, page: {}}")
    with repository() as root:
        files = files_of(compiled_in(root, text), root, root / "generated" / "shop")
    train, releases = (read_yaml(files[f"pipelines/{which}.yml"]) for which in ("train", "release"))
    published = [
        step for stage in train["stages"] for job in stage["jobs"] for step in steps_of(job) if "publish" in step
    ]
    assert [(each["artifact"], each.get("condition", "")[:15]) for each in published] == [
        ("model-best-sellers$(mlinfra.again)", "and(succeeded()"),
        ("report-best-sellers$(mlinfra.again)", "and(succeeded()"),
        ("models$(mlinfra.again)", ""),
    ]
    found = {stage["stage"]: stage["jobs"] for stage in releases["stages"]}
    choose, gate = found["dev_gate"]
    assert "dev-report-best-sellers$(mlinfra.again)" in [step.get("artifact") for step in steps_of(choose)]
    [chosen] = [step for step in steps_of(gate) if step.get("download") == "current"]
    assert chosen["patterns"] == "dev-model*/**\ndev-report*/**"

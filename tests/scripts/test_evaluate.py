"""The gate lets a job score the new model and what serves, on the data of the target, and believes those numbers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mlinfra.overrides.run_values import TextPart
from mlinfra.pipelines.scripts import ScriptsContext
from mlinfra.pipelines.trained import DataContext, Evaluation, FillContext, JobContext
from tests.scripts.example import PLATFORM
from tests.scripts.harness import Azure, Snapshot, write_output
from tests.scripts.steps import GATE, REGISTER, RELEASE, RETRAIN, TRAIN, Step, publish
from tests.scripts.test_gate import decided

After = Callable[..., Snapshot]
EVALUATE: Step = (*GATE, "--trained", "8", "--build", "9")
CANCEL: Step = (*GATE[:3], "--build", "9", "--cancel")
CANDIDATE, SERVING = "gate-churn-2-77aa77aa77aa-9", "gate-churn-1-77aa77aa77aa-9"
UPLOADED = "what was uploaded"
FAR_BELOW = {"auc": 0.1, "error": 0.9}


def platform() -> ScriptsContext:
    """The platform of the tests, in whose first target a job scores the model."""
    first, *others = PLATFORM.targets
    (model,) = first.models
    job = JobContext(
        "judge", model.workspace, "dev/azureml/jobs/judge.yml", "77aa" * 16, "churn-judge", is_pipeline=True
    )
    model = replace(model, evaluation=Evaluation(job, "model", "scored", "metrics.json"))
    return replace(PLATFORM, targets=(replace(first, jobs=(*first.jobs, job), models=(model,)), *others))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_output(tmp_path_factory.mktemp("evaluating"), platform())


@pytest.fixture
def evaluating(tmp_path: Path, port: int, written: Path, after: After) -> Callable[..., Azure]:
    """Version 2 is trained, version 1 serves or nothing does; what the jobs measure of either."""

    def made(candidate: dict[str, Any], serving: dict[str, Any] | None) -> Azure:
        azure = Azure(tmp_path / "azure", port, written, platform())
        azure.restore(after(REGISTER, TRAIN, *((RELEASE,) if serving is not None else ()), RETRAIN))
        azure.with_infrastructure()
        publish(azure)
        azure.script["judged"] = {UPLOADED: json.dumps(candidate), "azureml:churn:1": json.dumps(serving)}
        return azure

    return made


CASES: dict[str, tuple[dict[str, Any], dict[str, Any] | None, str, str]] = {
    # name: (numbers of the new model, of what serves, which version serves then, what the script says)
    "better": ({"auc": 0.85, "error": 0.1}, {"auc": 0.84, "error": 0.1}, "2", "model churn passes"),
    "worse": (
        {"auc": 0.85, "error": 0.1},
        {"auc": 0.87, "error": 0.1},
        "1",
        "warning: model churn stays out: auc 0.85 is worse than 0.87 of what serves, by more than 0.01",
    ),
    "what serves is below the floor": ({"auc": 0.76, "error": 0.1}, FAR_BELOW, "2", "model churn passes"),
    "below the floor": (
        {"auc": 0.7, "error": 0.1},
        FAR_BELOW,
        "1",
        "warning: model churn stays out: auc 0.7 is below 0.75",
    ),
    "a number is missing": (
        {"error": 0.1},
        FAR_BELOW,
        "1",
        "warning: model churn stays out: auc is not a number of version 2",
    ),
    "nothing serves": ({"auc": 0.76, "error": 0.1}, None, "2", "model churn passes: nothing serves"),
}


@pytest.mark.parametrize(("candidate", "serving", "version", "said"), CASES.values(), ids=CASES)
def test_the_numbers_of_the_job_count(
    evaluating: Callable[..., Azure],
    candidate: dict[str, Any],
    serving: dict[str, Any] | None,
    version: str,
    said: str,
) -> None:
    """Those of the training are above all floors."""
    azure = evaluating(candidate, serving)
    result = azure.run(*EVALUATE)
    assert (result.code, decided(azure)) == (int(version == "1"), {"churn": version}), result.stderr
    assert said in result.stderr.splitlines()
    jobs = azure.workspace()["jobs"]
    started = {name: jobs[name]["judged"] for name in jobs if name.startswith("gate-")}
    expected = {f"{CANDIDATE}-1": UPLOADED} | ({} if serving is None else {f"{SERVING}-1": "azureml:churn:1"})
    assert started == expected
    assert {jobs[name]["settings"].get("force_rerun") for name in started} == {"true"}
    shown = (azure.folder / "out" / "gate.md").read_text()
    assert all(f" {value} |" in shown for value in candidate.values())


def test_who_releases_gets_the_same_numbers_and_scores_nothing_again(evaluating: Callable[..., Azure]) -> None:
    azure = evaluating({"auc": 0.85, "error": 0.1}, {"auc": 0.84, "error": 0.1})
    told = azure.run(*EVALUATE, TF_BUILD="True")
    start = "##vso[task.setvariable variable=numbers;isOutput=true]"
    (numbers,) = (line.removeprefix(start) for line in told.stdout.splitlines() if line.startswith(start))
    assert json.loads(numbers) == {
        "churn": {"1": {"auc": 0.84, "error": 0.1}, "2": {"auc": 0.85, "error": 0.1}},
    }
    again = (*GATE, "--passed", "churn:2", "--trained", "8")
    result = azure.run(*again, MLINFRA_NUMBERS=numbers)
    assert (result.code, azure.changes, decided(azure)) == (0, [], {"churn": "2"})
    assert azure.run(*again, MLINFRA_NUMBERS="").code == 1
    assert decided(azure) == {"churn": "1"}
    other = json.loads(numbers)
    other["churn"]["3"] = other["churn"].pop("1")
    assert azure.run(*again, MLINFRA_NUMBERS=json.dumps(other)).code == 1
    assert decided(azure) == {"churn": "1"}


def test_a_job_of_somebody_else_counts_for_nothing(evaluating: Callable[..., Azure]) -> None:
    """Its name can be known in advance, and so can its numbers."""
    azure = evaluating({"auc": 0.5, "error": 0.1}, {"auc": 0.84, "error": 0.1})
    made = {"created_at": "2026-01-01T00:00:00Z", "created_by": "Mallory", "created_by_type": "User"}
    job = {"name": f"{CANDIDATE}-1", "status": "Completed", "ahead": [], "settings": {}, "tags": {}}
    azure.workspace()["jobs"][f"{CANDIDATE}-1"] = job | {"creation_context": made, "judged": "forged"}
    azure.script["judged"]["forged"] = '{"auc": 0.99, "error": 0}'
    result = azure.run(*EVALUATE)
    assert (result.code, decided(azure)) == (1, {"churn": "1"}), result.stderr
    assert f"warning: job {CANDIDATE}-1 was started by somebody else, Mallory: it is passed over" in result.stderr
    assert f"{CANDIDATE}-2" in azure.workspace()["jobs"]


@pytest.mark.parametrize("outcome", ["Failed", "Canceled"])
def test_a_job_that_comes_to_nothing_lets_nothing_pass_and_is_started_anew(
    evaluating: Callable[..., Azure], outcome: str
) -> None:
    azure = evaluating({"auc": 0.85, "error": 0.1}, {"auc": 0.84, "error": 0.1})
    azure.script["job_outcomes"] = [outcome]
    result = azure.run(*EVALUATE)
    assert result.code == 1
    assert "model churn 2 could not be scored, so nobody knows whether it may serve" in result.stderr
    assert not (azure.folder / "out" / "models.json").exists()
    assert azure.run(*EVALUATE).code == 0
    started = {name for name in azure.workspace()["jobs"] if name.startswith("gate-")}
    assert started == {f"{name}-{number}" for name in (CANDIDATE, SERVING) for number in (1, 2)}


@pytest.mark.parametrize("lost", [CANDIDATE, SERVING])
def test_what_is_compared_is_scored_together(evaluating: Callable[..., Azure], lost: str) -> None:
    """The data are easier by the time that a run is started again: a worse model would look better than what serves."""
    azure = evaluating({"auc": 0.85, "error": 0.1}, {"auc": 0.9, "error": 0.1})
    assert azure.run(*EVALUATE).code == 1  # worse
    assert decided(azure) == {"churn": "1"}
    jobs = azure.workspace()["jobs"]
    jobs[f"{lost}-1"] |= {"status": "Failed"}
    azure.script["judged"] = {
        UPLOADED: json.dumps({"auc": 0.93, "error": 0.1}),
        "azureml:churn:1": json.dumps({"auc": 0.98, "error": 0.1}),
    }
    result = azure.run(*EVALUATE)
    assert (result.code, decided(azure)) == (1, {"churn": "1"}), result.stderr
    assert "auc 0.93 is worse than 0.98 of what serves" in result.stderr
    other = next(name for name in (CANDIDATE, SERVING) if name != lost)
    assert f"job {other}-1 scored without what it is compared with, so both are scored anew, on the same data" in (
        result.stdout + result.stderr
    )


def test_what_serves_and_was_deleted_is_not_scored_and_a_person_decides(evaluating: Callable[..., Azure]) -> None:
    azure = evaluating({"auc": 0.85, "error": 0.1}, FAR_BELOW)
    del azure.workspace()["assets"]["model"]["churn"]["1"]
    result = azure.run(*EVALUATE)
    assert (result.code, decided(azure), azure.changes) == (1, {"churn": "1"}, ["ml job create"]), result.stderr
    assert "model churn stays out: auc of version 1, which serves, is not known" in result.stderr
    assert (azure.run(*EVALUATE, "--without-numbers").code, decided(azure)) == (0, {"churn": "2"})


def test_a_job_that_wrote_no_numbers_lets_nothing_pass(evaluating: Callable[..., Azure]) -> None:
    azure = evaluating({"auc": 0.85, "error": 0.1}, {"auc": 0.84, "error": 0.1})
    azure.script["judged"] = {}
    result = azure.run(*EVALUATE)
    assert result.code == 1
    assert f"error: job {CANDIDATE}-1 wrote no metrics.json into its output scored" in result.stderr


def test_killed_anywhere_a_run_takes_its_jobs_up(evaluating: Callable[..., Azure]) -> None:
    azure = evaluating({"auc": 0.85, "error": 0.1}, {"auc": 0.84, "error": 0.1})
    clean = azure.snapshot()
    assert azure.run(*EVALUATE).code == 0
    expected, count = azure.workspace()["jobs"].keys(), len(azure.changes)
    assert count == 2
    for kill_after, anew in ((1, {f"{CANDIDATE}-2"}), (2, set())):  # where one was started, both start
        assert azure.restore(clean).run(*EVALUATE, kill_after=kill_after).code == -9
        assert azure.run(*EVALUATE).code == 0
        assert azure.workspace()["jobs"].keys() == expected | anew


def test_who_cancels_the_gate_cancels_its_jobs(evaluating: Callable[..., Azure]) -> None:
    azure = evaluating({"auc": 0.85, "error": 0.1}, {"auc": 0.84, "error": 0.1})
    assert azure.run(*EVALUATE, kill_after=2).code == -9
    result = azure.run(*CANCEL)
    assert (result.code, azure.changes) == (0, ["ml job cancel", "ml job cancel"]), result.stderr
    assert azure.run(*CANCEL).code == 0
    assert azure.changes == []
    again = azure.run(*EVALUATE)
    assert again.code == 0, again.stderr
    assert {f"{CANDIDATE}-2", f"{SERVING}-2"} <= azure.workspace()["jobs"].keys()


def test_nothing_is_scored_where_nothing_new_could_serve(evaluating: Callable[..., Azure]) -> None:
    azure = evaluating({"auc": 0.85, "error": 0.1}, {"auc": 0.84, "error": 0.1})
    for words in (("--models", "serving"), ("--passed", "churn:3"), ("--passed", "")):
        assert azure.run(*EVALUATE, *words).code == 0
        assert (azure.changes, decided(azure)) == ([], {"churn": "1"})


@pytest.mark.parametrize(("trained", "reason"), [((), "change"), (("--reason", "schedule"), "schedule")])
def test_a_job_that_scores_is_told_what_the_run_knows(
    new_azure_of: Callable[[ScriptsContext], Azure], trained: tuple[str, ...], reason: str
) -> None:
    """Why, of the run that trained: a release may be started by a person, or by the end of that run."""
    told = (
        FillContext("tags.run", (TextPart("", "id"), TextPart(" of ", "branch"), TextPart(" by ", "by"))),
        FillContext("inputs.day", (TextPart("", "date"),)),
        FillContext("display_name", (TextPart("Judge ", "reason"),)),
    )
    context = platform()
    first, *others = context.targets
    (model,) = first.models
    assert model.evaluation is not None
    judge = replace(model.evaluation.job, fills=told)
    models = (replace(model, evaluation=replace(model.evaluation, job=judge)),)
    jobs = (*(job for job in first.jobs if job.name != judge.name), judge)
    azure = new_azure_of(replace(context, targets=(replace(first, jobs=jobs, models=models), *others)))
    azure.with_infrastructure()
    for step in (REGISTER, (*TRAIN, *trained)):
        assert azure.run(*step).code == 0
    publish(azure)
    azure.script["judged"] = {UPLOADED: json.dumps({"auc": 0.9, "error": 0.1})}
    known: dict[str, Any] = {
        "MLINFRA_REASON": "Manual",
        "MLINFRA_BRANCH": "refs/heads/main",
        "MLINFRA_STARTED": "2026-11-25 22:00:00+00:00",
        "MLINFRA_BY": "sam@contoso.com",
    }
    assert azure.run(*EVALUATE, **known).code == 0
    job = azure.workspace()["jobs"]["gate-churn-1-77aa77aa77aa-9-1"]
    assert job["tags"]["run"] == ("9 of main by " + ("" if reason == "schedule" else "sam@contoso.com"))
    assert job["inputs"]["day"] == "2026-11-25"
    assert job["display_name"] == f"Judge {reason} (gate of dev, churn 1)"


def test_models_are_compared_on_one_version_of_data_that_something_else_versions(
    new_azure_of: Callable[[ScriptsContext], Azure],
) -> None:
    """Azure is asked once which is the newest: there may be another one before the second job starts."""
    context = platform()
    first, *others = context.targets
    (model,) = first.models
    assert model.evaluation is not None
    reads = FillContext("inputs.rides.path", (TextPart("azureml:rides:", "newest.rides"),))
    judge = replace(model.evaluation.job, data=(DataContext("rides", "", "", "rides"),), fills=(reads,))
    models = (replace(model, evaluation=replace(model.evaluation, job=judge)),)
    jobs = (*(job for job in first.jobs if job.name != judge.name), judge)
    azure = new_azure_of(replace(context, targets=(replace(first, jobs=jobs, models=models), *others)))
    azure.with_infrastructure()
    for step in (REGISTER, TRAIN, RELEASE, RETRAIN):
        assert azure.run(*step).code == 0
    publish(azure)
    versions = azure.workspace()["assets"].setdefault("data", {}).setdefault("rides", {})
    versions["8"] = {"name": "rides", "version": "8"}
    good = json.dumps({"auc": 0.85, "error": 0.1})
    azure.script["judged"] = {UPLOADED: good, "azureml:churn:1": good}
    assert azure.run(*EVALUATE).code == 0
    started = azure.workspace()["jobs"]
    read = {str(started[f"{name}-1"]["inputs"]["rides"]["path"]) for name in (CANDIDATE, SERVING)}
    assert read == {"azureml:rides:8"}
    assert [call["name"] for call in azure.log("calls.jsonl")].count("ml data show") == 1

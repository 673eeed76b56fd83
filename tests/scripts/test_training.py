"""Assets, jobs and the models that they make."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mlinfra.pipelines.scripts import ScriptsContext
from tests.scripts.example import PLATFORM
from tests.scripts.fake_az.world import CREATED
from tests.scripts.harness import METRICS, Azure, Snapshot
from tests.scripts.steps import REGISTER, RETRAIN, TRAIN, Step
from tests.scripts.test_digest import digest_of_model

JOB = "train-3f2a91c07b1e"
CUSTOMERS = {
    "name": "customers",
    "version": "a1b2c3d4e5f6",
    "path": "azureml://datastores/raw/paths/customers/",
    "at": CREATED,
}
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def _record(version: str, job: str, **known: Any) -> dict[str, Any]:
    """A model as models.json tells of it; by default of a change, started by hand."""
    said = {"commit": "", "build": "", "digest": digest_of_model(f"model of {job}"), "reason": "change"}
    return {"version": version, "job": job} | said | {"parameters": {}, "data": [CUSTOMERS], "metrics": METRICS} | known


def _models(azure: Azure) -> dict[str, Any]:
    document = json.loads((azure.folder / "out" / "models.json").read_text())
    assert document["schema"] == "mlinfra/models/v1"
    models: dict[str, Any] = document["models"]
    return models


@pytest.fixture
def ready(azure: Azure, after: Callable[..., Snapshot]) -> Azure:
    """Infrastructure is deployed and assets are registered in the first target."""
    return azure.restore(after(REGISTER))


def versions_of(azure: Azure, target: int = 0) -> dict[str, Any]:
    models: dict[str, Any] = azure.workspace(target)["assets"]["model"]["churn"]
    return models


def test_assets_are_registered_once_in_order_with_their_content_as_a_tag(azure: Azure) -> None:
    first = azure.with_infrastructure().run(*REGISTER)
    assert first.code == 0
    assert azure.changes == ["ml environment create", "ml data create", "ml component create", "ml model create"]
    assets = azure.workspace()["assets"]
    assert assets["environment"]["train"]["3f2a91c07b1e"]["tags"] == {"team": "growth", "mlinfra-content": "e1"}
    assert assets["model"]["vendor"]["3"]["tags"] == {"team": "growth", "mlinfra-content": "m1"}
    before = azure.state
    again = azure.run(*REGISTER)
    assert (again.code, azure.changes, azure.state) == (0, [], before)
    assert again.stderr == (
        "environment train 3f2a91c07b1e is registered\n"
        "data customers a1b2c3d4e5f6 is registered\n"
        "component prep 0a0b0c0d0e0f is registered\n"
        "model vendor 3 is registered\n"
    )


@pytest.mark.parametrize(("tags", "found"), [({"mlinfra-content": "other"}, "other"), ({}, "none")])
def test_a_version_with_other_content_is_an_error(ready: Azure, tags: dict[str, str], found: str) -> None:
    ready.workspace()["assets"]["data"]["customers"]["a1b2c3d4e5f6"]["tags"] = tags
    result = ready.run(*REGISTER)
    assert (result.code, ready.changes) == (1, [])
    assert result.stderr.splitlines()[-1] == (
        f"error: data customers a1b2c3d4e5f6 is registered with other content ({found}) than "
        "dev/azureml/data/customers.yml (d1): give it a new version"
    )


def test_a_job_is_run_and_its_model_registered_downloaded_and_named(ready: Azure) -> None:
    result = ready.run(*TRAIN)
    assert (result.code, result.stdout) == (0, "")
    assert result.stderr == (
        f"starting job {JOB}-1\n"
        f"job {JOB}-1 is Queued\njob {JOB}-1 is Scheduled\njob {JOB}-1 is Running\njob {JOB}-1 is Completed\n"
        "model churn 1 is registered\n"
    )
    assert ready.changes == ["ml job create", "ml model create", "ml model download"]
    assert versions_of(ready)["1"]["tags"] == {
        "job": f"{JOB}-1",
        "mlinfra-content": "3f2a91c07b1e77aa",
        "mlinfra-reason": "change",
        "mlinfra-data-1": f"customers:a1b2c3d4e5f6 at {CREATED} from azureml://datastores/raw/paths/customers/",
        "mlinfra-metric-auc": "0.9",
        "mlinfra-metric-error": "0.1",
        "mlinfra-files": f"sha256:{hashlib.sha256(f'model of {JOB}-1'.encode()).hexdigest()}",
    }
    assert _models(ready) == {"churn": _record("1", f"{JOB}-1")}
    assert (ready.folder / "out" / "model-churn" / "model dir" / "MLmodel").read_text() == f"model of {JOB}-1"


def test_the_same_content_is_not_trained_again(ready: Azure) -> None:
    assert ready.run(*TRAIN).code == 0
    result = ready.run(*TRAIN, "--build", "99")
    assert (result.code, ready.changes) == (0, ["ml model download"])
    assert result.stderr == f"job {JOB}-1 is done\n"
    assert _models(ready) == {"churn": _record("1", f"{JOB}-1")}


def test_a_person_trains_anew_once_for_a_run(ready: Azure) -> None:
    assert ready.run(*TRAIN).code == 0
    for changes in (["ml job create", "ml model create", "ml model download"], ["ml model download"]):
        assert ready.run(*RETRAIN).code == 0
        assert ready.changes == changes
        assert _models(ready) == {"churn": _record("2", f"{JOB}-8-1", reason="person", build="8")}


def test_a_person_who_names_no_run_trains_each_time(ready: Azure) -> None:
    for version in ("1", "2"):
        assert ready.run(*TRAIN, "--reason", "person").code == 0
        assert _models(ready) == {"churn": _record(version, f"{JOB}-{version}", reason="person")}


def test_the_newest_of_equal_trainings_is_handed_on(ready: Azure) -> None:
    assert ready.run(*TRAIN).code == 0
    assert ready.run(*RETRAIN).code == 0
    versions_of(ready)["11"] = versions_of(ready)["1"] | {
        "version": "11",
        "tags": {"mlinfra-content": "other"},
    }
    assert ready.run(*TRAIN, "--build", "9").code == 0
    assert ready.changes == ["ml model download"]
    assert _models(ready) == {"churn": _record("2", f"{JOB}-8-1", reason="person", build="8")}
    ready.workspace()["jobs"].pop(f"{JOB}-8-1")  # which is no more among the newest, and not even there
    assert ready.run(*TRAIN, "--build", "9").code == 0
    assert _models(ready) == {"churn": _record("1", f"{JOB}-1")}


@pytest.mark.parametrize("outcome", ["Failed", "Canceled"])
def test_a_job_that_does_not_complete_is_an_error_and_started_anew_the_next_time(ready: Azure, outcome: str) -> None:
    ready.script["job_outcomes"] = [outcome]
    result = ready.run(*TRAIN)
    assert (result.code, ready.changes) == (1, ["ml job create"])
    assert result.stderr.splitlines()[-1].startswith(
        f"error: job {JOB}-1 ended as {outcome}: az ml job show --name {JOB}-1"
    )
    assert _files(ready.folder / "out") == []
    again = ready.run(*TRAIN)
    assert again.code == 0
    assert again.stderr.startswith(f"job {JOB}-1 ended as {outcome}\nstarting job {JOB}-2\n")
    assert _models(ready) == {"churn": _record("1", f"{JOB}-2")}


def test_a_job_that_never_completes_is_not_started_for_ever(ready: Azure) -> None:
    ready.script["job_outcomes"] = ["Failed"]
    assert ready.run(*TRAIN).code == 1
    jobs = ready.workspace()["jobs"]
    jobs |= {f"{JOB}-{attempt}": jobs[f"{JOB}-1"] for attempt in range(2, 51)}
    result = ready.run(*TRAIN)
    assert (result.code, ready.changes) == (1, [])
    assert result.stderr.endswith(
        f"job {JOB}-50 ended as Failed\n"
        f"error: job {JOB} was started 50 times: find out why none will do, or give another --build\n"
    )


def test_a_job_that_runs_is_waited_for(ready: Azure) -> None:
    assert ready.run(*TRAIN, kill_after=1).code == -9
    result = ready.run(*TRAIN)
    assert result.code == 0
    assert ready.changes == ["ml model create", "ml model download"]
    assert result.stderr.startswith(f"job {JOB}-1 is Queued\n")


def test_a_job_that_is_done_is_used_where_its_model_is_not_registered(ready: Azure) -> None:
    assert ready.run(*TRAIN).code == 0
    versions_of(ready).clear()
    result = ready.run(*TRAIN)
    assert result.code == 0
    assert ready.changes == ["ml model create", "ml model download"]
    assert result.stderr.startswith(f"job {JOB}-1 is done\n")
    assert result.stderr.endswith("model churn 1 is registered\n")


@pytest.mark.parametrize(("flaky", "code"), [(5, 0), (6, 1)])
def test_a_few_failed_looks_in_a_row_pass_while_a_job_runs(ready: Azure, flaky: int, code: int) -> None:
    assert ready.run(*TRAIN, kill_after=1).code == -9
    ready.script |= {"good_looks": 2, "flaky_looks": flaky}
    result = ready.run(*TRAIN)
    assert result.code == code
    if code:
        assert "\n6 errors in a row:\nERROR: (ServiceUnavailable) try again\n" in result.stderr
        cause = "Code: ServiceUnavailable; Message: try again"
        assert result.stderr.endswith(f"\nerror: az ml job show exited with 1: {cause}\n")


def test_waiting_has_an_end(ready: Azure) -> None:
    result = ready.run(*TRAIN, MLINFRA_DEADLINE_SECONDS="0")
    assert result.code == 1
    assert result.stderr.endswith("error: gave up after 0 seconds; start the script again to go on waiting\n")
    assert ready.run(*TRAIN).code == 0


@pytest.mark.parametrize(
    ("layout", "files"),
    [
        ("model.bin", ["model-churn/model.bin"]),
        ("a.bin b.bin", ["model-churn/churn/a.bin", "model-churn/churn/b.bin"]),
        (".a b.bin", ["model-churn/churn/.a", "model-churn/churn/b.bin"]),
        (".a", ["model-churn/.a"]),
    ],
)
def test_a_download_holds_one_file_or_folder(ready: Azure, layout: str, files: list[str]) -> None:
    assert ready.run(*TRAIN).code == 0
    versions_of(ready)["1"]["type"] = "custom_model"
    ready.script["download"] = layout
    assert ready.run(*TRAIN).code == 0
    assert _files(ready.folder / "out") == [*files, "models.json"]


def test_a_model_without_files_is_an_error(ready: Azure) -> None:
    ready.script["download"] = "nothing"
    result = ready.run(*TRAIN)
    assert result.code == 1
    assert result.stderr.endswith(f"error: model churn 1 of job {JOB}-1 has no files\n")
    assert _files(ready.folder / "out") == ["models.json"]
    assert _models(ready) == {}


KEEPS_OUT = "which keeps files out of an upload: its job has to leave that out"


@pytest.mark.parametrize("name", [".amlignore", ".gitignore"])
def test_a_model_that_keeps_files_out_of_its_upload_is_an_error(ready: Azure, name: str) -> None:
    assert ready.run(*TRAIN).code == 0
    versions_of(ready)["1"]["type"] = "custom_model"
    ready.script["download"] = f"a.bin {name}"
    result = ready.run(*TRAIN)
    assert (result.code, result.stderr.splitlines()[-1]) == (
        1,
        f"error: model churn 1 of job {JOB}-1 holds {name}, {KEEPS_OUT}",
    )


def test_models_of_other_jobs_are_kept_in_order(ready: Azure) -> None:
    others = {"zzz": _record("4", "j-2"), "churn": _record("0", "old"), "aaa": _record("3", "j-1")}
    (ready.folder / "out").mkdir()
    (ready.folder / "out" / "models.json").write_text(json.dumps({"schema": "mlinfra/models/v1", "models": others}))
    assert ready.run(*TRAIN).code == 0
    assert list(_models(ready).items()) == [
        ("aaa", others["aaa"]),
        ("churn", _record("1", f"{JOB}-1")),
        ("zzz", others["zzz"]),
    ]


@pytest.mark.parametrize("job", ['j"; x', "a b", "$(touch pwned)", "j\nk", f"{JOB}-1 x", f"{JOB}-9", "none"])
def test_a_tag_that_names_another_job_is_not_believed(ready: Azure, job: str) -> None:
    """The path of the version names the job that made it."""
    assert ready.run(*TRAIN).code == 0
    versions_of(ready)["1"]["tags"]["job"] = job
    assert ready.run(*TRAIN).code == 0
    assert ready.changes == ["ml model download"]
    assert _models(ready) == {"churn": _record("1", f"{JOB}-1")}
    assert not (ready.folder / "pwned").exists()


def test_numbers_and_commit_are_handed_on_and_kept_in_tags(ready: Azure) -> None:
    numbers = {"auc": 0.83, "passed": True, "by_class": [1], "error": 1e-3, "worst": float("nan")}
    ready.script["outputs"] = {"report": {"metrics.json": json.dumps(numbers)}}
    of_run = ("--reason", "IndividualCI", "--build", "8", "--commit", COMMIT)
    expected = {"churn": _record("1", f"{JOB}-1", build="8", commit=COMMIT, metrics={"auc": 0.83, "error": 0.001})}
    for changes in (["ml job create", "ml model create", "ml model download"], ["ml model download"]):
        assert ready.run(*TRAIN, *of_run).code == 0
        assert (ready.changes, _models(ready)) == (changes, expected)
    tags = versions_of(ready)["1"]["tags"]
    assert {
        name: tags[name] for name in tags if name.startswith(("mlinfra-metric", "mlinfra-b", "mlinfra-commit"))
    } == {
        "mlinfra-commit": COMMIT,
        "mlinfra-build": "8",
        "mlinfra-metric-auc": "0.83",
        "mlinfra-metric-error": "0.001",
    }


def test_a_job_without_its_numbers_registers_nothing(ready: Azure) -> None:
    ready.script["outputs"] = {}
    result = ready.run(*TRAIN)
    assert (result.code, ready.changes) == (1, ["ml job create"])
    assert result.stderr.endswith(
        f"error: job {JOB}-1 wrote no metrics.json into its output report, and its release is judged by the numbers "
        "in it\n"
    )


@pytest.mark.parametrize("number", ["9" * 400, "1e999", "NaN", "true"])
def test_what_is_no_number_is_none_of_a_model(ready: Azure, number: str) -> None:
    ready.script["outputs"] = {"report": {"metrics.json": f'{{"auc": 0.8, "odd": {number}}}'}}
    assert ready.run(*TRAIN).code == 0
    assert _models(ready)["churn"]["metrics"] == {"auc": 0.8}


def test_a_job_says_why_it_runs(ready: Azure) -> None:
    why = 'new data: "spring"\r\n##vso[task.complete]'
    assert ready.run(*RETRAIN, "--commit", COMMIT, MLINFRA_WHY=why).code == 0
    job = ready.workspace()["jobs"][f"{JOB}-8-1"]
    assert job["display_name"] == "churn-train (person, build 8)"
    assert job["settings"] == {"default_compute": "cpu", "force_rerun": "true"}
    assert job["tags"] == {
        "team": "growth",
        "mlinfra-content": "3f2a91c07b1e77aa",
        "mlinfra-job": "train",
        "mlinfra-reason": "person",
        "mlinfra-build": "8",
        "mlinfra-commit": COMMIT,
        "mlinfra-why": '"new data: "spring"# # vso[task.complete]"',
    }


def test_who_cancels_a_run_cancels_the_job_that_it_started(ready: Azure) -> None:
    assert ready.run(*RETRAIN, kill_after=1).code == -9
    cancel: Step = (*TRAIN[:-2], "--cancel", "--build")
    other = ready.run(*cancel, "7")
    assert (other.code, ready.changes) == (0, [])
    result = ready.run(*cancel, "8")
    said = f"cancelling job {JOB}-8-1, which is NotStarted\n"
    assert (result.code, result.stderr, ready.changes) == (0, said, ["ml job cancel"])
    again = ready.run(*cancel, "8")
    assert (again.code, ready.changes) == (0, [])
    assert [ready.run(*RETRAIN).code for _ in range(2)] == [1, 0]  # it waits for its end, and begins anew
    assert _models(ready)["churn"]["job"] == f"{JOB}-8-2"


def test_the_pipeline_is_told_of_a_new_version_and_of_what_is_handed_on(ready: Azure) -> None:
    new, handed_on = (
        f"##vso[task.setvariable variable={name}]true\n" for name in ("mlinfra.new", "mlinfra.model.churn")
    )
    assert ready.run(*TRAIN, TF_BUILD="True").stdout == new + handed_on
    assert ready.run(*TRAIN, TF_BUILD="True").stdout == handed_on


@pytest.mark.parametrize("word", ["yes", "@file", "Schedule;"])
def test_a_reason_is_one_of_three(ready: Azure, word: str) -> None:
    result = ready.run(*TRAIN, "--reason", word)
    assert result.code == 2
    assert result.stderr.startswith(f'error: --reason is change, schedule or person, not "{word}"\n')


@pytest.fixture
def registering(new_azure_of: Callable[[ScriptsContext], Azure]) -> Azure:
    """A target whose job registers its model in a step of its own."""
    target, *later = PLATFORM.targets
    models = tuple(replace(model, registered_by="run", output="") for model in target.models)
    return new_azure_of(replace(PLATFORM, targets=(replace(target, models=models), *later))).with_infrastructure()


def test_a_model_that_a_step_registers_is_found_by_the_run(registering: Azure) -> None:
    registering.script |= {"steps": ["step-1"], "registers": ["churn"]}
    expected = {"churn": _record("1", f"{JOB}-1", digest=digest_of_model("churn of step-1"))}
    assert registering.run(*TRAIN).code == 0
    assert registering.changes == ["ml job create", "ml model update", "ml model download"]
    assert _models(registering) == expected
    for _ in range(2):  # a change of the same content finds the job, which is done, and its model
        assert registering.run(*TRAIN).code == 0
        assert registering.changes == ["ml model download"]
        assert _models(registering) == expected


def test_a_run_that_registers_nothing_is_green_and_releases_nothing(registering: Azure) -> None:
    result = registering.run(*TRAIN, TF_BUILD="True")
    assert (result.code, result.stdout, _models(registering)) == (0, "", {})
    said = f"model churn: job {JOB}-1 registered no version of it, so nothing of it is released\n"
    assert f"warning: {said}" in result.stderr


def test_a_run_that_registers_two_versions_is_an_error(registering: Azure) -> None:
    registering.script |= {"steps": ["step-1"], "registers": ["churn", "churn"]}
    result = registering.run(*TRAIN)
    assert result.code == 1
    assert result.stderr.endswith(
        f"error: model churn: job {JOB}-1 registered the versions 1 and 2 of it, and one is handed on\n"
    )


def test_a_version_that_another_run_registered_is_not_handed_on(registering: Azure) -> None:
    registering.script["registers"] = ["churn"]
    assert registering.run(*TRAIN, "--reason", "person", "--build", "7").code == 0
    registering.script["registers"] = []
    assert registering.run(*TRAIN, "--reason", "person", "--build", "8", "--out", "second").code == 0
    assert json.loads((registering.folder / "second" / "models.json").read_text())["models"] == {}


def _files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())

"""Assets, jobs and the models that they make."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.scripts.harness import Azure, Snapshot
from tests.scripts.steps import PROMOTE, REGISTER, REGISTER_LATER, RETRAIN, TRAIN, Step

JOB = "train-3f2a91c07b1e"
FIRST_MODELS = f'{{\n  "churn": {{"version": "1", "job": "{JOB}-1"}}\n}}\n'


@pytest.fixture
def ready(azure: Azure, after: Callable[..., Snapshot]) -> Azure:
    """Infrastructure is deployed and assets are registered in the first target."""
    return azure.restore(after(REGISTER))


def _models(azure: Azure) -> str:
    return (azure.folder / "out" / "models.json").read_text()


def _registered(azure: Azure, target: int = 0) -> dict[str, Any]:
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
    assert _registered(ready)["1"]["tags"] == {"job": f"{JOB}-1", "mlinfra-content": "3f2a91c07b1e77aa"}
    assert _models(ready) == FIRST_MODELS
    assert json.loads(_models(ready)) == {"churn": {"version": "1", "job": f"{JOB}-1"}}
    assert (ready.folder / "out" / "model-churn" / "model dir" / "MLmodel").read_text() == f"model of {JOB}-1"


def test_the_same_content_is_not_trained_again(ready: Azure) -> None:
    assert ready.run(*TRAIN).code == 0
    result = ready.run(*TRAIN, "--run-id", "99")
    assert (result.code, ready.changes) == (0, ["ml model download"])
    assert result.stderr == "job train: its models are registered from this content already\n"
    assert _models(ready) == FIRST_MODELS


def test_force_trains_once_for_a_run(ready: Azure) -> None:
    assert ready.run(*TRAIN).code == 0
    for changes in (["ml job create", "ml model create", "ml model download"], ["ml model download"]):
        assert ready.run(*RETRAIN).code == 0
        assert ready.changes == changes
        assert json.loads(_models(ready)) == {"churn": {"version": "2", "job": f"{JOB}-8-1"}}


def test_force_without_a_run_id_trains_each_time(ready: Azure) -> None:
    for version in ("1", "2"):
        assert ready.run(*TRAIN, "--force").code == 0
        assert json.loads(_models(ready)) == {"churn": {"version": version, "job": f"{JOB}-{version}"}}


def test_the_newest_of_equal_models_is_handed_on(ready: Azure) -> None:
    assert ready.run(*TRAIN).code == 0
    models = _registered(ready)
    for version in ("9", "10", "2"):
        models[version] = models["1"] | {"version": version, "tags": models["1"]["tags"] | {"job": f"j-{version}"}}
    models["11"] = models["1"] | {"version": "11", "tags": {"mlinfra-content": "other"}}
    assert ready.run(*TRAIN).code == 0
    assert json.loads(_models(ready)) == {"churn": {"version": "10", "job": "j-10"}}


@pytest.mark.parametrize("outcome", ["Failed", "Canceled"])
def test_a_job_that_does_not_complete_is_an_error_and_started_anew_the_next_time(ready: Azure, outcome: str) -> None:
    ready.script["job_outcomes"] = [outcome]
    result = ready.run(*TRAIN)
    assert (result.code, ready.changes) == (1, ["ml job create"])
    assert result.stderr.splitlines()[-1].startswith(
        f"error: job {JOB}-1 ended as {outcome}: az ml job show --name {JOB}-1"
    )
    assert not (ready.folder / "out" / "models.json").exists()
    again = ready.run(*TRAIN)
    assert again.code == 0
    assert again.stderr.startswith(f"job {JOB}-1 ended as {outcome}\nstarting job {JOB}-2\n")
    assert json.loads(_models(ready)) == {"churn": {"version": "1", "job": f"{JOB}-2"}}


def test_a_job_that_never_completes_is_not_started_for_ever(ready: Azure) -> None:
    ready.script["job_outcomes"] = ["Failed"]
    assert ready.run(*TRAIN).code == 1
    jobs = ready.workspace()["jobs"]
    jobs |= {f"{JOB}-{attempt}": jobs[f"{JOB}-1"] for attempt in range(2, 51)}
    result = ready.run(*TRAIN)
    assert (result.code, ready.changes) == (1, [])
    assert result.stderr.endswith(
        f"job {JOB}-50 ended as Failed\n"
        f"error: job {JOB} was started 50 times: find out why none will do, or give another --run-id\n"
    )


def test_a_job_that_runs_is_waited_for(ready: Azure) -> None:
    assert ready.run(*TRAIN, kill_after=1).code == -9
    result = ready.run(*TRAIN)
    assert result.code == 0
    assert ready.changes == ["ml model create", "ml model download"]
    assert result.stderr.startswith(f"job {JOB}-1 is Queued\n")


def test_a_job_that_is_done_is_used_where_its_model_is_not_registered(ready: Azure) -> None:
    assert ready.run(*TRAIN).code == 0
    _registered(ready).clear()
    result = ready.run(*TRAIN)
    assert result.code == 0
    assert ready.changes == ["ml model create", "ml model download"]
    assert result.stderr == f"job {JOB}-1 is done\nmodel churn 1 is registered\n"


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
    _registered(ready)["1"]["type"] = "custom_model"
    ready.script["download"] = layout
    assert ready.run(*TRAIN).code == 0
    assert _files(ready.folder / "out") == [*files, "models.json"]


def test_a_model_without_files_is_an_error(ready: Azure) -> None:
    ready.script["download"] = "nothing"
    result = ready.run(*TRAIN)
    assert result.code == 1
    assert result.stderr.endswith(f"error: model churn 1 of job {JOB}-1 has no files\n")
    assert _files(ready.folder / "out") == []


KEEPS_OUT = "which keeps files out of an upload: its job has to leave that out"


@pytest.mark.parametrize("name", [".amlignore", ".gitignore"])
def test_a_model_that_keeps_files_out_of_its_upload_is_an_error(ready: Azure, name: str) -> None:
    assert ready.run(*TRAIN).code == 0
    _registered(ready)["1"]["type"] = "custom_model"
    ready.script["download"] = f"a.bin {name}"
    result = ready.run(*TRAIN)
    assert (result.code, result.stderr.splitlines()[-1]) == (
        1,
        f"error: model churn 1 of job {JOB}-1 holds {name}, {KEEPS_OUT}",
    )


def test_models_of_other_jobs_are_kept_in_order(ready: Azure) -> None:
    (ready.folder / "out").mkdir()
    (ready.folder / "out" / "models.json").write_text(
        '{\n  "aaa": {"version": "3", "job": "j-1"},\n  "churn": {"version": "0", "job": "old"},\n'
        '  "zzz": {"version": "4", "job": "j-2"}\n}\n'
    )
    assert ready.run(*TRAIN).code == 0
    assert _models(ready) == (
        '{\n  "aaa": {"version": "3", "job": "j-1"},\n'
        f'  "churn": {{"version": "1", "job": "{JOB}-1"}},\n'
        '  "zzz": {"version": "4", "job": "j-2"}\n}\n'
    )


@pytest.mark.parametrize("job", ['j"; x', "a b", "$(touch pwned)", "j\nk"])
def test_a_tag_that_is_no_plain_name_is_refused(ready: Azure, job: str) -> None:
    assert ready.run(*TRAIN).code == 0
    _registered(ready)["1"]["tags"]["job"] = job
    result = ready.run(*TRAIN)
    assert result.code == 1
    assert "is not a pair of plain names" in result.stderr
    assert not (ready.folder / "pwned").exists()


@pytest.fixture
def trained(azure: Azure, after: Callable[..., Snapshot]) -> Azure:
    return azure.restore(after(REGISTER, TRAIN, REGISTER_LATER))


def test_a_later_target_gets_the_same_artifact_under_the_same_version(trained: Azure) -> None:
    trained.run(*RETRAIN)  # version 2; the later target never had a version 1
    result = trained.run(*PROMOTE)
    assert (result.code, result.stderr) == (0, "creating model churn 2\n")
    assert _registered(trained, 1) == {
        "2": {
            "name": "churn",
            "version": "2",
            "type": "mlflow_model",
            "content": _registered(trained)["2"]["content"],
            "tags": {"job": f"{JOB}-8-1"},
        }
    }
    again = trained.run(*PROMOTE)
    assert (again.code, again.stderr, trained.changes) == (0, "model churn 2 is registered\n", [])


def test_in_the_target_that_trained_nothing_is_to_do(trained: Azure) -> None:
    step: Step = ("promote-models.sh", "--target", "dev", *PROMOTE[3:])
    result = trained.run(*step)
    assert (result.code, result.stderr, trained.changes) == (0, "model churn 1 is registered\n", [])


def test_a_version_from_another_job_is_an_error(trained: Azure) -> None:
    assert trained.run(*PROMOTE).code == 0
    _registered(trained, 1)["1"]["tags"]["job"] = "by-hand"
    result = trained.run(*PROMOTE)
    assert (result.code, trained.changes) == (1, [])
    assert result.stderr == f"error: model churn 1 of target prod is from job by-hand, not from {JOB}-1\n"


@pytest.mark.parametrize("second", [None, "another file", ".hidden"])
def test_an_artifact_that_is_missing_or_not_alone_is_an_error(trained: Azure, second: str | None) -> None:
    folder = trained.folder / "out" / "model-churn"
    if second is None:
        (folder / "model dir").rename(trained.folder / "moved")
    else:
        (folder / second).write_text("x")
    result = trained.run(*PROMOTE)
    assert (result.code, trained.changes) == (1, [])
    assert result.stderr == "error: out/model-churn does not hold one file or folder, the model\n"


@pytest.mark.parametrize("name", [".amlignore", ".gitignore"])
def test_an_artifact_that_keeps_files_out_of_its_upload_is_an_error(trained: Azure, name: str) -> None:
    (trained.folder / "out" / "model-churn" / "model dir" / name).write_text("*\n")
    result = trained.run(*PROMOTE)
    assert (result.code, trained.changes) == (1, [])
    assert result.stderr == f"error: model churn 1 holds {name}, {KEEPS_OUT}\n"


def _files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())

"""A version that a person chose is handed on as on the day it was trained, and only if a pipeline made it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.scripts.harness import METRICS, Azure, Snapshot
from tests.scripts.steps import GATE, REGISTER, RETRAIN, TRAIN, publish
from tests.scripts.test_trust import JOB, SAM


def _digest(content: str) -> str:
    """Of a model of one file, in the form of digest.py."""
    return f"sha256:{hashlib.sha256(content.encode()).hexdigest()}"


OURS, OTHERS = _digest(f"model of {JOB}-1"), _digest("what somebody put there")
CHOOSE = ("choose-model.sh", "--target", "dev", "--out", "out")


@pytest.fixture
def trained_twice(azure: Azure, after: Callable[..., Snapshot]) -> Azure:
    """Versions 1 and 2 are registered, and 2 was handed on last, with other numbers."""
    azure.restore(after(REGISTER, TRAIN))
    azure.script["outputs"] = {"report": {"metrics.json": '{"auc": 0.8, "error": 0.2}'}}
    assert azure.run(*RETRAIN).code == 0
    azure.script["outputs"] = {"report": {"metrics.json": json.dumps(METRICS)}}
    return azure


def _versions(azure: Azure) -> dict[str, Any]:
    versions: dict[str, Any] = azure.workspace()["assets"]["model"]["churn"]
    return versions


def test_an_older_version_is_handed_on_with_what_is_known_of_it(trained_twice: Azure) -> None:
    before = trained_twice.state
    result = trained_twice.run(*CHOOSE, TF_BUILD="True", MLINFRA_MODELS="churn:1")
    assert (result.code, trained_twice.changes, trained_twice.state) == (0, ["ml model download"], before)
    assert result.stdout == "##vso[task.setvariable variable=mlinfra.model.churn]true\n"
    assert result.stderr == f"model churn 1, of job {JOB}-1, is handed on\n"
    document = json.loads((trained_twice.folder / "out" / "models.json").read_text())
    [(name, record)] = document["models"].items()
    assert (name, record["version"], record["job"], record["metrics"]) == ("churn", "1", f"{JOB}-1", METRICS)
    assert record["data"][0]["name"] == "customers"
    assert [path.name for path in (trained_twice.folder / "out" / "model-churn").iterdir()] == ["model dir"]
    publish(trained_twice)
    gate = trained_twice.run(*GATE, MLINFRA_MODELS="churn:1")
    assert (gate.code, gate.stderr) == (0, "model churn passes: nothing serves\n")


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        (
            lambda version: version.update(content="what somebody put there"),
            1,
            f"error: model churn 1 has other files now ({OTHERS}) than when it was registered ({OURS}): train anew",
        ),
        (
            lambda version: version["tags"].pop("mlinfra-files"),
            0,
            (
                "warning: model churn 1 does not say which files it had when it was registered: nothing tells whether "
                "they are the same now"
            ),
        ),
    ],
    ids=["other files", "nothing noted"],
)
def test_its_files_are_those_with_which_it_was_registered(
    trained_twice: Azure, change: Callable[[dict[str, Any]], object], code: int, message: str
) -> None:
    change(_versions(trained_twice)["1"])
    result = trained_twice.run(*CHOOSE, MLINFRA_MODELS="churn:1")
    assert (result.code, result.stderr.splitlines()[-1]) == (code, message)


@pytest.mark.parametrize(
    ("models", "message"),
    [
        ("churn", 'models are named with their versions, as churn:7, not "churn"'),
        ("churn:1'; x", 'models are named with their versions, as churn:7, not "churn:1\'; x"'),
        ("chrun:1", 'dev has no model "chrun" that a job makes, it has: churn'),
        ("churn:1 churn:2", 'model churn is named twice: "churn:1 churn:2"'),
    ],
)
def test_what_is_no_version_of_a_model_is_wrong_usage(azure: Azure, models: str, message: str) -> None:
    result = azure.run(*CHOOSE, MLINFRA_MODELS=models)
    assert (result.code, result.stderr.splitlines()[0]) == (2, f"error: {message}")


@pytest.mark.parametrize(
    ("forge", "message"),
    [
        (lambda versions, jobs: versions.pop("1"), "dev has no model churn 1; the newest are: 2"),
        (
            lambda versions, jobs: versions["1"].update(creation_context=SAM),
            "model churn 1 was registered by a person, and not by who is signed in: its numbers may be anybody's",
        ),
        (lambda versions, jobs: versions["1"]["tags"].pop("job"), "model churn 1 does not say from which job it is"),
        (
            lambda versions, jobs: versions["1"]["tags"].update(job="gone"),
            "model churn 1 is from job gone, which is there no more, and its numbers with it",
        ),
        (
            lambda versions, jobs: jobs[f"{JOB}-1"].update(creation_context=SAM),
            f"model churn 1 says that it is from job {JOB}-1, which was started by Sam Smith and is Completed",
        ),
        (
            lambda versions, jobs: versions["2"]["tags"].update(job=f"{JOB}-1"),
            "",
        ),
        (
            lambda versions, jobs: versions["1"]["tags"].update(job=f"{JOB}-8-1"),
            f"model churn 1 says that it is from job {JOB}-8-1, of which the model is version 2",
        ),
    ],
    ids=[
        "gone",
        "of a person",
        "of no job",
        "of a job that is gone",
        "of a job of a person",
        "another claims it",
        "worse",
    ],
)
def test_only_what_a_pipeline_made_is_handed_on(
    trained_twice: Azure, forge: Callable[[dict[str, Any], dict[str, Any]], None], message: str
) -> None:
    _versions(trained_twice)["1"]["creation_context"]["created_at"] = "2026-01-05T05:00:00+00:00"
    trained_twice.workspace()["jobs"][f"{JOB}-1"]["creation_context"]["created_at"] = "2026-01-04T05:00:00+00:00"
    forge(_versions(trained_twice), trained_twice.workspace()["jobs"])
    result = trained_twice.run(*CHOOSE, "--models", "churn:1")
    if message:
        assert (result.code, result.stderr.splitlines()[-1]) == (1, f"error: {message}")
        assert not (trained_twice.folder / "out" / "models.json").exists()
    else:
        assert result.code == 0, result.stderr


def test_a_version_that_claims_a_better_job_is_none_of_it(trained_twice: Azure) -> None:
    _versions(trained_twice)["2"]["tags"]["job"] = f"{JOB}-1"
    result = trained_twice.run(*CHOOSE, "--models", "churn:2")
    assert (result.code, result.stderr.splitlines()[-1]) == (
        1,
        f"error: model churn 2 says that it is from job {JOB}-1, of which the model is version 1",
    )

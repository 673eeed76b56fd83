"""A target that trains for itself: why, once for a run of the first target, and where its models are found."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from typing import Any

import pytest

from tests.scripts.harness import Azure, Snapshot
from tests.scripts.steps import REGISTER_LATER, Step

JOB = "train-3f2a91c07b1e"
TRAIN_EACH: Step = (
    *("run-job.sh", "--target", "prod", "--job", "train", "--out", "out", "--first", "first", "--build", "70"),
)
GATE_EACH: Step = (
    *("gate-model.sh", "--target", "prod", "--artifacts", "here", "--trained-in", "prod", "--out", "decided"),
)


@pytest.fixture
def prod(azure: Azure, after: Callable[..., Snapshot]) -> Azure:
    return azure.restore(after(REGISTER_LATER))


def _first(azure: Azure, **made: str) -> None:
    """What the run of train.yml published of its model; nothing where nothing is said of it."""
    folder = azure.folder / "first" / "models"
    folder.mkdir(parents=True, exist_ok=True)
    models = {"churn": {"version": "4", "job": "j"} | made} if made else {}
    (folder / "models.json").write_text(json.dumps({"schema": "mlinfra/models/v1", "models": models}))


def _made(azure: Azure) -> Any:
    return json.loads((azure.folder / "out" / "models.json").read_text())["models"]


@pytest.mark.parametrize("reason", ["schedule", "person"])
def test_what_the_first_target_trained_anew_is_trained_anew_once(prod: Azure, reason: str) -> None:
    _first(prod, build="69", reason="change")
    assert prod.run(*TRAIN_EACH).code == 0  # that run trained nothing: content that is not known here is trained
    assert (_made(prod)["churn"]["job"], _made(prod)["churn"]["reason"]) == (f"{JOB}-1", "change")
    _first(prod, build="70", reason=reason)
    for changes in (["ml job create", "ml model create", "ml model download"], ["ml model download"]):
        assert prod.run(*TRAIN_EACH).code == 0
        assert prod.changes == changes
        assert _made(prod)["churn"]["job"] == f"{JOB}-70-1"
        assert (_made(prod)["churn"]["reason"], _made(prod)["churn"]["build"]) == (reason, "70")
    assert prod.workspace(0) == {}  # of the first target it knows nothing but why


@pytest.mark.parametrize("made", [{}, {"build": "69", "reason": "schedule"}, {"build": "70", "reason": "change"}])
def test_what_it_only_handed_on_is_handed_on(prod: Azure, made: dict[str, str]) -> None:
    _first(prod, **made)
    for changes in (["ml job create", "ml model create", "ml model download"], ["ml model download"]):
        assert prod.run(*TRAIN_EACH).code == 0
        assert (prod.changes, _made(prod)["churn"]["job"]) == (changes, f"{JOB}-1")


def test_a_release_of_what_serves_trains_nothing(prod: Azure) -> None:
    _first(prod, build="70", reason="schedule")
    result = prod.run(*TRAIN_EACH, "--models", "serving")
    assert (result.code, prod.changes, _made(prod)) == (0, [], {})
    assert result.stderr == "job train does not run: what serves goes out again\n"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--models", "churn:7"), '--models is candidate or serving, not "churn:7"'),
        (("--first", "gone"), '--artifacts is no folder: "gone"'),
    ],
)
def test_what_is_asked_for_is_looked_at_first(prod: Azure, more: Step, message: str) -> None:
    _first(prod)
    result = prod.run(*TRAIN_EACH, *more)
    assert (result.code, prod.changes) == (2, [])
    assert f"error: {message}" in result.stderr


def test_without_the_number_of_the_first_run_it_does_not_know_why(prod: Azure) -> None:
    _first(prod)
    result = prod.run(*TRAIN_EACH[:-2])
    assert (result.code, prod.changes) == (2, [])
    assert "--build is missing: the number of the run that trained in the first target" in result.stderr


def test_its_own_models_pass_its_gate_and_go_on_from_there(prod: Azure) -> None:
    _first(prod, build="70", reason="schedule")
    assert prod.run(*TRAIN_EACH).code == 0
    for name, of in (("models", "models.json"), ("model-churn", "model-churn")):
        for attempt in ("", ".2"):
            folder = prod.folder / "here" / f"prod-{name}{attempt}"
            if of.endswith(".json"):
                folder.mkdir(parents=True)
                shutil.copy(prod.folder / "out" / of, folder)
            else:
                shutil.copytree(prod.folder / "out" / of, folder)
    gone: Any = {"schema": "mlinfra/models/v1", "models": {}}
    (prod.folder / "here" / "prod-models" / "models.json").write_text(json.dumps(gone))  # of the first attempt
    assert prod.run(*GATE_EACH).code == 0
    decided = json.loads((prod.folder / "decided" / "models.json").read_text())["models"]
    assert decided["churn"]["job"] == f"{JOB}-70-1"
    later: Step = ("promote-models.sh", "--target", "dev", "--models", "decided/models.json")
    result = prod.run(*later, "--artifacts", "here", "--trained-in", "prod")
    assert (result.code, prod.changes) == (0, ["ml model create"])
    assert prod.workspace(0)["assets"]["model"]["churn"]["1"]["tags"]["job"] == f"{JOB}-70-1"

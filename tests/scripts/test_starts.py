"""Training that a change does not start: the versions that serve are handed on, and code goes out with them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mlinfra.pipelines.scripts import ScriptsContext
from mlinfra.pipelines.trained import Training
from tests.scripts.example import PLATFORM
from tests.scripts.harness import METRICS, Azure
from tests.scripts.steps import REGISTER, RELEASE, RELEASE_BATCH, RETRAIN, TRAIN

JOB = "train-3f2a91c07b1e"
NewAzureOf = Callable[[ScriptsContext], Azure]
BY_PERSON = replace(PLATFORM, training=Training(("person",)))
IN_PIPELINES: dict[str, Any] = {"TF_BUILD": "True"}
NOT_RUN = "job train does not run: a change starts no training here, a person does\n"
SAM = {"created_at": "2026-02-01T00:00:00+00:00", "created_by": "Sam Smith", "created_by_type": "User"}


def _ready(new_azure_of: NewAzureOf, context: ScriptsContext = BY_PERSON) -> Azure:
    azure = new_azure_of(context).with_infrastructure()
    assert azure.run(*REGISTER).code == 0
    return azure


def _handed_on(azure: Azure) -> dict[str, Any]:
    models: dict[str, Any] = json.loads((azure.folder / "out" / "models.json").read_text())["models"]
    return models


def _changed(azure: Azure) -> dict[str, Any]:
    """What a change hands on, where the run before left nothing in the folder."""
    for path in (azure.folder / "out").rglob("*"):
        if path.is_file():
            path.unlink()
    result = azure.run(*TRAIN, "--build", "9", **IN_PIPELINES)
    assert result.code == 0, result.stderr
    return {"said": result.stderr, "told": result.stdout, "models": _handed_on(azure)}


@pytest.mark.parametrize("release", [RELEASE, RELEASE_BATCH], ids=["online", "batch"])
def test_a_change_hands_on_what_serves(new_azure_of: NewAzureOf, release: tuple[str, ...]) -> None:
    azure = _ready(new_azure_of)
    for build in ("8", "88"):  # the second one is registered, and not released
        assert azure.run(*RETRAIN[:-1], build).code == 0
        if build == "8":
            assert azure.run(*release).code == 0
    found = _changed(azure)
    assert azure.changes == ["ml job download", "ml model download"][1:]
    assert found["said"] == f"{NOT_RUN}model churn 1 serves, and is handed on\n"
    record = found["models"]["churn"]
    assert (record["version"], record["job"], record["metrics"]) == ("1", f"{JOB}-8-1", METRICS)
    assert (record["reason"], record["build"]) == ("person", "8")
    assert [each["version"] for each in record["data"]] == ["a1b2c3d4e5f6"]
    variables = "mlinfra.serves", "mlinfra.model.churn"
    assert found["told"] == "".join(f"##vso[task.setvariable variable={name}]true\n" for name in variables)
    assert (azure.folder / "out" / "model-churn" / "model dir" / "MLmodel").read_text() == f"model of {JOB}-8-1"


def test_where_nothing_serves_the_run_ends_and_says_who_has_to_start_training(new_azure_of: NewAzureOf) -> None:
    azure = _ready(new_azure_of)
    found = _changed(azure)
    warning = "of churn nothing serves in dev, and a change trains nothing: a person has to start churn-train"
    assert found == {
        "said": f"{NOT_RUN}warning: {warning}\n##vso[task.logissue type=warning]{warning}\n",
        "told": "",
        "models": {},
    }
    assert azure.changes == []


def test_what_no_endpoint_here_serves_is_left_to_later_targets(new_azure_of: NewAzureOf) -> None:
    target, *later = BY_PERSON.targets
    azure = _ready(new_azure_of, replace(BY_PERSON, targets=(replace(target, endpoints=()), *later)))
    found = _changed(azure)
    assert found["said"] == (
        f"{NOT_RUN}model churn: no endpoint of dev serves it, so each later target keeps what serves there\n"
    )
    assert (found["told"], found["models"]) == ("##vso[task.setvariable variable=mlinfra.serves]true\n", {})


@pytest.mark.parametrize("forged", ["its version", "its job", "its tag"])
def test_what_somebody_else_let_serve_is_not_handed_on(new_azure_of: NewAzureOf, forged: str) -> None:
    azure = _ready(new_azure_of)
    assert azure.run(*RETRAIN).code == 0
    assert azure.run(*RELEASE).code == 0
    version = azure.workspace()["assets"]["model"]["churn"]["1"]
    if forged == "its version":
        version["creation_context"] = SAM
    elif forged == "its job":
        azure.workspace()["jobs"][f"{JOB}-8-1"]["creation_context"] = SAM
    else:
        version["tags"]["job"] = "notebook"
    found = _changed(azure)
    warning = (
        "model churn 1 serves in dev, and is no version that this pipeline made with job train: it is not handed on, "
        "and each target keeps what serves there"
    )
    assert f"warning: {warning}\n" in found["said"]
    assert (found["models"], "mlinfra.serves" in found["told"]) == ({}, True)


def test_what_serves_and_was_deleted_is_not_handed_on(new_azure_of: NewAzureOf) -> None:
    azure = _ready(new_azure_of)
    assert azure.run(*RETRAIN[:-1], "8").code == 0
    assert azure.run(*RELEASE).code == 0
    del azure.workspace()["assets"]["model"]["churn"]["1"]
    found = _changed(azure)
    said = (
        "model churn 1 serves in dev, and is registered no more: it is not handed on, and each target keeps what "
        "serves there"
    )
    assert (f"warning: {said}\n" in found["said"], found["models"]) == (True, {})


def test_what_serves_without_numbers_is_not_handed_on(new_azure_of: NewAzureOf) -> None:
    azure = _ready(new_azure_of)
    assert azure.run(*RETRAIN).code == 0
    assert azure.run(*RELEASE).code == 0
    azure.script["outputs"] = {}
    found = _changed(azure)
    assert found["models"] == {}
    assert "warning: model churn 1 serves in dev, and is not handed on: job train-" in found["said"]


@pytest.mark.parametrize(
    ("starts", "reasons"),
    [
        (("schedule",), "change or schedule"),
        (("change", "schedule"), "change or schedule"),
        (("change",), "change"),
    ],
)
def test_who_may_not_start_training_is_refused(new_azure_of: NewAzureOf, starts: tuple[str, ...], reasons: str) -> None:
    azure = new_azure_of(replace(PLATFORM, training=Training(starts))).with_infrastructure()
    result = azure.run(*TRAIN, "--reason", "person")
    assert (result.code, azure.changes) == (2, [])
    assert result.stderr.startswith(f'error: --reason is {reasons}, not "person"\n')
    assert f"  --reason WORD    {reasons}; without it change;" in result.stderr

"""What a job wrote for people who approve goes with its model, up to the gate."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest

from mlinfra.pipelines.scripts import ScriptsContext
from mlinfra.pipelines.trained import Gate, Training
from tests.scripts.example import PLATFORM
from tests.scripts.harness import METRICS, Azure
from tests.scripts.steps import GATE, REGISTER, RELEASE, RETRAIN, TRAIN, publish

OUTPUTS = {"report": {"metrics.json": json.dumps(METRICS)}, "page": {"index.html": "<h1>", "more/a.png": "x"}}
NewAzureOf = Callable[[ScriptsContext], Azure]


def _reported(**changes: Any) -> ScriptsContext:
    """The platform, whose models' job has a report for who approves."""
    return dataclasses.replace(
        PLATFORM,
        targets=tuple(
            dataclasses.replace(
                target,
                models=tuple(dataclasses.replace(model, report_output="page", **changes) for model in target.models),
            )
            for target in PLATFORM.targets
        ),
    )


REPORTED = _reported()
ALONE = _reported(metrics_output="", metrics_file="", gate=Gate())


@pytest.fixture
def azure(new_azure_of: NewAzureOf) -> Azure:
    made = new_azure_of(REPORTED).with_infrastructure()
    assert made.run(*REGISTER).code == 0
    return made


def files(azure: Azure, folder: str) -> dict[str, str]:
    root = azure.folder / folder
    return {str(path.relative_to(root)): path.read_text() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("chosen", [False, True])
def test_it_is_handed_on_and_stands_beside_the_numbers(azure: Azure, chosen: bool) -> None:
    azure.script["outputs"] = OUTPUTS
    assert azure.run(*TRAIN).code == 0
    if chosen:
        assert azure.run(*RETRAIN).code == 0
        result = azure.run("choose-model.sh", "--target", "dev", "--out", "out", "--models", "churn:1")
        assert result.code == 0, result.stderr
    assert files(azure, "out/report-churn") == OUTPUTS["page"]
    publish(azure)
    gate = azure.run(*GATE, TF_BUILD="True")
    assert (gate.code, "variable=mlinfra.decided]true" in gate.stdout) == (0, True)
    assert files(azure, "out/report-churn") == OUTPUTS["page"]
    assert "gate.md" in files(azure, "out")


def test_alone_it_goes_with_a_model_that_no_number_judges(new_azure_of: NewAzureOf) -> None:
    azure = new_azure_of(ALONE).with_infrastructure()
    azure.script["outputs"] = {"page": OUTPUTS["page"]}
    assert azure.run(*REGISTER).code == 0
    assert azure.run(*TRAIN).code == 0
    publish(azure)
    gate = azure.run(*GATE, TF_BUILD="True")
    assert (gate.code, "variable=mlinfra.decided]true" in gate.stdout) == (0, True), gate.stderr
    found = files(azure, "out")
    assert {path: found[path] for path in found if path.startswith("report-churn/")} == {
        f"report-churn/{path}": text for path, text in OUTPUTS["page"].items()
    }
    assert "| churn | accepted |  |  | nothing is live |" in found["gate.md"]
    azure.script["outputs"] = {}
    again = azure.run(*RETRAIN)
    assert (again.code, again.stderr.splitlines()[-1].partition(" wrote nothing")[2]) == (
        1,
        " into its output page, the report of model churn",
    )


def test_a_release_of_what_serves_has_none(azure: Azure) -> None:
    azure.script["outputs"] = OUTPUTS
    assert azure.run(*TRAIN).code == 0
    publish(azure)
    (azure.folder / "out" / "report-churn" / "index.html").unlink()
    azure.run(*GATE, "--models", "serving")
    assert "index.html" not in files(azure, "out/report-churn")


def test_a_job_that_writes_none_hands_nothing_on(azure: Azure) -> None:
    azure.script["outputs"] = {"report": OUTPUTS["report"]}
    result = azure.run(*TRAIN)
    assert result.code == 1
    assert result.stderr.splitlines()[-1] == (
        "error: job train-3f2a91c07b1e-1 wrote nothing into its output page, the report of model churn"
    )


@pytest.mark.parametrize("page", [OUTPUTS["page"], {}])
def test_what_serves_is_handed_on_with_it_and_without(new_azure_of: NewAzureOf, page: dict[str, str]) -> None:
    """Of a change that trains nothing: what serves may have been trained before anybody wanted a report."""
    trained = new_azure_of(dataclasses.replace(REPORTED, training=Training(("person",)))).with_infrastructure()
    trained.script["outputs"] = OUTPUTS
    for step in (REGISTER, RETRAIN, RELEASE):
        assert trained.run(*step).code == 0
    trained.script["outputs"] = OUTPUTS | {"page": page}
    result = trained.run(*TRAIN)
    assert (result.code, trained.changes) == (0, ["ml model download"]), result.stderr
    none = {"none.txt": "job train-3f2a91c07b1e-8-1 wrote nothing into its output page\n"}
    assert files(trained, "out/report-churn") == (page or none)

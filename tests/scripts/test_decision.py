"""What a gate decided: a file that the release reads, and a tag of the model once the target registers it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.scripts.harness import Azure, Snapshot
from tests.scripts.steps import REGISTER, REGISTER_LATER, TRAIN, Step, publish

JOB = "train-3f2a91c07b1e-1"
DIGEST = "sha256:7ea5f5d7456986b1c4dde54a0b2b614155d9d8f1bac08ad897c126dabb2f889d"  # of its files
GATE: Step = ("gate-model.sh", "--target", "prod", "--artifacts", "artifacts", "--out", "decided/gate-prod")
BRING: Step = (
    *("promote-models.sh", "--target", "prod", "--models", "decided/gate-prod/models.json"),
    *("--artifacts", "artifacts", "--decided", "decided"),
)


@pytest.fixture
def gated(azure: Azure, after: Callable[..., Snapshot]) -> Azure:
    azure.restore(after(REGISTER, TRAIN, REGISTER_LATER))
    publish(azure)
    assert azure.run(*GATE).code == 0
    return azure


def _file(azure: Azure) -> Any:
    return json.loads((azure.folder / "decided" / "gate-prod" / "gate.json").read_text())


def _tags(azure: Azure) -> dict[str, str]:
    tags: dict[str, str] = azure.workspace(1)["assets"]["model"]["churn"]["1"]["tags"]
    return tags


def test_a_decision_is_a_file(gated: Azure) -> None:
    assert _file(gated) == {
        "schema": "mlinfra/gate/v1",
        "target": "prod",
        "again": {},
        "models": {
            "churn": {
                "verdict": "accepted",
                "version": "1",
                "job": JOB,
                "digest": DIGEST,
                "reasons": [],
                "numbers": {
                    "auc": {"new": 0.9, "at_least": 0.8, "serves": {}},
                    "error": {"new": 0.1, "at_most": 0.3, "serves": {}},
                },
            }
        },
    }


def test_where_all_is_refused_the_decision_says_why(azure: Azure, after: Callable[..., Snapshot]) -> None:
    azure.restore(after(REGISTER, TRAIN, REGISTER_LATER))
    publish(azure)
    file = azure.folder / "artifacts" / "models" / "models.json"
    file.write_text(file.read_text().replace("0.9", "0.7"))
    result = azure.run(*GATE, TF_BUILD="True")
    assert result.code == 1
    assert "##vso[task.setvariable variable=mlinfra.decided]true\n" in result.stdout
    decided = _file(azure)["models"]["churn"]
    assert (decided["verdict"], decided["reasons"]) == ("refused", ["auc 0.7 is below 0.8"])


@pytest.mark.parametrize("artifact", ["gate-prod", "gate-prod.2"])
def test_a_tag_of_a_model_tells_the_decision_of_the_target_that_registers_it(gated: Azure, artifact: str) -> None:
    if artifact != "gate-prod":  # of a second attempt; the first one refused everything
        (gated.folder / "decided" / artifact).mkdir()
        (gated.folder / "decided" / artifact / "gate.json").write_text(json.dumps(_file(gated)))
        refused = _file(gated) | {"models": {}}
        (gated.folder / "decided" / "gate-prod" / "gate.json").write_text(json.dumps(refused))
    assert gated.run(*BRING).code == 0
    assert _tags(gated)["mlinfra-gate"] == "accepted in prod: auc 0.9 (at least 0.8), error 0.1 (at most 0.3)"
    assert _tags(gated)["job"] == JOB
    made = gated.workspace(1)["assets"]["model"]["churn"]["1"]["content"]
    assert made == f"model of {JOB}", "it is the model that is registered, not what stands beside it"


def test_a_tag_has_no_more_than_azure_takes(gated: Azure) -> None:
    numbers = {f"number-{each}": {"new": 0.5, "at_least": 0.1, "serves": {"6": 0.4}} for each in range(25)}
    decided = _file(gated)
    decided["models"]["churn"]["numbers"] = numbers
    (gated.folder / "decided" / "gate-prod" / "gate.json").write_text(
        json.dumps(decided | {"again": {"churn": "=@why " * 300}})
    )
    assert gated.run(*BRING).code == 0
    tags = _tags(gated)
    assert all(len(key) <= 100 and len(value) <= 1000 for key, value in tags.items())
    why = ("=@why " * 300)[:300]
    said = f"accepted in prod, again because {why}: number-0 0.5 (at least 0.1, 0.4 serves), number-1 "
    assert tags["mlinfra-gate"].startswith(said)


@pytest.mark.parametrize(
    ("models", "why"),
    [
        ({}, "the gate of prod accepted no version 1 of model churn, so it is not created there"),
        ({"churn": {"version": "2", "verdict": "accepted"}}, "the gate of prod accepted no version 1 of model churn"),
        ({"churn": {"version": "1", "verdict": "refused"}}, "the gate of prod accepted no version 1 of model churn"),
        ({"churn": []}, "[] is no map"),
    ],
)
def test_what_the_gate_did_not_accept_is_not_brought(gated: Azure, models: dict[str, Any], why: str) -> None:
    file = gated.folder / "decided" / "gate-prod" / "gate.json"
    file.write_text(json.dumps(_file(gated) | {"models": models}))
    result = gated.run(*BRING)
    assert (result.code, gated.changes, why in result.stderr) == (1, [], True), result.stderr


def test_a_decision_that_is_not_there_brings_nothing(gated: Azure) -> None:
    (gated.folder / "decided" / "gate-prod" / "gate.json").unlink()
    result = gated.run(*BRING)
    assert (result.code, gated.changes, "gate.json can't be read" in result.stderr) == (1, [], True)

"""Releases of batch endpoints: the default moves to the new deployment, and back."""

from __future__ import annotations

import pytest

from tests.scripts.harness import Azure
from tests.scripts.steps import BACK_BATCH, REGISTER, RELEASE_BATCH, RETRAIN, TRAIN
from tests.scripts.test_release import BATCH_ENDPOINT, ENDPOINT, MAIN, SERVES_ON, After, batch_endpoint_of, next_version
from tests.scripts.test_release import trained as trained


def test_a_batch_release_makes_the_new_deployment_the_default(trained: Azure) -> None:
    result = trained.run(*RELEASE_BATCH)
    assert result.code == 0
    assert trained.changes == [
        "ml batch-endpoint create",
        "ml batch-deployment create",
        "ml batch-endpoint invoke",
        "ml batch-endpoint update",
    ]
    assert batch_endpoint_of(trained)["defaults"] == {"deployment_name": MAIN["1"]}
    assert batch_endpoint_of(trained)["tags"] == {
        "team": "growth",
        "mlinfra-content": "sha256:0b1",
        "mlinfra-served": MAIN["1"],
        "mlinfra-split": MAIN["1"],
        "mlinfra-rejected": "none",
        "mlinfra-rejected-copy": "none",
        "mlinfra-release": "none",
    }
    assert batch_endpoint_of(trained)["slots"][MAIN["1"]]["body"]["model"] == "azureml:churn:1"
    again = trained.run(*RELEASE_BATCH)
    assert (again.code, again.stderr, trained.changes) == (
        0,
        f"endpoint {BATCH_ENDPOINT} has the default {MAIN['1']}\n",
        [],
    )


@pytest.fixture
def batch_twice(azure: Azure, after: After) -> Azure:
    """Version 2 is the default, version 1 is beside it."""
    return azure.restore(after(REGISTER, TRAIN, RELEASE_BATCH, RETRAIN, RELEASE_BATCH))


def test_the_batch_default_goes_back(batch_twice: Azure) -> None:
    assert batch_endpoint_of(batch_twice)["defaults"] == {"deployment_name": MAIN["2"]}
    assert batch_endpoint_of(batch_twice)["tags"]["mlinfra-previous"] == MAIN["1"]
    for changes, said in (
        (
            ["ml batch-endpoint invoke", "ml batch-endpoint update"],
            f"endpoint {BATCH_ENDPOINT}: the default {MAIN['2']} becomes {MAIN['1']}",
        ),
        ([], f"endpoint {BATCH_ENDPOINT} has the default {MAIN['1']}"),
    ):
        result = batch_twice.run(*BACK_BATCH)
        assert result.code == 0
        assert batch_twice.changes == changes
        assert result.stderr.splitlines()[-1] == said
        assert batch_endpoint_of(batch_twice)["defaults"] == {"deployment_name": MAIN["1"]}


def test_a_third_batch_release_deletes_the_first(batch_twice: Azure) -> None:
    next_version(batch_twice, "3")
    batch_twice.script["failing_slots"] = ["main"]
    assert batch_twice.run(*RELEASE_BATCH).code == 1
    assert batch_endpoint_of(batch_twice)["slots"].keys() == {MAIN["1"], MAIN["2"], MAIN["3"]}
    batch_twice.script["failing_slots"] = []
    assert batch_twice.run(*RELEASE_BATCH).code == 0
    assert batch_twice.changes[-2:] == ["ml batch-endpoint update", "ml batch-deployment delete"]
    assert batch_endpoint_of(batch_twice)["slots"].keys() == {MAIN["2"], MAIN["3"]}


def test_another_definition_of_a_batch_endpoint_keeps_default_and_way_back(batch_twice: Azure) -> None:
    batch_endpoint_of(batch_twice)["tags"]["mlinfra-content"] = "sha256:older"
    result = batch_twice.run(*RELEASE_BATCH)
    assert (result.code, batch_twice.changes) == (0, ["ml batch-endpoint update"])
    assert batch_endpoint_of(batch_twice)["defaults"] == {"deployment_name": MAIN["2"]}
    assert batch_endpoint_of(batch_twice)["tags"] == {
        "team": "growth",
        "mlinfra-content": "sha256:0b1",
        "mlinfra-previous": MAIN["1"],
        "mlinfra-served": f"{MAIN['1']} {MAIN['2']}",
        "mlinfra-split": MAIN["2"],
        "mlinfra-rejected": "none",
        "mlinfra-rejected-copy": "none",
        "mlinfra-release": "none",
    }


def test_a_batch_deployment_that_fails_leaves_the_default_alone(batch_twice: Azure) -> None:
    next_version(batch_twice, "3")
    batch_twice.script["failing_slots"] = ["main"]
    failed = batch_twice.run(*RELEASE_BATCH)
    assert failed.code == 1
    assert failed.stderr.endswith(
        f"error: deployment {MAIN['3']} is failed, the default of {BATCH_ENDPOINT} is as it was: "
        "Code: UserError; Message: the deployment failed\n"
    )
    assert batch_endpoint_of(batch_twice)["defaults"] == {"deployment_name": MAIN["2"]}
    batch_twice.script["failing_slots"] = []
    assert batch_twice.run(*RELEASE_BATCH).code == 0
    assert batch_twice.changes == [
        "ml batch-deployment create",
        "ml batch-endpoint invoke",
        "ml batch-endpoint update",
        "ml batch-deployment delete",
    ]


@pytest.mark.parametrize("gone", ["tag", "deployment", "endpoint"])
def test_there_is_no_batch_default_to_go_back_to(batch_twice: Azure, gone: str) -> None:
    match gone:
        case "tag":
            del batch_endpoint_of(batch_twice)["tags"]["mlinfra-previous"]
            message = f"endpoint {BATCH_ENDPOINT} has no default to go back to"
        case "deployment":
            del batch_endpoint_of(batch_twice)["slots"][MAIN["1"]]
            message = f"deployment {MAIN['1']}, to which to go back, is deleted"
        case _:
            batch_twice.workspace()["batch_endpoints"].clear()
            message = f"endpoint {BATCH_ENDPOINT} has no default to go back to"
    result = batch_twice.run(*BACK_BATCH)
    warning = "" if gone == "endpoint" else f"{SERVES_ON.replace(ENDPOINT, BATCH_ENDPOINT)}\n"
    assert (result.code, result.stderr) == (1, f"{warning}error: {message}\n")
    assert batch_twice.changes == (["ml batch-endpoint update"] if warning else [])

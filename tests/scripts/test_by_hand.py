"""Who moves traffic in the portal goes back, too: no change brings again what a person took away there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlinfra.programs import rejected
from tests.scripts.harness import Azure, Snapshot
from tests.scripts.steps import (
    BACK,
    BACK_BATCH,
    GATE,
    REGISTER,
    RELEASE,
    RELEASE_BATCH,
    RETRAIN,
    TRAIN,
    Step,
    publish,
    write_models,
)
from tests.scripts.test_canary import BEGIN, JUDGE, NEW, OLD, UNDO, NewCanary, begun, endpoint_of
from tests.scripts.test_canary import new_canary as new_canary
from tests.scripts.test_canary import outputs as outputs
from tests.scripts.test_release import BATCH_ENDPOINT, BLUE, ENDPOINT, MAIN

After = Callable[..., Snapshot]
SECOND = rejected.noted("churn:2/train-3f2a91c07b1e-8-1")


def _online(azure: Azure) -> dict[str, Any]:
    endpoint: dict[str, Any] = azure.workspace()["online_endpoints"][ENDPOINT]
    return endpoint


@pytest.fixture
def taken_back(azure: Azure, after: After) -> Azure:
    """Version 2 was released; in the portal, a person has given its traffic to version 1 again."""
    azure.restore(after(REGISTER, TRAIN, RELEASE, RETRAIN, RELEASE))
    assert _online(azure)["tags"]["mlinfra-split"] == f"{BLUE['2']}=100"
    _online(azure)["traffic"] = {BLUE["1"]: 100}
    return azure


def test_what_a_person_left_with_some_traffic_does_not_get_all_of_it_again(taken_back: Azure) -> None:
    _online(taken_back)["traffic"] = {BLUE["1"]: 90, BLUE["2"]: 10}
    publish(taken_back)
    assert taken_back.run(*GATE).code == 1
    write_models(taken_back, "2")
    for _ in range(2):
        assert taken_back.run(*RELEASE).code == 1
        assert _online(taken_back)["traffic"] == {BLUE["1"]: 90, BLUE["2"]: 10}
    assert _online(taken_back)["tags"]["mlinfra-rejected"] == SECOND


@pytest.mark.parametrize("why", ["", "it was the network"])
def test_a_change_does_not_undo_what_a_person_moved(taken_back: Azure, why: str) -> None:
    publish(taken_back)
    gate = taken_back.run(*GATE, MLINFRA_AGAIN=why)
    assert gate.code == (0 if why else 1), gate.stderr
    if not why:
        said = "online endpoint churn took version 2 of job train-3f2a91c07b1e-8-1 back, or its canary failed there"
        assert f"warning: model churn stays out: {said}\n" in gate.stderr
        write_models(taken_back, "2")  # a gate that was asked before
    result = taken_back.run(*RELEASE, MLINFRA_AGAIN=why)
    hand = f"somebody moved its traffic by hand, from {BLUE['2']}=100 to {BLUE['1']}=100: what had the most"
    said = f"warning: endpoint {ENDPOINT}: {hand} of it, and has not now, or lost all of it, is rejected\n"
    assert said in result.stderr
    if why:
        assert (result.code, _online(taken_back)["traffic"]) == (0, {BLUE["2"]: 100})
        assert _online(taken_back)["tags"]["mlinfra-rejected"] == "none"
        return
    assert (result.code, taken_back.changes) == (1, ["ml online-endpoint update"])
    tags = _online(taken_back)["tags"]
    assert (tags["mlinfra-rejected"], tags["mlinfra-split"]) == (SECOND, f"{BLUE['1']}=100")
    again = taken_back.run(*RELEASE)
    assert (again.code, taken_back.changes, "by hand" in again.stderr) == (1, [], False)


def test_what_serves_by_hand_goes_out_with_new_code(taken_back: Azure) -> None:
    publish(taken_back)
    assert taken_back.run(*GATE, "--models", "serving").code == 0
    assert taken_back.run(*RELEASE).code == 0
    assert _online(taken_back)["traffic"] == {BLUE["1"]: 100}
    assert _online(taken_back)["tags"]["mlinfra-rejected"] == SECOND


@pytest.mark.parametrize("words", [(), ("--run", "8")], ids=["a person", "a run"])
def test_the_way_back_leaves_what_a_person_moved(taken_back: Azure, words: Step) -> None:
    _online(taken_back)["tags"]["mlinfra-moved"] = "run 8"
    result = taken_back.run(*BACK, *words)
    assert (result.code, _online(taken_back)["traffic"]) == (0, {BLUE["1"]: 100}), result.stderr
    assert _online(taken_back)["tags"]["mlinfra-rejected"] == SECOND


@pytest.mark.parametrize("steps", [(UNDO,), (JUDGE, UNDO), (BEGIN,)], ids=["undo", "judge", "the next release"])
def test_who_ends_a_canary_in_the_portal_takes_its_model_back(new_canary: NewCanary, steps: tuple[Step, ...]) -> None:
    azure = begun(new_canary())
    endpoint_of(azure)["traffic"] = {OLD: 100}
    for step in steps:
        azure.run(*step)
    assert (endpoint_of(azure)["traffic"], NEW in endpoint_of(azure)["slots"]) == ({OLD: 100}, steps == (BEGIN,))
    assert endpoint_of(azure)["tags"]["mlinfra-rejected"] == SECOND
    assert azure.run(*BEGIN).code == 1
    assert endpoint_of(azure)["traffic"] == {OLD: 100}


def test_a_default_that_a_person_changed_is_left(azure: Azure, after: After) -> None:
    azure.restore(after(REGISTER, TRAIN, RELEASE_BATCH, RETRAIN, RELEASE_BATCH))
    endpoint = azure.workspace()["batch_endpoints"][BATCH_ENDPOINT]
    endpoint["defaults"] = {"deployment_name": MAIN["1"]}
    publish(azure)
    gate = azure.run(*GATE)
    assert (gate.code, "batch endpoint scores took version 2 of job" in gate.stderr) == (1, True), gate.stderr
    write_models(azure, "2")
    for changes in (["ml batch-endpoint update"], []):
        result = azure.run(*RELEASE_BATCH)
        assert (result.code, azure.changes) == (1, changes), result.stderr
    endpoint = azure.workspace()["batch_endpoints"][BATCH_ENDPOINT]
    assert (endpoint["defaults"], endpoint["tags"]["mlinfra-rejected"]) == ({"deployment_name": MAIN["1"]}, SECOND)
    assert azure.run(*BACK_BATCH, "--to", MAIN["2"]).code == 0
    assert azure.workspace()["batch_endpoints"][BATCH_ENDPOINT]["defaults"] == {"deployment_name": MAIN["2"]}

"""Canaries that others come into: a person, a release, another goal, a kill; and how the next release ends them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.scripts.harness import Azure
from tests.scripts.steps import MODELS, RELEASE, Step, write_models
from tests.scripts.test_canary import (
    BACK,
    BAD,
    BEGIN,
    CANARY,
    JUDGE,
    NEW,
    OLD,
    TIDY,
    UNDO,
    WHEN,
    NewCanary,
    after_a_while,
    begun,
    endpoint_of,
)
from tests.scripts.test_canary import new_canary as new_canary
from tests.scripts.test_canary import outputs as outputs
from tests.scripts.test_release import ENDPOINT


def _moved(azure: Azure) -> None:
    endpoint_of(azure)["traffic"] = {OLD: 80, NEW: 20}


def _back(azure: Azure) -> None:
    assert azure.run(*BACK).code == 0


def _other_run(azure: Azure) -> None:
    tags = endpoint_of(azure)["tags"]
    tags["mlinfra-rollout"] = tags["mlinfra-rollout"].replace("run 7,", "run 9,")


@pytest.mark.parametrize(
    ("happened", "said", "split", "noted"),
    [
        (_moved, "somebody else moved it, so it stops here", {OLD: 80, NEW: 20}, "none"),
        (_back, "is in no rollout of run 7 (none is on its way): somebody ended it", {OLD: 100}, "none"),
        (_other_run, "is in no rollout of run 7 (but of run 9): somebody ended it", {OLD: 90, NEW: 10}, "run 9,"),
    ],
)
def test_a_step_stops_where_the_traffic_is_not_its_own_and_leaves_it_alone(
    new_canary: NewCanary, happened: Callable[[Azure], None], said: str, split: dict[str, int], noted: str
) -> None:
    azure = begun(new_canary())
    happened(azure)
    result = azure.run(*JUDGE)
    assert (result.code, said in result.stderr, azure.changes) == (1, True, []), result.stderr
    assert azure.run(*UNDO).code == 0
    assert endpoint_of(azure)["traffic"] == split
    assert endpoint_of(azure)["tags"]["mlinfra-rollout"].startswith(noted)


@pytest.mark.parametrize("happened", [None, _other_run])
def test_the_next_release_undoes_what_did_not_end_and_begins_anew(
    new_canary: NewCanary, happened: Callable[[Azure], None] | None
) -> None:
    azure = begun(new_canary(), steps=1)
    if happened:
        happened(azure)
    result = azure.run(*RELEASE, "--run", "8")
    assert result.code == 0, result.stderr
    assert result.stderr.startswith(f"warning: endpoint {ENDPOINT}: the rollout of run ")
    tag = endpoint_of(azure)["tags"]["mlinfra-rollout"]
    assert tag.startswith("run 8, step 10, since ")
    assert tag.endswith(f"before {OLD}=100")


def test_the_next_release_leaves_a_canary_alone_that_a_person_moved(new_canary: NewCanary) -> None:
    azure = begun(new_canary(), steps=1)
    _moved(azure)
    result = azure.run(*RELEASE, "--run", "8")
    assert (result.code, endpoint_of(azure)["traffic"]) == (1, {OLD: 80, NEW: 20})
    assert f"warning: endpoint {ENDPOINT}: somebody moved its traffic by hand, from " in result.stderr
    assert "A person who means it starts the release with that version as models" in result.stderr


@pytest.mark.parametrize("measured", [None, BAD], ids=["on its way", "refused"])
def test_nobody_goes_back_to_what_no_canary_found_good(new_canary: NewCanary, measured: Any) -> None:
    azure = begun(new_canary())
    if measured:
        azure.script["measured"] = measured
        assert azure.run(*JUDGE).code == 1
        assert azure.run(*UNDO).code == 0
    before = dict(endpoint_of(azure)["traffic"])
    result = azure.run(*BACK, "--to", NEW)
    assert (result.code, azure.changes, endpoint_of(azure)["traffic"]) == (1, [], before)
    unknown = f"endpoint {ENDPOINT} has no deployment {NEW}; it has: {OLD} Succeeded"
    unjudged = (
        f"deployment {NEW} of {ENDPOINT} never was released as a whole, so nobody knows whether it is good: "
        f"go back to {OLD}, or start a release"
    )
    assert result.stderr == f"error: {unknown if measured else unjudged}\n"
    assert azure.run(*BACK, "--to", OLD).code == 0
    assert endpoint_of(azure)["traffic"] == {OLD: 100}


def test_a_canary_goes_where_it_began_to_go_whatever_would_be_released_by_now(new_canary: NewCanary) -> None:
    azure = begun(new_canary())
    write_models(azure, "1")
    for split in ({OLD: 50, NEW: 50}, {NEW: 100}):
        assert azure.run(*JUDGE, *MODELS).code == 0
        assert endpoint_of(azure)["traffic"] == split
        after_a_while(azure)


@pytest.mark.parametrize(
    ("goal", "said"),
    [
        (f"{OLD}=100, mirrored none", f"its tags say that step 10 leads to {OLD}=100, and it did not"),
        (f"{NEW}=50 {OLD}=50, mirrored none", "and it did not: somebody else changed them, so it stops here"),
        ("", 'its tag mlinfra-goal is "", and no split'),
        ("anything", 'its tag mlinfra-goal is "anything", and no split'),
    ],
)
def test_a_canary_whose_goal_is_another_by_now_stops(new_canary: NewCanary, goal: str, said: str) -> None:
    azure = begun(new_canary())
    endpoint_of(azure)["tags"]["mlinfra-goal"] = goal
    result = azure.run(*JUDGE)
    assert (result.code, azure.changes, said in result.stderr) == (1, [], True), result.stderr
    assert azure.run(*UNDO).code == 0
    assert endpoint_of(azure)["traffic"] == {OLD: 100}


@pytest.mark.parametrize("command", [(*RELEASE, "--run", "6"), (*RELEASE, "--run", "8", "--trained", "4")])
def test_an_older_release_does_not_come_over_a_newer_canary(new_canary: NewCanary, command: Step) -> None:
    azure = new_canary()
    assert azure.run(*BEGIN, "--trained", "5").code == 0
    after_a_while(azure)
    result = azure.run(*command)
    assert (result.code, azure.changes, endpoint_of(azure)["traffic"]) == (1, [], {OLD: 90, NEW: 10})
    assert "is older; what serves stays" in result.stderr
    assert azure.run(*JUDGE, "--trained", "5").code == 0


def test_a_release_whose_canary_did_not_end_is_not_green(new_canary: NewCanary) -> None:
    azure = begun(new_canary())
    result = azure.run(*TIDY)
    assert (result.code, azure.changes) == (1, [])
    assert result.stderr == f"error: endpoint {ENDPOINT}: the rollout of run 7 did not end\n"


@pytest.mark.parametrize(
    ("steps", "command"),
    [(-1, BEGIN), (0, JUDGE), (1, JUDGE), (1, UNDO), (1, BACK)],
    ids=["begin", "step", "all", "undo", "back"],
)
def test_killed_anywhere_the_next_release_ends_as_it_should(new_canary: NewCanary, steps: int, command: Step) -> None:
    """No split but those of the steps is ever set, something serves all the time, and a whole release follows."""
    clean = new_canary()
    if steps >= 0:
        begun(clean, steps)
    assert clean.run(*command).code == 0
    count = len(clean.changes)
    assert count
    for kill_after in range(1, count + 1):
        azure = new_canary()
        if steps >= 0:
            begun(azure, steps)
        assert azure.run(*command, kill_after=kill_after).code == -9
        splits = [{OLD: 100}, {OLD: 90, NEW: 10}, {OLD: 50, NEW: 50}, {NEW: 100}]
        assert endpoint_of(azure)["traffic"] in splits
        if command != BACK and command != UNDO:
            assert azure.run(*UNDO).code == 0
            assert endpoint_of(azure)["traffic"] in ({OLD: 100}, {NEW: 100})
        why = "it was killed" if command == BACK else ""
        assert azure.run(*RELEASE, "--run", "8", MLINFRA_AGAIN=why).code == 0
        if endpoint_of(azure)["traffic"] != {NEW: 100}:
            after_a_while(azure)
            for _ in CANARY.steps:
                assert azure.run(*RELEASE, "--run", "8", "--judge").code == 0
                if endpoint_of(azure)["traffic"] != {NEW: 100}:
                    after_a_while(azure)
        assert endpoint_of(azure)["traffic"] == {NEW: 100}
        assert endpoint_of(azure)["tags"]["mlinfra-release"] == f"8 {WHEN}"

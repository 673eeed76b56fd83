"""A branch for each stage: development is deployed from develop, and production from main."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.loop.checkouts import FIRST, SECOND
from tests.loop.conftest import PlaceOf
from tests.loop.judge import handed_on
from tests.loop.pipeline import BRANCH, Result, Run
from tests.loop.platforms import BRANCHES, CHURN, DEV, EACH_BRANCH, PROD
from tests.loop.serving import endpoints, jobs
from tests.loop.world import AGENT, CHANGE, PERSON, RUN, SCHEDULE, SCRIPT, TRIGGER, Stop, World, starts_release

pytestmark = pytest.mark.matrix

DEVELOP, MAIN = "refs/heads/develop", BRANCH
_NOT_MERGED = {f"{PROD}{suffix}": Result.SKIPPED for suffix in ("_ready", "_gate", "", "_missed")}


@pytest.fixture
def world(place_of: PlaceOf) -> World:
    return place_of(BRANCHES).new_world()


@contextmanager
def on(world: World, branch: str) -> Iterator[None]:
    """Runs of a branch."""
    before, world.branch = world.branch, branch
    yield
    world.branch = before


def found(number: float | None) -> dict[str, dict[str, float | None]]:
    return {DEV: {CHURN: number}, PROD: {CHURN: number}}


def developed(world: World, number: float, why: str = CHANGE, commit: str = FIRST) -> Run:
    """What comes to develop, trained and released there."""
    world.set_numbers(found(number))
    with on(world, DEVELOP):
        trained = world.train(why, commit)
        assert trained.result is Result.SUCCEEDED, world.said[-1]
        return world.release(trained)


def merged(world: World, commit: str = FIRST, why: str = CHANGE) -> Run:
    """What comes to main, from which no model is trained, released where anything may be."""
    with on(world, MAIN):
        trained = world.train(why, commit)
        if "release" not in trained.tags:
            return trained
        assert trained.result is Result.SUCCEEDED, world.said[-1]
        return world.release(trained)


def serving(world: World, target: str) -> set[str]:
    """The models with their numbers that serve in a target, at any endpoint."""
    azure = world.azure[target]
    return {name for each in endpoints(azure) for name in world.judge.serving(azure, target, each)}


def trainings(world: World, target: str) -> int:
    """How many jobs have trained in a target."""
    return sum(name.startswith("train-") for name in jobs(world.azure[target]))


def test_a_model_goes_to_the_other_branch_when_that_is_merged(world: World) -> None:
    asked: list[str] = []

    def approves(_run: Run, stage: str) -> bool:
        asked.append(stage)
        return True

    world.approve = approves
    first = developed(world, 0.85)
    assert first.result is Result.SUCCEEDED
    assert {stage: result for stage, result in first.stages.items() if stage in _NOT_MERGED} == _NOT_MERGED
    assert (serving(world, DEV), serving(world, PROD), asked) == ({"churn 0.85"}, set(), [])

    second = merged(world)
    assert second.result is Result.SUCCEEDED
    assert second.stages[DEV] is second.stages[f"{DEV}_gate"] is Result.SKIPPED
    assert asked == [PROD]
    assert serving(world, PROD) == {"churn 0.85"}
    assert trainings(world, DEV) == 1
    assert handed_on(second.resources["train"].artifacts, "prod-") == handed_on(first.resources["train"].artifacts)


def test_what_comes_to_the_other_branch_is_what_serves_in_the_target_before_and_not_what_was_trained_last(
    world: World,
) -> None:
    developed(world, 0.85)
    merged(world)
    refused = developed(world, 0.5, SCHEDULE)
    assert refused.result is Result.FAILED
    second = merged(world, SECOND)  # of other code
    assert second.result is Result.SUCCEEDED
    assert serving(world, DEV) == serving(world, PROD) == {"churn 0.85"}
    better = developed(world, 0.87, SCHEDULE)
    assert better.result is Result.SUCCEEDED
    assert serving(world, PROD) == {"churn 0.85"}
    assert merged(world, SECOND, PERSON).result is Result.SUCCEEDED
    assert serving(world, PROD) == {"churn 0.87"}


def test_its_own_gate_decides_on_the_other_branch(world: World) -> None:
    developed(world, 0.85)
    merged(world)
    developed(world, 0.76, SCHEDULE)  # 0.8 is the floor of production
    assert serving(world, DEV) == {"churn 0.76"}
    run = merged(world, SECOND)
    assert run.stages[f"{PROD}_gate"] is Result.ISSUES
    assert serving(world, PROD) == {"churn 0.85"}


def test_where_nothing_serves_in_the_target_before_the_run_says_so(world: World) -> None:
    run = merged(world)
    assert (run.name, run.result, run.tags) == ("train", Result.FAILED, set())
    assert "of churn nothing serves in dev: release it there first" in world.said[-1]


def test_a_release_takes_nothing_from_a_run_of_another_branch(world: World) -> None:
    """Whoever starts one by hand gets the latest run of any branch, unless he chooses."""
    released = developed(world, 0.85)
    with on(world, MAIN):
        run = world.release(released.resources["train"], PERSON)
    assert run.result is Result.FAILED
    assert (run.stages[f"{PROD}_gate"], run.stages[PROD]) == (Result.FAILED, Result.SKIPPED)
    assert "is of another branch than this one" in world.said[-1]
    assert serving(world, PROD) == set()


def test_a_version_that_a_person_chooses_serves_in_the_target_before(world: World) -> None:
    developed(world, 0.85)
    developed(world, 0.87, SCHEDULE)
    with on(world, MAIN):
        trained = world.train(CHANGE)
        run = world.release(trained, PERSON, models="churn:1")
        assert run.stages[f"{PROD}_gate"] is Result.FAILED
        assert "churn 1 is not what the run of loop-train handed on, which is version 2" in world.said[-1]
        assert world.release(trained, PERSON, models="churn:2").result is Result.SUCCEEDED
    assert serving(world, PROD) == {"churn 0.87"}


def test_what_serves_goes_out_with_the_code_of_the_other_branch(world: World) -> None:
    developed(world, 0.85)
    merged(world)
    developed(world, 0.87, SCHEDULE)
    with on(world, MAIN):
        run = world.release(world.train(CHANGE, SECOND), PERSON, models="serving")
    assert run.result is Result.SUCCEEDED
    assert serving(world, PROD) == {"churn 0.85"}


def test_the_model_goes_on_whatever_infrastructure_the_target_before_has_by_now(world: World) -> None:
    developed(world, 0.85)
    world.lose_infrastructure(DEV)  # develop went on
    assert merged(world).result is Result.SUCCEEDED
    assert serving(world, PROD) == {"churn 0.85"}


def test_a_target_of_another_branch_trains_on_its_own_data_when_that_changes(place_of: PlaceOf) -> None:
    world = place_of(EACH_BRANCH).new_world()
    world.set_numbers({DEV: {CHURN: 0.85}, PROD: {CHURN: 0.9}})
    with on(world, DEVELOP):
        assert world.release(world.train(CHANGE)).result is Result.SUCCEEDED
    assert (serving(world, DEV), serving(world, PROD)) == ({"churn 0.85"}, set())
    with on(world, MAIN):
        assert world.release(world.train(CHANGE)).result is Result.SUCCEEDED
    assert (serving(world, DEV), serving(world, PROD)) == ({"churn 0.85"}, {"churn 0.9"})
    world.set_numbers({DEV: {CHURN: 0.85}, PROD: {CHURN: 0.93}})
    with on(world, MAIN):
        again = world.release(world.train(CHANGE))  # of the same content
        assert (again.result, trainings(world, PROD)) == (Result.SUCCEEDED, 1)
        assert world.release(world.train(SCHEDULE), TRIGGER).result is Result.SUCCEEDED
    assert (serving(world, PROD), trainings(world, DEV)) == ({"churn 0.93"}, 1)
    branches = [each["branches"]["include"] for each in world.pipelines[FIRST]["train"]["schedules"]]
    assert branches == [["develop", "main"]]


@pytest.mark.matrix
@pytest.mark.parametrize("what", [SCRIPT, AGENT, RUN])
def test_what_is_stopped_on_the_other_branch_comes_to_the_right_end(place_of: PlaceOf, what: str) -> None:
    """At each command, after its last change; failed jobs are run again, and a canary that had begun, released anew."""

    def begun() -> World:
        world = place_of(BRANCHES).new_world()
        developed(world, 0.85)
        merged(world)
        developed(world, 0.87, SCHEDULE)
        return world

    clean = begun()
    first = len(clean.commands)
    assert merged(clean).result is Result.SUCCEEDED
    for number, (name, changes) in list(enumerate(clean.commands))[first:]:
        world = begun()
        world.stop = Stop(number, changes, what)
        with on(world, MAIN):
            trained = world.train(CHANGE)
            released = world.release(trained) if starts_release(trained) else None
            world.stop = None
            assert serving(world, PROD) <= {"churn 0.85", "churn 0.87"}, name
            if released is None:
                trained = world.finish(trained)
                assert starts_release(trained), name
                released = world.release(trained)
            else:
                world.finish(released)
            if released.result is not Result.SUCCEEDED:
                released = world.release(trained, PERSON)
        assert (released.result, serving(world, PROD)) == (Result.SUCCEEDED, {"churn 0.87"}), name

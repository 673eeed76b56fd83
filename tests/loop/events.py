"""The columns of the matrix: what happens while a model is trained and released. Each returns what a person saw.

Each is judged at every moment (`judge.py`), comes to the right end, and is followed by a run that does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.loop.cases import Case, NewWorld, Runs, again, need, need_serving, through
from tests.loop.checkouts import SECOND
from tests.loop.judge import DEV, PROD, Broken
from tests.loop.pipeline import Result, Run
from tests.loop.serving import ONLINE, split, states
from tests.loop.world import AGENT, PERSON, RUN, SCHEDULE, SCRIPT, Stop, World

NEWER = 0.87  # what a run finds that overtakes another one
_NEWER_BUILD = 20
_PAUSES = {DEV: 6, PROD: 3}  # at most: of a training, and of a release
EARLIER = 0.855  # what the run before it finds


@dataclass(frozen=True)
class Place:
    """Where the runs of a case may look for what they need."""

    new_world: NewWorld
    checkouts: Mapping[str, Path]


Event = Callable[[Case, Place], str]


def in_a_release(event: Event) -> Event:
    """An event in a release, which does not know why the model was trained: of each outcome only once."""

    def once(case: Case, place: Place) -> str:
        told = event(case, place) if case.is_by_change else ""
        return told or "as by change ³"

    return once


def nothing(case: Case, place: Place) -> str:
    world = case.begin(place.new_world)
    runs = case.go(world)
    case.need_right_colour(runs)
    need_serving(world, case.right_end)
    case.need_next(world)
    return f"{runs.colour}: {_told(case)}"


def cancel(case: Case, place: Place) -> str:
    """A person cancels the run in the middle of each command; later its jobs are run again, or it is left."""
    return _stopped_everywhere(case, place, RUN, "cancelled")


@in_a_release
def approval_times_out(case: Case, place: Place) -> str:
    """Nobody approves; then a person starts the release again, and it is approved."""
    if PROD not in case.outcome.goes_to:
        return "– ¹"

    def left() -> tuple[World, Runs]:
        world = case.begin(place.new_world)
        world.approve = lambda _run, _stage: False
        runs = case.go(world)
        need(runs.last.stages[PROD] is Result.SKIPPED, f"{PROD} is {runs.last.stages[PROD]}")
        need(runs.colour == "red", f"a release that nobody approved is {runs.colour}")
        need_serving(world, case.right_end | {PROD: case.outcome.serves})
        world.approve = lambda _run, _stage: True
        return world, runs

    world, runs = left()
    need(world.release(runs.trained, PERSON).result is Result.SUCCEEDED, "the release is not green")
    need_serving(world, case.right_end)
    case.need_next(world)
    case.need_next(left()[0])
    return "red: what served serves; released by a person"


def infrastructure_is_late(case: Case, place: Place) -> str:
    """In each target it comes while it is waited for; and it comes only after the run has given up."""
    for target in (DEV, PROD) if case.is_by_change else (DEV,):
        for comes in (2, 99):
            _late(case, place, target, comes)
    return "waits; red, again right" + ("" if case.is_by_change else " ³")


def _late(case: Case, place: Place, target: str, comes: int) -> None:
    world = case.begin(place.new_world)
    looks = 0

    def pass_time(_run: Run, _minutes: int) -> None:
        nonlocal looks
        if looks == comes:
            return  # a pause of the canary
        looks += 1
        if looks == comes:
            world.deploy_infrastructure(target, place.checkouts[case.reason.commit])

    world.pause = pass_time
    world.lose_infrastructure(target)
    runs = case.go(world)
    reached = target == DEV or DEV in case.outcome.goes_to
    expected = min(comes, _PAUSES[target]) if reached else 0
    need(looks == expected, f"{looks} pauses before there is infrastructure, not {expected}")
    world.pause = lambda _run, _minutes: None
    if comes == 99 and reached:
        need(runs.colour == "red", f"it is {runs.colour} without infrastructure")
        world.deploy_infrastructure(target, place.checkouts[case.reason.commit])
        runs = again(world, runs)
    world.deploy_infrastructure(target, place.checkouts[case.reason.commit])
    case.need_right_colour(runs)
    need_serving(world, case.right_end)
    case.need_next(world)


@in_a_release
def overtaken(case: Case, place: Place) -> str:
    """Another run is released while this one waits for its approval, or for its jobs to be run again."""
    newer = {DEV: NEWER, PROD: NEWER}

    def overtake(world: World) -> None:
        world.set_number(NEWER)
        world.next_builds(_NEWER_BUILD)
        runs = through(world, world.train(SCHEDULE, SECOND))
        need(runs.colour == "green", f"the newer run is {runs.colour}")
        need_serving(world, newer)

    world = case.begin(place.new_world)
    world.stop = _first(case, place, "release", DEV, "release-endpoint.sh")
    runs = case.go(world)
    world.stop = None
    overtake(world)
    runs = again(world, runs)
    need(runs.colour == "red", f"the older run is {runs.colour}")
    need_serving(world, newer)
    case.need_next(world)
    if PROD not in case.outcome.goes_to:
        return "red: newer serves"

    world = case.begin(place.new_world)

    def let_others_go_first(_run: Run, _stage: str) -> bool:
        world.approve = lambda _run, _stage: True
        overtake(world)
        return True

    world.approve = let_others_go_first
    runs = case.go(world)
    need(runs.colour == "red", f"the older run is {runs.colour}")
    need_serving(world, newer)
    case.need_next(world)
    return "red: newer serves"


@in_a_release
def back_in_a_canary(case: Case, place: Place) -> str:
    """A person goes back in each pause; then releases again, or not."""
    if not case.is_judged_by_traffic:
        return "– ¹" if case.outcome.serves is not None else "– ²"
    for pause in (1, 2):

        def gone_back(pause: int = pause) -> tuple[World, Runs]:
            world = case.begin(place.new_world)
            pauses = 0

            def go_back(run: Run, _minutes: int) -> None:
                nonlocal pauses
                pauses += 1
                if pauses == pause:
                    need(len(split(world.azure[PROD], ONLINE)) == 2, "there is no canary to go back from")
                    back = world.back(PROD, "online/ask")
                    need(back.result is Result.SUCCEEDED, f"going back is {back.result}")
                    need_serving(world, {PROD: case.outcome.serves})

            world.pause = go_back
            runs = case.go(world)
            world.pause = lambda _run, _minutes: None
            need(runs.colour == "red", f"it is {runs.colour} after going back")
            need_serving(world, case.right_end | {PROD: case.outcome.serves})
            return world, runs

        world, runs = gone_back()
        _need_a_reason(case, world, runs)
        case.need_next(gone_back()[0])
    return "red: what served serves; comes again where a person says why"


@in_a_release
def canary_fails(case: Case, place: Place) -> str:
    """The new slot answers with errors, before or after its second share."""
    if not case.is_judged_by_traffic:
        return "– ¹" if case.outcome.serves is not None else "– ²"
    for pause in (1, 2):

        def failed(pause: int = pause) -> tuple[World, Runs]:
            world = case.begin(place.new_world)
            script, pauses = world.azure[PROD]["script"], 0
            good = script["measured"]

            def pass_time(_run: Run, _minutes: int) -> None:
                nonlocal pauses
                pauses += 1
                if pauses == pause:
                    world.azure[PROD]["script"]["measured"] = {"main": {"200": [90.0], "500": [10.0], "ms": [50.0]}}

            world.pause = pass_time
            runs = case.go(world)
            world.pause = lambda _run, _minutes: None
            world.azure[PROD]["script"]["measured"] = good
            need(runs.colour == "red", f"it is {runs.colour} with a canary that fails")
            need_serving(world, case.right_end | {PROD: case.outcome.serves})
            return world, runs

        world, runs = failed()
        _need_a_reason(case, world, runs)
        case.need_next(failed()[0])
    return "red: what served serves; comes again where a person says why"


def _need_a_reason(case: Case, world: World, runs: Runs) -> None:
    """What production had and gave back does not come again by itself, nor by its jobs, but where a person says why."""
    for once_more in (again(world, runs), Runs(runs.trained, world.release(runs.trained, PERSON))):
        need(once_more.colour == "red", f"without a reason it is {once_more.colour}")
        need_serving(world, case.right_end | {PROD: case.outcome.serves})
    released = world.release(runs.trained, PERSON, again="it was something else")
    need(released.result is Result.SUCCEEDED, f"with a reason it is {released.result}")
    need_serving(world, case.right_end)
    case.need_next(world)


@in_a_release
def failed_slot(case: Case, place: Place) -> str:
    """Azure fails to make the slot in production: of the run before this one; and of this one, which is run again."""
    world = case.begin(place.new_world)
    world.set_number(EARLIER)
    runs = _with_failing_slot(world, lambda: through(world, world.train(SCHEDULE)))
    need(runs.colour == "red", f"a run whose slot failed is {runs.colour}")
    need_serving(world, {DEV: EARLIER, PROD: case.outcome.serves})
    need("Failed" in states(world.azure[PROD], ONLINE).values(), "no slot is left")
    runs = case.go(world)
    case.need_right_colour(runs)
    in_dev = case.outcome.finds if DEV in case.outcome.goes_to else EARLIER
    need_serving(world, case.right_end | {DEV: in_dev})
    case.need_next(world)
    if PROD not in case.outcome.goes_to:
        return f"{runs.colour}: {_told(case)}"
    world = case.begin(place.new_world)
    runs = _with_failing_slot(world, lambda: case.go(world))
    need(runs.colour == "red", f"a run whose slot failed is {runs.colour}")
    need_serving(world, case.right_end | {PROD: case.outcome.serves})
    runs = again(world, runs)
    case.need_right_colour(runs)
    need_serving(world, case.right_end)
    case.need_next(world)
    return f"{runs.colour}: {_told(case)}; its own: red, again right"


def _with_failing_slot(world: World, go: Callable[[], Runs]) -> Runs:
    world.azure[PROD]["script"]["failing_slots"] = ["main"]
    runs = go()
    world.azure[PROD]["script"]["failing_slots"] = []
    return runs


def killed(case: Case, place: Place) -> str:
    """A script ends, or its agent is gone, after each command that changes something, and before each script."""
    _stopped_everywhere(case, place, SCRIPT, "red")
    return _stopped_everywhere(case, place, AGENT, "red")


def _stopped_everywhere(case: Case, place: Place, what: str, colour: str) -> str:
    stops, anew, broken = list(_stops(case, place, what)), 0, []
    if not stops:
        return "as where it passes ³ ⁴"
    for stop in stops:
        try:
            anew += _stopped(case, place, stop, colour)
        except Broken as error:
            broken.append(f"{stop}: {error}")
    if broken:
        raise Broken("\n\n".join([f"{len(broken)} of {len(stops)}", *broken]))
    told = f"{colour}, again right" + (", or released anew" if anew else "")
    return told + ("" if case.is_by_change else " ³") + ("" if case.outcome.goes_to == (DEV, PROD) else " ⁴")


def _stopped(case: Case, place: Place, stop: Stop, colour: str) -> bool:
    """Whether it took a release of a person to come to the right end."""

    def stopped() -> tuple[World, Runs]:
        world = case.begin(place.new_world)
        world.stop = stop
        runs = case.go(world)
        world.stop = None
        need(runs.colour == colour, f"it is {runs.colour}")
        return world, runs

    world, runs = stopped()
    runs = again(world, runs)
    released = runs.colour == "red" and runs.released is not None and PROD in case.outcome.goes_to
    if released:
        runs = Runs(runs.trained, world.release(runs.trained, PERSON))
    case.need_right_colour(runs)
    need_serving(world, case.right_end)
    if stop.what == AGENT:  # where less was done after the stop than where it is the script or the run
        case.need_next(stopped()[0])
    return released


def _stops(case: Case, place: Place, what: str) -> list[Stop]:
    """Before each command that the clean run of a case gives, and after each of its changes; a cancel: at its end.

    release.yml does not know why the model was trained, so there only the runs by a change are stopped; nor does a
    training what the gate will find of the model, so that is stopped only where the model passes.
    """
    world = case.begin(place.new_world)
    first = len(world.commands)
    case.go(world)
    in_training = case.outcome.goes_to == (DEV, PROD)
    commands = [
        (number, changes)
        for number, (name, changes) in enumerate(world.commands)
        if number >= first and (in_training if name.startswith("train ") else case.is_by_change)
    ]
    assert "Build.Reason" not in json.dumps(world.pipelines[case.reason.commit]["release"])
    if what == RUN:
        return [Stop(number, changes, what) for number, changes in commands]
    return [Stop(number, after, what) for number, changes in commands for after in range(changes + 1)]


def _first(case: Case, place: Place, pipeline: str, target: str, script: str) -> Stop:
    """Where the agent is gone before the first command of that script in a target."""
    world = case.begin(place.new_world)
    first = len(world.commands)
    case.go(world)
    names = [f"{pipeline} {target}_deploy {script}", f"{pipeline} gate gate-model.sh"]
    for wanted in names:
        for number, (name, _) in enumerate(world.commands):
            if number >= first and name.startswith(wanted):
                return Stop(number, 0, AGENT)
    raise AssertionError(world.commands)


def _told(case: Case) -> str:
    goes = [target for target in (DEV, PROD) if target in case.outcome.goes_to]
    return f"new in {' and '.join(goes)}" if goes else "new nowhere"


UNDISTURBED = "undisturbed"
EVENTS: Mapping[str, Event] = {
    UNDISTURBED: nothing,
    "kill after each command": killed,
    "cancel": cancel,
    "approval timed out": approval_times_out,
    "infra pending": infrastructure_is_late,
    "older release": overtaken,
    "back during canary": back_in_a_canary,
    "canary fails": canary_fails,
    "failed slot of an earlier run": failed_slot,
}

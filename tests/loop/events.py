"""The columns of the matrix: what happens while models are trained and released.

Each is judged at every moment (`judge.py`), comes to the right end, and is followed by a run that does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from tests.loop.cases import CASES, Case, Place, Runs, again, need, need_serving, through
from tests.loop.checkouts import SECOND
from tests.loop.judge import version_of
from tests.loop.pipeline import Result, Run
from tests.loop.platforms import CHURN, DEV, ONLINE, PROD, SMALL
from tests.loop.serving import contents, endpoints, split, states, tag
from tests.loop.stops import cancelled, killed, sudden_end
from tests.loop.trials import ALL, KINDS, Event, Trial
from tests.loop.world import CHANGE, SCHEDULE, World

NEWER = 0.87  # what a run finds that overtakes another one
_NEWER_BUILD = 20
_PAUSES = {DEV: 6, PROD: 3}  # at most: of a training, and of a release
EARLIER = 0.855  # what the run before it finds
_ERRORS = {"200": [90.0], "500": [10.0], "ms": [50.0]}
_REFUSED, _FIRST, _NO_CANARY, _CODE_ALONE = "– ¹", "– ²", "– ³", "– ⁴"


def _undisturbed(case: Case, place: Place) -> Iterator[Trial]:
    def run() -> None:
        world = case.begin(place.new_world)
        runs = case.go(world)
        case.need_right_colour(runs)
        need_serving(world, case.right_end)
        if case.chosen:  # what that took back, no change brings again
            through(world, world.train(CHANGE))
            need_serving(world, case.right_end)
        case.need_next(world)

    yield Trial("undisturbed", run)


def _approval_times_out(case: Case, place: Place) -> Iterator[Trial]:
    """Nobody approves; then a person starts the release again, and it is approved; or the next run comes."""

    def left() -> tuple[World, Runs]:
        world = case.begin(place.new_world)
        world.approve = lambda _run, _stage: False
        runs = case.go(world)
        need(runs.last.stages[PROD] is Result.SKIPPED, f"{PROD} is {runs.last.stages[PROD]}")
        need(runs.colour == "red", f"a release that nobody approved is {runs.colour}")
        need_serving(world, case.right_end | {PROD: case.outcome.serves})
        world.approve = lambda _run, _stage: True
        return world, runs

    def released() -> None:
        world, runs = left()
        case.need_right_colour(case.release(world, runs))
        need_serving(world, case.right_end)
        case.need_next(world)

    yield Trial("released by a person", released)
    yield Trial("left as it is", lambda: case.need_next(left()[0]))


def _infrastructure_is_late(case: Case, place: Place) -> Iterator[Trial]:
    """In each target it comes while it is waited for; and it comes only after the run has given up."""
    for target in case.waits_in:
        for comes in (2, 99):
            yield Trial(f"{target}, at look {comes}", partial(_late, case, place, target, comes))


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
    reached = target == DEV or case.comes_to(DEV)
    pauses = _PAUSES[PROD if case.chosen else target]  # of what is chosen, nothing is trained
    expected = min(comes, pauses) if reached else 0
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


def _overtaken(case: Case, place: Place) -> Iterator[Trial]:
    """Another run is released while this one waits for its approval, or for its jobs to be run again."""
    newer = case.all_alike(NEWER)

    def overtake(world: World) -> None:
        world.set_numbers(newer)
        world.next_builds(_NEWER_BUILD)
        runs = case.follow(world, SCHEDULE, SECOND)
        need(runs.colour == "green", f"the newer run is {runs.colour}")
        need_serving(world, newer)

    def need_newer(world: World, runs: Runs) -> None:
        need(runs.colour == "red", f"the older run is {runs.colour}")
        need_serving(world, newer)
        case.need_next(world, SECOND)

    def before_its_jobs_run_again() -> None:
        world = case.begin(place.new_world)
        scripts = f"release {DEV}_deploy release-endpoint.sh", "release gate gate-model.sh"
        world.stop = sudden_end(case, place, scripts)
        runs = case.go(world)
        world.stop = None
        overtake(world)
        need_newer(world, again(world, runs))

    def before_its_approval() -> None:
        world = case.begin(place.new_world)

        def let_others_go_first(_run: Run, _stage: str) -> bool:
            world.approve = lambda _run, _stage: True
            overtake(world)
            return True

        world.approve = let_others_go_first
        need_newer(world, case.go(world))

    def a_person_releases_it() -> None:
        world = case.begin(place.new_world)
        older = case.go(world)
        overtake(world)
        need_newer(world, case.release(world, older))

    yield Trial("before its jobs run again", before_its_jobs_run_again)
    if case.goes_everywhere:
        yield Trial("released by a person", a_person_releases_it)
    if case.comes_to(PROD):
        yield Trial("before its approval", before_its_approval)


def _back_in_a_canary(case: Case, place: Place) -> Iterator[Trial]:
    """A person goes back in each pause; then releases again, or not."""
    for pause in (1, 2):

        def gone_back(pause: int = pause) -> tuple[World, Runs]:
            world = case.begin(place.new_world)
            pauses = 0

            def go_back(_run: Run, _minutes: int) -> None:
                nonlocal pauses
                pauses += 1
                if pauses == pause:
                    online = [each for each in endpoints(world.azure[PROD]) if each.kind == ONLINE]
                    slots = [len(split(world.azure[PROD], each)) for each in online]
                    need(max(slots) > 1, "there is no canary to go back from")
                    back = world.back(PROD, "online/ask")
                    need(back.result is Result.SUCCEEDED, f"going back is {back.result}")
                    need_serving(world, {PROD: case.without_canary[PROD]})

            world.pause = go_back
            runs = case.go(world)
            world.pause = lambda _run, _minutes: None
            need(runs.colour == "red", f"it is {runs.colour} after going back")
            need_serving(world, case.without_canary)
            return world, runs

        yield from _again_or_next(case, f"in pause {pause}", gone_back)


def _errors_of_new(world: World) -> dict[str, Any]:
    """Metrics of the new deployments of the first entry in production; the live ones keep theirs."""
    azure = world.azure[PROD]
    found: dict[str, Any] = {}
    for endpoint in endpoints(azure):
        before = tag(azure, endpoint, "mlinfra-rollout").rpartition("before ")[2]
        new = [slot for slot in contents(azure, endpoint) if f"{slot}=" not in before]
        found |= {slot: _ERRORS for slot in new if before and slot.startswith("main-")}
    return found


def _canary_fails(case: Case, place: Place) -> Iterator[Trial]:
    """The new slot answers with errors, before or after its second share."""
    for pause in (1, 2):

        def failed(pause: int = pause) -> tuple[World, Runs]:
            world = case.begin(place.new_world)
            script, pauses = world.azure[PROD]["script"], 0
            good = script["measured"]

            def pass_time(_run: Run, _minutes: int) -> None:
                nonlocal pauses
                pauses += 1
                if pauses == pause:
                    world.azure[PROD]["script"]["measured"] = good | _errors_of_new(world)

            world.pause = pass_time
            runs = case.go(world)
            world.pause = lambda _run, _minutes: None
            world.azure[PROD]["script"]["measured"] = good
            need(runs.colour == "red", f"it is {runs.colour} with a canary that fails")
            need_serving(world, case.without_canary)
            return world, runs

        yield from _again_or_next(case, f"in pause {pause}", failed)


def _again_or_next(case: Case, name: str, ended: Callable[[], tuple[World, Runs]]) -> Iterator[Trial]:
    """What production had and gave back does not come again by itself, nor by its jobs: a person chooses it."""

    def again_with_a_reason() -> None:
        world, runs = ended()
        others_go_on = "orange" if case.code_goes_out or len(case.platform.models) > 1 else "red"
        if not case.chosen:  # who chose it means it
            for once_more, colour in ((again(world, runs), "red"), (case.release(world, runs), others_go_on)):
                need(once_more.colour == colour, f"without being chosen it is {once_more.colour}")
                need_serving(world, case.without_canary)
        chosen = case.chosen or f"{CHURN}:{version_of(runs.trained.artifacts, CHURN, case.handed_on_as)}"
        alone = case.release(world, runs, models=chosen)  # it passes: what other models were refused for is not asked
        need(alone.colour == "green", f"chosen alone it is {alone.colour}")
        need_serving(world, case.right_end)
        case.need_next(world)

    yield Trial(f"{name}, released again", again_with_a_reason)
    yield Trial(f"{name}, left as it is", lambda: case.need_next(ended()[0]))


def _failed_slot(case: Case, place: Place) -> Iterator[Trial]:
    """Azure fails to make the slot in production: of the run before this one; and of this one, which is run again."""

    def of_the_run_before() -> None:
        world = case.begin(place.new_world)
        earlier = case.all_alike(EARLIER)
        world.set_numbers(earlier)
        runs = _with_failing_slot(world, lambda: through(world, world.train(SCHEDULE)))
        need(runs.colour == "red", f"a run whose slot failed is {runs.colour}")
        need_serving(world, earlier | {PROD: case.outcome.serves})
        is_left = "Failed" in states(world.azure[PROD])
        need(is_left is case.platform.has_canary, f"a failed slot is left: {is_left}")  # what is in place is put back
        runs = case.go(world)
        case.need_right_colour(runs)
        found, goes_to = case.outcome.found_in(DEV), case.outcome.goes_to
        in_dev = {model: found[model] if DEV in targets else EARLIER for model, targets in goes_to.items()}
        need_serving(world, case.right_end | {DEV: in_dev})
        case.need_next(world)

    def its_own() -> None:
        world = case.begin(place.new_world)
        runs = _with_failing_slot(world, lambda: case.go(world))
        need(runs.colour == "red", f"a run whose slot failed is {runs.colour}")
        need_serving(world, case.right_end | {PROD: case.outcome.serves})
        runs = again(world, runs)
        case.need_right_colour(runs)
        need_serving(world, case.right_end)
        case.need_next(world)

    yield Trial("of the run before", of_the_run_before)
    if case.comes_to(PROD):
        yield Trial("its own", its_own)


def _with_failing_slot(world: World, go: Callable[[], Runs]) -> Runs:
    world.azure[PROD]["script"]["failing_slots"] = ["main"]
    runs = go()
    world.azure[PROD]["script"]["failing_slots"] = []
    return runs


def _where(case: Case) -> str:
    """Where the new models serve in the end."""
    goes = [target for target in (DEV, PROD) if case.comes_to(target)]
    told = f"{case.right_colour}: new in {' and '.join(goes)}" if goes else f"{case.right_colour}: new nowhere"
    is_one_of_several = case.right_colour == "orange" and len(case.platform.models) > 1
    return told + (", but for the refused one" if is_one_of_several else "")


def _not_without_approval(case: Case) -> str:
    return "" if case.comes_to(PROD) or case.code_goes_out else _REFUSED


def _not_without_traffic(case: Case) -> str:
    if case.is_judged_by_traffic:
        return ""
    if case.outcome.serves[CHURN] is None:
        return _FIRST
    if PROD in case.outcome.goes_to[CHURN]:
        return _NO_CANARY
    return _CODE_ALONE if case.code_goes_out else _REFUSED


def _is_whole(case: Case) -> bool:
    """Of one row all is tried, or much: where the model passes by a change."""
    return case.is_by_change and case.goes_everywhere and case.is_judged_by_traffic and case.platform is SMALL


def _trials(case: Case) -> int:
    return 9 if _is_whole(case) else 1


def _stops(case: Case) -> str:
    """Of the rows of the first table each place; of others each change of each script, in one job and in one way."""
    return ALL if case in CASES else KINDS


def _stopped(colour: str) -> Callable[[Case], str]:
    return lambda case: f"{colour}, again right" + (", or released anew" if case.has_canary else "")


def _said(words: str) -> Callable[[Case], str]:
    return lambda _: words


_RELEASED_BY_A_PERSON = "red: what served serves; released by a person"
_WITH_A_REASON = _said("red: what served serves; comes again where a person chooses it")
UNDISTURBED = Event("undisturbed", _undisturbed, _trials, _where)
KILLED = Event("kill after each command", killed, _stops, _stopped("red"))
OLDER = Event("older release", _overtaken, _trials, _said("red: newer serves"))
CANCELLED = Event("cancel", cancelled, _stops, _stopped("cancelled"))
EVENTS = (
    UNDISTURBED,
    KILLED,
    CANCELLED,
    Event("approval timed out", _approval_times_out, _trials, _said(_RELEASED_BY_A_PERSON), _not_without_approval),
    Event("infra pending", _infrastructure_is_late, _trials, _said("waits; red, again right")),
    OLDER,
    Event("back during canary", _back_in_a_canary, _trials, _WITH_A_REASON, _not_without_traffic),
    Event("canary fails", _canary_fails, _trials, _WITH_A_REASON, _not_without_traffic),
    Event(
        "failed slot of an earlier run",
        _failed_slot,
        _trials,
        lambda case: _where(case) + ("; its own: red, again right" if case.comes_to(PROD) else ""),
    ),
)
OF_OTHERS = (UNDISTURBED, KILLED, CANCELLED, OLDER)
AFTER_A_MERGE = EVENTS[:-1]  # a slot that fails is one of the run before: here, of the other branch

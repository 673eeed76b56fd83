"""Runs that are stopped: a script that ends, an agent that is gone, a run that is cancelled, at each command."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tests.loop.cases import Case, Place, Runs, again, need, need_serving
from tests.loop.trials import Trial
from tests.loop.world import AGENT, RUN, SCRIPT, WAIT, Stop, World


def killed(case: Case, place: Place) -> Iterator[Trial]:
    """A script ends, or its agent is gone, after each command that changes something, and before each script."""
    for what, colour in ((SCRIPT, "red"), (AGENT, "cancelled")):
        for number, name, changes in _commands(case, place):
            for after in range(changes + 1):
                stop = Stop(number, after, what)
                then = case.right_colour if what == SCRIPT and _is_waited_for_again(case, name) else colour
                told = f"{what} of {name}, after {after}"
                yield Trial(told, partial(_stopped, case, place, stop, then), f"{_script(name)}, after {after}")


def cancelled(case: Case, place: Place) -> Iterator[Trial]:
    """A person cancels the run in the middle of each command; later its jobs are run again, or it is left."""
    for number, name, changes in _commands(case, place):
        stop = Stop(number, changes, RUN)
        yield Trial(f"run at {name}", partial(_stopped, case, place, stop, "cancelled"), _script(name))


def _script(name: str) -> str:
    """A command by its pipeline and script, and not by its job."""
    pipeline, _, *script = name.split(" ")
    return " ".join([pipeline, *script])


def _commands(case: Case, place: Place) -> list[tuple[int, str, int]]:
    """What the clean run of a case does: numbers, names, and how many changes each makes."""
    world = case.begin(place.new_world)
    first = len(world.commands)
    case.go(world)
    return [(number, *command) for number, command in enumerate(world.commands) if number >= first]


def _stopped(case: Case, place: Place, stop: Stop, colour: str) -> None:
    """The failed jobs are run again; where a canary had begun, a person starts the release anew."""

    def stopped() -> tuple[World, Runs]:
        world = case.begin(place.new_world)
        world.stop = stop
        runs = case.go(world)
        world.stop = None
        need(runs.colour == colour, f"it is {runs.colour}")
        return world, runs

    world, runs = stopped()
    runs = again(world, runs)
    if runs.colour == "red" and runs.released is not None and case.has_canary:
        runs = case.release(world, runs)
    case.need_right_colour(runs)
    need_serving(world, case.right_end)
    if stop.what == AGENT:  # where less was done after the stop than where it is the script or the run
        case.need_next(stopped()[0])


def _is_waited_for_again(case: Case, name: str) -> bool:
    """Whether a wait goes on by itself that ends too early: what became of the job is for another one to say."""
    return case.platform.waits_on_server and name.endswith(WAIT)


def sudden_end(case: Case, place: Place, scripts: tuple[str, ...]) -> Stop:
    """Where the agent is gone before the first command of these, by pipeline, job and script, that the case runs."""
    commands = _commands(case, place)
    for wanted in scripts:
        for number, name, _ in commands:
            if name.startswith(wanted):
                return Stop(number, 0, AGENT)
    raise AssertionError(commands)

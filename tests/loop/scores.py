"""The rows and columns of score.yml: a batch endpoint is called, and something goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from tests.loop.cases import Case, Place, Runs, need
from tests.loop.judge import SCORES, is_whole
from tests.loop.pipeline import Run
from tests.loop.platforms import PROD, SCORED_ROWS
from tests.loop.serving import jobs
from tests.loop.trials import Trial
from tests.loop.world import AGENT, PERSON, RUN, SCHEDULE, SCRIPT, Stop, World

_GOOD = [["0", "RUN_DONE", "0"]]
_DAY, _FOLDER = "2026-01-04", "azureml://datastores/workspaceblobstore/paths/daily/2026-01-04/"


class Call(NamedTuple):
    """A row: who has it scored, and what that one asks for."""

    title: str
    reason: str
    asked: dict[str, str]


CALLS = (
    Call("schedule", SCHEDULE, {}),
    Call("person, an input and a day", PERSON, {"input": _FOLDER, "date": _DAY}),
)


class Scoring(NamedTuple):
    """A column: what happens, in which ways, and what a person sees then."""

    title: str
    trials: Callable[[Case, Place, Call], Iterator[Trial]]
    told: str


def _score(world: World, call: Call) -> Run:
    return world.score(call.reason, **call.asked)


def _begin(case: Case, place: Place) -> World:
    """Something serves, and a night was scored."""
    return case.begin(place.new_world)


def _need_scored(world: World, run: Run, call: Call) -> None:
    """The run is green, what was asked for is scored, and each job has written to a folder of its own."""
    need(Runs(run, None).colour == "green", f"the run is {run.result}: {run.stages}")
    scored = [job for name, job in jobs(world.azure[PROD]).items() if name.startswith(SCORES)]
    good = [job for job in scored if job["status"] == "Completed" and is_whole(job["result"])]
    places = [job["scores"]["output"] for job in scored]
    need(len(set(places)) == len(places), f"two jobs write to one folder: {places}")
    asked = call.asked.get("input")
    need(any(asked in (None, job["scores"]["input"][0]) for job in good), f"nothing of {asked} is among {good}")


def _undisturbed(case: Case, place: Place, call: Call) -> Iterator[Trial]:
    def run() -> None:
        world = _begin(case, place)
        _need_scored(world, _score(world, call), call)
        _need_next(world)

    yield Trial("undisturbed", run)


def _need_next(world: World) -> None:
    """The next night is scored whatever was before."""
    world.stop = None
    world.end_jobs()
    _need_scored(world, _score(world, CALLS[0]), CALLS[0])


def _stopped(colours: Mapping[str, str], case: Case, place: Place, call: Call) -> Iterator[Trial]:
    world = _begin(case, place)
    first = len(world.commands)
    _score(world, call)
    for what, colour in colours.items():
        for number, (name, changes) in list(enumerate(world.commands))[first:]:
            for after in [changes] if what == RUN else range(changes + 1):
                stop = Stop(number, after, what)
                yield Trial(f"{what} of {name}, after {after}", partial(_stop, case, place, call, stop, colour))


def _stop(case: Case, place: Place, call: Call, stop: Stop, colour: str) -> None:
    def stopped() -> tuple[World, Run]:
        world = _begin(case, place)
        world.stop = stop
        run = _score(world, call)
        world.stop = None
        need(Runs(run, None).colour == colour, f"it is {run.result}")
        return world, run

    world, run = stopped()
    _need_scored(world, world.finish(run), call)
    _need_next(world)
    _need_next(stopped()[0])


def _fails(orders: dict[str, Any], case: Case, place: Place, call: Call) -> Iterator[Trial]:
    """What the job came to is no result: the run says so, and its jobs run again score anew."""

    def run() -> None:
        world = _begin(case, place)
        world.azure[PROD]["script"] |= {name: list(values) for name, values in orders.items()}
        scored = _score(world, call)
        need(Runs(scored, None).colour == "red", f"it is {scored.result}")
        _need_scored(world, world.finish(scored), call)
        _need_next(world)

    yield Trial(str(orders), run)


SCORINGS = (
    Scoring("undisturbed", _undisturbed, "green: scored"),
    Scoring("kill after each command", partial(_stopped, {SCRIPT: "red", AGENT: "cancelled"}), "red, again right"),
    Scoring("cancel", partial(_stopped, {RUN: "cancelled"}), "cancelled, again right"),
    Scoring("the job fails", partial(_fails, {"job_outcomes": ["Failed"]}), "red, again right"),
    Scoring(
        "rows are missing",
        partial(_fails, {"results": [{"rows": SCORED_ROWS - 1, "batches": _GOOD}]}),
        "red, again right",
    ),
    Scoring(
        "a mini-batch fails",
        partial(_fails, {"results": [{"rows": SCORED_ROWS, "batches": [["0", "RUN_DONE", "1"]]}]}),
        "red, again right",
    ),
)

"""The rows of the matrix: what the gate finds of a new model, and who had it trained."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from tests.loop.checkouts import FIRST, SECOND
from tests.loop.judge import DEV, PROD, Broken
from tests.loop.pipeline import Result, Run
from tests.loop.serving import BATCH, ONLINE, states
from tests.loop.world import CHANGE, PERSON, SCHEDULE, World

NewWorld = Callable[[], World]
_NEXT_BUILD = 50  # of the run after all: always the same, so that it is known where it finds the same
BEST = 0.9  # what the run after all finds


class Outcome(NamedTuple):
    """What serves before, what the new model is found to be, and the targets into which its numbers let it."""

    title: str
    serves: float | None
    finds: float | None
    goes_to: tuple[str, ...]


OUTCOMES = (
    Outcome("passes", 0.85, 0.86, (DEV, PROD)),
    Outcome("below the floor", 0.85, 0.76, (DEV,)),
    Outcome("worse than serving", 0.85, 0.83, (DEV,)),
    Outcome("number missing", 0.85, None, ()),
    Outcome("nothing serves", None, 0.86, (DEV, PROD)),
)


class Reason(NamedTuple):
    """Why the model is trained, as Azure Pipelines says it, and of which commit."""

    title: str
    build_reason: str
    commit: str


REASONS = (
    Reason("change", CHANGE, SECOND),
    Reason("schedule", SCHEDULE, FIRST),
    Reason("person", PERSON, FIRST),
)


class Runs(NamedTuple):
    """A training run, and the release that it started, if it did."""

    trained: Run
    released: Run | None

    @property
    def last(self) -> Run:
        return self.released or self.trained

    @property
    def colour(self) -> str:
        """How the last of them shows among the runs."""
        return {Result.CANCELED: "cancelled", Result.FAILED: "red"}.get(self.last.result, "green")


@dataclass(frozen=True)
class Case:
    """A row."""

    outcome: Outcome
    reason: Reason

    def __str__(self) -> str:
        return f"{self.outcome.title} by {self.reason.title}"

    @property
    def is_by_change(self) -> bool:
        return self.reason.build_reason == CHANGE

    @property
    def is_judged_by_traffic(self) -> bool:
        """Whether the release comes to a canary."""
        return self.outcome.serves is not None and PROD in self.outcome.goes_to

    def begin(self, new_world: NewWorld) -> World:
        """A world in which what serves before was released."""
        world = new_world()
        if self.outcome.serves is not None:
            world.set_number(self.outcome.serves)
            runs = through(world, world.train(CHANGE))
            need(runs.colour == "green", f"the beginning is {runs.colour}")
            need_serving(world, {DEV: self.outcome.serves, PROD: self.outcome.serves})
        return world

    def go(self, world: World) -> Runs:
        """The new model is trained and released, as far as that goes."""
        world.set_number(self.outcome.finds)
        why = {"reason": "a try"} if self.reason.build_reason == PERSON else {}
        return through(world, world.train(self.reason.build_reason, self.reason.commit, **why))

    @property
    def right_end(self) -> dict[str, float | None]:
        """What has to serve in each target in the end, if nobody says otherwise."""
        return {
            target: self.outcome.finds if target in self.outcome.goes_to else self.outcome.serves
            for target in (DEV, PROD)
        }

    def need_right_colour(self, runs: Runs) -> None:
        """Green only where the model serves everywhere, and then always."""
        right = "green" if self.outcome.goes_to == (DEV, PROD) else "red"
        need(runs.colour == right, f"the runs are {runs.colour}, not {right}")

    def need_next(self, world: World) -> None:
        """The next run of the schedule, by when jobs are done, trains a better model, and that serves everywhere."""
        world.stop = None
        world.end_jobs()
        world.set_number(BEST)
        world.next_builds(_NEXT_BUILD)
        runs = through(world, world.train(SCHEDULE, self.reason.commit))
        need(runs.colour == "green", f"the next run is {runs.colour}: {runs.last.stages}")
        need_serving(world, {DEV: BEST, PROD: BEST})
        for target in (DEV, PROD):
            for kind in (ONLINE, BATCH):
                left = set(states(world.azure[target], kind).values()) - {"Succeeded"}
                need(not left, f"{kind} of {target} are left {left}")


CASES = tuple(Case(outcome, reason) for outcome in OUTCOMES for reason in REASONS)


def through(world: World, trained: Run) -> Runs:
    """A training run, and the release that it starts where it succeeded and is tagged so."""
    starts = trained.result.is_good and "release" in trained.tags
    return Runs(trained, world.release(trained) if starts else None)


def again(world: World, runs: Runs) -> Runs:
    """A person runs the failed jobs of the last run again."""
    if runs.released:
        return Runs(runs.trained, world.finish(runs.released))
    return through(world, world.finish(runs.trained))


def need(holds: bool, message: str) -> None:
    if not holds:
        raise Broken(message)


def need_serving(world: World, numbers: Mapping[str, float | None]) -> None:
    """In each target the models of both endpoints have that number; None: nothing serves."""
    for target, number in numbers.items():
        for kind in (ONLINE, BATCH):
            serving = world.judge.serving(world.azure[target], kind)
            expected = {} if number is None else {str(number): 100}
            need(serving == expected, f"in {target}, {kind} serve {serving}, not {expected}")

"""The rows of the matrix: what the gate finds of new models, and who had them trained, on which platform."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, NamedTuple

from tests.loop.checkouts import FIRST, SECOND
from tests.loop.judge import Broken
from tests.loop.pipeline import Result, Run
from tests.loop.platforms import (
    CHURN,
    DEV,
    EACH,
    EVALUATING,
    IN_PLACE,
    MIRROR,
    ONE_ENDPOINT,
    PARAMETER,
    PROD,
    RISK,
    SERVER,
    SMALL,
    TARGETS,
    THREE,
    THREE_ON_SERVER,
    TWO_ENDPOINTS,
    VALUE,
    Platform,
)
from tests.loop.serving import Endpoint, endpoints, entry_of, states
from tests.loop.world import CHANGE, PERSON, SCHEDULE, Numbers, World, starts_release

NewWorld = Callable[[], World]
_NEXT_BUILD = 50  # of the run after all: always the same, so that it is known where it finds the same
BEST = 0.9  # what the run after all finds


@dataclass(frozen=True)
class Place:
    """Where the runs of a platform may look for what they need."""

    new_world: NewWorld
    checkouts: Mapping[str, Path]


@dataclass(frozen=True)
class Outcome:
    """What serves before, what the new models are found to be, and the targets into which their numbers let each.

    Numbers are by model; `finds_later` are those of production, where they differ: it trains on its own data.
    """

    title: str
    serves: Numbers
    finds: Numbers
    goes_to: Mapping[str, tuple[str, ...]]
    finds_later: Numbers | None = None

    def found_in(self, target: str) -> Numbers:
        """What the new models are found to be in a target."""
        return self.finds if target == DEV or self.finds_later is None else self.finds_later


def _of_churn(title: str, serves: float | None, finds: float | None, *goes_to: str, **more: Numbers) -> Outcome:
    return Outcome(title, {CHURN: serves}, {CHURN: finds}, {CHURN: goes_to}, **more)


OUTCOMES = (
    _of_churn("passes", 0.85, 0.86, DEV, PROD),
    _of_churn("below the floor", 0.85, 0.76, DEV),
    _of_churn("worse than serving", 0.85, 0.83, DEV),
    _of_churn("number missing", 0.85, None),
    _of_churn("nothing serves", None, 0.86, DEV, PROD),
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
        return _COLOURS[self.last.result]


_COLOURS = {
    Result.SUCCEEDED: "green",
    Result.ISSUES: "orange",
    Result.FAILED: "red",
    Result.CANCELED: "cancelled",
}


@dataclass(frozen=True)
class Case:
    """A row. `asked` are the parameters with which a person has it trained, beside the reason.

    Where a version is `chosen`, nothing is trained: a person has that released, which was trained first of all, and
    whose numbers are those that the outcome finds.
    """

    outcome: Outcome
    reason: Reason
    platform: Platform = SMALL
    asked: Mapping[str, str] = field(default_factory=dict)
    chosen: str = ""

    code_goes_out: ClassVar[bool] = False  # with what serves, where no new model may
    waits_in: ClassVar[tuple[str, ...]] = TARGETS  # for infrastructure
    handed_on_as: ClassVar[str] = ""  # what the names of the artifacts of what is released begin with

    def __str__(self) -> str:
        return f"{self.outcome.title} by {self.reason.title}"

    @property
    def is_by_change(self) -> bool:
        return self.reason.build_reason == CHANGE

    @property
    def goes_everywhere(self) -> bool:
        return all(targets == TARGETS for targets in self.outcome.goes_to.values())

    def comes_to(self, target: str) -> bool:
        """Whether any new model may serve in a target."""
        return any(target in targets for targets in self.outcome.goes_to.values())

    @property
    def is_judged_by_traffic(self) -> bool:
        """Whether the release comes to a canary, which needs that anything serves before."""
        is_tried = self.outcome.serves[CHURN] is not None and PROD in self.outcome.goes_to[CHURN]
        return is_tried and self.platform.has_canary

    @property
    def has_canary(self) -> bool:
        """Whether anything comes to a canary: a new model, or the code that goes out with what serves."""
        return self.is_judged_by_traffic or self.code_goes_out

    def begin(self, new_world: NewWorld) -> World:
        """A world in which what serves before was released."""
        world = new_world()
        if self.chosen:
            world.set_numbers(everywhere(self.outcome.finds))
            through(world, world.train(CHANGE))
        if self.outcome.serves[CHURN] is not None:
            world.set_numbers(everywhere(self.outcome.serves))
            runs = through(world, world.train(SCHEDULE if self.chosen else CHANGE))
            need(runs.colour == "green", f"the beginning is {runs.colour}: {runs.last.stages}")
            need_serving(world, everywhere(self.outcome.serves))
        return world

    def go(self, world: World) -> Runs:
        """The new models are trained and released, as far as that goes."""
        if self.chosen and world.trained:
            return self.release(world, Runs(world.trained, None))
        world.set_numbers({target: self.outcome.found_in(target) for target in TARGETS})
        why = {"reason": "a try", **self.asked} if self.reason.build_reason == PERSON else {}
        return through(world, world.train(self.reason.build_reason, self.reason.commit, **why))

    def follow(self, world: World, why: str, commit: str) -> Runs:
        """Other models are trained and released, wherever they may serve."""
        return through(world, world.train(why, commit))

    def release(self, world: World, runs: Runs, **more: str) -> Runs:
        """A person starts the release of what was trained, or chosen."""
        chosen = {"models": self.chosen} if self.chosen else {}
        return Runs(runs.trained, world.release(runs.trained, PERSON, **(chosen | more)))

    def all_alike(self, number: float) -> dict[str, Numbers]:
        """Every model of the platform has that number, everywhere."""
        return everywhere(dict.fromkeys(self.platform.models, number))

    @property
    def right_end(self) -> dict[str, Numbers]:
        """What has to serve in each target in the end, if nobody says otherwise."""
        return {
            target: {
                model: self.outcome.found_in(target)[model] if target in targets else self.outcome.serves[model]
                for model, targets in self.outcome.goes_to.items()
            }
            for target in TARGETS
        }

    @property
    def without_canary(self) -> dict[str, Numbers]:
        """The same, where the canary came to nothing: other models go on."""
        right = self.right_end
        return right | {PROD: {**right[PROD], CHURN: self.outcome.serves[CHURN]}}

    @property
    def right_colour(self) -> str:
        """Green only where every model serves everywhere, orange where one of several was refused, red where all."""
        if self.goes_everywhere:
            return "green"
        return "orange" if all(self.comes_to(target) for target in TARGETS) else "red"

    def need_right_colour(self, runs: Runs) -> None:
        need(runs.colour == self.right_colour, f"the runs are {runs.colour}, not {self.right_colour}")

    def need_next(self, world: World, commit: str = "") -> None:
        """The next run of the schedule, by when jobs are done, trains better models, and they serve everywhere.

        It is one of the commit of the case, unless another one was released by then.
        """
        world.stop = None
        world.end_jobs()
        best = self.all_alike(BEST)
        world.set_numbers(best)
        world.next_builds(_NEXT_BUILD)
        runs = self.follow(world, SCHEDULE, commit or self.reason.commit)
        need(runs.colour == "green", f"the next run is {runs.colour}: {runs.last.stages}")
        need_serving(world, best)
        for target in TARGETS:
            left = set(states(world.azure[target])) - {"Succeeded"}
            need(not left, f"slots or endpoints of {target} are left {left}")


def everywhere(numbers: Numbers) -> dict[str, Numbers]:
    """The same in each target."""
    return dict.fromkeys(TARGETS, numbers)


CASES = tuple(Case(outcome, reason) for outcome in OUTCOMES for reason in REASONS)
_TWO_OF_THREE = (
    {CHURN: 0.85, VALUE: 0.85, RISK: 0.85},
    {CHURN: 0.86, VALUE: 0.76, RISK: 0.87},
    {CHURN: (DEV, PROD), VALUE: (DEV,), RISK: (DEV, PROD)},
)
# Each row is a platform of its own; it is a change that has the models trained. More rows go here.
OTHERS = tuple(
    Case(outcome, REASONS[0], platform)
    for platform, outcome in (
        (EVALUATING, _of_churn("a job of the gate finds that it passes", 0.85, 0.86, DEV, PROD)),
        (EVALUATING, _of_churn("a job of the gate finds it below the floor", 0.85, 0.76, DEV)),
        (EVALUATING, _of_churn("a job of the gate finds it worse than what serves", 0.85, 0.83, DEV)),
        (MIRROR, _of_churn("mirrored first, one instance is kept, and it passes", 0.85, 0.86, DEV, PROD)),
        (EACH, _of_churn("each target trains, and both pass", 0.85, 0.86, DEV, PROD, finds_later={CHURN: 0.87})),
        (
            EACH,
            _of_churn("each target trains, production's is refused", 0.85, 0.86, DEV, finds_later={CHURN: 0.76}),
        ),
        (EACH, _of_churn("each target trains, the first one's is refused", 0.85, 0.5, finds_later={CHURN: 0.87})),
        (
            TWO_ENDPOINTS,
            Outcome(
                "two models on two endpoints, one refused in production",
                {CHURN: 0.85, VALUE: 0.85},
                {CHURN: 0.86, VALUE: 0.76},
                {CHURN: (DEV, PROD), VALUE: (DEV,)},
            ),
        ),
        (
            ONE_ENDPOINT,
            Outcome(
                "two models on one endpoint, one refused in production",
                {CHURN: 0.85, VALUE: 0.85},
                {CHURN: 0.86, VALUE: 0.76},
                {CHURN: (DEV,), VALUE: (DEV,)},
            ),
        ),
    )
)
_PERSON = REASONS[2]
# As teams work: these meet all that the small platform meets.
AS_TEAMS_WORK = (
    *(
        Case(outcome, REASONS[0], platform)
        for platform, outcome in (
            (THREE, Outcome("three jobs with a model each, one refused in production", *_TWO_OF_THREE)),
            (SERVER, _of_churn("no agent waits for the training, which passes", 0.85, 0.86, DEV, PROD)),
            (
                THREE_ON_SERVER,
                Outcome("no agent waits for three jobs, one model refused in production", *_TWO_OF_THREE),
            ),
            (IN_PLACE, _of_churn("updated in place, it passes", 0.85, 0.86, DEV, PROD)),
            (IN_PLACE, _of_churn("updated in place, it is worse than serving", 0.85, 0.83, DEV)),
        )
    ),
    Case(
        _of_churn("a person trains it with a parameter, and it passes", 0.85, 0.86, DEV, PROD),
        _PERSON,
        PARAMETER,
        {"since": "2026-01-01"},
    ),
    *(
        Case(outcome, _PERSON, chosen="churn:1")
        for outcome in (
            _of_churn("a person chooses an older version, which passes", 0.86, 0.85, DEV, PROD),
            _of_churn("a person chooses an older version below the floor", 0.86, 0.76, DEV),
        )
    ),
)


def through(world: World, trained: Run) -> Runs:
    """A training run, and the release that it starts where it succeeded and is tagged so."""
    starts = starts_release(trained)
    return Runs(trained, world.release(trained) if starts else None)


def again(world: World, runs: Runs) -> Runs:
    """A person runs the failed jobs of the last run again."""
    if runs.released:
        return Runs(runs.trained, world.finish(runs.released))
    return through(world, world.finish(runs.trained))


def need(holds: bool, message: str) -> None:
    if not holds:
        raise Broken(message)


def need_serving(world: World, numbers: Mapping[str, Numbers]) -> None:
    """In each target the models of each endpoint have these numbers; None: nothing serves."""
    platform = world.judge.platform
    for target, by_model in numbers.items():
        azure = world.azure[target]
        there = {entry_of(endpoint): endpoint for endpoint in endpoints(azure)}
        for (kind, entry), shares in platform.endpoints.items():
            expected = {f"{model} {by_model[model]}": share for model, share in shares.items()}
            if all(by_model[model] is None for model in shares):
                expected = {}
            endpoint = there.get((kind, entry), Endpoint(kind, entry))
            serving = world.judge.serving(azure, target, endpoint)
            need(serving == expected, f"in {target}, {entry} of {kind} serves {serving}, not {expected}")

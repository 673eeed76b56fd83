"""A cell of the matrix is several trials; where all would take too long, a seed chooses some of them.

MLINFRA_LOOP_SEED is that seed (1), MLINFRA_LOOP_TRIALS how many of each cell at most, or all, or one of each kind
(kinds): else what a cell says.
MLINFRA_LOOP_PART=1/8 tries an eighth of these, of each cell and of all alike.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tests.loop.cases import Case, Place
from tests.loop.judge import Broken

SEED, TRIALS, PART = "MLINFRA_LOOP_SEED", "MLINFRA_LOOP_TRIALS", "MLINFRA_LOOP_PART"
ALL, KINDS = "all", "kinds"


class Trial(NamedTuple):
    """One way in which an event happens; `run` raises Broken where something does not hold.

    Those of one kind differ in where, and not in what happens: a script that is stopped in one of several jobs.
    """

    name: str
    run: Callable[[], None]
    kind: str = ""


@dataclass(frozen=True)
class Event:
    """A column: what happens while models are trained and released.

    `trials` are all the ways in which that may be, of which as many are tried as `most` says of a case; `told` is what
    a person sees then, in a few words. `left_out` says why nothing can happen in a case; "" where it can.
    """

    title: str
    trials: Callable[[Case, Place], Iterable[Trial]]
    most: Callable[[Case], int | str]
    told: Callable[[Case], str]
    left_out: Callable[[Case], str] = lambda _: ""


def run_event(event: Event, case: Case, place: Place) -> str:
    """What the page says of a cell; raises Broken with all that is wrong in it."""
    if why := event.left_out(case):
        return why
    trials = list(event.trials(case, place))
    run_trials(chosen(trials, event.most(case), f"{event.title} {case}"), len(trials))
    return event.told(case)


def run_trials(trials: Sequence[Trial], of: int) -> None:
    """Runs them, and says of each that breaks something how to run it again."""
    broken = []
    for trial in trials:
        try:
            trial.run()
        except Broken as error:
            broken.append(f"{trial.name}: {error}")
    if broken:
        asked = f"{SEED}={_seed()} {TRIALS}={os.environ.get(TRIALS, '')} {PART}={os.environ.get(PART, '')}"
        raise Broken("\n\n".join([f"{asked}: {len(broken)} of {len(trials)}, out of {of}", *broken]))


def chosen(trials: Sequence[Trial], most: int | str, name: str) -> Sequence[Trial]:
    """All of them, one of each kind or so many, by the seed, in their order, and of these a part.

    Each name has a choice of its own.
    """
    asked, by_seed = os.environ.get(TRIALS) or str(most), random.Random(f"{_seed()} {name}")
    found = trials
    if asked == KINDS:
        kinds: dict[str, list[int]] = {}
        for number, trial in enumerate(trials):
            kinds.setdefault(trial.kind, []).append(number)
        found = [trials[number] for number in sorted(by_seed.choice(numbers) for numbers in kinds.values())]
    elif asked != ALL and len(trials) > int(asked):
        found = [trials[number] for number in sorted(by_seed.sample(range(len(trials)), int(asked)))]
    return part_of(found, name, os.environ.get(PART) or "1/1")


def part_of(trials: Sequence[Trial], name: str, part: str) -> Sequence[Trial]:
    """One of so many parts; the parts of a cell are all of it, and a cell of one trial isn't always in the first."""
    number, parts = (int(word) for word in part.split("/"))
    return trials[(number - 1 + sum(name.encode())) % parts :: parts]


def _seed() -> str:
    return os.environ.get(SEED) or "1"

"""What goes wrong in a walk: where a script is killed, and what Azure answers in place of what it would, by a seed."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.emulator.faults import Fault

T = TypeVar("T")
SEED = int(os.environ.get("MLINFRA_AZURE_SEED", "1"))
KILLS = os.environ.get("MLINFRA_AZURE_KILLS", "5")  # of each script, over all platforms together; or "all" places
PART = os.environ.get("MLINFRA_AZURE_PART", "1/1")  # of "all" places: the first of so many parts
_MANAGEMENT = "management.azure.com"
_FAULTS: tuple[dict[str, Any], ...] = (
    {"status": 429, "code": "TooManyRequests", "headers": {"Retry-After": "1"}},
    {"status": 409, "code": "AnotherOperationInProgress"},
    {"status": 500, "code": "InternalServerError"},
    {"status": 503, "code": "ServerTimeout"},
    {"status": 401, "code": "ExpiredAuthenticationToken"},
    {"drops": "before"},
    {"drops": "after"},
    {"delay": 2.0},
)
SPREADING = len(_FAULTS)  # no fault: what was made before and is made now is not known everywhere at once


@dataclass(frozen=True, slots=True)
class Chance:
    """Something that happens at one request of a script on one target: at a share of its way, from 0 to 1."""

    place: str  # of whom: "churn production"
    script: str
    share: float
    fault: int  # which of the faults, or SPREADING; -1: it is killed

    def at(self, requests: int) -> int:
        """The number of the request, of so many."""
        return min(requests, 1 + int(self.share * requests))

    def ordered(self, requests: int) -> Fault:
        """The fault, at its request. What az tries again by itself meets it once only."""
        return Fault(_MANAGEMENT, skip=self.at(requests) - 1, **_FAULTS[self.fault])

    def __str__(self) -> str:
        what = "killed" if self.fault < 0 else "spreading" if self.fault == SPREADING else _FAULTS[self.fault]
        return f"{self.place}, {self.script}: {what} at {self.share:.2f} of its way (seed {SEED})"


def chances(scripts: dict[str, list[str]]) -> list[Chance]:
    """For each script, on the targets that have it: one fault, rights that spread, and as many kills as asked for."""
    chosen = []
    for script, places in sorted(scripts.items()):
        random_of_script = random.Random(f"{SEED} {script}")
        kinds = [random_of_script.randrange(len(_FAULTS)), SPREADING, *[-1] * (0 if KILLS == "all" else int(KILLS))]
        chosen += [
            Chance(random_of_script.choice(sorted(places)), script, random_of_script.random(), kind) for kind in kinds
        ]
    return chosen


def everywhere(place: str, runs: Sequence[tuple[str, int]], part: str = PART) -> list[tuple[int, Chance]]:
    """A kill at each request of each run of a script, each with so many, by the run's place; those of a part."""
    kills = [
        (run, Chance(place, script, (at + 0.5) / requests, -1))
        for run, (script, requests) in enumerate(runs)
        for at in range(requests)
    ]
    return of_part(kills, part)


def of_part(places: Sequence[T], part: str = PART) -> list[T]:
    """Those of a part: every so many of them."""
    number, parts = (int(word) for word in part.split("/"))
    return list(places[number - 1 :: parts])

"""How the traffic of an online endpoint moves to what a release brings, as the scripts know it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Canary:
    """How a new slot gets more of the traffic, in per cent of what its entry has, as long as its numbers are good.

    `steps` grow; limits are numbers as they are written, empty where there is none. Before the first step, a copy of
    `mirror_percent` of the requests goes to the slot for `mirror_minutes`; 0 where none does.
    """

    steps: tuple[int, ...]
    wait_minutes: int
    min_requests: int
    error_percent: str
    p95_latency_ms: str
    no_traffic: Literal["fail", "wait", "continue"]
    mirror_percent: int = 0
    mirror_minutes: int = 0

    @property
    def percents(self) -> str:
        return " ".join(map(str, self.steps))


@dataclass(frozen=True)
class Rollout:
    """How traffic moves to new slots of an online endpoint, and what `keep` says of those that it leaves."""

    keep: Literal["full", "one", "none"] = "full"
    canary: Canary | None = None
    in_place: bool = False  # the slot that serves is updated, and called as its entry


AT_ONCE = Rollout()

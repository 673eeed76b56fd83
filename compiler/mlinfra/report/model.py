"""What the page is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mlinfra.differ.model import Difference
from mlinfra.differ.spec import Spec
from mlinfra.header.accept import Class


@dataclass(frozen=True)
class Told:
    """A difference, with both specs: `earlier` is None where that one does not compile, or there is none."""

    difference: Difference
    now: Spec
    earlier: Spec | None
    written: frozenset[str]  # addresses that are written on one of the sides
    between: str  # main 1ea4016 → working tree
    command: str  # that prints the same on a terminal
    compiler: str

    @property
    def targets(self) -> Sequence[str]:
        return [target.name for target in self.now.header.targets]


STAY, LOOK, MADE, CHANGED, HIT, SAME = "stay", "look", "made", "chg", "hit", "same"
LOOKS: dict[Class, str] = {  # how a change looks that is told under a class
    **dict.fromkeys(("loses_data", "orphans", "refused"), STAY),
    **dict.fromkeys(
        ("ignored", "not_known", "interrupts", "irreversible", "opens_access", "weakens", "replaced"), LOOK
    ),
    **dict.fromkeys(("creates", "closes_access"), MADE),
    **dict.fromkeys(("retrains", "releases", "renames", "process", "in_place"), CHANGED),
    "no_effect": SAME,
}
WORDS_OF_LOOKS = {
    STAY: "lost, left behind or refused",
    LOOK: "look",
    MADE: "made",
    CHANGED: "changed",
    HIT: "unchanged, but hit",
    SAME: "untouched",
}

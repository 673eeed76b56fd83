"""What follows from one line: the line as it was and is, and what is hit by it, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mlinfra.report.changes import box_of, place_of
from mlinfra.report.model import Told


@dataclass(frozen=True, slots=True)
class Following:
    place: str
    before: str | None
    after: str | None
    targets: Sequence[str]
    steps: Sequence[Sequence[tuple[str, str]]]  # addresses, each with its box: who has the line, then who follows


def following(found: Told) -> list[Following]:
    """Each line from which more than one change follows, the one with most of them first."""
    return list(_lines(found))


def _lines(found: Told) -> Iterator[Following]:
    for line in found.difference.lines:
        if all(each.is_own for each in line.changes):
            continue  # the list of changes by line has them
        hit = {each.target for each in line.changes}
        targets = [target for target in found.targets if target in hit]
        steps = [[(address, box_of(address, targets, found)) for address in step] for step in line.steps]
        yield Following(place_of(line.cause), line.before, line.after, targets, steps)

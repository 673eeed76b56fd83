"""Where two texts differ, as the hunks of a unified diff, in bounded work for all files of a run together."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

Hunk: TypeAlias = Sequence[tuple[str, int, int, int, int]]  # tag, lines before from and to, lines after; as in difflib

CONTEXT_LINES = 3  # around what differs, as git shows them
MAX_WORK = 10_000_000  # lines and pairs of equal lines that are looked at, in all files together; some two seconds


@dataclass
class Work:
    """What may still be done; whoever looks for differences takes from it."""

    left: int

    def take(self, amount: int) -> None:
        """Raises TooMuchWork, and takes nothing, where less is left."""
        if amount > self.left:
            raise TooMuchWork
        self.left -= amount


class TooMuchWork(Exception):
    """The shortest difference is not worth its time."""


def hunks(before: Sequence[bytes], after: Sequence[bytes], work: Work) -> list[Hunk]:
    """The places where the lines differ, in order; none where they don't.

    Where looking for them is more work than is left: all between the first and the last line that differs, in one.
    """
    if before == after:
        return []
    try:
        return list(_Matcher(before, after, work).get_grouped_opcodes(CONTEXT_LINES))
    except TooMuchWork:
        return [_in_one(before, after)]


class _Matcher(difflib.SequenceMatcher[bytes]):
    """Takes the steps of each search from `work` before it makes them: as many as pairs of equal lines."""

    b2j: dict[bytes, list[int]]  # the places of each line after; difflib

    def __init__(self, before: Sequence[bytes], after: Sequence[bytes], work: Work) -> None:
        super().__init__(None, before, after)
        self._before = before
        self._after = after
        self._work = work

    def find_longest_match(
        self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None
    ) -> difflib.Match:
        end = len(self._before) if ahi is None else ahi
        pairs = sum(len(self.b2j.get(line, ())) for line in self._before[alo:end])
        self._work.take(end - alo + pairs)
        return super().find_longest_match(alo, end, blo, len(self._after) if bhi is None else bhi)


def _in_one(before: Sequence[bytes], after: Sequence[bytes]) -> Hunk:
    shorter = min(len(before), len(after))
    first = next((index for index in range(shorter) if before[index] != after[index]), shorter)
    most = shorter - first
    last = next((count for count in range(most) if before[-1 - count] != after[-1 - count]), most)
    start, ends = max(first - CONTEXT_LINES, 0), (len(before) - last, len(after) - last)
    below = min(last, CONTEXT_LINES)
    return (
        ("equal", start, first, start, first),
        ("replace", first, ends[0], first, ends[1]),
        ("equal", ends[0], ends[0] + below, ends[1], ends[1] + below),
    )

"""The lines of files on both sides: what stood where, and which of them somebody changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cached_property
from typing import NamedTuple

from mlinfra.diagnostics import Span
from mlinfra.diagnostics.lines import split_lines
from mlinfra.differ.model import SideName
from mlinfra.differ.spec import Spec

MAX_COMPARED = 5_000  # lines of a file in which the one that stood there before is looked for


class Block(NamedTuple):
    """Neighbouring lines that were replaced, added or removed; counted from 0, the ends not among them."""

    first: int  # then
    last: int
    start: int  # now
    end: int


@dataclass(frozen=True)
class Compared:
    """The lines of a file on both sides."""

    old: list[str]
    new: list[str]

    @cached_property
    def blocks(self) -> tuple[Block, ...] | None:
        """The lines that differ, in order; None where there are too many lines to look."""
        if max(len(self.old), len(self.new)) > MAX_COMPARED:
            return None
        codes = SequenceMatcher(None, self.old, self.new, autojunk=False).get_opcodes()
        return tuple(Block(*places) for tag, *places in codes if tag != "equal")

    def before(self, at: int) -> int | None:
        """Where a line of now stood before, if as many lines stand in the place of those that it is among."""
        for first, last, start, end in (self.blocks or ()) if self.old else ():
            if start <= at < end and last - first == end - start:
                return first + at - start
        return None

    @cached_property
    def changed(self) -> dict[SideName, frozenset[int]]:
        """The lines, counted from 1, that the other side does not have."""
        if self.blocks is None:
            return {"from": frozenset(_missing(self.old, self.new)), "to": frozenset(_missing(self.new, self.old))}
        return {
            "from": frozenset(at + 1 for block in self.blocks for at in range(block.first, block.last)),
            "to": frozenset(at + 1 for block in self.blocks for at in range(block.start, block.end)),
        }


@dataclass
class FileLines:
    """The files of two specs, each read and compared once."""

    now: Spec
    before: Spec | None
    _of_files: dict[str, Compared] = field(default_factory=dict)

    def of(self, file: str) -> Compared:
        """A file by its path from the root of the repository."""
        if file not in self._of_files:
            old, new = (_lines(side, file) if side else [] for side in (self.before, self.now))
            self._of_files[file] = Compared(old, new)
        return self._of_files[file]

    def changed_in(self, side: SideName, span: Span) -> Span | None:
        """The first line of a place in the spec that somebody changed; None where nobody changed any."""
        spec = self.now if side == "to" else self.before
        lines = self.of(spec.path(span.file)).changed[side] if spec else frozenset()
        line = next((line for line in range(span.line, span.end_line + 1) if line in lines), None)
        return None if line is None else span._replace(line=line)

    @property
    def are_one(self) -> bool:
        """Whether both sides are one spec, in two of its targets."""
        return self.before is not None and self.now.header is self.before.header


def _lines(spec: Spec, file: str) -> list[str]:
    graph = next(iter(spec.graphs.values()), None)
    return split_lines(graph.files.text_or_none(spec.root / file) or "") if graph else []


def _missing(lines: Sequence[str], others: Sequence[str]) -> Iterator[int]:
    there = set(others)
    return (number for number, line in enumerate(lines, start=1) if line not in there)

"""What a text has to hold for a regular expression to find anything in it.

Some hundred expressions are looked for in a text, and few of them are there. Whether a word stands in a text is known
a hundred times as soon as whether an expression does, and all of it stays linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

Literals: TypeAlias = frozenset[str]  # of which every match holds at least one; of none nothing is known
UNKNOWN: Literals = frozenset()
_WIDTHLESS = frozenset("bBAZ")  # escapes that stand between characters
_QUANTIFIER = re.compile(r"(?:[*+?]|\{(\d*)(,?)\d*\})[?+]?")
_TOKENS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[(|)]")  # an escape, a class, a bracket or a bar
_LOOKING = re.compile(r"\?<?[=!]")
_OPENING = re.compile(r"\?(?:P<\w+>|:)")


@dataclass(frozen=True)
class Branch:
    """One of the alternatives of an expression, compiled once it is looked for."""

    pattern: str

    @cached_property
    def literals(self) -> Literals:
        return literals_of(self.pattern)

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)


@dataclass(frozen=True)
class Expression:
    """A regular expression without flags."""

    pattern: str

    @cached_property
    def branches(self) -> tuple[Branch, ...]:
        return tuple(map(Branch, branches_of(self.pattern)))


class Text:
    """A text, and which literals it holds, each looked for once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._held: dict[str, bool] = {}

    def matches(self, expression: Expression) -> Iterator[re.Match[str]]:
        """What `finditer` of the expression finds: at each place the first alternative that matches there."""
        there = [branch.compiled for branch in expression.branches if self._may_hold(branch)]
        found = [each.search(self.text) for each in there]
        while first := min(filter(None, found), key=re.Match.start, default=None):
            yield first
            at = max(first.end(), first.start() + 1)
            found = [
                match if match is None or match.start() >= at else each.search(self.text, at)
                for each, match in zip(there, found, strict=True)
            ]

    def _may_hold(self, branch: Branch) -> bool:
        """Whether it may match; where this says no, it does not."""
        return not branch.literals or any(map(self._holds, branch.literals))

    def _holds(self, literal: str) -> bool:
        held = self._held.get(literal)
        if held is None:
            held = self._held[literal] = literal in self.text
        return held


def branches_of(pattern: str) -> list[str]:
    """The alternatives of an expression, and of one that is a group and nothing else those in it.

    >>> branches_of("no (job|run)|(a|b(c|d))")
    ['no (job|run)', 'a', 'b(c|d)']
    """
    bars, end_of_first = _bars(pattern)
    if not bars:
        is_a_group = pattern.startswith("(") and not pattern.startswith("(?") and end_of_first == len(pattern)
        return branches_of(pattern[1:-1]) if is_a_group else [pattern]
    cut = [pattern[start + 1 : end] for start, end in zip([-1, *bars], [*bars, len(pattern)], strict=True)]
    return [branch for each in cut for branch in branches_of(each)]


def _bars(pattern: str) -> tuple[list[int], int]:
    """Where bars stand in no group, and where the first group ends."""
    found: list[int] = []
    depth = end_of_first = 0
    for token in _TOKENS.finditer(pattern):
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        if token[0] == "|" and not depth:
            found.append(token.start())
        elif token[0] == ")" and not depth:
            end_of_first = end_of_first or token.end()
    return found, end_of_first


def literals_of(pattern: str) -> Literals:
    """The literals of an expression without flags; UNKNOWN where a match may hold none.

    >>> sorted(literals_of(r"\\bnot (found|there)\\b|no such .{1,9}file"))
    ['found', 'no such ', 'there']
    """
    return _Reader(pattern).alternatives()


class _Reader:
    """Reads an expression from its beginning to its end."""

    def __init__(self, pattern: str) -> None:
        self._pattern, self._at = pattern, 0

    def alternatives(self) -> Literals:
        """Up to the end, or to the bracket that closes a group: all of which one is there."""
        found = [self._sequence()]
        while self._next() == "|":
            self._at += 1
            found.append(self._sequence())
        return frozenset().union(*found) if all(found) else UNKNOWN

    def _sequence(self) -> Literals:
        """One after the other: the most telling of what all have to be there."""
        best, run = UNKNOWN, ""
        while self._next() not in ("", "|", ")"):
            letter, group = self._atom()
            is_there, is_one = self._quantifier()
            run += letter or "" if is_there else ""
            if letter is None or not (is_there and is_one):
                best, run = _better((best, {run}, group if is_there else UNKNOWN)), ""
        return _better((best, {run}))

    def _next(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _atom(self) -> tuple[str | None, Literals]:
        """A letter, nothing of what stands between letters, None of a class or a group; and what the group holds."""
        first = self._next()
        self._at += 1
        if first == "\\":
            escaped = self._next()
            self._at += 1
            return ("" if escaped in _WIDTHLESS else None if escaped.isalnum() else escaped), UNKNOWN
        if first == "[":
            self._skip_class()
            return None, UNKNOWN
        if first == "(":
            return self._group()
        return ("" if first in "^$" else None if first == "." else first), UNKNOWN

    def _group(self) -> tuple[str | None, Literals]:
        looks = _LOOKING.match(self._pattern, self._at)
        opening = looks or _OPENING.match(self._pattern, self._at)
        self._at = opening.end() if opening else self._at
        inner = self.alternatives()
        self._at += 1
        return ("", UNKNOWN) if looks else (None, inner)

    def _skip_class(self) -> None:
        self._at += 1 + (self._next() == "^")  # a bracket that stands first closes nothing
        while self._next() not in ("", "]"):
            self._at += 2 if self._next() == "\\" else 1
        self._at += 1

    def _quantifier(self) -> tuple[bool, bool]:
        """Whether what stands before it has to be there, and whether it is there once."""
        found = _QUANTIFIER.match(self._pattern, self._at)
        if found is None:
            return True, True
        self._at = found.end()
        sign = found[0][0]
        if sign == "{":
            return bool(int(found[1] or 0)), False
        return sign == "+", False


def _better(each: Iterable[Iterable[str]]) -> Literals:
    """Of what all has to be there: the one whose shortest literal is the longest, and of these the smallest."""
    known = [frozenset(literals) for literals in each if literals and all(literals)]
    return max(known, key=lambda literals: (min(map(len, literals)), -len(literals)), default=UNKNOWN)

"""`moved`: what was called otherwise before, and keeps the name on Azure that follows from its old address.

Only the list itself is judged here. Whether something is still called as it was, and what it is called now, only all
targets together say.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from mlinfra.bodies.fields import ENTRY_NAME
from mlinfra.diagnostics import Diagnostic, Related, Span, finding
from mlinfra.diagnostics.suggest import closest_name, is_slip, question
from mlinfra.header import codes
from mlinfra.header.model import PLATFORM_NAME, TARGET_NAME, WrittenMove
from mlinfra.header.places import TARGETS
from mlinfra.source import Vocabulary, tree

MOVED, PLATFORM = "moved", "platform"
_OF_ALL = ("diagnostics", "lock")  # what is derived below an entry, and follows it


class Move(NamedTuple):
    """One line of the list: addresses, and where they are written."""

    former: str
    address: str
    former_span: Span
    address_span: Span


@dataclass(frozen=True)
class Moves:
    """The lines that are right, in which no address has two others."""

    lines: tuple[Move, ...] = ()

    def first(self, address: str) -> str:
        """The first address of the chain that ends at one; that itself where nothing was moved there."""
        return self._firsts.get(address, address)

    def last(self) -> Iterator[Move]:
        """The lines at whose `to` a chain ends."""
        left = {move.former for move in self.lines}
        return (move for move in self.lines if move.address not in left)

    @cached_property
    def _firsts(self) -> Mapping[str, str]:
        after = {move.former: move.address for move in self.lines}
        found: dict[str, str] = {}
        for first in after.keys() - set(after.values()):
            address = first
            while address in after:
                address = after[address]
                found[address] = first
        return found

    def name(self, address: str) -> str:
        """What is called so in names on Azure: the last word of the first address."""
        return name_in(self.first(address))


def name_in(address: str) -> str:
    return address.rpartition(".")[2]


def moves_of(
    written: Collection[WrittenMove], header: tree.Mapping, vocabulary: Vocabulary
) -> tuple[Moves, list[Diagnostic]]:
    """The moves of a header, and all that is wrong with them; a wrong line is left out."""
    if not written:
        return Moves(), []
    judged = _Judge(vocabulary)
    for index, move in enumerate(written):
        former, address = (tree.deepest(header, (MOVED, index, key)).span for key in ("from", "to"))
        judged.take(Move(move.former, move.address, former, address))
    return Moves(tuple(judged.moves())), judged.findings


class _Judge:
    """Takes the lines one by one."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._by_former: dict[str, Move] = {}
        self._by_address: dict[str, Move] = {}
        self._circular: set[str] = set()  # addresses of which nobody knows which was the first
        self._last: dict[str, str] = {}  # by the first address of a chain
        self._first: dict[str, str] = {}  # by the last one
        self.findings: list[Diagnostic] = []

    def take(self, move: Move) -> None:
        wrong = (
            self._not_an_address(move.former, move.former_span)
            or self._not_an_address(move.address, move.address_span)
            or self._twice(move.address, move.address_span, self._by_address)
            or self._twice(move.former, move.former_span, self._by_former)
            or self._circle(move)
        )
        if wrong:
            self.findings.append(wrong)
            return
        self._by_former[move.former] = self._by_address[move.address] = move
        first, last = self._first.get(move.former, move.former), self._last.get(move.address, move.address)
        self._last[first], self._first[last] = last, first

    def moves(self) -> Iterator[Move]:
        """The lines that stay within their section and owner, once all owners are known."""
        whole = Moves(tuple(move for move in self._by_former.values() if move.former not in self._circular))
        for move in whole.lines:
            there, here = (_owner(whole, address) for address in (move.former, move.address))
            if there == here:
                yield move
                continue
            message = f"{move.former} can't become {move.address}: an entry moves within its section and its owner"
            help = "write azure_name: in the entry, with the name that it keeps"
            self.findings.append(finding(codes.MOVED, message, move.address_span, help))

    def _not_an_address(self, address: str, span: Span) -> Diagnostic | None:
        section, *rest = address.split(".")
        name = {PLATFORM: PLATFORM_NAME, TARGETS: TARGET_NAME}.get(section, ENTRY_NAME)
        nested = self._vocabulary.nested.get(section, ())
        is_known = section in (PLATFORM, TARGETS, *self._vocabulary.sections)
        is_one = len(rest) == 1 or (len(rest) == 3 and rest[1] in nested)
        if is_known and is_one and all(re.fullmatch(name, each) for each in rest[::2]):
            return None
        help = "write <section>.<name>, platform.<name> or targets.<name>, such as workspaces.main"
        help = question(self._meant(address), help) or help
        return finding(codes.MOVED, f'"{address}" is not an address that moves', span, help)

    def _meant(self, address: str) -> str | None:
        """The address that moves and is like one that does not: a section or a key in it has a slip, or is left out."""
        section, *rest = address.split(".")
        meant = _slip_of(section, (PLATFORM, TARGETS, *self._vocabulary.sections))
        holders = [each for each, keys in self._vocabulary.nested.items() if section in keys]
        if meant is None and len(rest) == 1 and len(holders) == 1:
            return f"{holders[0]}.<entry>.{address}"
        if meant is None or not rest:
            return None
        keys = self._vocabulary.nested.get(meant, ())
        if len(rest) == 1:
            words = (meant, *rest)
        elif len(rest) == 2 and len(keys) == 1 and rest[1] not in _OF_ALL:
            words = (meant, rest[0], keys[0], rest[1])
        elif len(rest) == 3 and (key := _slip_of(rest[1], keys)):
            words = (meant, rest[0], key, rest[2])
        else:
            return None
        return ".".join(words) if words != (section, *rest) else None

    def _twice(self, address: str, span: Span, taken: Mapping[str, Move]) -> Diagnostic | None:
        if address not in taken:
            return None
        other = taken[address].former_span if taken is self._by_former else taken[address].address_span
        return finding(
            codes.MOVED, f"{address} stands in two lines", span, "keep one", related=(Related("and here", other),)
        )

    def _circle(self, move: Move) -> Diagnostic | None:
        if self._last.get(move.address, move.address) != move.former:
            return None
        step, chain = move.address, [move.former, move.address]
        while step in self._by_former:
            step = self._by_former[step].address
            chain.append(step)
        self._circular |= set(chain)
        message = f"moved goes in a circle: {' to '.join(chain)}"
        return finding(codes.MOVED, message, move.address_span, "take out the line of the name that nothing has now")


def _slip_of(word: str, names: Collection[str]) -> str | None:
    """The one of the names that a word is, or is with a slip."""
    near = word if word in names else closest_name(word, names)
    return near if near is not None and (near == word or is_slip(word, near)) else None


def _owner(moves: Moves, address: str) -> str:
    """Section, and owner by its first address, of what has an address."""
    section, *rest = address.split(".")
    if len(rest) == 1:
        return section
    return f"{moves.first(f'{section}.{rest[0]}')}.{rest[1]}"

"""Sets of packets, as boxes: for each thing that a rule asks about, which of its values it is about.

Addresses and ports are cut at every bound that a rule names, so a value stands for packets that no rule tells apart.
A tag, or a group of machines, holds addresses that nobody here knows: whether a packet is of it is a question by
itself, so that what a tag and a range have in common is never left out. A tag of one region lies in that of all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import product
from typing import Protocol, TypeAlias

from mlinfra.azure.exposure import range_of

Packets: TypeAlias = tuple[int, ...]  # for each question a set of values, as bits
_EVERYWHERE = frozenset({"*", "any", "0.0.0.0/0", "::/0"})
_ALL = "*"
_IS_OF_IT, _YES_OR_NO = 1, 3
_PORTS = 65536
_IPV6 = 1 << 32  # where its addresses begin, behind those of IPv4
_ADDRESSES = _IPV6 + (1 << 128)


class Asking(Protocol):
    """A rule, of which one is about the packets that all of this is true of; nothing stands for everything."""

    @property
    def protocol(self) -> str: ...

    @property
    def sides(self) -> tuple[frozenset[str], frozenset[str]]: ...

    @property
    def ports(self) -> tuple[frozenset[str], frozenset[str]]: ...


def shared(one: Packets, other: Packets) -> Packets | None:
    """Those that are in both; None where there are none."""
    both = tuple(first & second for first, second in zip(one, other, strict=True))
    return both if all(both) else None


def is_something_left(packets: Packets, taken: Sequence[Packets]) -> bool:
    """Whether there are packets of these that are in none of the others."""
    for place, each in enumerate(taken):
        common = shared(packets, each)
        if common is None:
            continue
        rest = list(packets)
        for question, values in enumerate(common):
            if outside := rest[question] & ~values:
                piece = (*rest[:question], outside, *rest[question + 1 :])
                if is_something_left(piece, taken[place + 1 :]):
                    return True
            rest[question] = values
        return False
    return True


class _Cuts:
    """The values between bounds, each a bit."""

    def __init__(self, spans: Iterable[tuple[int, int]], end: int) -> None:
        self.bounds = sorted({0, end, *(bound for span in spans for bound in span)})
        self.place = {bound: place for place, bound in enumerate(self.bounds)}
        self.all = (1 << (len(self.bounds) - 1)) - 1

    def values(self, spans: Iterable[tuple[int, int]]) -> int:
        found = 0
        for first, end in spans:
            found |= (1 << self.place[end]) - (1 << self.place[first])
        return found


class Space:
    """All packets, as far as some rules tell them apart."""

    def __init__(self, rules: Sequence[Asking]) -> None:
        protocols = sorted({rule.protocol for rule in rules} - {_ALL})
        self._protocols = {name: 1 << place for place, name in enumerate(protocols)}
        self._ports = [
            _Cuts((span for rule in rules for span in _of_ports(rule.ports[side])), _PORTS) for side in (0, 1)
        ]
        items = [frozenset(item for rule in rules for item in rule.sides[side]) - _EVERYWHERE for side in (0, 1)]
        self._ranges = [_Cuts(_of_ranges(each), _ADDRESSES) for each in items]
        self._tags = [sorted(item for item in each if _range(item) is None) for each in items]
        any_protocol = (1 << (len(protocols) + 1)) - 1
        fixed = (any_protocol, *(each.all for each in (*self._ports, *self._ranges)))
        self.all: Packets = (*fixed, *(_YES_OR_NO for tags in self._tags for _ in tags))

    def packets(self, rule: Asking) -> Iterator[Packets]:
        """Those of a rule: several boxes where a side names a tag beside ranges, or another tag."""
        first = self._protocols.get(rule.protocol, self.all[0])
        ports = [
            (_ALL not in written and cuts.values(_of_ports(written))) or cuts.all
            for cuts, written in zip(self._ports, rule.ports, strict=True)
        ]
        for sides in product(*(self._of_side(side, rule.sides[side]) for side in (0, 1))):
            yield (first, *ports, *(ranges for ranges, _ in sides), *(each for _, tags in sides for each in tags))

    def _of_side(self, side: int, items: Collection[str]) -> Iterator[tuple[int, list[int]]]:
        cuts, tags = self._ranges[side], self._tags[side]
        any_tag = [_YES_OR_NO] * len(tags)
        if not items or not _EVERYWHERE.isdisjoint(items):
            yield cuts.all, any_tag
            return
        if ranges := cuts.values(_of_ranges(items)):
            yield ranges, any_tag
        for item in items:
            if _range(item) is None:
                yield cuts.all, [_IS_OF_IT if f"{item}.".startswith(f"{tag}.") else _YES_OR_NO for tag in tags]


def _of_ports(written: Iterable[str]) -> Iterator[tuple[int, int]]:
    for each in written:
        low, _, high = each.partition("-")
        if low.isdigit() and (high or low).isdigit():
            yield int(low), int(high or low) + 1


def _of_ranges(items: Iterable[str]) -> Iterator[tuple[int, int]]:
    return (span for item in items if (span := _range(item)) is not None)


def _range(item: str) -> tuple[int, int] | None:
    found = range_of(item)
    if found is None:
        return None
    begin = 0 if found.version == 4 else _IPV6
    return begin + int(found.network_address), begin + int(found.broadcast_address) + 1

"""Ranges of addresses: which lie in which, asked of thousands at once."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter

from mlinfra.bodies.fields import PLACEHOLDER

MAX_SHARED = 10  # others with which one is said to share addresses


def ranges_in(written: Iterable[object]) -> list[ipaddress.IPv4Network | None]:
    """None for what is filled in later."""
    texts = (each if isinstance(each, str) and not PLACEHOLDER.search(each) else None for each in written)
    return [None if text is None else ipaddress.IPv4Network(text) for text in texts]


def above(one: ipaddress.IPv4Network, lengths: Iterable[int]) -> Iterator[ipaddress.IPv4Network]:
    """The ranges of these lengths that a range is, or lies in."""
    return (one.supernet(new_prefix=length) for length in lengths if length <= one.prefixlen)


def shared_by_two(
    ones: Sequence[ipaddress.IPv4Network | None], others: Sequence[ipaddress.IPv4Network | None]
) -> ipaddress.IPv4Network | None:
    """The first that two have in common."""
    return next((both for _, both in shared_by([ones, others])), None)


def shared_by(
    many: Sequence[Sequence[ipaddress.IPv4Network | None]],
) -> list[tuple[tuple[int, int], ipaddress.IPv4Network]]:
    """What two of these have in common, by their numbers: each is compared with the few that it lies in."""
    every = [(each, number) for number, own in enumerate(many) for each in own if each]
    shared: dict[tuple[int, int], ipaddress.IPv4Network] = {}
    around: list[tuple[ipaddress.IPv4Network, int]] = []
    for each, number in sorted(every):
        while around and not each.subnet_of(around[-1][0]):
            around.pop()
        for _, other in around[-MAX_SHARED:]:
            if other != number:
                shared.setdefault((min(number, other), max(number, other)), each)
        around.append((each, number))
    return sorted(shared.items(), key=itemgetter(0))

"""What most is trained or released anew for: changes of one cause, told as one, in the order in which they happen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mlinfra.differ.grouping import Told
from mlinfra.differ.model import Cause
from mlinfra.differ.words import headline
from mlinfra.header.accept import Class

LEAST = 3  # changes with one cause, from which on they are told as one
_STEPS: dict[Class, str] = {  # what follows, in the order of time
    "creates": "new versions of",
    "process": "run otherwise",
    "retrains": "trained anew",
    "releases": "released anew",
    "in_place": "renewed",
}


@dataclass(frozen=True)
class Chain:
    """A cause, what it changes itself, and what follows from that."""

    cause: Sequence[Cause]
    roots: Sequence[Told]
    rest: Sequence[Told]


def chain(groups: Sequence[Told]) -> tuple[Chain | None, list[Told]]:
    """The longest that leads to a training or a release, and the groups that are not in it."""
    found: dict[tuple[Cause, ...], list[Told]] = {}
    for group in groups:
        if headline(group.first) in _STEPS and group.first.cause and not group.first.is_accepted:
            found.setdefault(group.first.cause, []).append(group)
    longest = max((each for each in found.values() if _leads_on(each)), key=len, default=None)
    if longest is None:
        return None, list(groups)
    roots = [group for group in longest if group.first.is_own and not group.first.through]
    rest = [group for group in longest if group not in roots]
    return Chain(longest[0].first.cause, roots, rest), [group for group in groups if group not in longest]


def _leads_on(groups: Sequence[Told]) -> bool:
    return len(groups) >= LEAST and any(headline(group.first) in ("retrains", "releases") for group in groups)


def told(chain: Chain) -> Iterator[tuple[str, list[Told]]]:
    """What happens to which, in the order of time; nothing of which there is none."""
    for name, words in _STEPS.items():
        if groups := [group for group in chain.rest if headline(group.first) == name]:
            yield words, groups

"""Who gains access by a change: people, groups and identities that were there before, and those that come with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mlinfra.differ.model import Difference
from mlinfra.formats.text import names_in_words
from mlinfra.languages import section_row

MOST = 3  # of whom a sentence names


@dataclass(frozen=True)
class Gain:
    """That somebody may do more than before."""

    who: str  # the address of a principal or an identity, or an object id
    targets: tuple[str, ...]
    what: tuple[str, ...]  # addresses, what holds data first
    is_new: bool  # it comes with the change itself


def gains(found: Difference) -> tuple[Gain, ...]:
    """Each who gains something of what was there before, those who were there first.

    What comes with the change holds nothing yet: who reaches that alone gains nothing.
    """
    made = {each.address for each in found.changes if each.action == "created"}
    targets: dict[str, dict[str, None]] = {}
    what: dict[str, dict[str, None]] = {}
    gained = [(each.principal, each.scope, each.target) for each in found.access if each.after]
    gained += [(each.principal, each.data, each.target) for each in found.data if each.is_more]
    for who, scope, target in gained:
        if _lies_in(scope, made):
            continue
        targets.setdefault(who, {})[target] = None
        what.setdefault(who, {})[scope] = None
    listed = [
        Gain(who, tuple(there), tuple(sorted(what[who], key=_weight)), who in made) for who, there in targets.items()
    ]
    return tuple(sorted(listed, key=lambda gain: (gain.is_new, _weight(gain.what[0]))))


def _lies_in(address: str, made: set[str]) -> bool:
    keys = address.split(".")
    return any(".".join(keys[:count]) in made for count in range(2, len(keys) + 1))


def _weight(address: str) -> tuple[int, str]:
    """Data that nobody can make again first, then the rest."""
    row = section_row(address)
    return (0 if row is not None and set(row.holds) - {"images"} else 1, address)


def in_a_sentence(listed: Sequence[Gain], order: Sequence[str]) -> str:
    """Who gains access, and where; empty where nobody does who was there before."""
    known = [gain for gain in listed if not gain.is_new]
    if not known:
        return ""
    names = few([gain.who for gain in known])
    where = names_in_words(in_order({target for gain in known for target in gain.targets}, order))
    return f"{names_in_words(names)} {'gain' if len(names) > 1 else 'gains'} access in {where}"


def few(names: Sequence[str]) -> list[str]:
    """As many as a sentence names."""
    return [*names[:MOST], *(["others"] if len(names) > MOST else [])]


def new_ones(listed: Sequence[Gain]) -> list[str]:
    """Those that come with the change, and may do what they are made for."""
    return [gain.who for gain in listed if gain.is_new]


def in_order(targets: Iterable[str], order: Sequence[str]) -> list[str]:
    return sorted(targets, key=lambda target: (order.index(target) if target in order else len(order), target))

"""Who gains access by a change: people, groups and identities that were there before, and those that come with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mlinfra.differ.model import Difference
from mlinfra.formats.text import names_in_words
from mlinfra.languages import section_row

_IMAGES = "images"
_OBJECT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-", re.IGNORECASE)  # the id of somebody in Entra
MOST = 3  # names of a sentence, people and groups apart: these are always named


@dataclass(frozen=True)
class Gain:
    """That somebody may do more than before."""

    who: str  # the address of a principal or an identity, or an object id
    targets: tuple[str, ...]
    what: tuple[str, ...]  # addresses, what holds data first
    is_new: bool  # it comes with the change itself
    is_of_new: bool  # and all that it gains: that holds nothing yet


def gains(found: Difference) -> tuple[Gain, ...]:
    """Each who gains something, people and groups first, then those who were there before.

    What comes with the change holds nothing yet: an identity of the spec that reaches that alone gains nothing.
    """
    made = {each.address for each in found.changes if each.action == "created"}
    targets: dict[str, dict[str, None]] = {}
    what: dict[str, dict[str, None]] = {}
    gained = [(each.principal, each.scope, each.target) for each in found.access if each.after]
    gained += [(each.principal, each.data, each.target) for each in found.data if each.is_more]
    for who, scope, target in gained:
        if _lies_in(scope, made) and not is_somebody(who):
            continue
        targets.setdefault(who, {})[target] = None
        what.setdefault(who, {})[scope] = None
    listed = [
        Gain(
            who,
            tuple(there),
            tuple(sorted(what[who], key=weight)),
            who in made,
            all(_lies_in(scope, made) for scope in what[who]),
        )
        for who, there in targets.items()
    ]
    return tuple(sorted(listed, key=lambda gain: (gain.is_new, not is_somebody(gain.who), weight(gain.what[0]))))


def is_somebody(who: str) -> bool:
    """Whether it is a person, a group or an application of Entra, and no identity that the spec makes."""
    row = section_row(who)
    return bool(row and row.identified_by) or _OBJECT.match(who) is not None


def _lies_in(address: str, made: set[str]) -> bool:
    keys = address.split(".")
    return any(".".join(keys[:count]) in made for count in range(2, len(keys) + 1))


def weight(address: str) -> tuple[int, str]:
    """Data that nobody can make again first, registries last."""
    row = section_row(address)
    if row is not None and set(row.holds) - {_IMAGES}:
        return 0, address
    return 2 if row is not None and (row.resource_type or "").endswith("/registries") else 1, address


def in_a_sentence(listed: Sequence[Gain], order: Sequence[str]) -> str:
    """Who gains access, and where; empty where nobody does who was there before."""
    known = [gain for gain in listed if not gain.is_new]
    if not known:
        return ""
    names = few([gain.who for gain in known])
    where = names_in_words(in_order({target for gain in known for target in gain.targets}, order))
    return f"{names_in_words(names)} {'gain' if len(names) > 1 else 'gains'} access in {where}"


def few(names: Sequence[str]) -> list[str]:
    """As many as a sentence names, and each person and group."""
    people = [name for name in names if is_somebody(name)]
    rest = [name for name in names if name not in people]
    shown = rest[: max(0, MOST - len(people))]
    return [*people, *shown, *(["others"] if len(shown) < len(rest) else [])]


def new_ones(listed: Sequence[Gain]) -> list[str]:
    """Those that come with the change, and may do what they are made for."""
    return [gain.who for gain in listed if gain.is_new]


def in_order(targets: Iterable[str], order: Sequence[str]) -> list[str]:
    return sorted(targets, key=lambda target: (order.index(target) if target in order else len(order), target))

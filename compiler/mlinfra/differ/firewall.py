"""Rules of network security groups, read together: whether one list of them lets in more than another.

Both lists decide about the same packets: each is allowed, denied, or left to what comes after the list. More is let in
where there is a packet that the later list allows and the earlier one did not, or that it no longer denies. What a rule
is called, or is there for, lets nobody in, nor does one before which others decide all that it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple, TypeVar

from mlinfra.differ.packets import Packets, Space, is_something_left, shared
from mlinfra.header.accept import Class

T = TypeVar("T")
_DENIED, _LEFT_OPEN, _ALLOWED = range(3)
_SIDES = ("source", "destination")


class Rule(NamedTuple):
    """What one rule is about, as it is written; no item of a side or of ports stands for all of them."""

    direction: str
    verdict: int
    priority: int
    protocol: str
    sides: tuple[frozenset[str], frozenset[str]]  # from, to
    ports: tuple[frozenset[str], frozenset[str]]


class _Decided(NamedTuple):
    """Packets, and what is decided about those of them that nothing earlier decides about."""

    packets: Packets
    verdict: int


def reached_by(before: Any, after: Any) -> Iterator[Class]:
    """Whether more is let through by the later rules, and whether less is."""
    sides = [tuple(_rules(side)) for side in (before, after)]
    found: set[Class] = set()
    for direction in sorted({rule.direction for side in sides for rule in side}):
        old, new = ([rule for rule in side if rule.direction == direction] for side in sides)
        space = Space((*old, *new))
        first, second = (_decided(side, space) for side in (old, new))
        if _lets_more(first, second):
            found.add("opens_access")
        if _lets_more(second, first):
            found.add("closes_access")
    yield from sorted(found, reverse=True)


def comes_too_late(rule: Any, beside: Any) -> bool:
    """Whether rules before it, of those beside it, decide all that it is about."""
    [late], others = list(_rules([rule])), list(_rules(beside))
    earlier = [each for each in others if each.direction == late.direction and each.priority < late.priority]
    space = Space((late, *earlier))
    decided = [packets for each in earlier for packets in space.packets(each)]
    return not any(is_something_left(packets, decided) for packets in space.packets(late))


def _decided(rules: Sequence[Rule], space: Space) -> list[_Decided]:
    """The packets of each rule in their order, and at last all of them."""
    ordered = sorted(rules, key=lambda rule: rule.priority)
    found = [_Decided(packets, rule.verdict) for rule in ordered for packets in space.packets(rule)]
    return [*found, _Decided(space.all, _LEFT_OPEN)]


def _lets_more(old: Sequence[_Decided], new: Sequence[_Decided]) -> bool:
    """Whether there is a packet about which the later ones decide more kindly."""
    for (late, now), (early, was) in product(enumerate(new), enumerate(old)):
        both = shared(now.packets, was.packets) if now.verdict > was.verdict else None
        if both is not None:
            earlier = [each.packets for each in (*new[:late], *old[:early])]
            if is_something_left(both, earlier):
                return True
    return False


def _rules(written: Any) -> Iterator[Rule]:
    for item in written if isinstance(written, list) else ():
        body = item.get("properties", item) if isinstance(item, Mapping) else {}
        yield Rule(
            str(body.get("direction", "")).lower(),
            _ALLOWED if str(body.get("access", "")).lower() == "allow" else _DENIED,
            int(body.get("priority") or 0),
            str(body.get("protocol", "*")).lower(),
            (_side(body, "source"), _side(body, "destination")),
            (_ports(body, "source"), _ports(body, "destination")),
        )


def _side(body: Mapping[str, Any], side: str) -> frozenset[str]:
    groups = body.get(f"{side}ApplicationSecurityGroups") or ()
    ids = [str(each.get("id", "")) if isinstance(each, Mapping) else str(each) for each in groups]
    return frozenset(each.lower() for each in (*one_or_several(body, f"{side}AddressPrefix", "es"), *ids))


def _ports(body: Mapping[str, Any], side: str) -> frozenset[str]:
    return frozenset(one_or_several(body, f"{side}PortRange", "s"))


def one_or_several(body: Mapping[str, Any], key: str, plural: str) -> list[str]:
    """What a rule says of a field that has a key for one value, and another for a list of them."""
    one = body.get(key)
    return [str(each) for each in ([one] if one else []) + list(body.get(f"{key}{plural}") or ())]


def cover(wide: Collection[T], narrow: Collection[T], holds: Callable[[T, T], bool]) -> bool:
    """Whether each of the narrow ones lies in one of the wide ones; none at all stand for everything."""
    return not wide or (bool(narrow) and all(any(holds(each, item) for each in wide) for item in narrow))

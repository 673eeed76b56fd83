"""Rules of network security groups, read together: whether one list of them lets in more than another.

A rule that allows what no rule allowed before opens; so does one that denies less than before, or comes later than a
rule that allows. What a rule is called, or is there for, lets nobody in, nor does one before which another one decides
all that it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from mlinfra.azure.exposure import lies_in, range_of
from mlinfra.header.accept import Class

T = TypeVar("T")
_ALL = "*"
_EVERYWHERE = frozenset({_ALL, "any", "0.0.0.0/0", "::/0"})


class _Ports(NamedTuple):
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Rule:
    """What one rule is about; no item of a side or of ports stands for all of them."""

    direction: str
    allows: bool
    priority: int
    protocol: str
    sides: tuple[frozenset[str], frozenset[str]]  # from, to
    ports: tuple[frozenset[_Ports], frozenset[_Ports]]

    def covers(self, other: _Rule) -> bool:
        """Whether all that the other one allows or denies, this one does as well."""
        return self.allows == other.allows and self.decides(other)

    def decides(self, other: _Rule) -> bool:
        """Whether all that the other one is about, this one is about as well."""
        return (
            self.direction == other.direction
            and self.protocol in (_ALL, other.protocol)
            and all(cover(wide, narrow, _holds) for wide, narrow in zip(self.sides, other.sides, strict=True))
            and all(cover(wide, narrow, _spans) for wide, narrow in zip(self.ports, other.ports, strict=True))
        )

    def meets(self, other: _Rule) -> bool:
        """Whether both may be about the same packets."""
        return self.direction == other.direction and (
            self.protocol == other.protocol or _ALL in (self.protocol, other.protocol)
        )


def reached_by(before: Any, after: Any) -> Iterator[Class]:
    """Whether more is let through by the later rules, and whether less is."""
    old, new = (tuple(_that_count(tuple(_rules(side)))) for side in (before, after))
    if _lets_more(old, new):
        yield "opens_access"
    if _lets_more(new, old):
        yield "closes_access"


def comes_too_late(rule: Any, beside: Any) -> bool:
    """Whether a rule before it, of those beside it, decides all that it is about."""
    return not any(True for _ in _that_count((*_rules([rule]), *_rules(beside)), of=1))


def _that_count(rules: Sequence[_Rule], of: int | None = None) -> Iterator[_Rule]:
    """Those of the first ones, or of all, of which something is left by the rules before them."""
    for rule in rules[:of]:
        if not any(each.priority < rule.priority and each.decides(rule) for each in rules):
            yield rule


def _lets_more(old: Sequence[_Rule], new: Sequence[_Rule]) -> bool:
    """Whether the later ones let through what the earlier ones do not."""
    for rule in new:
        if rule.allows and not any(there.covers(rule) for there in old):
            return True
    for rule in old:
        if not rule.allows and not any(there.covers(rule) for there in new):
            return True
    return any(
        not _comes_first(old, allowing, denying) and _comes_first(new, allowing, denying)
        for allowing in new
        for denying in new
        if allowing.allows and not denying.allows and allowing.meets(denying)
    )


def _comes_first(rules: Sequence[_Rule], allowing: _Rule, denying: _Rule) -> bool:
    """Whether what one allows is allowed before the other one denies it."""
    first = min((each.priority for each in rules if each.covers(allowing)), default=None)
    second = min((each.priority for each in rules if each.covers(denying)), default=None)
    return first is not None and (second is None or first < second)


def _rules(written: Any) -> Iterator[_Rule]:
    for item in written if isinstance(written, list) else ():
        body = item.get("properties", item) if isinstance(item, Mapping) else {}
        yield _Rule(
            str(body.get("direction", "")).lower(),
            str(body.get("access", "")).lower() == "allow",
            int(body.get("priority") or 0),
            str(body.get("protocol", _ALL)).lower(),
            (_side(body, "source"), _side(body, "destination")),
            (_ports(body, "source"), _ports(body, "destination")),
        )


def _side(body: Mapping[str, Any], side: str) -> frozenset[str]:
    one, several = body.get(f"{side}AddressPrefix"), body.get(f"{side}AddressPrefixes") or ()
    groups = body.get(f"{side}ApplicationSecurityGroups") or ()
    found = [one] if one else []
    found += [*several, *(str(each.get("id", "")).lower() if isinstance(each, Mapping) else each for each in groups)]
    return frozenset() if {str(each) for each in found} & _EVERYWHERE else frozenset(map(str, found))


def _ports(body: Mapping[str, Any], side: str) -> frozenset[_Ports]:
    one, several = body.get(f"{side}PortRange"), body.get(f"{side}PortRanges") or ()
    found = [str(each) for each in ([one] if one else []) + list(several)]
    if _ALL in found:
        return frozenset()
    pairs = [each.partition("-") for each in found]
    return frozenset(_Ports(int(low), int(high or low)) for low, _, high in pairs if low.isdigit())


def cover(wide: Collection[T], narrow: Collection[T], holds: Callable[[T, T], bool]) -> bool:
    """Whether each of the narrow ones lies in one of the wide ones; none at all stand for everything."""
    return not wide or (bool(narrow) and all(any(holds(each, item) for each in wide) for item in narrow))


def _holds(wide: str, narrow: str) -> bool:
    if wide.lower() == narrow.lower():
        return True
    outer, inner = range_of(wide), range_of(narrow)
    return outer is not None and inner is not None and lies_in(inner, outer)


def _spans(wide: _Ports, narrow: _Ports) -> bool:
    return wide.first <= narrow.first and narrow.last <= wide.last

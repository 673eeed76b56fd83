"""What is read as a whole: what one property opens another may hold shut, and a rule that is gone deletes nothing.

Each reader gets the properties of a resource before and after, None where there is no resource, and says the classes
of every change below its paths.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from mlinfra.azure.exposure import ACLS, SWITCH, exposure
from mlinfra.differ.firewall import cover, reached_by
from mlinfra.differ.origins import asked_by
from mlinfra.header.accept import Class

Properties = Mapping[str, Any]


class Whole(NamedTuple):
    """The classes of everything below some keys of `properties`."""

    keys: tuple[str, ...]
    classes: tuple[Class, ...]

    def holds(self, path: str) -> bool:
        return any(_is_below(path, key) for key in self.keys)


def wholes(
    before: Properties | None, after: Properties | None, of_rule: tuple[Class, ...] | None = None
) -> Iterator[Whole]:
    """What those of one resource say, where anything below them differs.

    `of_rule` is what a rule in a group of someone else's says, which is read with those beside it.
    """
    if of_rule is not None:
        yield Whole(_OF_RULES, of_rule)
    for keys, read in _READERS:
        old, new = ([(side or {}).get(key) for key in keys] for side in (before, after))
        if old != new:
            yield Whole(keys, tuple(read(before or {}, after or {})))


def _is_below(path: str, key: str) -> bool:
    rest = path.removeprefix(f"properties.{key}")
    return rest != path and rest[:1] in ("", ".", "[")


def is_of_network(path: str) -> bool:
    """Whether a property says from where a resource can be reached."""
    return not {*ACLS, SWITCH}.isdisjoint(path.split("."))


def _exposed(before: Properties, after: Properties) -> Iterator[Class]:
    """Whether more may knock than before, or fewer, all that says so taken together."""
    old, new = exposure(before), exposure(after)
    if old is None or new is None or old == new:
        return
    if not old.covers(new):
        yield "opens_access"
    if not new.covers(old):
        yield "closes_access"


def _let_through(before: Properties, after: Properties) -> Iterator[Class]:
    yield from reached_by(before.get("securityRules"), after.get("securityRules"))


def _asked(before: Properties, after: Properties) -> Iterator[Class]:
    old, new = ((side.get("cors") or {}).get("corsRules") for side in (before, after))
    yield from asked_by(old, new)


_SIDES = ("source", "destination")
_OF_RULES = (
    *("access", "direction", "priority", "protocol"),
    *(f"{side}{what}" for side in _SIDES for what in ("AddressPrefix", "AddressPrefixes", "PortRange", "PortRanges")),
    *(f"{side}ApplicationSecurityGroups" for side in _SIDES),
)


def _deleted(before: Properties, after: Properties) -> Iterator[Class]:
    """Whether rules of a lifecycle delete what they did not: sooner, or below more paths."""
    old, new = (list(_deletions(side.get("policy"))) for side in (before, after))
    if any(not any(there.covers(each) for there in old) for each in new):
        yield "loses_data"


class _Deletion(NamedTuple):
    """That a rule deletes blobs, snapshots or versions of them, so many days after what."""

    of: str
    after: str
    days: float
    prefixes: frozenset[str]  # none: all
    filters: str  # what else has to be true

    def covers(self, other: _Deletion) -> bool:
        same = (self.of, self.after, self.filters) == (other.of, other.after, other.filters)
        is_wider = cover(self.prefixes, other.prefixes, lambda wide, narrow: narrow.startswith(wide))
        return same and is_wider and self.days <= other.days


def _deletions(policy: Any) -> Iterator[_Deletion]:
    rules = policy.get("rules") if isinstance(policy, Mapping) else None
    for rule in rules if isinstance(rules, list) else ():
        if not isinstance(rule, Mapping) or rule.get("enabled") is False:
            continue
        definition = rule.get("definition") or {}
        filters = dict(definition.get("filters") or {})
        prefixes = frozenset(map(str, filters.pop("prefixMatch", None) or ()))
        for of, actions in (definition.get("actions") or {}).items():
            delete = actions.get("delete") if isinstance(actions, Mapping) else None
            for after, days in delete.items() if isinstance(delete, Mapping) else ():
                amount = float(days) if isinstance(days, int | float) else 0.0
                yield _Deletion(str(of), str(after), amount, prefixes, str(sorted(filters.items())))


_EVERY = {"logs": "allLogs", "metrics": "AllMetrics"}


def _sent(before: Properties, after: Properties) -> Iterator[Class]:
    """Whether a diagnostic setting sends less than before."""
    for key, every in _EVERY.items():
        old, new = (_categories(side.get(key)) for side in (before, after))
        if old - new and every.lower() not in new:
            yield "weakens"
            return


def _categories(items: Any) -> set[str]:
    return {
        str(item.get("category") or item.get("categoryGroup") or "").lower()
        for item in (items if isinstance(items, list) else ())
        if isinstance(item, Mapping) and item.get("enabled") is not False
    }


_READERS: tuple[tuple[tuple[str, ...], Callable[[Properties, Properties], Iterator[Class]]], ...] = (
    ((*ACLS, SWITCH), _exposed),
    (("securityRules",), _let_through),
    (("cors",), _asked),
    (("policy",), _deleted),
    (("logs", "metrics"), _sent),
)

"""Rules in a network security group of someone else's, read together with the others of ours that stand in it.

Its owner's rules are not known, so what depends on what comes before or after is said, and that it is not known. A rule
that leaves the spec stays in the group until somebody deletes it there, so it is read as if it were written still.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from mlinfra.differ.firewall import comes_too_late, reached_by
from mlinfra.differ.things import Pair
from mlinfra.header.accept import Class

_TYPE = "Microsoft.Network/networkSecurityGroups/securityRules"
Place: TypeAlias = tuple[str, str]  # target and address
_Body: TypeAlias = Mapping[str, Any]


class _Rule(NamedTuple):
    """One rule before and after; no body where there is none."""

    place: Place
    before: _Body | None
    after: _Body | None

    @property
    def differs(self) -> bool:
        return self.before != self.after


def rules_of_others(pairs: Iterable[Pair]) -> dict[Place, tuple[Class, ...]]:
    """What is let through, or no longer, by each rule that is made or changed in a group of someone else's."""
    groups: dict[str, list[_Rule]] = defaultdict(list)
    for pair in pairs:
        if pair.there.type == _TYPE and pair.there.id is not None and (pair.after is None or pair.after.body):
            groups[pair.there.id.lower().rpartition("/securityrules/")[0]].append(_rule(pair))
    return {place: classes for group in groups.values() for place, classes in _of_group(group)}


def _rule(pair: Pair) -> _Rule:
    before, after = (side.body.get("properties") if side and side.body else None for side in pair)
    return _Rule((pair.there.target, pair.there.address), before, after if pair.after else before)


def _of_group(rules: list[_Rule]) -> Iterator[tuple[Place, tuple[Class, ...]]]:
    changed = [each for each in rules if each.differs]
    overall = set(reached_by(_all(rules, "before"), _all(rules, "after")))
    own = {each.place: overall & set(_by_itself(each, rules)) for each in changed}
    unclaimed = overall.difference(*own.values())  # what only several of them do together
    for each in changed:
        yield each.place, tuple(_said(each, rules, own[each.place] | unclaimed))


def _all(rules: Iterable[_Rule], side: str) -> list[_Body]:
    return [body for each in rules if (body := getattr(each, side)) is not None]


def _by_itself(rule: _Rule, rules: list[_Rule]) -> Iterator[Class]:
    """What this change does, made before all others and made after them."""
    for side in ("before", "after"):
        beside = _all((each for each in rules if each is not rule), side)
        yield from reached_by([*beside, *_here(rule.before)], [*beside, *_here(rule.after)])


def _here(body: _Body | None) -> list[_Body]:
    return [] if body is None else [body]


def _said(rule: _Rule, rules: list[_Rule], known: set[Class]) -> Iterator[Class]:
    beside = [each for each in rules if each is not rule]
    before, after = (
        [body for body in _here(getattr(rule, side)) if not comes_too_late(body, _all(beside, side))]
        for side in ("before", "after")
    )
    earlier = [_sooner(beside, side, rule) for side in ("before", "after")]
    alone = set(reached_by(before, after))
    likely = alone & set(reached_by([*earlier[0], *before], [*earlier[1], *after]))
    yield from sorted(known | likely)
    if likely - known:
        yield "not_known"  # whether a rule that is not known comes between them
    elif not known and not alone and before and after and (moved := _priority(after[0]) - _priority(before[0])):
        allows = str(after[0].get("access")).lower() == "allow"
        yield from ("opens_access" if (moved < 0) == allows else "closes_access", "not_known")


def _sooner(beside: list[_Rule], side: str, rule: _Rule) -> list[_Body]:
    """The rules that come before this one on both sides, so that nothing unknown comes between."""
    first = min(_priority(body) for body in (*_here(rule.before), *_here(rule.after)))
    return [body for body in _all(beside, side) if _priority(body) < first]


def _priority(body: _Body) -> int:
    return int(body.get("priority") or 0)

"""What is known of one property: the classes of changing it, by the facts in the rows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from math import inf
from typing import Any, NamedTuple

from mlinfra.azure.exposure import lies_in, range_of
from mlinfra.differ.comparing import Differing
from mlinfra.differ.model import sorted_classes
from mlinfra.differ.openness import number, opening
from mlinfra.header.accept import Class
from mlinfra.languages.changes import ANY, FEWER, GONE, LEFT, LESS, MORE, OPEN, UNLIMITED, WHOLE, Change

STAYS: frozenset[Class] = frozenset({"refused", "ignored", "not_known"})  # what there is may go on as it was


class Known(NamedTuple):
    """The classes of one property, and the facts that say so."""

    classes: tuple[Class, ...]
    facts: tuple[Change, ...]
    is_way_back: bool = False  # from what is for good once it is set

    @property
    def whom(self) -> str:
        """To whom it opens, where the facts say so."""
        opens = "opens_access" in self.classes
        return next((fact.whom for fact in self.facts if fact.whom and fact.effect == "opens_access"), "") * opens


_ITEM = re.compile(r"\[[^\]]*\]")
_SWITCHES = {"true": 1.0, "false": 0.0, "enabled": 1.0, "disabled": 0.0}


def known(facts: Collection[Change], found: Differing, whole: tuple[Class, ...] = ()) -> Known:
    """What the facts say of a property that differs, or of one in an item of a list; in place where they say nothing.

    `whole` are the classes of what it is part of, where that is read as a whole.
    """
    plain = _ITEM.sub("", found.path)
    fitting = [fact for fact in facts if covers(fact.path, plain)]
    longest = max((len(fact.path) for fact in fitting), default=0)
    classes: dict[Class, None] = {}
    said: list[Change] = []
    of_facts = [
        *(
            (fact, tuple(_of(fact, plain, found.before, found.after, whole)))
            for fact in fitting
            if len(fact.path) == longest
        ),
        *_in_items(facts, plain, found),
    ]
    for fact, of_fact in of_facts:
        if of_fact:
            said.append(fact)
            classes |= dict.fromkeys(of_fact)
    if not any(_keeps_the_old(fact, found.before, found.after) for fact in said):
        classes = {"in_place": None, **classes}
    if any(fact.effect in ("refused", "ignored") and fact.is_confirmed for fact in said):
        classes.pop("not_known", None)  # of a way back: what comes of it is settled
    is_way_back = any(_is_way_back(fact, found.before, found.after) for fact in said)
    return Known(sorted_classes(classes), tuple(said), is_way_back)


def _in_items(facts: Iterable[Change], path: str, found: Differing) -> Iterator[tuple[Change, tuple[Class, ...]]]:
    """What is known of properties of the items of a list that no name tells apart, and of a new item.

    Items are compared where as many differ as before; of one that is new, it counts what it does by being made.
    """
    before, after = (side if isinstance(side, list) else [side] * (side is not None) for side in found[1:])
    old, new = [item for item in before if item not in after], [item for item in after if item not in before]
    for fact in facts:
        if not fact.path.lower().startswith(f"{path.lower()}.") or not (fact.when_made or len(old) == len(new)):
            continue
        for was, item in zip_longest(old, new):
            then, now = (_one(_at(side, fact.path[len(path) + 1 :])) for side in (was, item))
            if then != now:
                yield fact, tuple(_of(fact, fact.path, then, now, ()))


def _one(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values or None


def _is_way_back(fact: Change, before: Any, after: Any) -> bool:
    """Whether a value goes that Azure keeps for good: to whatever, or to the only one that the fact names."""
    is_kept = fact.effect == "irreversible" and bool(fact.towards) and _same(before, fact.towards)
    return is_kept and (not fact.leaving or _same(fact.none_is if after is None else after, fact.leaving))


def _keeps_the_old(fact: Change, before: Any, after: Any) -> bool:
    """Whether Azure may not take the new value: what else is not known is what it does once it is taken."""
    return _is_way_back(fact, before, after) or fact.effect in ("create_only", "refused", "ignored", "not_known")


def covers(path: str, found: str) -> bool:
    """Whether a property is the one of a path, or below it; a star in that stands for any name."""
    path, found = path.lower(), found.lower()
    if "*" in path:
        steps, names = path.split("."), found.split(".")
        return len(names) >= len(steps) and all(step in ("*", name) for step, name in zip(steps, names, strict=False))
    return found == path or found.startswith(f"{path}.")


def _of(fact: Change, path: str, before: Any, after: Any, whole: tuple[Class, ...]) -> Iterator[Class]:
    if fact.towards == WHOLE:
        yield from whole
        return
    if fact.none_is != ANY:
        before, after = (fact.none_is if value is None and fact.none_is else value for value in (before, after))
    if _is_same(before, after):
        return
    if _is_way_back(fact, before, after):
        yield "not_known"
        return
    if (
        fact.leaving
        and not _same(before, fact.leaving)
        and not (fact.effect == "opens_access" and _same(after, fact.leaving))
    ):
        return
    if fact.families and any({str(before), str(after)} <= set(family) for family in fact.families):
        return
    if fact.effect == "opens_access":
        yield from _access(fact, path, before, after)
    elif _towards(fact, path, before, after):
        yield from _told(fact)


def _told(fact: Change) -> Iterator[Class]:
    match fact.effect:
        case "create_only" | "not_known":
            yield "not_known"
        case "refused" | "ignored":
            yield fact.effect if fact.is_confirmed else "not_known"
        case effect:
            yield effect
            if not fact.is_confirmed:
                yield "not_known"


def known_when_made(facts: Iterable[Change], body: Mapping[str, Any], whole: tuple[Class, ...]) -> tuple[Class, ...]:
    """What the facts say of a resource that is made with these values, beside that it is made."""
    found: dict[Class, None] = {}
    for fact in facts:
        for value in _at(body, fact.path) if fact.when_made else ():
            found |= dict.fromkeys(_of(fact, fact.path, None, value, whole))
    return tuple(found)


def _at(body: Any, path: str) -> list[Any]:
    """The values at a path, below which a list stands for each of its items."""
    there = [body]
    for key in path.split("."):
        items = [item for value in there for item in (value if isinstance(value, list) else [value])]
        there = [item.get(key) for item in items if isinstance(item, Mapping)]
    return [value for value in there if value is not None]


def _is_same(before: Any, after: Any) -> bool:
    """Whether nothing changes: what is off is off, whether that is written or not."""
    off = [value is None or value is False or str(value).lower() in ("disabled", "none") for value in (before, after)]
    return before == after or all(off)


def _access(fact: Change, path: str, before: Any, after: Any) -> Iterator[Class]:
    if fact.towards == ANY:
        yield "opens_access"
    elif fact.towards == LEFT:
        yield "closes_access" if before is None else "opens_access"
    elif fact.towards == OPEN:
        yield from opening(path, before, after, none_is_all=fact.none_is == ANY)
    elif _same(after, fact.towards):
        yield "opens_access"
    elif _same(before, fact.towards):
        yield "closes_access"
    if not fact.is_confirmed:
        yield "not_known"


def _towards(fact: Change, path: str, before: Any, after: Any) -> bool:
    towards = fact.towards
    if towards in ("", ANY):
        return True
    if towards == FEWER:
        return isinstance(before, list) and any(not _is_still_in(item, after or []) for item in before)
    if towards == GONE:
        return before is not None and after is None
    if towards in (LESS, MORE):
        old, new = (inf if str(value) == UNLIMITED else _amount(value, fact.order) for value in (before, after))
        return new < old if towards == LESS else new > old
    if towards == OPEN:
        return "opens_access" in opening(path, before, after)
    if isinstance(after, list):  # of triggers, one more that is paused
        return _times(after, towards) > _times(before, towards)
    return _same(after, towards)


def _is_still_in(item: Any, items: list[Any]) -> bool:
    """Whether a list has an item, or has a range of addresses in which that lies."""
    part, ranges = range_of(str(item)), [range_of(str(each)) for each in items]
    return item in items or any(part and whole and lies_in(part, whole) for whole in ranges)


def _times(value: Any, word: str) -> int:
    """How often a word stands among the innermost values."""
    if isinstance(value, Mapping):
        value = list(value.values())
    return sum(_times(each, word) for each in value) if isinstance(value, list) else int(_same(value, word))


def _amount(value: Any, order: Sequence[str] = ()) -> float:
    """How much of something there is: a number, a switch that is on, items of a list, a place among words."""
    if value in order:
        return float(order.index(value))
    if (switch := _SWITCHES.get(str(value).lower())) is not None:
        return switch
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, list | dict):
        return float(len(value))
    return 0.0 if value is None else number(value)


def _same(value: Any, word: str) -> bool:
    written = str(value).lower() if value is not None else ""
    return written.replace(" ", "") == word.lower().replace(" ", "")

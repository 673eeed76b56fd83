"""What is known of one property: the classes of changing it, by the facts in the rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from math import inf
from typing import Any, NamedTuple

from mlinfra.differ.comparing import Differing
from mlinfra.differ.exposure import ACLS, SWITCH
from mlinfra.differ.model import sorted_classes
from mlinfra.header.accept import Class
from mlinfra.languages.changes import ANY, LESS, MORE, OPEN, UNLIMITED, Change

STAYS: frozenset[Class] = frozenset({"refused", "ignored", "not_known"})  # what there is may go on as it was


class Known(NamedTuple):
    """The classes of one property, and the facts that say so."""

    classes: tuple[Class, ...]
    facts: tuple[Change, ...]


_ITEM = re.compile(r"\[[^\]]*\]")
_OPEN_WORDS = frozenset({"enabled", "allow", "blob", "container", "accesskey", "azureservices", "true", "open"})
_TURNED = re.compile(r"(?:^|\.)(?:disable|deny|default(?:To)|supportsHttps|requires?)", re.IGNORECASE)
# Of storage accounts; no scope at all lets copies go anywhere.
_ORDERED = {"allowedcopyscope": ("privatelink", "aad", "none"), "publicaccess": ("none", "blob", "container")}


def known(facts: Iterable[Change], found: Differing) -> Known:
    """What the facts say of a property that differs; in place where they say nothing."""
    plain = _ITEM.sub("", found.path)
    fitting = [fact for fact in facts if _covers(fact.path, plain)]
    longest = max((len(fact.path) for fact in fitting), default=0)
    classes: dict[Class, None] = {}
    said: list[Change] = []
    for fact in (fact for fact in fitting if len(fact.path) == longest):
        of_fact = tuple(_of(fact, plain, found.before, found.after))
        if of_fact:
            said.append(fact)
            classes |= dict.fromkeys(of_fact)
    if not any(_keeps_the_old(fact, found.before, found.after) for fact in said):
        classes = {"in_place": None, **classes}
    return Known(sorted_classes(classes), tuple(said))


def _keeps_the_old(fact: Change, before: Any, after: Any) -> bool:
    """Whether Azure may not take the new value: what else is not known is what it does once it is taken."""
    if fact.effect == "irreversible":
        return bool(fact.towards) and _same(before, fact.towards)
    return fact.effect in ("create_only", "refused", "ignored", "not_known")


def _covers(path: str, found: str) -> bool:
    path, found = path.lower(), found.lower()
    return found == path or found.startswith(f"{path}.")


def _of(fact: Change, path: str, before: Any, after: Any) -> Iterator[Class]:
    before, after = (fact.none_is if value is None and fact.none_is else value for value in (before, after))
    if _is_same(before, after):
        return
    if fact.effect == "irreversible" and fact.towards and _same(before, fact.towards):
        yield "not_known"  # the way back, of which there is none
        return
    if fact.leaving and not _same(before, fact.leaving):
        return
    if fact.families and any({str(before), str(after)} <= set(family) for family in fact.families):
        return
    match fact.effect:
        case "create_only" | "not_known":
            yield "not_known"
        case "refused" | "ignored":
            yield fact.effect if fact.is_confirmed else "not_known"
        case "opens_access":
            yield from _access(fact, path, before, after)
        case effect:
            if _towards(fact, path, before, after):
                yield effect
                if not fact.is_confirmed:
                    yield "not_known"


def known_when_made(facts: Iterable[Change], body: Mapping[str, Any]) -> tuple[Class, ...]:
    """What the facts say of a resource that is made with these values, beside that it is made."""
    found: dict[Class, None] = {}
    for fact in facts:
        value = _at(body, fact.path) if fact.when_made else None
        if value is not None:
            found |= dict.fromkeys(_of(fact, fact.path, None, value))
    return tuple(found)


def _at(body: Any, path: str) -> Any:
    for key in path.split("."):
        body = body.get(key) if isinstance(body, Mapping) else None
    return body


def is_of_network(path: str) -> bool:
    """Whether a property says from where a resource can be reached."""
    return not {*ACLS, SWITCH}.isdisjoint(path.split("."))


def _is_same(before: Any, after: Any) -> bool:
    """Whether nothing changes: what is off is off, whether that is written or not."""
    off = [value is None or value is False or str(value).lower() in ("disabled", "none") for value in (before, after)]
    return before == after or all(off)


def _access(fact: Change, path: str, before: Any, after: Any) -> Iterator[Class]:
    if is_of_network(path) and fact.towards in (OPEN, "Enabled"):
        return  # looked at as a whole: what one property opens another may hold shut
    if fact.towards == ANY:
        yield "opens_access"
    elif fact.towards == OPEN:
        yield from opening(path, before, after)
    elif _same(after, fact.towards):
        yield "opens_access"
    elif _same(before, fact.towards):
        yield "closes_access"
    if not fact.is_confirmed:
        yield "not_known"


def opening(path: str, before: Any, after: Any) -> Iterator[Class]:
    """Whether a value lets in more or less than the one before."""
    last = path.rpartition(".")[2].lower()
    if isinstance(before, list) or isinstance(after, list):
        yield from _of_lists(before or [], after or [])
        return
    if isinstance(before, Mapping) or isinstance(after, Mapping):
        yield from _of_rules(before, after)
        return
    old, new = _openness(last, path, before), _openness(last, path, after)
    if old is None or new is None:
        yield "opens_access"  # which of the two lets in more is not said: it is looked at
    elif new != old:
        yield "opens_access" if new > old else "closes_access"


def _openness(last: str, path: str, value: Any) -> float | None:
    if last in _ORDERED:
        order = _ORDERED[last]
        written = str(value).lower()
        if value is None:
            return float(len(order)) if last == "allowedcopyscope" else 0.0
        return float(order.index(written)) if written in order else None
    if "tls" in last:
        return -_number(value)
    turned = -1.0 if _TURNED.search(path) else 1.0
    if value is None:
        return 0.5 if turned > 0 else -0.5
    if isinstance(value, bool):
        return turned * float(value)
    if isinstance(value, str):
        return turned * float(value.lower() in _OPEN_WORDS)
    return None


def _of_lists(before: Any, after: Any) -> Iterator[Class]:
    old, new = (list(side) if isinstance(side, list) else [side] for side in (before, after))
    gained = [item for item in new if item not in old]
    gone = [item for item in old if item not in new]
    if not all(map(_denies, gained)) or any(map(_denies, gone)):
        yield "opens_access"
    if not all(map(_denies, gone)) or any(map(_denies, gained)):
        yield "closes_access"


def _of_rules(before: Any, after: Any) -> Iterator[Class]:
    if before is not None and after is not None:
        yield from ("opens_access", "closes_access")
    elif after is not None:
        yield "closes_access" if _denies(after) else "opens_access"
    else:
        yield "opens_access" if _denies(before) else "closes_access"


def _denies(item: Any) -> bool:
    if not isinstance(item, Mapping):
        return False
    inner = item.get("properties", item)
    return isinstance(inner, Mapping) and str(inner.get("access", inner.get("action", ""))).lower() == "deny"


def _towards(fact: Change, path: str, before: Any, after: Any) -> bool:
    towards = fact.towards
    if towards in ("", ANY):
        return True
    if towards in (LESS, MORE):
        old, new = (inf if str(value) == UNLIMITED else _amount(value) for value in (before, after))
        return new < old if towards == LESS else new > old
    if towards == OPEN:
        return "opens_access" in opening(path, before, after)
    return _same(after, towards)


def _amount(value: Any) -> float:
    """How much of something there is: a number, a switch that is on, items of a list."""
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, list | dict):
        return float(len(value))
    return 0.0 if value is None else _number(value)


def _number(value: Any) -> float:
    digits = re.findall(r"\d+", str(value))
    return float(".".join(digits[:2])) if digits else 0.0


def _same(value: Any, word: str) -> bool:
    written = str(value).lower() if value is not None else ""
    return written.replace(" ", "") == word.lower().replace(" ", "")

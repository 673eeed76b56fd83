"""Changes of a platform's data: each takes chance and a draft, changes it, and says what it did.

A change that fits nowhere in the draft returns None; another is tried in its place.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any, TypeAlias

from tests.hunt.draft import Draft, Place
from tests.hunt.examples import examples
from tests.hunt.hostile import (
    DEEP,
    EXPRESSIONS,
    FREE_TEXT_KEYS,
    NAMES,
    NUMBERS,
    PATHS,
    SHAPES,
    SYNTAX,
    TEXTS,
    TIMES,
    UNICODE,
)

# Maps whose keys name entries, beside the sections themselves.
KEYED_BY_ENTRIES = ("traffic", "mirror_traffic", "user_assigned_identities", "service_connections")

_IS_TIME = re.compile("cron|expression|time|window|interval|duration|schedule|hours|minutes")

Change: TypeAlias = Callable[[Random, Draft], str | None]


def hostile_text(random: Random, draft: Draft) -> str | None:
    """A text gives way to a hostile one, or holds it somewhere."""
    is_free = random.random() < 0.4  # else the text is likely refused, and that has to be said well
    place = draft.pick(random, lambda it: isinstance(it.value, str) and (not is_free or _is_free_text(it)))
    if place is None:
        return None
    text = random.choice(random.choice((SYNTAX, UNICODE, PATHS, EXPRESSIONS, TEXTS)))
    if _IS_TIME.search(str(place.key)) and random.random() < 0.7:
        text = random.choice(TIMES)
    old = str(place.value)
    cut = random.randint(0, len(old))
    return _put(draft, place, random.choice((text, text, old + text, text + old, old[:cut] + text + old[cut:])))


def hostile_flood(random: Random, draft: Draft) -> str | None:
    """Everything that takes any text takes one hostile text, keys of tags included."""
    text = random.choice((*SYNTAX, *UNICODE, *EXPRESSIONS[-16:]))
    text = text.replace("${", "$${") if random.random() < 0.7 else text  # as it has to be written to be itself
    count = flood(draft, text, with_keys=random.random() < 0.5)
    return f"{count} texts, tags and descriptions, become {text!r}" if count else None


def flood(draft: Draft, text: str, with_keys: bool) -> int:
    """Puts a text into everything that takes any, and as a key into tags; returns into how many places."""
    places = [place for place in draft.places() if _is_free_text(place) and not isinstance(place.value, dict | list)]
    for place in places:
        place.holder[place.key] = text
        draft.touched.add(place.document)
    maps = [place for place in draft.places() if place.key in ("tags", "metadata") and isinstance(place.value, dict)]
    if with_keys:
        for place in maps:
            place.value[text] = "a"
            draft.touched.add(place.document)
    draft._places = None
    return len(places)


def _is_free_text(place: Place) -> bool:
    return place.key in FREE_TEXT_KEYS or (len(place.trail) > 1 and place.trail[-2] in FREE_TEXT_KEYS)


def hostile_key(random: Random, draft: Draft) -> str | None:
    """A key, often the name of an entry, gets a hostile name; what refers to it may follow."""
    place = draft.pick(random, lambda it: it.is_in_map and 2 <= len(it.trail) <= 5)
    if place is None:
        return None
    name = random.choice(random.choice((NAMES, NAMES, PATHS, SYNTAX, UNICODE)))
    return rename(draft, place, name, follow=random.random() < 0.7)


def rename_with_references(random: Random, draft: Draft) -> str | None:
    """An entry gets another good name, and everything that names it follows."""
    place = draft.pick(random, is_an_entry)
    if place is None:
        return None
    return rename(draft, place, f"{place.key}{random.choice(('2', 'x', 'b', '-b', '_b', 'B'))}", follow=True)


def is_an_entry(place: Place) -> bool:
    return (
        place.is_in_map and len(place.trail) in (2, 4) and isinstance(place.value, dict) and "." not in str(place.key)
    )


def rename(draft: Draft, place: Place, name: str, follow: bool) -> str:
    old = place.key
    _rename_key(place.holder, old, name)
    draft.change(place.document)
    if follow and isinstance(old, str) and old:
        references = re.compile(rf"(^|azureml:|datastores/|[a-z]\.){re.escape(old)}($|[:@/.}}])")
        for other in list(draft.places()):
            if isinstance(other.value, str) and references.search(other.value):
                other.holder[other.key] = references.sub(lambda found: f"{found[1]}{name}{found[2]}", other.value)
                draft.touched.add(other.document)
            elif (
                other.key == old
                and len(other.trail) > 1
                and other.trail[-2] in (*place.trail[-2:-1], *KEYED_BY_ENTRIES)
            ):
                _rename_key(other.holder, old, name)
                draft.touched.add(other.document)
    draft.change(place.document)
    return f"{place} is named {name!r}{' everywhere' if follow else ''}"


def _rename_key(holder: dict[Any, Any], old: Any, name: str) -> None:
    items = [(name if key == old else key, value) for key, value in holder.items()]
    holder.clear()
    holder.update(items)


def number_at_a_bound(random: Random, draft: Draft) -> str | None:
    """A number becomes a neighbour, or one at a bound."""
    place = draft.pick(random, lambda it: isinstance(it.value, int | float) and not isinstance(it.value, bool))
    if place is None:
        return None
    near = (place.value + 1, place.value - 1, place.value * 2, -place.value, float(place.value), str(place.value))
    return _put(draft, place, random.choice((*near, random.choice(NUMBERS))))


def other_type(random: Random, draft: Draft) -> str | None:
    """A value becomes one of another type."""
    place = draft.pick(random)
    if place is None:
        return None
    value = random.choice((*SHAPES, *SHAPES, random.choice(NUMBERS), random.choice(TEXTS), DEEP))
    return _put(draft, place, copy.deepcopy(value))


def wrapped(random: Random, draft: Draft) -> str | None:
    """A value becomes a member of a list or map, or a list becomes its first member."""
    place = draft.pick(random)
    if place is None:
        return None
    value = place.value
    first = value[0] if isinstance(value, list) and value else [value]
    return _put(draft, place, random.choice(([value], {"a": value}, [value, copy.deepcopy(value)], first)))


def removed(random: Random, draft: Draft) -> str | None:
    """A value goes."""
    place = draft.pick(random, lambda it: len(it.trail) > 1 or random.random() < 0.2)
    if place is None:
        return None
    del place.holder[place.key]
    draft.change(place.document)
    return f"{place} is removed"


def emptied(random: Random, draft: Draft) -> str | None:
    """A map or list loses all members, or becomes null."""
    place = draft.pick(random, lambda it: isinstance(it.value, dict | list))
    return None if place is None else _put(draft, place, random.choice((None, type(place.value)())))


def duplicated(random: Random, draft: Draft) -> str | None:
    """An entry or item is there twice."""
    place = draft.pick(random, lambda it: len(it.trail) > 1)
    if place is None:
        return None
    twin = copy.deepcopy(place.value)
    if isinstance(place.holder, list):
        place.holder.insert(random.randint(0, len(place.holder)), twin)
    else:
        place.holder[
            random.choice((f"{place.key}2", f"{place.key}-b", str(place.key).swapcase(), random.choice(NAMES)))
        ] = twin
    draft.change(place.document)
    return f"{place} is there twice"


def swapped(random: Random, draft: Draft) -> str | None:
    """Two values change places; in one map more often than not."""
    one = draft.pick(random, lambda it: len(it.trail) > 1)
    other = draft.pick(
        random, (lambda it: it.holder is one.holder) if one and random.random() < 0.6 else lambda _: True
    )
    if one is None or other is None or _holds(one.value, other.holder) or _holds(other.value, one.holder):
        return None
    one.holder[one.key], other.holder[other.key] = other.value, one.value
    draft.change(one.document)
    draft.change(other.document)
    return f"{one} and {other} change places"


def _holds(value: Any, holder: Any) -> bool:
    if value is holder:
        return True
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(_holds(member, holder) for member in members)


def moved(random: Random, draft: Draft) -> str | None:
    """An entry goes to another section, or a value under another key of the same map."""
    place = draft.pick(random, lambda it: it.is_in_map and len(it.trail) > 1)
    target = draft.pick(
        random, lambda it: isinstance(it.value, dict) and len(it.trail) == len(place.trail) - 1 if place else False
    )
    if place is None or target is None or _holds(place.value, target.value):
        return None
    value = place.holder.pop(place.key)
    target.value[place.key] = value
    draft.change(place.document)
    draft.change(target.document)
    return f"{place} goes to {target}"


def borrowed(random: Random, draft: Draft) -> str | None:
    """A value becomes what another example, or another entry, has under the same key."""
    place = draft.pick(random, lambda it: it.key in known_values())
    if place is None:
        return None
    return _put(draft, place, copy.deepcopy(random.choice(known_values()[place.key])))


def added(random: Random, draft: Draft) -> str | None:
    """A map gets a key that maps like it have elsewhere, with a value of there."""
    place = draft.pick(random, lambda it: isinstance(it.value, dict) and _family(it.trail) in known_bodies())
    if place is None:
        return None
    key, value = random.choice(known_bodies()[_family(place.trail)])
    place.value[key] = copy.deepcopy(value)
    draft.change(place.document)
    return f"{place} gets {key}"


def spliced(random: Random, draft: Draft) -> str | None:
    """An entry gets the body of an entry of the same section somewhere else, or lies beside it."""
    place = draft.pick(random, lambda it: len(it.trail) == 2 and it.is_in_map and it.trail[0] in known_entries())
    if place is None:
        return None
    name, body = random.choice(known_entries()[place.trail[0]])
    if random.random() < 0.5:
        return _put(draft, place, copy.deepcopy(body))
    place.holder[f"{name}9"] = copy.deepcopy(body)
    draft.change(place.document)
    return f"{place} gets a neighbour like {name}"


def cased(random: Random, draft: Draft) -> str | None:
    """A text changes in case, or gets spaces around it."""
    place = draft.pick(random, lambda it: isinstance(it.value, str) and it.value != "")
    if place is None:
        return None
    text = place.value
    return _put(
        draft, place, random.choice((text.upper(), text.title(), text.swapcase(), f" {text}", f"{text} ", f"{text}\n"))
    )


def expression(random: Random, draft: Draft) -> str | None:
    """A scalar of any type becomes an expression."""
    place = draft.pick(random, lambda it: not isinstance(it.value, dict | list))
    return None if place is None else _put(draft, place, random.choice(EXPRESSIONS))


def _put(draft: Draft, place: Place, value: Any) -> str:
    place.holder[place.key] = value
    draft.change(place.document)
    return f"{place} becomes {value!r:.200}"


def _family(trail: tuple[Any, ...]) -> tuple[Any, ...]:
    """Where maps alike stand: the section, and the keys below an entry without names and indexes."""
    return (trail[0], *(step for step in trail[2:] if isinstance(step, str))) if len(trail) >= 2 else ()


@cache
def known_values() -> dict[Any, list[Any]]:
    """Every value in the examples by its key, where a key has several."""
    values: dict[Any, list[Any]] = {}
    for place in _all_places():
        if place.is_in_map and place.value not in values.setdefault(place.key, []):
            values[place.key].append(place.value)
    return {key: found for key, found in values.items() if len(found) > 1}


@cache
def known_bodies() -> dict[tuple[Any, ...], list[tuple[Any, Any]]]:
    """Keys with values that maps of a family have."""
    bodies: dict[tuple[Any, ...], list[tuple[Any, Any]]] = {}
    for place in _all_places():
        if isinstance(place.value, dict) and _family(place.trail):
            known = bodies.setdefault(_family(place.trail), [])
            known += [pair for pair in place.value.items() if pair not in known]
    return {family: pairs for family, pairs in bodies.items() if pairs}


@cache
def known_entries() -> dict[Any, list[tuple[Any, Any]]]:
    """The entries of each section."""
    entries: dict[Any, list[tuple[Any, Any]]] = {}
    for place in _all_places():
        if len(place.trail) == 2 and place.is_in_map:
            entries.setdefault(place.trail[0], []).append((place.key, place.value))
    return entries


@cache
def _all_places() -> tuple[Place, ...]:
    return tuple(place for example in examples() for place in Draft(example).places())

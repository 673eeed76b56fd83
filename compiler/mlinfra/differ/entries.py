"""One pair of things, and what Azure does about it at this merge."""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from mlinfra.azure.roles import ROLE_ASSIGNMENTS_TYPE
from mlinfra.differ.bundled import changed_properties, classes_when_gone, is_bundled, remedy_when_gone
from mlinfra.differ.comparing import Differing, differing
from mlinfra.differ.effects import STAYS, known, known_when_made
from mlinfra.differ.made import RECEIVERS, Around, lends, lets_all_out, opens_what_was_there, opens_when_made
from mlinfra.differ.model import Action, Found, Property, sorted_classes
from mlinfra.differ.remedies import lost_with, of_what_is_left, of_what_is_set_later, of_what_stays
from mlinfra.differ.rules_of_others import rules_of_others
from mlinfra.differ.side import Thing
from mlinfra.differ.things import Pair, row_of
from mlinfra.differ.unknown import NOT_CONFIRMED
from mlinfra.differ.wholes import Whole, wholes
from mlinfra.header.accept import Class
from mlinfra.languages.changes import IN_EVERY_RESOURCE, Change
from mlinfra.languages.language import Section
from mlinfra.source.secrets import shown_output

CONTENT = "content"  # the path of what files a thing consists of, as a hash
_ASKED = {"smoke_test", "invoke"}  # what names files that ask an endpoint
_TO_WHERE = (
    "destination",
    "issuer",
    "subject",
    "audiences",
    "sourceAddressPrefix",
    "sourceAddressPrefixes",
    "destinationPortRange",
    "destinationPortRanges",
    "addressPrefix",
    "nextHopIpAddress",
    "remoteVirtualNetwork",
    "publicAccess",
    "subnet",
    *RECEIVERS,
)
_COMPARED = {"opens_access", "weakens", "loses_data"}  # what two that stand beside each other may differ in
_OF_ONE_ALONE = {"opens_access", "loses_data"}  # of what is made with other values, somebody looks again
_ID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


def found_in(pairs: Iterable[Pair], theirs: Container[tuple[str, str, str]] = ()) -> Iterator[Found]:
    """The change of each pair in which something differs. What follows from other changes is not looked at here.

    `theirs` is what was somebody else's: target, address, and name in small letters.
    """
    each_pair = list(pairs)
    of_rules = rules_of_others(each_pair)
    made = [pair.there for pair in each_pair if pair.before is None]
    ids = {each.id.lower() for each in made if each.id}
    free = {
        pair.before.id.lower() for pair in each_pair if pair.before and pair.before.id and lets_all_out(pair.before)
    }
    ours = {pair.after.id.lower() for pair in each_pair if pair.after and pair.after.id}
    addresses: dict[str, set[str]] = {}
    for each in made:
        addresses.setdefault(each.target, set()).add(each.address)
    taken = {(each.target, each.address) for each in made if (each.target, each.address, each.name.lower()) in theirs}
    for pair in each_pair:
        there = pair.there
        around = Around(addresses.get(there.target, set()), ids, ours, taken, free)
        found = _found_in(pair, of_rules.get((there.target, there.address)), around)
        if found is not None:
            yield found


def _found_in(pair: Pair, of_rule: tuple[Class, ...] | None, around: Around) -> Found | None:
    if pair.before is None or pair.after is None:
        return _made(pair.there, of_rule, around) if pair.after else _gone(pair.there)
    return _changed(pair.before, pair.after, of_rule)


def _made(thing: Thing, of_rule: tuple[Class, ...] | None, around: Around) -> Found:
    """What is made, and whether it opens what was there."""
    row = row_of(thing)
    classes: set[Class] = {"creates"}
    if row and row.is_a_slot:
        classes.add("releases")
    elif row and row.is_work:
        classes = {"process"}
    elif opens_when_made(thing, around):
        classes.add("opens_access")
    made = tuple(name for each in wholes(None, thing.properties, of_rule) for name in each.classes)
    classes |= set(known_when_made(row.changes if row else (), thing.body or {}, made))
    remedy = "Leave it out, or save what it would delete first" if "loses_data" in classes else ""
    found = _found(thing, "created", classes, remedy=remedy)
    if not classes & _OF_ONE_ALONE:
        return found
    if thing.type == ROLE_ASSIGNMENTS_TYPE:  # told by who gains access
        return replace(found, made_for=_to_whom(thing))
    opens_more = "opens_access" in classes and opens_what_was_there(thing, around)
    properties = tuple(_of_what_opens(thing)) if opens_more else ()
    values = json.dumps(thing.properties or lends(thing), sort_keys=True, default=str)
    return replace(found, opens_more=opens_more, properties=properties, made_for=values)


def _of_what_opens(thing: Thing) -> Iterator[Property]:
    """Where to, or for whom, a new rule or trust opens: its address does not say it."""
    for key, value in thing.properties.items():
        if key in _TO_WHERE and value:
            yield Property(f"properties.{key}", None, shown(value), ("opens_access",))
    for key, value in lends(thing).items():
        yield Property(key, None, shown(value), ("opens_access",))


def _to_whom(thing: Thing) -> str:
    """Who is granted a role, and on which condition; that of an identity of ours stands in the address.

    Whoever accepts a grant has not accepted it for somebody else.
    """
    said = [str(thing.properties.get(key) or "") for key in ("principalId", "condition")]
    return " ".join(said).strip() if _ID.match(said[0]) or said[1] else ""


def _gone(thing: Thing) -> Found:
    row = row_of(thing)
    if is_bundled(thing):
        return _found(thing, "deleted", set(classes_when_gone(thing, row)), remedy=remedy_when_gone(thing, row))
    if row and row.is_work and not row.is_a_slot:  # runs that there were, and nothing that goes on
        return _found(thing, "deleted", {"process"})
    return _found(thing, "deleted", {"orphans"}, remedy=of_what_is_left(thing, row), remains=True)


def _changed(before: Thing, after: Thing, of_rule: tuple[Class, ...] | None) -> Found | None:
    row = row_of(after)
    properties = tuple(_properties(before, after, row, of_rule))
    classes: set[Class] = {name for each in properties for name in each.classes}
    renamed = before.address != after.address
    if renamed:
        classes.add("renames")
    if not classes:
        return None
    remedy = ""
    if is_bundled(after):
        remedy = _remedy_in_a_bundle(before, row, classes)
    elif classes & STAYS and _asks_for_a_remedy(properties):
        remedy, more = _of_what_stays(after, row, properties)
        classes |= set(more)
    elif "loses_data" in classes:
        remedy = f"Keep the old value, or save {lost_with(row) or 'its data'} first"
    action: Action = "renamed" if renamed else "changed"
    found = _found(after, action, classes, remedy=remedy, properties=properties)
    return replace(found, renamed_from=before.address) if renamed else found


def _remedy_in_a_bundle(before: Thing, row: Section | None, classes: set[Class]) -> str:
    if "refused" in classes:
        return remedy_when_gone(before, row)
    if "loses_data" in classes:  # by what it does from now on, and not by being made anew
        return "Keep the old value, or save the data first that it deletes"
    return ""


def _of_what_stays(
    thing: Thing, row: Section | None, properties: tuple[Property, ...]
) -> tuple[str, tuple[Class, ...]]:
    if by_hand := of_what_is_set_later(thing, {each.path for each in properties}):
        return by_hand, ()
    stays = [each for each in properties if STAYS & set(each.classes)]
    return of_what_stays(
        thing,
        row,
        {each.path: each.after for each in stays},
        is_way_back=any(each.is_way_back for each in properties),
        is_taken_unused=all(NOT_CONFIRMED in each.note for each in stays),
    )


def _asks_for_a_remedy(properties: Iterable[Property]) -> bool:
    return any(STAYS & set(each.classes) and "in_place" not in each.classes for each in properties)


def _properties(
    before: Thing, after: Thing, row: Section | None, of_rule: tuple[Class, ...] | None
) -> Iterator[Property]:
    bodies = list(differing(before.body, after.body)) if before.body is not None and after.body is not None else []
    if after.is_asset and row is not None:
        of_row = changed_properties if is_bundled(after) else _of_asset
        yield from of_row(before, after, row, bodies)
        return
    facts = (*(row.changes if row else ()), *IN_EVERY_RESOURCE)
    read = tuple(wholes(before.properties, after.properties, of_rule))
    for each in bodies:
        yield _property(each, facts, read)


def _property(found: Differing, facts: tuple[Change, ...], read: Iterable[Whole] = ()) -> Property:
    of_whole = tuple(name for each in read if each.holds(found.path) for name in each.classes)
    known_of = known(facts, found, of_whole)
    classes: set[Class] = {*known_of.classes, *of_whole}
    note = "; ".join(
        dict.fromkeys(fact.source + ("" if fact.is_confirmed else f" ({NOT_CONFIRMED})") for fact in known_of.facts)
    )
    values = shown(found.before), shown(found.after)
    return Property(found.path, *values, sorted_classes(classes), note, known_of.is_way_back, known_of.whom)


def _of_asset(before: Thing, after: Thing, row: Section, bodies: list[Differing]) -> Iterator[Property]:
    """Of what is a file of Azure ML: its version, what it consists of, and its body."""
    if not bodies and before.version == after.version and before.content == after.content:
        return
    if before.version != after.version:
        yield Property("version", before.version, after.version, ("creates",))
        yield from (_anew(each, row.changes, ("creates",)) for each in bodies if each.path != "version")
        return
    content = Differing(CONTENT, before.content or None, after.content or None)
    changed = [content] if before.content != after.content and not bodies else []
    if row.is_a_slot:
        yield from (_anew(each, row.changes, ("replaced", "releases")) for each in (*bodies, *changed))
    elif row.is_work:
        yield from (_anew(each, row.changes, ("process",)) for each in (*bodies, *changed))
    elif row.has_nodes and row.size_field:  # made once by a script, which leaves what is there as it is
        yield from (_anew(each, row.changes, ("ignored",)) for each in (*bodies, *changed))
    elif row.numbers_its_versions and after.version is None:
        yield from (_plain(each, ("creates",)) for each in (*bodies, *changed))
    else:
        facts = row.changes
        for each in bodies:
            yield _property(each, facts)
        if changed and row.versioned:  # a written version, whose content is another
            yield _plain(content, ("refused",))
        elif changed:  # of an endpoint, what it is asked before it serves
            yield _plain(content, ("process",) if _ASKED & set(row.additions) else ("in_place",))


def _anew(found: Differing, facts: tuple[Change, ...], classes: tuple[Class, ...]) -> Property:
    """These classes, with what the new one is in comparison to what there is: it may be open to more, or less safe.

    A slot is made anew beside what serves, what is ignored by its remedy.
    """
    known_of = known(facts, found)
    compared = {name for name in known_of.classes if name in _COMPARED}
    if not compared:
        return _plain(found, classes)
    note = "; ".join(dict.fromkeys(fact.source for fact in known_of.facts if fact.effect in _COMPARED))
    return replace(_plain(found, sorted_classes({*classes, *compared})), note=note, whom=known_of.whom)


def _plain(found: Differing, classes: tuple[Class, ...]) -> Property:
    return Property(found.path, shown(found.before), shown(found.after), classes)


def shown(value: Any) -> Any:
    """A value as it may be shown: what looks like a secret is stars."""
    if isinstance(value, str):
        return shown_output(value)
    if isinstance(value, list):
        return [shown(item) for item in value]
    return {key: shown(item) for key, item in value.items()} if isinstance(value, Mapping) else value


def _found(
    thing: Thing,
    action: Action,
    classes: set[Class],
    *,
    remedy: str = "",
    properties: tuple[Property, ...] = (),
    remains: bool = False,
) -> Found:
    return Found(
        thing.address,
        thing.target,
        thing.type,
        thing.id,
        thing.name,
        action,
        sorted_classes(classes),
        remedy=remedy,
        properties=properties,
        remains=remains,
    )

"""Resources of a bundle of Databricks: its deployment deletes what left it, and makes anew what can't be changed.

Unlike a template, it takes away what is no longer in it. What holds data it deletes only where a person says so: the
script that deploys stops before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mlinfra.differ.comparing import Differing
from mlinfra.differ.effects import known
from mlinfra.differ.model import Found, Property, sorted_classes
from mlinfra.differ.side import Side, Thing, in_a_bundle
from mlinfra.differ.things import Things
from mlinfra.emit.databricks import BESIDE
from mlinfra.header.accept import Class
from mlinfra.languages.language import Section

BUNDLE = "databricks.yml"
_ANEW: tuple[Class, ...] = ("replaced", "interrupts")
_HELD: tuple[Class, ...] = ("refused", "loses_data")  # the script stops; what it would do loses data


def is_bundled(thing: Thing) -> bool:
    """Whether a bundle holds it."""
    return thing.is_asset and in_a_bundle(thing.type)


def is_of_a_bundle(found: Found) -> bool:
    return found.id is None and in_a_bundle(found.type)


def left(found: Found, before: Things, after: Side) -> Found:
    """The same of what is gone or moved, where nothing deploys its bundle any more that would delete it."""
    if not is_of_a_bundle(found):
        return found
    if moved := next((each for each in found.properties if each.note == _MOVED), None):
        return found if f"{moved.before}/{BUNDLE}" in after.texts else _beside_what_stays(found, moved)
    if found.action != "deleted":
        return found
    thing = before[found.target or "", found.address]
    folder = _folder_of(thing)
    if (thing.file or "").removeprefix(f"{folder}/").startswith(f"{BESIDE}/"):
        return replace(found, classes=("orphans",), remedy=_REMEDY_BESIDE, remains=True)
    if f"{folder}/{BUNDLE}" in after.texts:
        return found
    return replace(found, classes=("orphans",), remedy=_REMEDY_THERE.format(folder), remains=True)


def _beside_what_stays(found: Found, moved: Property) -> Found:
    """The same of what another bundle makes, where that which it leaves is gone with it, and so deletes nothing."""
    stays = replace(moved, classes=("orphans",), note=_STAYS)
    properties = tuple(stays if each is moved else each for each in found.properties)
    of_others = {each for other in properties if other is not stays for each in other.classes}
    classes = sorted_classes((set(found.classes) - (set(moved.classes) - of_others)) | {"orphans"})
    return replace(found, classes=classes, properties=properties, remedy=_REMEDY_THERE.format(moved.before))


def _folder_of(thing: Thing) -> str:
    """The folder of its bundle: dev/databricks/main/platform."""
    return "/".join((thing.file or "").split("/")[:4])


def classes_when_gone(thing: Thing, row: Section | None) -> tuple[Class, ...]:
    return _when_deleted(thing, row) or ("interrupts",)


def _when_deleted(thing: Thing, row: Section | None) -> tuple[Class, ...]:
    """The classes of deleting what holds data: the script stops, wherever they lie. Nothing of what holds none."""
    if row is None or not row.stateful:
        return ()
    return _HELD[:1] if _keeps_its_data(thing, row) else _HELD


def _keeps_its_data(thing: Thing, row: Section) -> bool:
    field, value = row.kept_with or ("", None)
    return row.kept_with is not None and (thing.body or {}).get(field) == value


def changed_properties(before: Thing, after: Thing, row: Section, bodies: list[Differing]) -> Iterator[Property]:
    """Each property that differs, and whether it is changed in place or the whole made anew."""
    anew = _when_deleted(before, row) or _ANEW
    if _folder_of(before) != _folder_of(after):
        yield Property("bundle", _folder_of(before), _folder_of(after), sorted_classes(anew), _MOVED)
    for found in bodies:
        known_of = known(row.changes, found)
        classes = set(known_of.classes)
        if any(fact.effect == "create_only" for fact in known_of.facts):
            classes = (classes - {"not_known"}) | set(anew)
        note = "; ".join(dict.fromkeys(fact.source for fact in known_of.facts))
        yield Property(found.path, found.before, found.after, sorted_classes(classes), note)


def remedy_when_gone(thing: Thing, row: Section | None) -> str:
    """What to do about one that the deployment deletes, as it was before."""
    if row is None or not row.stateful:
        return _REMEDY
    return _REMEDY_OF_KEPT_DATA if _keeps_its_data(thing, row) else _REMEDY_OF_DATA


_MOVED = "it leaves one bundle, which deletes it, and another one makes it"
_STAYS = "it leaves a bundle that nothing deploys any more, where it stays, and another one makes it once more"
_REMEDY_THERE = "Nothing deploys {} any more. To remove it: databricks bundle destroy there, as it was"
_REMEDY_OF_DATA = (
    "deploy-bundles.sh stops and changes nothing. To keep the data, restore the lines, or copy it elsewhere first: "
    "a run with --data-loss deletes it"
)
_REMEDY_OF_KEPT_DATA = (
    "deploy-bundles.sh stops and changes nothing. Its files lie in a place of their own and stay there: to go on, "
    "start a run with --data-loss, which deletes the data of all else that is refused as well; to keep it, restore the "
    "lines"
)
_REMEDY_BESIDE = (
    "catalog.py makes it beside the bundle and deletes nothing. To remove it: databricks cluster-policies list, and "
    "then databricks cluster-policies delete with its id"
)
_REMEDY = "To keep it, restore the lines: the deployment deletes what its bundle no longer holds"

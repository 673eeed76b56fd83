"""What no bundle and no template makes, but a step of ours with the body of its entry: storage credentials."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from mlinfra.derive.databricks import ISOLATION
from mlinfra.differ.comparing import differing
from mlinfra.differ.effects import known
from mlinfra.differ.model import Found, Property
from mlinfra.differ.spec import Spec
from mlinfra.differ.spec_only import changed
from mlinfra.graph import Entry, Graph
from mlinfra.languages import ROWS

_MADE_WITH = ("name", ISOLATION)  # by which it is found, and which another step sets
_REMEDY = "To keep it, restore the lines. catalog.py deletes nothing. To remove it: {}"
_DELETE = "databricks storage-credentials delete {}"


def of_steps(before: Spec, now: Spec) -> Iterator[Found]:
    """What of them is made, changed, or left behind, also with a whole target; one is known by its name."""
    for target in dict.fromkeys((*now.graphs, *before.graphs)):
        old, new = (_by_name(side.graphs.get(target)) for side in (before, now))
        for name in sorted({*old, *new}):
            yield from _of(old.get(name), new.get(name), target)


def _by_name(graph: Graph | None) -> dict[str, Entry]:
    entries = graph.entries.values() if graph else ()
    return {entry.azure_name.lower(): entry for entry in entries if _is_of_a_step(entry)}


def _is_of_a_step(entry: Entry) -> bool:
    return ROWS[entry.section].compiled_to == "step"


def _of(old: Entry | None, new: Entry | None, target: str) -> Iterator[Found]:
    there = new or old
    assert there is not None  # of two that have one name
    found = changed(there.address, target, there.section, there.azure_name, ())
    if old is None:
        if not there.existing:
            yield replace(found, action="created", classes=("creates",))
    elif new is None:
        if not there.existing:
            remedy = _REMEDY.format(_DELETE.format(there.azure_name))
            yield replace(found, action="deleted", classes=("orphans",), remedy=remedy, remains=True)
    elif not new.existing:
        yield from _changed(old, new, target)


def _changed(old: Entry, new: Entry, target: str) -> Iterator[Found]:
    facts = ROWS[new.section].changes
    before, after = (_compared(side) for side in (old, new))
    properties = [
        Property(each.path, each.before, each.after, known(facts, each).classes) for each in differing(before, after)
    ]
    found = changed(new.address, target, new.section, new.azure_name, properties)
    if old.address != new.address:
        yield replace(found, action="renamed", classes=("renames", *found.classes), renamed_from=old.address)
    elif properties:
        yield found


def _compared(entry: Entry) -> dict[str, Any]:
    return {key: value for key, value in entry.body.items() if key not in _MADE_WITH}

"""Somebody else's workspace that is another one now: what was deployed into the first stays there, and goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mlinfra.differ.model import Found, Property
from mlinfra.differ.spec import Spec
from mlinfra.differ.spec_only import changed
from mlinfra.emit.az import word
from mlinfra.graph import Entry
from mlinfra.languages import ROWS

_DATABRICKS = "databricks_workspaces"
# What lies in one of these has no id of its own that would differ.
_HOLDERS = (
    "Microsoft.MachineLearningServices/workspaces",
    "Microsoft.MachineLearningServices/registries",
    "Microsoft.Databricks/workspaces",
)
_STAYS = (
    "What was deployed into {} stays there and goes on, and all is made anew in {}. To stay with it, restore the line"
)
_BUNDLES = "To remove it: databricks bundle destroy in {}/databricks/{} as it was before the merge, first in serving"
_LISTED = "To see what goes on there: az resource list --query \"[?contains(id, '{}')].id\""


def of_holders(before: Spec, now: Spec) -> Iterator[Found]:
    """Each that was someone else's, and is another one, or one of ours, under the same address."""
    for target, graph in now.graphs.items():
        for entry in graph.entries.values():
            there = now.was(before, target, entry.address) if ROWS[entry.section].resource_type in _HOLDERS else None
            if there is not None and there.existing and there.id and _id(there) != _id(entry):
                yield _found(there, entry, target)


def _id(entry: Entry) -> str:
    return (entry.id or "").lower()


def _found(old: Entry, new: Entry, target: str) -> Found:
    place = Property("id", old.id, new.id, ("orphans",))
    said = _STAYS.format(old.azure_name, new.azure_name)
    way = _BUNDLES.format(target, new.name) if new.section == _DATABRICKS else _LISTED.format(word(old.azure_name))
    found = changed(new.address, target, new.section, new.azure_name, [place])
    return replace(found, remedy=f"{said}. {way}")

"""A workspace that is another one of somebody else's now: what was deployed stays, and what comes is read there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mlinfra.differ.made import WORKSPACES
from mlinfra.differ.model import Found, Property
from mlinfra.differ.spec import Spec
from mlinfra.differ.spec_only import changed
from mlinfra.emit.az import word
from mlinfra.graph import Entry
from mlinfra.header.accept import Class
from mlinfra.languages import ROWS

# What lies in one of these has no id of its own that would differ.
_HOLDERS = (
    "Microsoft.MachineLearningServices/workspaces",
    "Microsoft.MachineLearningServices/registries",
    "Microsoft.Databricks/workspaces",
)
_LOGS = ("Microsoft.OperationalInsights/workspaces", "Microsoft.Insights/components")  # that are sent, not deployed
_STAYS = (
    "What was deployed into {} stays there and goes on, and all is made anew in {}. To stay with it, restore the line"
)
_WHOM = "whoever may look into {}, with what goes there"
_BUNDLES = "To remove it: databricks bundle destroy in {}/databricks/{} as it was before the merge, first in serving"
_LISTED = "To see what goes on there: az resource list --query \"[?contains(id, '{}')].id\""


def of_holders(before: Spec, now: Spec) -> Iterator[Found]:
    """Each that was someone else's, or is from now on, and is another one, under the same address."""
    for target, graph in now.graphs.items():
        for entry in graph.entries.values():
            holds = ROWS[entry.section].resource_type in (*_HOLDERS, *_LOGS)
            there = now.was(before, target, entry.address) if holds else None
            if there is not None and there.id and _id(there) != _id(entry):
                yield from _found(there, entry, target)


def _id(entry: Entry) -> str:
    return (entry.id or "").lower()


def _found(old: Entry, new: Entry, target: str) -> Iterator[Found]:
    # Of one of ours it is told that it is left behind; logs of others are theirs to keep.
    is_left = old.existing and ROWS[old.section].resource_type in _HOLDERS
    classes: tuple[Class, ...] = ("orphans",) if is_left else ()
    classes += ("opens_access",) if new.existing else ()
    place = Property("id", old.id, new.id, classes, whom=_WHOM.format(new.azure_name))
    found = changed(new.address, target, new.section, new.azure_name, [place])
    if not is_left:
        yield from [found] if classes else []
        return
    said = _STAYS.format(old.azure_name, new.azure_name)
    way = _BUNDLES.format(target, new.name) if new.section == WORKSPACES else _LISTED.format(word(old.azure_name))
    yield replace(found, remedy=f"{said}. {way}")

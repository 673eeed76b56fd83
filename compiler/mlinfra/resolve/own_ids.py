"""Whole ids in bodies of ours: one that an entry of the spec has means that entry, as its name does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mlinfra.bodies.references import references, with_word
from mlinfra.graph import Entry
from mlinfra.source.tree import with_value


def with_own_names(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """The entries, with the name of an entry wherever a body of ours has the id that this one has on Azure.

    Where a place takes entries of any section, its address stands there.
    """
    by_id = {entry.id.lower(): entry for entry in entries.values() if entry.id}
    return {address: _with_own_names(entry, by_id) for address, entry in entries.items()}


def _with_own_names(entry: Entry, by_id: Mapping[str, Entry]) -> Entry:
    if entry.model is None:
        return entry
    for path, reference, written in list(references(entry.model)):
        meant = by_id.get(written.lower()) if written.startswith("/") else None
        if meant is not None and (not reference.sections or meant.section in reference.sections):
            word = meant.name if reference.sections else meant.address
            model, body = with_word(entry.model, path, word), with_value(entry.body, path, word)
            entry = replace(entry, model=model, body=body)
    return entry

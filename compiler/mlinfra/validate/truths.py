"""Truths of bodies that a schema judges, where the Azure ML client takes a text for one: "false" is false.

What becomes Bicep has no client that reads it, and a rule asks for a truth: a text is neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlinfra.graph import Entry
from mlinfra.languages import ROWS
from mlinfra.languages.documents import document, located, texts_for_truths
from mlinfra.source.tree import Path
from mlinfra.validate.corrected import with_all_values, with_values

# Source: marshmallow.fields.Boolean, with which azure-ai-ml reads its bodies.
_TRUTHS = {
    **dict.fromkeys(("t", "true", "on", "y", "yes", "1"), True),
    **dict.fromkeys(("f", "false", "off", "n", "no", "0"), False),
}
_MAX_CHARACTERS = 5  # of the longest of them
_NO_TRUTH = 0.5  # in the place of one it shows whether one is due there


def with_truths(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """The entries of what becomes Bicep, or is a compute, with a truth wherever one is due and a text stands for it."""
    places = {address: found for address, entry in entries.items() if (found := _texts_of(entry))}
    if not places:
        return dict(entries)
    probes = (with_values(entries[address], dict.fromkeys(found, _NO_TRUTH)) for address, found in places.items())
    due: dict[str, dict[Path, Any]] = {}
    for place in texts_for_truths(document(probes)):
        address, path = located(place)
        if path in places.get(address, {}):
            due.setdefault(address, {})[path] = places[address][path]
    return with_all_values(entries, due)


def _texts_of(entry: Entry) -> dict[Path, bool]:
    """The places of an entry where a text stands that may be meant for a truth, and which."""
    row, found = ROWS[entry.section], dict[Path, bool]()
    if row.compiled_to == "bicep" or row.size_field:
        _collect(entry.body, (), found)
    return found


def _collect(data: Mapping[str, Any] | list[Any], path: Path, found: dict[Path, bool]) -> None:
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        if isinstance(value, str) and len(value) <= _MAX_CHARACTERS and value.lower() in _TRUTHS:
            found[*path, key] = _TRUTHS[value.lower()]
        elif isinstance(value, (dict, list)):
            _collect(value, (*path, key), found)

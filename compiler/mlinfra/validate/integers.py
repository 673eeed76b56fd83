"""Integers of bodies that a schema judges, as one may write them otherwise: 3.0 is 3; so are "+3" and "03" where the
Azure ML client takes a text for one.

What reads a body after that takes an integer, or one as text: a rule, or a script, for which 3.0 and 08 are no numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from mlinfra.graph import Entry
from mlinfra.languages import LANGUAGE_OF
from mlinfra.languages.documents import document, fractions_for_integers, located, scalars_for_text
from mlinfra.source.tree import Path, as_text
from mlinfra.validate.corrected import with_all_values

_TEXT = re.compile(r"(?!-?[1-9]|0$)[+-]?[0-9]{1,18}")  # as the schema takes one for an integer, and nobody writes it
_BEGINS = "+-0"  # and is not looked at any further where it begins otherwise
_LIMIT = 2**63  # what is beyond is said to be, as it is written
_NO_INTEGER = 0.5  # in the place of one it shows whether one is due there
_Places = dict[str, dict[Path, int]]


def with_integers(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """The entries with an integer wherever one is due, and is written otherwise."""
    places: _Places = {}
    for address, entry in entries.items():
        found: dict[Path, int] = {}
        for data in (entry.additions, entry.body):
            if _holds_any(data):
                _collect(data, (), found)
        if found:
            places[address] = found
    if not places:
        return dict(entries)
    around = {address: entry for address, entry in entries.items() if address in _holders(places, entries)}
    fractions = {address: dict.fromkeys(found, _NO_INTEGER) for address, found in places.items()}
    probes = with_all_values(around, fractions)
    due: _Places = {}
    for place, may_be_text in fractions_for_integers(document(probes.values())):
        address, path = located(place)
        if path in places.get(address, {}) and (may_be_text or not _is_text(entries[address], path)):
            due.setdefault(address, {})[path] = places[address][path]
    return with_all_values(entries, due)


def with_texts(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """The entries with a text wherever one is due and a number or a truth is written, in languages that take it."""
    texts: dict[str, dict[Path, Any]] = {}
    judged = [entry for entry in entries.values() if _takes_scalars_as_text(entry.section)]
    for place in scalars_for_text(document(judged)) if judged else ():
        address, path = located(place)
        texts.setdefault(address, {})[path] = as_text(entries[address].value_at(path))
    return with_all_values(entries, texts)


@cache
def _takes_scalars_as_text(section: str) -> bool:
    schema = LANGUAGE_OF[section].schema
    return schema is not None and schema.takes_scalars_as_text


def _holds_any(data: Mapping[str, Any] | list[Any]) -> bool:
    """Whether something stands anywhere in plain data that may be meant for an integer: of most bodies nothing does."""
    for value in data.values() if isinstance(data, dict) else data:
        if isinstance(value, str):
            if value[:1] in _BEGINS and _may_be_meant(value):  # asked here as well, of all texts of a spec
                return True
        elif isinstance(value, (dict, list)):
            if _holds_any(value):
                return True
        elif isinstance(value, float) and _may_be_meant(value):
            return True
    return False


def _collect(data: Mapping[str, Any] | list[Any], path: Path, found: dict[Path, int]) -> None:
    """The places of plain data where something stands that may be meant for an integer, and which."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        if isinstance(value, (dict, list)):
            _collect(value, (*path, key), found)
        elif isinstance(value, (str, float)) and _may_be_meant(value):
            found[*path, key] = int(value)


def _may_be_meant(value: str | float) -> bool:
    if isinstance(value, str):
        return value[:1] in _BEGINS and _TEXT.fullmatch(value) is not None
    return value.is_integer() and abs(value) < _LIMIT


def _holders(places: _Places, entries: Mapping[str, Entry]) -> set[str]:
    """The addresses of those entries, and of what they stand in: what that is decides what they may be."""
    return {*places, *(str(entries[address].parent) for address in places if entries[address].parent)}


def _is_text(entry: Entry, path: Path) -> bool:
    return isinstance(entry.value_at(path), str)

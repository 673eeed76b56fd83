"""Entries with other values at some places of their bodies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mlinfra.graph import Entry
from mlinfra.source.tree import Path, with_value


def with_all_values(entries: Mapping[str, Entry], values: Mapping[str, Mapping[Path, Any]]) -> dict[str, Entry]:
    """All the entries, by address, those of which there are values with these."""
    return {**entries, **{address: with_values(entries[address], own) for address, own in values.items()}}


def with_values(entry: Entry, values: Mapping[Path, Any]) -> Entry:
    """An entry with other values at these paths of its whole body."""
    body, additions = entry.body, entry.additions
    for path, value in values.items():
        if path[0] in additions:
            additions = with_value(additions, path, value)
        else:
            body = with_value(body, path, value)
    return replace(entry, body=body, additions=additions) if values else entry

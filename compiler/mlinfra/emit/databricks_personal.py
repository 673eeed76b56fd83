"""Names in the bundle of a person of their own, for what a workspace or a metastore has once.

The mode development renames the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mlinfra.graph import Entry
from mlinfra.languages.databricks.sections import BY_NAME


def names_of_a_person(entries: Iterable[Entry], keys: Mapping[str, str]) -> dict[str, Any]:
    """What `resources` of that target says of the entries of a bundle, which has these keys by address."""
    names: dict[str, Any] = {}
    for entry in entries:
        row = BY_NAME[entry.section]
        if not row.is_prefixed:
            names.setdefault(row.key, {})[keys[entry.address]] = {row.named_by: _persons(entry.azure_name)}
    return names


def _persons(name: str) -> str:
    """A name of a person's own: names of apps and the like have no underscores, and those of catalogs no hyphens."""
    who = "_${workspace.current_user.short_name}" if "_" in name else "-${workspace.current_user.domain_friendly_name}"
    return name + who

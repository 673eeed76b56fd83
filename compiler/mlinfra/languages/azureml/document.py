"""The bodies of Azure ML entries as the one document that the schema judges: section, entry, body."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mlinfra.graph import Entry
from mlinfra.languages.azureml.sections import BY_NAME
from mlinfra.languages.azureml.vault_references import without_references
from mlinfra.source.tree import Path

DEPLOYMENTS = "deployments"


def document(entries: Iterable[Entry]) -> dict[str, dict[str, Any]]:
    """The document of these entries, with the keys that mlinfra adds; deployments stand inside their endpoints.

    Where a secret of a vault is due, a text stands in its place.
    """
    sections: dict[str, dict[str, Any]] = {}
    for entry in entries:
        body = {**without_references(entry.section, entry.body), **_own_keys(entry)}
        if entry.parent:
            section, _, endpoint = entry.parent.partition(".")
            above = sections.setdefault(section, {}).setdefault(endpoint, {})
            above.setdefault(DEPLOYMENTS, {})[entry.name] = body
        else:
            sections.setdefault(entry.section, {})[entry.name] = body
    return sections


def located(path: Path) -> tuple[str, Path]:
    """The address of the entry that a place of the document belongs to, and the place in that entry's body."""
    section, entry, *rest = path
    address = f"{section}.{entry}"
    if len(rest) >= 2 and rest[0] == DEPLOYMENTS:
        return f"{address}.{DEPLOYMENTS}.{rest[1]}", tuple(rest[2:])
    return address, tuple(rest)


def _own_keys(entry: Entry) -> dict[str, Any]:
    return {key: value for key, value in entry.additions.items() if key in BY_NAME[entry.section].additions}

"""What is encrypted with a key of the customer's: which key, in which vault, and who reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mlinfra.derive.workspace import holders
from mlinfra.graph import Entry, Graph
from mlinfra.languages import SECTIONS

FIELD = "customer_managed_key"


class Encrypted(NamedTuple):
    """An entry with a key; addresses are None where nothing of the spec is named."""

    entry: Entry
    field: str  # below FIELD, that says which key
    vault: str | None
    key: str | None
    reader: str | None  # who reads the key

    @property
    def written(self) -> str | None:
        """The name or the address of the key, where one is written."""
        name = self.entry.body[FIELD].get(self.field)
        return name if isinstance(name, str) else None


def encrypted(graph: Graph) -> Iterator[Encrypted]:
    """Workspaces and hubs, and what else has a key: those of the spec that are made by it."""
    for workspace in holders(graph):
        if isinstance(workspace.body.get(FIELD), Mapping):
            yield _of(graph, workspace, "key_uri", ("primary_user_assigned_identity",))
    for row in SECTIONS:
        for entry in graph.section(row.name) if row.key_reader else ():
            if isinstance(entry.body.get(FIELD), Mapping) and not entry.existing:
                yield _of(graph, entry, "key", (FIELD, "identity"))


def _of(graph: Graph, entry: Entry, field: str, reader: tuple[str, ...]) -> Encrypted:
    vault, key = (graph.bound(entry.address, FIELD, name) for name in ("key_vault", field))
    return Encrypted(entry, field, vault, key, graph.bound(entry.address, *reader))

"""What is encrypted with a key of the customer's: which key, in which vault, and who reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mlinfra.derive.workspace import holders
from mlinfra.graph import Entry, Graph
from mlinfra.languages import SECTIONS
from mlinfra.languages.key_places import FIELD, key_places
from mlinfra.languages.language import Section
from mlinfra.languages.platform.roles import made_identity
from mlinfra.schemas.values import value_at


class Encrypted(NamedTuple):
    """An entry with a key; addresses are None where nothing of the spec is named."""

    entry: Entry
    path: tuple[str, ...]  # where its key is written
    field: str  # below that, which says which key
    vault: str | None
    key: str | None
    reader: str | None  # who reads the key: an identity, or one that Azure makes for the entry
    is_read_by_the_service: bool = False  # and by no identity

    @property
    def what(self) -> str:
        """What has the key, as the beginning of a sentence that goes on behind its verb."""
        of_it, address = self.path[-1], self.entry.address
        if len(self.path) == 1:
            return f"{address} is"
        return f"the {of_it} of {address} {'are' if of_it.endswith('s') else 'is'}"

    @property
    def written(self) -> str | None:
        """The name or the address of the key, where one is written."""
        name = value_at(self.entry.body, (*self.path, self.field))
        return name if isinstance(name, str) else None


def encrypted(graph: Graph) -> Iterator[Encrypted]:
    """Workspaces and hubs, and what else has a key: those of the spec that are made by it."""
    for workspace in holders(graph):
        if isinstance(workspace.body.get(FIELD), Mapping):
            reader = graph.bound(workspace.address, "primary_user_assigned_identity")
            yield _of(graph, workspace, (FIELD,), "key_uri", reader)
    for row in SECTIONS:
        for entry in graph.section(row.name) if row.key_reader or row.key_identities else ():
            if isinstance(entry.body.get(FIELD), Mapping) and not entry.existing:
                yield from _of_a_kind(graph, row, entry)


def _of_a_kind(graph: Graph, row: Section, entry: Entry) -> Iterator[Encrypted]:
    if row.key_reader:
        yield _of(graph, entry, (FIELD,), "key", graph.bound(entry.address, FIELD, "identity"))
        return
    for path in key_places(row):
        if isinstance(value_at(entry.body, path), Mapping):
            identity = row.key_identities.get(path[-1])
            reader = made_identity(entry.address, identity) if identity else None
            yield _of(graph, entry, path, "key", reader)._replace(is_read_by_the_service=identity is None)


def _of(graph: Graph, entry: Entry, path: tuple[str, ...], field: str, reader: str | None) -> Encrypted:
    vault, key = (graph.bound(entry.address, *path, name) for name in ("key_vault", field))
    return Encrypted(entry, path, field, vault, key, reader)

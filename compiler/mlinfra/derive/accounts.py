"""To which storage accounts a workspace leads: by its datastores, and by the URLs that its jobs and assets name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mlinfra.azure.casing import snake
from mlinfra.derive import workspace as around
from mlinfra.graph import Edge, Entry, Graph
from mlinfra.languages.forms import STORAGE_URL
from mlinfra.languages.platform.storage.account import StorageAccount
from mlinfra.schemas.values import value_at
from mlinfra.source.tree import Path

OF_LAKES = ("blob", "dfs")  # a lake is reached by dfs, and by blob where SDKs list it


class Lead(NamedTuple):
    """That something of a workspace leads to an account, and to which services of it."""

    entry: Entry
    account: str  # its address
    services: tuple[str, ...]
    path: Path = ()  # of the URL in the body; empty: by what the entry is


def leads(graph: Graph, workspace: Entry) -> Iterator[Lead]:
    """Datastores first, then URLs in the order of what names them."""
    for datastore in around.members(graph, workspace, "datastores"):
        if account := graph.bound(datastore.address, "account_name"):
            is_of_files = around.data_service(datastore) == "file"
            by_dfs = snake(str(datastore.body.get("type"))) == "azure_data_lake_gen2"
            yield Lead(datastore, account, ("file",) if is_of_files else _services(graph, account, by_dfs))
    yield from graph.once(_by_urls).get(workspace.address, ())


def _by_urls(graph: Graph) -> dict[str, list[Lead]]:
    """By the workspace in which that lies which names a URL, to where it leads."""
    found: dict[str, list[Lead]] = {}
    for entry in graph.entries.values():
        for edge in graph.edges_from(entry.address):
            if edge.form == STORAGE_URL.name:
                account = graph.entries[edge.target].parent or edge.target
                services = _services(graph, account, ".dfs." in _text(entry, edge))
                found.setdefault(entry.holder, []).append(Lead(entry, account, services, edge.path))
    return found


def _services(graph: Graph, account: str, by_dfs: bool) -> tuple[str, ...]:
    model = graph.entries[account].model
    is_lake = isinstance(model, StorageAccount) and model.hierarchical_namespace
    return OF_LAKES if is_lake or by_dfs else OF_LAKES[:1]


def _text(entry: Entry, edge: Edge) -> str:
    return edge.in_file.text if edge.in_file else str(value_at(entry.body, edge.path))

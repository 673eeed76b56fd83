"""What the Databricks CLI that pipelines install knows of bundles; what it does not know a step makes beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlinfra.graph import Entry, Graph
from mlinfra.header import Header
from mlinfra.languages.databricks.known import READ_TO, Since, since
from mlinfra.languages.databricks.principals import run_as
from mlinfra.languages.databricks.row import Row
from mlinfra.languages.databricks.sections import BY_NAME, made
from mlinfra.pipelines.versions import VERSIONS, is_older
from mlinfra.schemas.values import texts


def is_too_old(header: Header, row: Row) -> bool:
    """Whether it does not know a kind of resource; where nothing installs one, whoever deploys brings one that does."""
    settings = header.pipelines
    return settings is not None and is_older(VERSIONS.with_written(settings).databricks, row.known_since)


def is_made_beside(graph: Graph, entry: Entry) -> bool:
    """Whether a step makes an entry that a bundle would hold, as the CLI is too old for it.

    What only a bundle knows, as the id of another resource of it, or uploads, no request can say.
    """
    row = BY_NAME[entry.section]
    if entry.existing or not row.may_be_made_beside or not is_too_old(graph.header, row):
        return False
    is_filled_in = not any("${" in text for _, text in texts(dict(entry.body), ()))
    return is_filled_in and not any(graph.local_paths_of(entry.address))


def beside(graph: Graph) -> Iterator[Entry]:
    """The entries that steps make because of that."""
    return (entry for _, entry in made(graph) if is_made_beside(graph, entry))


def needed(header: Header, graphs: Iterable[Graph]) -> str:
    """The version of the CLI for which the output is made."""
    version = VERSIONS.with_written(header.pipelines).databricks
    if header.pipelines is None:
        for first in (each for graph in graphs for each in _firsts(graph)):
            version = first if is_older(version, first) else version
    return version


def _firsts(graph: Graph) -> Iterator[str]:
    for row, entry in made(graph):
        yield row.known_since
        yield from (each.version for each in young(graph, row, entry))


def young(graph: Graph, row: Row, entry: Entry) -> Iterator[Since]:
    """What a body holds that is younger than its kind, as a bundle says it: whom it runs as by what that is."""
    body = dict(entry.body)
    principal = graph.bound(entry.address, "run_as") if row.has_run_as else None
    if principal:
        body["run_as"] = run_as(graph.entries[principal]) or {}
    return since(row.name, body)


def is_unknown(header: Header, first: str) -> bool:
    """Whether the CLI that pipelines install is certain not to know what a version knows first; empty: none does."""
    settings = header.pipelines
    if settings is None:
        return False
    pinned = VERSIONS.with_written(settings).databricks
    return not is_older(READ_TO, pinned) and (not first or is_older(pinned, first))

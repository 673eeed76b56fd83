"""Which bundle holds an entry: what a run needs, or what a run has to have made something for."""

from __future__ import annotations

from mlinfra.graph import Entry, Graph
from mlinfra.languages.databricks.named import made_by_runs
from mlinfra.languages.databricks.row import Bundle
from mlinfra.languages.databricks.sections import made


def bundle_of(graph: Graph, entry: Entry) -> Bundle:
    """The bundle that holds an entry: that of its section, else serving where it can't be made before a run.

    Such an entry names a table that only a run makes, or one of serving with which it goes.
    """
    return "serving" if entry.address in graph.once(_serving) else "platform"


def awaited_by(graph: Graph, entry: Entry) -> tuple[str, ...]:
    """The tables and functions of runs without which an entry can't be made."""
    return graph.once(_awaited).get(entry.address, ())


def _awaited(graph: Graph) -> dict[str, tuple[str, ...]]:
    return {entry.address: tuple(made_by_runs(graph, row, entry)) for row, entry in made(graph) if row.awaits}


def _serving(graph: Graph) -> frozenset[str]:
    found = {entry.address for row, entry in made(graph) if row.bundle == "serving" or awaited_by(graph, entry)}
    following = [entry.address for row, entry in made(graph) if row.goes_with_what_it_names]
    while more := {each for each in following if any(edge.target in found for edge in graph.edges_from(each))} - found:
        found |= more
    return frozenset(found)

"""Which bundle holds an entry, of what a run needs or of what a run makes, and which workspace's comes first."""

from __future__ import annotations

from collections.abc import Mapping

from mlinfra.graph import Edge, Entry, Graph
from mlinfra.languages.databricks.forms import IN_TEXT
from mlinfra.languages.databricks.named import made_by_runs, stands_on
from mlinfra.languages.databricks.row import WORKSPACES, Bundle, Row
from mlinfra.languages.databricks.sections import BY_NAME, made


def bundle_of(graph: Graph, entry: Entry) -> Bundle:
    """The bundle that holds an entry: that of its section, else serving where it can't be made before a run.

    Such an entry names a table that only a run makes, or one of serving with which it goes, or on which it stands.
    """
    return "serving" if entry.address in graph.once(_serving) else "platform"


def is_later(graph: Graph, entry: Entry, target: Entry) -> bool:
    """Whether another is in the bundle that is deployed after that of an entry."""
    return bundle_of(graph, target) == "serving" and bundle_of(graph, entry) == "platform"


def awaited_by(graph: Graph, entry: Entry) -> tuple[str, ...]:
    """The tables and functions of runs without which an entry can't be made."""
    return graph.once(_awaited).get(entry.address, ())


def _awaited(graph: Graph) -> dict[str, tuple[str, ...]]:
    return {entry.address: tuple(made_by_runs(graph, row, entry)) for row, entry in made(graph) if row.awaits}


def _serving(graph: Graph) -> frozenset[str]:
    found = {entry.address for row, entry in made(graph) if row.bundle == "serving" or awaited_by(graph, entry)}
    named = {entry.address: _leads_to(graph, row, entry) for row, entry in made(graph)}
    while more := {each for each, targets in named.items() if not found.isdisjoint(targets)} - found:
        found |= more
    return frozenset(found)


def _leads_to(graph: Graph, row: Row, entry: Entry) -> set[str]:
    """What an entry can't be made before, if that is in serving."""
    named = {edge.target for edge in graph.edges_from(entry.address)} if row.goes_with_what_it_names else set[str]()
    return named | {target.address for _, target in stands_on(graph, row, entry)} if row.awaits else named


def needed_elsewhere(graph: Graph) -> Mapping[str, Mapping[str, Edge]]:
    """By workspace: the others in which something is made that it needs, each with what says so."""
    return graph.once(_needed_elsewhere)


def _needed_elsewhere(graph: Graph) -> dict[str, dict[str, Edge]]:
    found: dict[str, dict[str, Edge]] = {home.name: {} for home in graph.section(WORKSPACES)}
    for _, entry in made(graph):
        home = entry.additions.get(WORKSPACES)
        for edge in graph.edges_from(entry.address) if bundle_of(graph, entry) == "platform" else ():
            target = graph.entries[edge.target]
            other = target.additions.get(WORKSPACES) if target.section in BY_NAME and not target.existing else None
            if edge.path and edge.form != IN_TEXT.name and other and home and other != home:
                found.setdefault(str(home), {}).setdefault(str(other), edge)
    return found


def in_order(graph: Graph) -> list[str]:
    """The workspaces, each behind those in which something is made that it needs; none that waits for itself."""
    left, order = dict(sorted(needed_elsewhere(graph).items())), list[str]()
    while first := next((home for home, others in left.items() if not others.keys() & left.keys()), None):
        order.append(first)
        del left[first]
    return order

"""Rule of settings that open in production what is closed unless somebody writes so: as a field, or as its property."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages import SECTIONS
from mlinfra.rules.network import place_of
from mlinfra.rules.rule import over_graph
from mlinfra.source.tree import Path, is_there, value_at

INSECURE = Code(
    "MLI424",
    "warning",
    "Insecure setting in production",
    "It is closed unless somebody opens it, and whoever reviews the platform wants to know why it is open",
    "Leave it out; where it has to be, say why: # mlinfra: ignore MLI424 because …",
    "docs/language.md#modes",
)
ISOLATION: Path = ("managed_network", "isolation_mode")
OPEN = ("open", "internet")  # words of network.outbound


def _production_is_closed(graph: Graph) -> Iterator[Diagnostic]:
    yield from _data_stay(graph)
    rows = SECTIONS if graph.target.mode == "production" else ()
    for row in rows:
        for entry in graph.section(row.name) if row.insecure else ():
            for insecure in () if entry.existing else row.insecure:
                if not is_there(entry.tree, insecure.field) or _is_guarded_otherwise(insecure.field, entry, graph):
                    continue  # it follows from the header, or is no way out
                if insecure.is_so(value_at({**entry.additions, **entry.body}, insecure.field)):
                    message = f"{entry.address} {insecure.why}"
                    help = f"leave {'.'.join(map(str, insecure.field))} out, or say why it has to be"
                    yield finding(INSECURE, message, at(entry, insecure.field, on_key=True), help)


def _is_guarded_otherwise(field: Path, entry: Entry, graph: Graph) -> bool:
    """Whether computes lie in a subnet, whose rules and routes say where data go, as no managed network is written."""
    is_off = field == ISOLATION and value_at(entry.body, field) == "disabled"
    return is_off and (graph.network.compute_subnet is not None or graph.network.outbound == "vnet")


def _data_stay(graph: Graph) -> Iterator[Diagnostic]:
    outbound = graph.network.outbound
    if graph.target.mode == "production" and outbound in OPEN and any(graph.section("workspaces")):
        message = "jobs of production send data wherever they like"
        help = "leave network.outbound out, for approved, or say why it has to be"
        yield finding(INSECURE, message, place_of(graph, "outbound"), help)


RULES = (over_graph(INSECURE, _production_is_closed),)

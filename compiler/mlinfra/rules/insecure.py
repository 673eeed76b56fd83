"""Rule of settings that open in production what is closed unless somebody writes so: as a field, or as its property."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.languages import SECTIONS
from mlinfra.rules.rule import over_graph
from mlinfra.source.tree import value_at

INSECURE = Code(
    "MLI424",
    "warning",
    "Insecure setting in production",
    "It is closed unless somebody opens it, and whoever reviews the platform wants to know why it is open",
    "Leave it out; where it has to be, say why: # mlinfra: ignore MLI424 because …",
    "docs/language.md#modes",
)


def _production_is_closed(graph: Graph) -> Iterator[Diagnostic]:
    rows = SECTIONS if graph.target.mode == "production" else ()
    for row in rows:
        for entry in graph.section(row.name) if row.insecure else ():
            for insecure in () if entry.existing else row.insecure:
                if value_at(entry.body, insecure.field) == insecure.value:
                    message = f"{entry.address} {insecure.why}"
                    help = f"leave {'.'.join(map(str, insecure.field))} out, or say why it has to be"
                    yield finding(INSECURE, message, at(entry, insecure.field, on_key=True), help)


RULES = (over_graph(INSECURE, _production_is_closed),)

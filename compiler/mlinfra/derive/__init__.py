"""derive: what follows from the edges of the graph, each with its reason. Read this list first."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mlinfra.derive.diagnostic_settings import diagnostic_settings
from mlinfra.derive.edges import derived_edges
from mlinfra.derive.locks import locks
from mlinfra.derive.outbound_rules import outbound_rules
from mlinfra.derive.role_assignments import role_assignments
from mlinfra.diagnostics.outcome import Outcome
from mlinfra.graph import Entry, Graph

DERIVATIONS: tuple[Callable[[Graph], Iterable[Entry]], ...] = (
    outbound_rules,
    role_assignments,  # after the rules: whoever opens a private endpoint has to approve it
    diagnostic_settings,
    locks,
)


def derive(graph: Graph) -> Outcome[Graph]:
    """The graph with everything that its edges imply."""
    for derivation in DERIVATIONS:
        graph = graph.with_entries(list(derivation(graph)))
    return Outcome(graph.with_edges(derived_edges(graph)))

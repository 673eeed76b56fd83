"""derive: what follows from the edges of the graph, each with its reason. Read this list first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from mlinfra.derive.altered import with_derived, with_resources
from mlinfra.derive.databricks import derived_of_databricks
from mlinfra.derive.datastore_identities import datastore_identities
from mlinfra.derive.diagnostic_settings import diagnostic_settings
from mlinfra.derive.edges import derived_edges
from mlinfra.derive.locks import locks
from mlinfra.derive.outbound_rules import in_turn, outbound_rules
from mlinfra.derive.private_endpoints import derived_endpoints, derived_links, endpoints_in_turn
from mlinfra.derive.role_assignments import role_assignments
from mlinfra.derive.security_rules import derived_rules, rules_of_databricks
from mlinfra.diagnostics import Diagnostic
from mlinfra.diagnostics.outcome import Outcome
from mlinfra.graph import Entry, Graph

Derivation: TypeAlias = Callable[[Graph], Outcome[tuple[Entry, ...]]]


def _all_of(entries: Callable[[Graph], Iterable[Entry]]) -> Derivation:
    """A derivation that has nothing to find."""
    return lambda graph: Outcome(tuple(entries(graph)))


DERIVATIONS: tuple[Derivation, ...] = (
    _all_of(outbound_rules),
    _all_of(derived_endpoints),
    role_assignments,  # after these: whoever opens a private endpoint has to approve it, and the studio looks at some
    _all_of(derived_rules),
    _all_of(rules_of_databricks),
    _all_of(derived_links),
    _all_of(diagnostic_settings),
    _all_of(locks),
    _all_of(derived_of_databricks),
)


def derive(graph: Graph) -> Outcome[Graph]:
    """The graph with everything that its edges imply."""
    findings: list[Diagnostic] = []
    altered = with_resources(graph)
    for derivation in DERIVATIONS:
        derived = derivation(altered.value)
        findings += (*altered.findings, *derived.findings)
        altered = with_derived(altered.value, derived.value)
    findings += altered.findings
    altered = with_resources(altered.value)  # of what was derived just now: the zones of an endpoint
    findings += altered.findings
    graph = endpoints_in_turn(in_turn(altered.value))
    return Outcome(graph.with_edges((*derived_edges(graph), *datastore_identities(graph))), tuple(findings))

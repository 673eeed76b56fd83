"""Rules of what connections lead to."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.derive import workspace as around
from mlinfra.derive.connected import SECTION, roles_of_work
from mlinfra.derive.need import Need
from mlinfra.derive.role_assignments import given
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.reach.roles import is_given
from mlinfra.rules.rule import over_whole_graph

NOT_TO_COMPUTES = Code(
    "MLI841",
    "info",
    "Connection that computes and endpoints have no role for",
    "A connection without a key signs in as whoever uses it. People who build in its workspace get the role; which "
    "jobs and deployments use it is written in their code alone, so their identities get none by it",
    "Write role_assignments for the identities whose code uses it",
    "https://learn.microsoft.com/azure/ai-foundry/concepts/hub-rbac-azure-ai-foundry",
)


def _who_uses_connections_may(graph: Graph) -> Iterator[Diagnostic]:
    have = frozenset(given(graph)) if any(graph.section(SECTION)) else frozenset()
    for connection in graph.section(SECTION):
        taken, holder = roles_of_work(graph, connection), graph.entries.get(connection.holder)
        if taken is None or holder is None:
            continue
        role, scope = taken
        members = around.members(graph, holder, "compute_clusters", "compute_instances", "online_endpoints")
        acting = dict.fromkeys(each for member in members for each in around.identities(graph, member))
        needs = [Need(each, role, scope, "", connection.address) for each in acting]
        without = [need.principal for need in needs if not is_given(graph, need, have)]
        if without and len(without) == len(acting):
            message = f"no compute and no endpoint of {holder.address} has the role that {connection.address} takes"
            name = without[0].partition(".")[2]
            help = (
                f"role_assignments: {{<name>: {{identity: {name}, role: {role}, scope: {scope}}}}} lets {name} use it"
            )
            yield finding(NOT_TO_COMPUTES, message, at(connection), help)


RULES = (over_whole_graph(NOT_TO_COMPUTES, _who_uses_connections_may),)

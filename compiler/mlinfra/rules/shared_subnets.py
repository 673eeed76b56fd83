"""The rule of subnets that are there for several targets, of which Databricks takes one for one workspace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.azure.networks import DATABRICKS
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages.platform.databricks.databricks_workspaces import (
    DATABRICKS_WORKSPACES,
    SUBNETS,
    DatabricksWorkspace,
)
from mlinfra.rules.rule import over_targets, owned

SHARED = Code(
    "MLI897",
    "error",
    "Subnet of several targets for a workspace of Databricks",
    "A network of someone else's, or of another target, is the same in every target: Azure puts one workspace into a "
    "subnet, and none into one that is not delegated to Databricks where it is made",
    "Name a subnet of its own in each target, and write its delegation where another target makes it",
    "https://learn.microsoft.com/azure/databricks/security/network/classic/vnet-inject",
)


def _subnets_are_for_one_workspace(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    held: dict[str, tuple[Graph, Entry]] = {}
    of = {graph.target.name: graph for graph in graphs}
    for graph, entry, field, subnet in _taken(graphs):
        first, other = held.setdefault(str(subnet.id).lower(), (graph, entry))
        if first is not graph and subnet.id:
            message = f"{subnet.address} is taken by {other.address} in {first.target.name} already"
            help = "write a subnet of its own in each target, such as by a variable of the target"
            yield finding(SHARED, message, at(entry, (field,)), help)
        maker = str(graph.entries[subnet.parent or ""].made_in)
        made = of[maker].entries.get(subnet.address) if maker in of else None
        if made and not made.body.get("delegation"):
            where = f"{subnet.address} is made in {maker}"
            message = f"{where}, where nobody knows that {entry.address} of {graph.target.name} takes it"
            help = f"write delegation: {DATABRICKS} in the subnet; its rules and its way out follow there"
            yield finding(SHARED, message, at(entry, (field,)), help)


def _taken(graphs: Sequence[Graph]) -> Iterator[tuple[Graph, Entry, str, Entry]]:
    """Each workspace that is made, with the field that names a subnet and the subnet."""
    for graph in graphs:
        for entry, _ in owned(graph, DATABRICKS_WORKSPACES.name, DatabricksWorkspace):
            for field in SUBNETS:
                if subnet := graph.entries.get(graph.bound(entry.address, field) or ""):
                    yield graph, entry, field, subnet


RULES_OF_TARGETS = (over_targets(SHARED, _subnets_are_for_one_workspace),)

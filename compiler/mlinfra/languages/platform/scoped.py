"""What lies in a scope of Azure Monitor: logs and insights, which are put there wherever the scope is made."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.graph import Entry, Graph
from mlinfra.languages.resource import Of, Resource

SCOPE_TYPE = "Microsoft.Insights/privateLinkScopes"
_SCOPES = "monitor_private_link_scopes"


def in_scopes(entry: Entry, graph: Graph) -> Iterator[Resource]:
    """One resource for each scope of the spec; in a scope of someone else's it is handed over."""
    for scope in graph.section(_SCOPES):
        yield Resource(
            address=f"{entry.address}.scopes.{scope.name}",
            type=f"{SCOPE_TYPE}/scopedResources",
            names=(scope.azure_name, entry.azure_name),
            body={"properties": {"linkedResourceId": Of(entry.address)}},
            owner=entry.address,
            parent=scope.address,
            because=f"{entry.address} is reached by the private endpoint of {scope.address}",
        )

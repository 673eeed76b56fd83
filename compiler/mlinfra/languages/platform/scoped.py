"""What lies in a scope of Azure Monitor: logs and insights, which are put there wherever the scope is made."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.graph import Entry, Graph
from mlinfra.languages.resource import Of, Resource

SCOPE_TYPE = "Microsoft.Insights/privateLinkScopes"
_SCOPES = "monitor_private_link_scopes"
_IN_SCOPES = ("log_analytics", "application_insights")


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
            depends_on=_one_before(entry, scope, graph),
            because=f"{entry.address} is reached by the private endpoint of {scope.address}",
        )


def _one_before(entry: Entry, scope: Entry, graph: Graph) -> tuple[str, ...]:
    """A scope takes one change at a time, and refuses another one meanwhile.

    Source: https://github.com/hashicorp/terraform-provider-azurerm/issues/22236
    """
    put = [each.address for section in _IN_SCOPES for each in graph.section(section) if not each.existing]
    place = put.index(entry.address)
    return (f"{put[place - 1]}.scopes.{scope.name}",) if place else ()

"""Which closed storage accounts serverless compute of Databricks reads: it lies in no network of ours.

Sources: docs, "Serverless compute plane networking", "Configure a firewall for serverless compute access".
"""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.graph import Entry, Graph
from mlinfra.languages.databricks.row import WORKSPACES
from mlinfra.languages.databricks.sections import made_for
from mlinfra.languages.databricks.sections.unity import EXTERNAL_LOCATIONS
from mlinfra.languages.platform import access
from mlinfra.languages.platform.storage.account import StorageAccount
from mlinfra.languages.platform.storage.storage_accounts import STORAGE_ACCOUNTS

# Of private endpoints to a lake; docs, "Configure private connectivity to Azure resources".
LAKE_GROUPS = ("blob", "dfs")


def on_serverless(graph: Graph, workspace: Entry) -> Iterator[Entry]:
    """What of a workspace runs on serverless compute."""
    for row, entry in made_for(graph, workspace):
        if row.on_serverless and row.on_serverless(entry):
            yield entry


def closed_lakes(graph: Graph, workspace: Entry) -> Iterator[Entry]:
    """The storage accounts of its external locations that the internet does not reach, in the order of their names."""
    found: dict[str, Entry] = {}
    for location in graph.section(EXTERNAL_LOCATIONS.name):
        if location.additions.get(WORKSPACES) == workspace.name and not location.existing:
            for edge in graph.edges_from(location.address):
                container = graph.entries[edge.target]
                account = graph.entries[container.parent] if container.parent else container
                if account.section == STORAGE_ACCOUNTS.name and _is_closed(account, graph):
                    found[account.address] = account
    yield from (found[address] for address in sorted(found))


def _is_closed(account: Entry, graph: Graph) -> bool:
    """Whether a firewall turns serverless compute away: it has no address of its own that could be let in.

    A subnet that no entry is may be one of Databricks' own, from where it comes where there is no private endpoint
    (docs, "Configure a firewall for serverless compute access").
    """
    model = account.model
    if account.existing or not isinstance(model, StorageAccount):
        return False
    acls = model.network_acls
    if model.public_network_access == "disabled":
        return True
    is_of_others = any(each not in graph.entries and each not in graph.addresses_by_id for each in acls.subnets)
    return access.is_closed(acls, graph.network, model.public_network_access) and not is_of_others

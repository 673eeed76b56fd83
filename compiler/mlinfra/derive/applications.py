"""Roles of applications that are no entry: who writes one by its object id knows which application that is."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.azure.roles import role_guid
from mlinfra.derive.encryption import FIELD, encrypted
from mlinfra.derive.grants import CRYPTO_USER
from mlinfra.derive.role_assignments import above
from mlinfra.graph import Entry, Graph
from mlinfra.languages.platform.identity.role_assignments import RoleAssignment
from mlinfra.resolve.naming import is_in_own_group


def lies_in_the_group(graph: Graph, address: str) -> bool:
    """Whether an entry, or what it is in, lies in the target's own resource group."""
    entry = graph.entries[address]
    root = graph.entries[entry.parent] if entry.parent else entry
    return is_in_own_group(root, graph.target)


def is_given_to_an_application(graph: Graph, role: str, scope: str) -> bool:
    """Whether an application that is no entry has a role on something, or on what that lies in."""
    scopes = set(above(graph, scope))
    for entry in graph.section("role_assignments"):
        written = entry.model
        if isinstance(written, RoleAssignment) and written.principal_type == "service_principal":
            of_somebody = written.object_id is not None and role_guid(written.role) == role_guid(role)
            if of_somebody and written.scope in scopes:
                return True
    return False


def without_cosmos(graph: Graph) -> Iterator[tuple[Entry, str]]:
    """Workspaces with a key that the Cosmos DB of Azure ML has to read, and nobody lets it; with the key, or its vault.

    One that is the customer's own (`cosmosdb_id`) is his to open.
    """
    for each in encrypted(graph):
        is_kept_by_azure_ml = each.field == "key_uri" and "cosmosdb_id" not in each.entry.body[FIELD]
        key = each.key or each.vault
        if is_kept_by_azure_ml and key and not is_given_to_an_application(graph, CRYPTO_USER, key):
            yield each.entry, key

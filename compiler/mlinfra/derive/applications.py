"""Roles of applications that are no entry: who writes one by its object id knows which application that is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mlinfra.azure.clouds import DATABRICKS_APPLICATION, cloud
from mlinfra.azure.roles import role_guid
from mlinfra.derive.encryption import Encrypted, encrypted
from mlinfra.derive.grants import CRYPTO_USER
from mlinfra.derive.role_assignments import above
from mlinfra.graph import Entry, Graph
from mlinfra.languages.key_places import FIELD
from mlinfra.languages.platform.identity.role_assignments import RoleAssignment
from mlinfra.resolve.naming import is_in_own_group


def lies_in_the_group(graph: Graph, address: str) -> bool:
    """Whether an entry, or what it is in, lies in the target's own resource group."""
    entry = graph.entries[address]
    root = graph.entries[entry.parent] if entry.parent else entry
    return is_in_own_group(root, graph.target)


COSMOS, DATABRICKS = "Azure Cosmos DB", "AzureDatabricks"  # as the directory calls them


class Service(NamedTuple):
    """A service that reads keys as an application of the directory."""

    name: str
    application: str


def is_given_to_an_application(graph: Graph, role: str, scope: str) -> bool:
    """Whether an application that is no entry has a role on something, or on what that lies in."""
    return bool(_given(graph, role, scope))


def _given(graph: Graph, role: str, scope: str) -> set[str]:
    """The object ids of applications that have a role on something, or on what that lies in."""
    scopes = set(above(graph, scope))
    return {
        written.object_id.lower()
        for entry in graph.section("role_assignments")
        if isinstance(written := entry.model, RoleAssignment)
        and written.principal_type == "service_principal"
        and written.object_id is not None
        and role_guid(written.role) == role_guid(role)
        and written.scope in scopes
    }


def without_service(graph: Graph) -> Iterator[tuple[Service, Entry, str]]:
    """What a service has to read the key of, and nobody lets it; with the key, or its vault.

    An object id doesn't say of which application it is: where several read one key, as many have to be written.
    """
    read = [(service, each.entry, each.key or each.vault) for each in encrypted(graph) if (service := _of(graph, each))]
    services: dict[str | None, set[str]] = {}
    for service, _, key in read:
        services.setdefault(key, set()).add(service.name)
    for service, entry, key in read:
        if key and len(_given(graph, CRYPTO_USER, key)) < len(services[key]):
            yield service, entry, key


def read_by_services(graph: Graph) -> Iterator[tuple[Service, Entry, str]]:
    """The keys of the spec that bootstrap.sh lets a service read as an application, with what they encrypt."""
    for each in encrypted(graph):
        if each.key and (service := _of(graph, each)):
            yield service, each.entry, each.key


def _of(graph: Graph, each: Encrypted) -> Service | None:
    """The service that reads a key by itself; None where an identity does, or what is the customer's own to open."""
    if each.is_read_by_the_service:
        return Service(DATABRICKS, DATABRICKS_APPLICATION)
    if each.field == "key_uri" and "cosmosdb_id" not in each.entry.body[FIELD]:
        return Service(COSMOS, cloud(graph.header.cloud).cosmos_application)
    return None

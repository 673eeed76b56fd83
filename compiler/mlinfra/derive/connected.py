"""Which services of others the connections of workspaces and hubs lead to, and who signs in there as himself.

Source: docs, "Role-based access control for Microsoft Foundry (Hubs and Projects)", connections using Microsoft Entra
ID authentication (https://learn.microsoft.com/azure/ai-foundry/concepts/hub-rbac-azure-ai-foundry).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from mlinfra.azure.casing import snake
from mlinfra.derive import workspace as around
from mlinfra.derive.need import BLOB_CONTRIBUTOR, OPENAI_USER, Need
from mlinfra.graph import Entry, Graph
from mlinfra.languages import SECTIONS
from mlinfra.languages.azureml.connections import signs_in_by_entra, where

SECTION = "connections"
_IDS = ("open_ai_resource_id", "ai_services_resource_id")
_SERVICES = tuple(row.name for row in SECTIONS if row.is_only_read)
_SCHEME_AND_PATH = re.compile("^https?://|[/:?#].*$")
_SERVICES_USER = "Cognitive Services User"
# By type of connection: of OpenAI the role for calls alone (docs, "Role-based access control for Azure OpenAI").
ROLES: Mapping[str, str] = {
    "azure_open_ai": OPENAI_USER,
    "azure_ai_services": _SERVICES_USER,
    "azure_content_safety": _SERVICES_USER,
    "azure_speech_services": _SERVICES_USER,
    "azure_ai_search": "Search Index Data Contributor",
    "azure_blob": BLOB_CONTRIBUTOR,
}


def connections_of(graph: Graph, holder: Entry) -> Iterator[Entry]:
    """The connections of a workspace or a hub."""
    return (entry for entry in graph.section(SECTION) if entry.holder == holder.address)


def service_of(graph: Graph, connection: Entry) -> Entry | None:
    """The entry to which one leads: named by its id or its name, or by an address that begins with its name."""
    named = (graph.bound(connection.address, field) for field in (*_IDS, "account_name"))
    if bound := next(filter(None, named), None):
        return graph.entries[bound]
    name, _, domain = host_of(connection).partition(".")
    services = (entry for section in _SERVICES for entry in graph.section(section) if domain)
    return next((entry for entry in services if entry.azure_name.lower() == name), None)


def host_of(connection: Entry) -> str:
    """The host of the service, in lower case; empty where the body names none."""
    written = where(connection.body)
    return _SCHEME_AND_PATH.sub("", written).lower() if written.lower().startswith("http") else ""


def roles_of_work(graph: Graph, connection: Entry) -> tuple[str, str] | None:
    """The role that whoever uses it takes, and on what; None where it signs in for him, or leads to no entry."""
    role = ROLES.get(snake(str(connection.body.get("type"))))
    service = service_of(graph, connection) if role and signs_in_by_entra(connection.body) else None
    if role is None or service is None:
        return None
    container = f"{service.address}.containers.{connection.body.get('container_name')}"
    return role, container if container in graph.entries else service.address


def _of_connections(graph: Graph) -> Iterator[Need]:
    for connection in graph.section(SECTION):
        if (taken := roles_of_work(graph, connection)) is None:
            continue
        role, scope = taken
        for address in _who_works(graph, connection.holder):
            because = f"{address} uses {connection.address}, which leads to {scope} and signs in as whoever uses it"
            yield Need(address, role, scope, because, address)


def _who_works(graph: Graph, holder: str) -> Iterator[str]:
    """Those who build in a workspace, or in a project of a hub."""
    projects = [each.address for each in graph.section("projects") if graph.bound(each.address, "hub_id") == holder]
    places = {holder.removeprefix("workspaces."), *projects} if holder.startswith("workspaces.") else set(projects)
    for address, principal, role in around.workers(graph):
        if role in ("data_scientist", "ml_engineer") and any(map(principal.is_at, places)):
            yield address


GRANTS_BY_CONNECTIONS: tuple[Callable[[Graph], Iterator[Need]], ...] = (_of_connections,)

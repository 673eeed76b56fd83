"""Who needs which role in a project of a hub.

Sources: docs, "Role-based access control for Microsoft Foundry (Hubs and Projects)": every member of a project reads
its hub (https://learn.microsoft.com/azure/ai-foundry/concepts/hub-rbac-azure-ai-foundry); "Disable shared-key access
for your hub's storage account": who works there has blobs and shares of that account
(https://learn.microsoft.com/azure/ai-foundry/how-to/disable-local-auth); "How to configure a private link for Azure AI
Foundry", private storage: what a project itself needs of an account that is closed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mlinfra.derive import workspace as around
from mlinfra.derive.need import BLOB_CONTRIBUTOR, FILE_CONTRIBUTOR, READER, Need
from mlinfra.derive.seen_by_the_studio import private_endpoints_of_people, shown_by_the_studio
from mlinfra.graph import Entry, Graph
from mlinfra.languages.platform.identity.principals import PrincipalRole

DEVELOPER = "Azure AI Developer"


def _of_principals(graph: Graph) -> Iterator[Need]:
    for address, principal, role in around.workers(graph):
        for project in graph.section("projects"):
            if not project.existing and principal.is_at(project.address):
                yield from _in_project(graph, address, project, role)


def _in_project(graph: Graph, address: str, project: Entry, role: PrincipalRole) -> Iterator[Need]:
    looks_only = role == "reader"
    verb = "looks at" if looks_only else "works in"
    given = READER if looks_only else DEVELOPER
    yield Need(address, given, project.address, f"{address} {verb} {project.address}", address)
    hub = graph.bound(project.address, "hub_id")
    if hub is None:
        return
    yield Need(address, READER, hub, f"{address} sees what {project.address} has of {hub}", address)
    storage = None if looks_only else graph.bound(hub, "storage_account")
    if storage:
        because = f"{address} keeps what it works on in {project.address} in {storage}, where keys are off"
        yield Need(address, BLOB_CONTRIBUTOR, storage, because, address)
        if role != "deployer":
            because = f"{address} keeps files of {project.address} in the file share of {storage}, where keys are off"
            yield Need(address, FILE_CONTRIBUTOR, storage, because, address)


def _of_projects(graph: Graph) -> Iterator[Need]:
    """What a project reads and writes as itself: blobs the service lets it, by a condition for each project."""
    for project in graph.section("projects"):
        hub, identity = graph.bound(project.address, "hub_id"), _identity_of(graph, project)
        storage = graph.bound(hub, "storage_account") if hub else None
        endpoints = private_endpoints_of_people(graph, storage) if storage and identity else []
        if not (identity and storage and endpoints):
            continue
        because = f"{project.address} keeps flows in the file share of {storage}, which is closed"
        yield Need(identity, FILE_CONTRIBUTOR, storage, because, project.address)
        yield from shown_by_the_studio(project, identity, endpoints)


def _identity_of(graph: Graph, project: Entry) -> str | None:
    """As whom a project acts: its primary identity, else its own, which Azure gives it where none is written."""
    if project.existing:
        return None
    own = project.address if project.body.get("identity") is None else None
    return around.identity_of(graph, project) or own


GRANTS_IN_PROJECTS: tuple[Callable[[Graph], Iterator[Need]], ...] = (_of_principals, _of_projects)

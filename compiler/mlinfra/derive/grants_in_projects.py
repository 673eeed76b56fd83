"""Who needs which role in a project of a hub.

Sources: docs, "Role-based access control for Microsoft Foundry (Hubs and Projects)": every member of a project reads
its hub (https://learn.microsoft.com/azure/ai-foundry/concepts/hub-rbac-azure-ai-foundry); "Disable shared-key access
for your hub's storage account": who works there has blobs and shares of that account
(https://learn.microsoft.com/azure/ai-foundry/how-to/disable-local-auth).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mlinfra.derive.need import READER, Need
from mlinfra.graph import Entry, Graph
from mlinfra.languages.platform.identity.principals import Principal, PrincipalRole

DEVELOPER = "Azure AI Developer"
BLOB_CONTRIBUTOR, FILE_CONTRIBUTOR = "Storage Blob Data Contributor", "Storage File Data Privileged Contributor"


def _of_principals(graph: Graph) -> Iterator[Need]:
    for principal in graph.section("principals"):
        assert isinstance(principal.model, Principal)
        chosen, role = principal.model.works_in, principal.model.role
        if role is None or principal.model.is_approver:
            continue
        for project in graph.section("projects"):
            if not project.existing and (chosen is None or project.address in chosen):
                yield from _in_project(graph, principal.address, project, role)


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


GRANTS_IN_PROJECTS: tuple[Callable[[Graph], Iterator[Need]], ...] = (_of_principals,)

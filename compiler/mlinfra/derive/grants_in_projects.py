"""Who needs which role in a project of a hub.

Source: docs, "Role-based access control in Azure AI Foundry portal": who works in a project sees its hub as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mlinfra.derive.need import READER, Need
from mlinfra.graph import Entry, Graph
from mlinfra.languages.platform.identity.principals import Principal

DEVELOPER = "Azure AI Developer"
BLOB_CONTRIBUTOR = "Storage Blob Data Contributor"


def _of_principals(graph: Graph) -> Iterator[Need]:
    for principal in graph.section("principals"):
        assert isinstance(principal.model, Principal)
        chosen, role = principal.model.works_in, principal.model.role
        for project in graph.section("projects") if role and not principal.model.is_approver else ():
            if not project.existing and (chosen is None or project.address in chosen):
                yield from _in_project(graph, principal.address, project, looks_only=role == "reader")


def _in_project(graph: Graph, address: str, project: Entry, *, looks_only: bool) -> Iterator[Need]:
    verb = "looks at" if looks_only else "works in"
    given = READER if looks_only else DEVELOPER
    yield Need(address, given, project.address, f"{address} {verb} {project.address}", address)
    hub = graph.bound(project.address, "hub_id")
    if hub is None or looks_only:
        return
    yield Need(address, READER, hub, f"{address} sees what {project.address} has of {hub}", address)
    if storage := graph.bound(hub, "storage_account"):
        because = f"{address} keeps what it works on in {project.address} in {storage}, where keys are off"
        yield Need(address, BLOB_CONTRIBUTOR, storage, because, address)


GRANTS_IN_PROJECTS: tuple[Callable[[Graph], Iterator[Need]], ...] = (_of_principals,)

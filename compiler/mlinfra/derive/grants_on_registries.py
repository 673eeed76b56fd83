"""Who needs which role on a machine-learning registry."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mlinfra.derive import workspace as around
from mlinfra.derive.need import READER, Need
from mlinfra.derive.registries import SECTION, uses
from mlinfra.graph import Entry, Graph
from mlinfra.languages.platform.identity.principals import Principal

REGISTRY_USER = "AzureML Registry User"


def _of_registries(graph: Graph) -> Iterator[Need]:
    """Whoever runs with what lies in a registry reads it there: as the workspace, the compute or the endpoint.

    Source: docs, "Create and manage registries".
    """
    for address, registries in uses(graph).items():
        entry = graph.entries[address]
        workspace = around.workspace_of(graph, entry)
        holder = graph.entries[entry.parent] if entry.parent else entry
        acting = [*around.run_as(graph, entry), *around.identities(graph, holder), around.identity_of(graph, workspace)]
        for registry in registries:
            because = f"{address} takes from {registry.address}"
            yield from (Need(each, READER, registry.address, because, address) for each in acting if each)


def may_use(principal: Principal, registry: Entry) -> bool:
    """Whether somebody who works on the platform gets a role on a registry."""
    return principal.registries is None or registry.name in principal.registries


def _of_principals_of_registries(graph: Graph) -> Iterator[Need]:
    for address, principal, role in around.workers(graph):
        for registry in graph.section(SECTION):
            if may_use(principal, registry):
                writes = role in ("ml_engineer", "deployer")
                verb = "puts models and environments into" if writes else "takes models and environments from"
                because = f"{address} {verb} {registry.address}"
                given = REGISTRY_USER if writes else READER
                yield Need(address, given, registry.address, because, address)


GRANTS_ON_REGISTRIES: tuple[Callable[[Graph], Iterator[Need]], ...] = (_of_registries, _of_principals_of_registries)

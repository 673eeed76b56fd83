"""The private endpoints by which people reach an account: the studio shows what lies behind them.

Source: docs, "Workspace managed virtual network isolation", "Azure Machine Learning studio".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlinfra.derive.need import READER, Need
from mlinfra.graph import Entry, Graph
from mlinfra.languages.platform.network.private_endpoints import DERIVED_PRIVATE_ENDPOINTS, PrivateEndpoint

GROUPS = ("blob", "file")


def private_endpoints_of_people(graph: Graph, storage: str) -> list[str]:
    """The addresses of those that are derived."""
    return [
        endpoint.address
        for endpoint in graph.section(DERIVED_PRIVATE_ENDPOINTS.name)
        if isinstance(endpoint.model, PrivateEndpoint)
        and endpoint.model.resource == storage
        and endpoint.model.group in GROUPS
    ]


def shown_by_the_studio(workspace: Entry, identity: str, endpoints: Iterable[str]) -> Iterator[Need]:
    """What a workspace or a project needs as that identity, so that its studio shows what lies behind these."""
    for endpoint in endpoints:
        because = f"the studio of {workspace.address} shows what lies behind {endpoint}"
        yield Need(identity, READER, endpoint, because, workspace.address)

"""Package indexes and channels that environments are built from, as an approved network has to let them through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mlinfra.azureml.conda import sources
from mlinfra.derive import workspace as around
from mlinfra.graph import Entry, Graph


class PackageHost(NamedTuple):
    name: str
    because: str
    cause: str  # address


def package_hosts(graph: Graph, workspace: Entry) -> Iterator[PackageHost]:
    """The hosts that the workspace's environments name, and those of `network.package_hosts`."""
    for environment in around.members(graph, workspace, "environments"):
        conda = conda_of(graph, environment)
        for host in sources(conda).hosts if conda else ():
            because = f"the conda file of {environment.address} takes packages from {host}"
            yield PackageHost(host, because, environment.address)
    for host in graph.network.package_hosts:
        yield PackageHost(host, f"network.package_hosts lets {host} through", workspace.address)


def conda_of(graph: Graph, environment: Entry) -> str | dict[str, object] | None:
    """The conda specification of an environment: the text of its file, or what is written in place."""
    written = environment.body.get("conda_file")
    if not isinstance(written, str):
        return written if isinstance(written, dict) else None
    text: str | None = graph.files.text(graph.files.path_of(environment, ("conda_file",), written))
    return text

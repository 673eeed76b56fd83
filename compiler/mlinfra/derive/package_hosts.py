"""Package indexes and channels that environments are built from, as an approved network has to let them through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mlinfra.derive import workspace as around
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import path_of
from mlinfra.repository.files import Unreadable
from mlinfra.schemas.conda import misshapen, sources
from mlinfra.source.named_yaml import mapping_in


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


def conda_of(graph: Graph, environment: Entry) -> Mapping[str, Any] | None:
    """The conda specification of an environment: what its file holds, or what is written in place.

    None where conda can't read it, which is said where files are resolved.
    """
    conda = _written(graph, environment)
    return None if conda is None or any(misshapen(conda)) else conda


def _written(graph: Graph, environment: Entry) -> Mapping[str, Any] | None:
    written = environment.body.get("conda_file")
    if not isinstance(written, str):
        return written if isinstance(written, dict) else None
    path = path_of(environment, ("conda_file",), written.removeprefix("file:"))
    try:
        return mapping_in(graph.files, path)
    except Unreadable:  # it lies elsewhere: an address, or what is known when the environment is built
        return None

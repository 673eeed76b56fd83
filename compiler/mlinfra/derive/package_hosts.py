"""Package indexes, channels and registries that environments are built from, as an approved network has to let them
through."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from mlinfra.azure.image_names import registry_of
from mlinfra.bodies.fields import HOST
from mlinfra.derive import workspace as around
from mlinfra.derive.models import without_code
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import path_of
from mlinfra.header.network import PIP
from mlinfra.languages import SECTIONS
from mlinfra.languages.azureml.checks import images
from mlinfra.languages.azureml.checks.walk import environments_in
from mlinfra.repository.files import Unreadable
from mlinfra.schemas.conda import Sources, misshapen, sources
from mlinfra.source.named_yaml import mapping_in
from mlinfra.source.tree import Path

# Sections whose bodies are an environment or may have one written in them: images are looked at in these.
HOLD_ENVIRONMENTS = tuple(row.name for row in SECTIONS if not set(images.RULES).isdisjoint(row.rules))

IS_A_HOST_NAME = re.compile(HOST)  # a rule takes no other: no address, no name that only one network knows
EXAMPLE_HOST = "packages.contoso.example"  # stands for the mirror of an organization
OF_MLFLOW = ("conda-forge", PIP)  # what MLflow writes into the conda.yaml of a model


class PackageHost(NamedTuple):
    name: str
    because: str
    cause: str  # address


class Conda(NamedTuple):
    """A conda specification that conda can read, and where the spec has it or names its file."""

    entry: Entry  # that is the environment, or has it written in it
    path: Path
    specification: Mapping[str, Any]


def package_hosts(graph: Graph, workspace: Entry) -> Iterator[PackageHost]:
    """The hosts that the workspace's conda files name, and those that `network.package_hosts` has of what they use, or
    of the registries that have the images of environments.

    Of a Dockerfile nobody knows what it asks for: where there is one, all that is written is let through. A model that
    MLflow saved asks for `OF_MLFLOW`, if nobody told it otherwise.
    """
    by_source = graph.network.hosts_by_source
    for entry in around.members(graph, workspace, *HOLD_ENVIRONMENTS):
        environments = tuple(environments_in(entry.body, entry.section))
        for conda in _condas_of(graph, entry, environments):
            used = sources(conda.specification)
            for host in filter(IS_A_HOST_NAME.fullmatch, used.hosts):
                yield PackageHost(host, f"the conda file of {entry.address} takes packages from {host}", entry.address)
            for source in sources_by_name(used):
                for host in by_source.get(source, ()):
                    because = f"the conda file of {entry.address} takes packages from {described(source)}, at {host}"
                    yield PackageHost(host, because, entry.address)
        for registry in _registries(environments):
            for host in by_source.get(registry, ()):
                because = f"{entry.address} starts from an image of {registry}, at {host}"
                yield PackageHost(host, because, entry.address)
        if any(environment.get("build") for _, environment in environments):
            for source, hosts in by_source.items():
                for host in hosts:
                    because = f"the Dockerfile of {entry.address} may take packages from {described(source)}, at {host}"
                    yield PackageHost(host, because, entry.address)
    yield from _of_models(graph, workspace)
    for host in graph.network.hosts_of_nobody:
        yield PackageHost(host, f"network.package_hosts lets {host} through", workspace.address)


def _registries(environments: Iterable[tuple[Path, Mapping[str, Any]]]) -> Iterator[str]:
    """The hosts of the registries that have the images of environments."""
    images = (environment.get("image") for _, environment in environments)
    yield from dict.fromkeys(registry_of(image) for image in images if isinstance(image, str))


def of_unknown_hosts(graph: Graph, workspace: Entry) -> Iterator[str]:
    """The channels by name, and pip's own index, that images of a workspace take packages from and nobody has a host
    for: these lie on the internet."""
    known = graph.network.hosts_by_source
    of_models = OF_MLFLOW if any(without_code(graph, workspace)) else ()
    used = (
        source
        for entry in around.members(graph, workspace, *HOLD_ENVIRONMENTS)
        for conda in condas(graph, entry)
        for source in sources_by_name(sources(conda.specification))
    )
    yield from dict.fromkeys(described(source) for source in (*used, *of_models) if source not in known)


def _of_models(graph: Graph, workspace: Entry) -> Iterator[PackageHost]:
    by_source = graph.network.hosts_by_source
    for deployment in without_code(graph, workspace):
        for source in OF_MLFLOW:
            for host in by_source.get(source, ()):
                because = f"the model of {deployment.address} takes its packages from {described(source)}, at {host}"
                yield PackageHost(host, because, deployment.address)


def sources_by_name(used: Sources) -> tuple[str, ...]:
    """The channels by name, and pip where it asks its own index: the keys of `network.package_hosts`."""
    return (*used.bare_channels, *((PIP,) if used.default_index else ()))


def described(source: str) -> str:
    return "pip's own index" if source == PIP else f"the channel {source}"


def condas(graph: Graph, entry: Entry) -> Iterator[Conda]:
    """The conda specifications of an entry: what their files hold, or what is written in place.

    Those that conda can't read are left out, which is said where files are resolved.
    """
    return _condas_of(graph, entry, environments_in(entry.body, entry.section))


def every_conda(graph: Graph) -> tuple[Conda, ...]:
    """The conda specifications of all entries, section by section."""
    holders = (entry for section in HOLD_ENVIRONMENTS for entry in graph.section(section))
    return tuple(conda for entry in holders for conda in condas(graph, entry))


def _condas_of(graph: Graph, entry: Entry, environments: Iterable[tuple[Path, Mapping[str, Any]]]) -> Iterator[Conda]:
    for path, environment in environments:
        place = (*path, "conda_file")
        found = _specification(graph, entry, place, environment.get("conda_file"))
        if found is not None and not any(misshapen(found)):
            yield Conda(entry, place, found)


def _specification(graph: Graph, entry: Entry, place: Path, written: object) -> Mapping[str, Any] | None:
    if not isinstance(written, str):
        return written if isinstance(written, dict) else None
    try:
        return mapping_in(graph.files, path_of(entry, place, written))
    except Unreadable:  # it lies elsewhere: an address, or what is known when the environment is built
        return None

"""Rules of assets that lie in a machine-learning registry."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.derive.registries import FIELD, registry_of
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages import ROWS
from mlinfra.languages.bound import is_shut
from mlinfra.rules.rule import over_graph
from mlinfra.versions import is_numbered_by_azure

NOT_TAKEN = Code(
    "MLI368",
    "error",
    "Asset that a registry does not take",
    "A registry that is closed takes no environment, as its images are built where nobody reaches them; none counts "
    "versions, which are part of the names by which others find what lies there; and what lies in a workspace is not "
    "found from a registry",
    "Make the environment in a workspace; give a model a version; name what lies in the registry as well",
    "https://learn.microsoft.com/azure/machine-learning/how-to-registry-network-isolation",
)


def _registries_take_what_is_put_there(graph: Graph) -> Iterator[Diagnostic]:
    for entry in (entry for entry in graph.entries.values() if FIELD in entry.additions and not entry.existing):
        registry = registry_of(graph, entry)
        if registry and ROWS[entry.section].builds_images and _is_closed(graph, registry):
            message = f"{registry.address} is closed, and {entry.address} can't be made there"
            help = "leave registry out: each workspace makes it, with the same version where its content is the same"
            yield finding(NOT_TAKEN, message, at(entry, (FIELD,)), help)
        if registry and is_numbered_by_azure(entry):
            message = f"{entry.address} has no version, and {registry.address} gives it none"
            yield finding(NOT_TAKEN, message, at(entry, (FIELD,)), "add version: 1, and raise it with each change")
        yield from _what_it_does_not_find(graph, entry, registry) if registry else ()


def _what_it_does_not_find(graph: Graph, entry: Entry, registry: Entry) -> Iterator[Diagnostic]:
    for edge in graph.edges_from(entry.address):
        named = graph.entries[edge.target]
        if "workspace" in named.additions and edge.path:
            message = f"{entry.address} lies in {registry.address}, from which {named.address} is not found"
            help = f"write registry: {registry.name} there as well, or name what lies in a registry: azureml://registries/…"
            yield finding(NOT_TAKEN, message, at(entry, edge.path), help)


def _is_closed(graph: Graph, registry: Entry) -> bool:
    """What another target makes is closed as far as the network of the platform is."""
    return is_shut(registry) or (bool(registry.made_in) and graph.network.is_private)


RULES = (over_graph(NOT_TAKEN, _registries_take_what_is_put_there),)

"""Which machine-learning registries the entries of a workspace take something from, or put something into."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from mlinfra.azure.ids import REGISTRIES
from mlinfra.derive.models import evaluated
from mlinfra.graph import Entry, Graph
from mlinfra.languages.azureml.forms import IN_A_REGISTRY
from mlinfra.schemas.values import texts

SECTION = "registries"
FIELD = "registry"
_URI = re.compile(rf"{REGISTRIES}([^/]+)/")


def registry_of(graph: Graph, asset: Entry) -> Entry | None:
    """The registry that holds an asset; None of what lies in a workspace."""
    return graph.entries.get(graph.bound(asset.address, FIELD) or "")


def place_of(graph: Graph, asset: Entry) -> str:
    """How an asset of a registry is named from anywhere, up to its version; empty of what lies in a workspace."""
    registry = registry_of(graph, asset)
    return IN_A_REGISTRY.format(registry.azure_name, asset.section, asset.azure_name) if registry else ""


def uses(graph: Graph) -> Mapping[str, tuple[Entry, ...]]:
    """By address of an entry: the registries of what it runs with, loads or names; none without registries."""
    return graph.once(_uses)


def _uses(graph: Graph) -> Mapping[str, tuple[Entry, ...]]:
    registries = {entry.azure_name.lower(): entry for entry in graph.section(SECTION)}
    if not registries:
        return {}
    scored: dict[str, list[Entry]] = {}
    for model, job, _ in evaluated(graph):
        scored.setdefault(job.address, []).append(model)
    found = {}
    for entry in graph.entries.values():
        if "workspace" in entry.additions:
            named = {each.address: each for each in _named(graph, entry, scored.get(entry.address, ()), registries)}
            if named:
                found[entry.address] = tuple(named.values())
    return found


def _named(graph: Graph, entry: Entry, scored: Collection[Entry], registries: Mapping[str, Entry]) -> Iterator[Entry]:
    """`scored` are the models that a gate puts into the job, which is what serves in the place of a new one."""
    named = (graph.entries[edge.target] for edge in graph.edges_from(entry.address))
    for asset in (*named, *scored):
        if registry := registry_of(graph, asset) if FIELD in asset.additions else None:
            yield registry
    for _, text in texts(entry.body, ()):
        for name in _URI.findall(text):
            if registry := registries.get(name.lower()):
                yield registry

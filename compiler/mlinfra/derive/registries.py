"""Which machine-learning registries the entries of a workspace take something from, or put something into."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mlinfra.azure.ids import REGISTRIES
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
    found = {}
    for entry in graph.entries.values():
        if "workspace" in entry.additions:
            named = {each.address: each for each in _named(graph, entry, registries)}
            if named:
                found[entry.address] = tuple(named.values())
    return found


def _named(graph: Graph, entry: Entry, registries: Mapping[str, Entry]) -> Iterator[Entry]:
    for edge in graph.edges_from(entry.address):
        asset = graph.entries[edge.target]
        if registry := registry_of(graph, asset) if FIELD in asset.additions else None:
            yield registry
    for _, text in texts(entry.body, ()):
        for name in _URI.findall(text):
            if registry := registries.get(name.lower()):
                yield registry

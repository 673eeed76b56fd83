"""The resource providers of what Azure ML makes on behalf of something, beside those of its own type."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.azure import providers as known
from mlinfra.azure.ids import group_in
from mlinfra.azure.providers import Made, Provider
from mlinfra.graph import Entry, Graph
from mlinfra.languages.resource import Of

# docs, "Create the workspace" (register the namespace): these alone, where they lie in another subscription.
_LINKED = ("storageAccount", "keyVault", "containerRegistry", "applicationInsights")


def of_workspace(entry: Entry, graph: Graph, made: Made) -> Iterator[Provider]:
    """Of a workspace or a hub: images of its own, a managed network, and services that its own key encrypts."""
    if not made.properties:
        return
    if not made.properties.get("containerRegistry"):
        yield from made.needs(known.CONTAINER_REGISTRY)
    network = made.properties.get("managedNetwork")
    if isinstance(network, dict) and network.get("isolationMode") != "Disabled":
        yield from made.needs(known.NETWORK)
    if made.properties.get("encryption"):
        yield from made.needs(*known.CUSTOMER_MANAGED_KEY)
    for name in _LINKED:
        linked = made.properties.get(name)
        at = graph.entries[linked.address].id if isinstance(linked, Of) else linked
        if at and (elsewhere := group_in(at)[0]) != made.subscription:
            yield Provider(known.MACHINE_LEARNING, elsewhere)


def of_registry(entry: Entry, graph: Graph, made: Made) -> Iterator[Provider]:
    """The storage and the images of each of its regions; docs, "Create and manage registries"."""
    if made.properties:
        yield from made.needs(known.STORAGE, known.CONTAINER_REGISTRY)


def of_online_endpoint(entry: Entry, graph: Graph, made: Made) -> Iterator[Provider]:
    yield from made.needs(*known.ONLINE_ENDPOINTS)


def of_compute_instance(entry: Entry, graph: Graph, made: Made) -> Iterator[Provider]:
    yield from made.needs(known.NOTEBOOKS)

"""Who pulls images from registries that are no workspace's own: whoever runs in one, and who builds on it.

Source: docs, "Set up service authentication" (use a private Azure Container Registry for base images).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mlinfra.derive import workspace as around
from mlinfra.derive.need import PULL, Need
from mlinfra.graph import Entry, Graph
from mlinfra.languages import ROWS
from mlinfra.languages.forms import IMAGE

_BUILT = ("conda_file", "build")  # of an environment, from which an image of its own is made


def _of_images(graph: Graph) -> Iterator[Need]:
    for edge in graph.edges:
        if edge.form != IMAGE.name:
            continue
        named, registry = graph.entries[edge.source], edge.target
        for user in _users(graph, named):
            because = f"{user.address} runs in an image of {registry}"
            holder = graph.entries[user.parent] if user.parent else user
            for identity in (*around.run_as(graph, user), *around.identities(graph, holder)):
                yield Need(identity, PULL, registry, because, user.address)
        is_built = any(key in named.body for key in _BUILT) and "workspace" in named.additions
        builder = around.identity_of(graph, around.workspace_of(graph, named)) if is_built else None
        if builder:
            because = f"the image of {named.address} is built on one of {registry}"
            yield Need(builder, PULL, registry, because, named.address)


def _users(graph: Graph, named: Entry) -> list[Entry]:
    """What runs with an environment, itself or through components and jobs."""
    found, pending = {named.address: named}, [named]
    while pending:
        for edge in graph.edges_to(pending.pop().address):
            source = graph.entries[edge.source]
            row = ROWS[source.section]
            if source.address not in found and (row.versioned or row.is_work or row.is_scheduled or row.is_a_slot):
                found[source.address] = source
                pending.append(source)
    return [each for each in found.values() if _runs(each)]


def _runs(entry: Entry) -> bool:
    row = ROWS[entry.section]
    return row.is_work or row.is_scheduled or row.is_a_slot


GRANTS_OF_IMAGES: tuple[Callable[[Graph], Iterator[Need]], ...] = (_of_images,)

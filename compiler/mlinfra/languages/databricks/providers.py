"""The resource providers of what Databricks makes on behalf of something, in the subscription of its workspace."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mlinfra.azure import providers as known
from mlinfra.azure.ids import group_in
from mlinfra.azure.providers import Made, Provider
from mlinfra.graph import Entry, Graph
from mlinfra.languages.language import Providers


def of_machines(has_machines: Callable[[Entry], bool] = lambda entry: True) -> Providers:
    """The machines of classic compute and their network interfaces; serverless compute has none of ours."""

    def of_one(entry: Entry, graph: Graph, made: Made) -> tuple[Provider, ...]:
        return made.needs(*known.CLUSTERS) if has_machines(entry) else ()

    return of_one


def of_external_location(entry: Entry, graph: Graph, made: Made) -> Iterator[Provider]:
    """File events are a topic of the storage account that it leads to; docs, "Manage external locations"."""
    if entry.body.get("enable_file_events") is not True:
        return
    bound = graph.entries.get(graph.bound(entry.address, "url") or "")
    yield Provider(known.EVENTS, group_in(bound.id)[0] if bound and bound.id else made.subscription)

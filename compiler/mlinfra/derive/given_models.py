"""Models of jobs that are read without being bound: a gate puts them into a job, or one of their versions is named."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import chain

from mlinfra.derive import workspace as around
from mlinfra.derive.models import evaluated
from mlinfra.graph import Entry, Graph
from mlinfra.schemas.values import texts

READERS = ("jobs", "batch_deployments", "online_deployments", "schedules", "monitors")
_OF_A_VERSION = re.compile("azureml:(?P<name>[^:/@]+)[:@].")  # azureml:churn:7, azureml:churn@latest


def accesses(graph: Graph) -> dict[str, list[around.Access]]:
    """By address of an entry, where it reads such models: they lie where their job writes them, once registered, too.

    Only where that is known to be elsewhere than in the workspace's own storage.
    """
    models = {model.address: _places(graph, model) for model in graph.section("models")}
    elsewhere = {address: places for address, places in models.items() if places}
    found: dict[str, list[around.Access]] = {}
    for entry, model in _read(graph, elsewhere) if elsewhere else ():
        own = found.setdefault(entry.address, [])
        own += (around.Access(entry, scope, False, through) for through, scope in elsewhere[model])
    return found


def _places(graph: Graph, model: Entry) -> list[tuple[str, str]]:
    """The places that are known to hold a model of a job, each behind what leads there."""
    return list(dict.fromkeys(around.places_of(graph, model))) if "from_job" in model.additions else []


def _read(graph: Graph, models: Collection[str]) -> Iterator[tuple[Entry, str]]:
    """What runs, with the address of each of these models that it reads."""
    for model, job, _ in evaluated(graph):
        if model.address in models:
            yield job, model.address
    known = {_on_azure(graph.entries[address]): address for address in models}
    for section in READERS:
        for entry in graph.section(section):
            written = chain.from_iterable(texts(body, ()) for body in around.bodies(graph, entry))
            named = (_OF_A_VERSION.match(text) for _, text in written)
            found = (known.get((_home(entry), each["name"])) for each in named if each)
            bound = {edge.target for edge in graph.edges_from(entry.address)}
            yield from ((entry, address) for address in dict.fromkeys(found) if address and address not in bound)


def _on_azure(model: Entry) -> tuple[object, str]:
    return _home(model), model.azure_name


def _home(entry: Entry) -> object:
    return entry.additions.get("workspace")

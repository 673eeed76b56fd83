"""Rules of assets that lie in a machine-learning registry."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from mlinfra.derive.registries import FIELD, registry_of
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages import ROWS
from mlinfra.languages.bound import is_shut
from mlinfra.rules.of_pipelines import trains_itself
from mlinfra.rules.rule import over_graph
from mlinfra.schemas.values import texts
from mlinfra.versions import is_from_job, is_numbered_by_azure

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

OF_ITS_OWN = Code(
    "MLI859",
    "error",
    "Models of several trainings in one registry",
    "Each target that trains counts versions of its own: version 7 of one would be another model than version 7 of the "
    "other, and the registry has one place for both",
    "Leave registry out: what such a target trains stays there, and nobody else releases it",
    "docs/language.md#registries",
)
NOT_IN_THE_WORKSPACE = Code(
    "MLI883",
    "error",
    "Model of a registry that is looked for in the workspace",
    "A release puts it into the registry, and into no workspace but the one in which its job ran: elsewhere Azure ML "
    "finds no version of that name",
    "Name it as the registry has it: azureml://registries/<registry>/models/<name>/versions/<version>",
    "https://learn.microsoft.com/azure/machine-learning/how-to-share-models-pipelines-across-workspaces-with-registries",
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
        if "workspace" in named.additions and edge.path and edge.path != _MADE_BY:
            message = f"{entry.address} lies in {registry.address}, from which {named.address} is not found"
            help = f"write registry: {registry.name} there as well, or name what lies in a registry: azureml://registries/…"
            yield finding(NOT_TAKEN, message, at(entry, edge.path), help)


_MADE_BY = ("from_job",)  # runs in a workspace, and what it made is put into the registry


def _each_version_is_one_model(graph: Graph) -> Iterator[Diagnostic]:
    for model, registry in _of_runs(graph) if trains_itself(graph) else ():
        if model.additions["from_job"] in _trained(graph):
            known = f"under versions that {registry.address} has of others"
            message = f"{graph.target.name} trains {model.address} itself, {known}"
            yield finding(OF_ITS_OWN, message, at(model, (FIELD,), on_key=True), "leave registry out")


def _trained(graph: Graph) -> Collection[str]:
    return graph.header.pipelines.train.jobs if graph.header.pipelines else ()


def _nothing_of_a_registry_is_looked_for_here(graph: Graph) -> Iterator[Diagnostic]:
    """In the first target the workspace has it, too: there its job ran, and its copy serves as well."""
    names = {(model.additions["workspace"], model.azure_name): (model, registry) for model, registry in _of_runs(graph)}
    if not names or graph.target.name == graph.header.targets[0].name:
        return
    for entry in graph.entries.values():
        for path, text in texts(entry.body, ()) if "workspace" in entry.additions else ():
            named = _VERSION_OF.match(text)
            if named and (found := names.get((entry.additions["workspace"], named["name"]))):
                model, registry = found
                if ROWS[entry.section].is_a_slot and graph.bound(entry.address, *path) == model.address:
                    continue  # of a deployment, churn@latest is the entry: its release names what the registry has
                message = (
                    f"{entry.address} looks for {model.address} in its workspace, and it lies in {registry.address}"
                )
                place = f"azureml://registries/${{{registry.address}.name}}/models/{model.azure_name}"
                yield finding(NOT_IN_THE_WORKSPACE, message, at(entry, path), f"write {place}/versions/…")


def _of_runs(graph: Graph) -> list[tuple[Entry, Entry]]:
    """The models of jobs that lie in a registry, with that."""
    models = ((model, registry_of(graph, model)) for model in graph.section("models") if is_from_job(model))
    return [(model, registry) for model, registry in models if registry]


_VERSION_OF = re.compile("azureml:(?P<name>[^:/@]+)[:@].")  # azureml:churn:7, azureml:churn@latest


def _is_closed(graph: Graph, registry: Entry) -> bool:
    """What another target makes is closed as far as the network of the platform is."""
    return is_shut(registry) or (bool(registry.made_in) and graph.network.is_private)


RULES = (
    over_graph(NOT_TAKEN, _registries_take_what_is_put_there),
    over_graph(OF_ITS_OWN, _each_version_is_one_model),
    over_graph(NOT_IN_THE_WORKSPACE, _nothing_of_a_registry_is_looked_for_here),
)

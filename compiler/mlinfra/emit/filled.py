"""The places of a file that a script fills in by --set, once a run or a release knows what stands there."""

from __future__ import annotations

from collections.abc import Iterable

from mlinfra.graph import Entry, Graph
from mlinfra.header.parameters import as_text
from mlinfra.languages import FORMS
from mlinfra.overrides.run_values import NEWEST, PARAMETER, TextPart, is_settable, parts
from mlinfra.pipelines.trained import FillContext
from mlinfra.source.tree import Path
from mlinfra.versions import has_versions_elsewhere

_DATASTORE_URI = FORMS["datastore_uri"]


def fills_of(graph: Graph, entry: Entry) -> tuple[FillContext, ...]:
    """The places, in the order of the body, with the texts that are due there."""
    return tuple(
        FillContext(".".join(map(str, path)), parts(_as_its_file_has_it(graph, entry, path, text)))
        for path, text in entry.run_values.items()
    )


def by_default(graph: Graph, fills: Iterable[FillContext]) -> tuple[FillContext, ...]:
    """The places as they are where nobody is asked for parameters of training: these are their defaults."""
    settings = graph.header.pipelines
    parameters = settings.train.parameters if settings else {}
    values = {f"{PARAMETER}.{name}": each.default for name, each in parameters.items()}

    def filled(part: TextPart) -> TextPart:
        return TextPart(part.text + as_text(values[part.value])) if part.value in values else part

    return tuple(FillContext(fill.place, tuple(map(filled, fill.parts))) for fill in fills)


def newest_data(graph: Graph, job: Entry) -> tuple[FillContext, ...]:
    """The places of a job in which it reads data that something else versions: the run names the newest version."""
    own = (edge for edge in graph.edges_from(job.address) if edge.in_file is None)
    found = ((edge.path, graph.entries[edge.target]) for edge in own)
    return tuple(
        FillContext(".".join(map(str, path)), (TextPart(f"azureml:{data.azure_name}:", f"{NEWEST}{data.azure_name}"),))
        for path, data in found
        if path and has_versions_elsewhere(data) and is_settable(path)
    )


def _as_its_file_has_it(graph: Graph, entry: Entry, path: Path, text: str) -> str:
    """A text with the Azure name of the datastore that it names, where it names one."""
    rest = _DATASTORE_URI.rest_of(text)
    for edge in graph.edges_from(entry.address):
        if edge.path == path and edge.form == _DATASTORE_URI.name and rest is not None:
            return f"azureml://datastores/{graph.entries[edge.target].azure_name}{rest}"
    return text

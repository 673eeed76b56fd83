"""Where AutoML reads what lies in the repository: the Azure ML client looks for that from the folder of its own start.

Source: azure-ai-ml, `JobOperations._resolve_automl_job_inputs` and `Resource.__init__`, whose base path is that folder
for an AutoML job, and for an AutoML step of whatever pipeline.
"""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.graph import Entry, Graph, LocalPath
from mlinfra.languages.azureml.checks.walk import with_steps
from mlinfra.languages.context import Body
from mlinfra.source.tree import Path

_READ = ("training_data", "validation_data", "test_data")


def automl_places(body: Body) -> Iterator[Path]:
    """The places of a job's or component's body at which AutoML may be told the path of its data."""
    for job in with_steps(body, ()):
        if job.kind == "automl":
            yield from ((*job.path, key, "path") for key in _READ)


def automl_data(graph: Graph, entry: Entry) -> list[LocalPath]:
    """The paths of the repository that AutoML reads in a job or a component."""
    paths = graph.local_paths_of(entry.address)
    places = frozenset(automl_places(entry.body)) if paths else frozenset()
    return [local for local in paths if local.place in places]

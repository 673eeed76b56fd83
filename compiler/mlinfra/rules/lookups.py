"""What a check of one body may ask about the rest of the platform."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mlinfra.azureml.content import SelectedFile, selected_files
from mlinfra.azureml.context import CheckContext
from mlinfra.graph import Entry, Graph
from mlinfra.load.named_yaml import mapping_in
from mlinfra.repository.files import Unreadable


def context_of(graph: Graph, entry: Entry) -> CheckContext:
    """The look-ups for the checks of an entry; they answer None for what lies outside the spec."""
    ask = _Asked(graph, entry)
    return CheckContext(
        section=entry.section,
        entry=entry.name,
        target_mode=graph.target.mode,
        component=lambda reference: ask.body("components", reference),
        job=lambda reference: ask.body("jobs", reference),
        environment=lambda reference: ask.body("environments", reference),
        deployment=ask.deployment,
        model_type=ask.model_type,
        list_files=ask.files,
        read_text=ask.text,
    )


class _Asked:
    def __init__(self, graph: Graph, entry: Entry) -> None:
        self._graph = graph
        self._entry = entry
        self._folder = Path(posixpath.dirname(entry.key.file))

    def body(self, section: str, reference: str) -> Mapping[str, Any] | None:
        if entry := self._graph.entries.get(f"{section}.{reference}"):
            return entry.body
        if reference.startswith("azureml:") or "://" in reference:
            return None
        return self._file(reference.removeprefix("file:"))

    def _file(self, written: str) -> Mapping[str, Any] | None:
        try:
            return mapping_in(self._graph.files, self._path(written))
        except Unreadable:
            return None

    def deployment(self, reference: str) -> Mapping[str, Any] | None:
        endpoint, _, deployment = reference.removeprefix("azureml:").partition(":")
        found = self._graph.entries.get(f"online_endpoints.{endpoint}.deployments.{deployment}")
        return found.body if found else None

    def model_type(self, reference: str) -> str | None:
        model = self._graph.entries.get(f"models.{reference}")
        if model is None:
            return None
        if "from_job" not in model.additions:
            return str(model.body.get("type") or "custom_model")
        return output_type(self._graph, model)

    def text(self, written: str) -> str | None:
        return self._graph.files.text_or_none(self._path(written))

    def files(self, written: str) -> Sequence[SelectedFile] | None:
        try:
            return self._graph.files.once(self._path(written), selected_files)
        except Unreadable:
            return None

    def _path(self, written: str) -> Path:
        return Path(posixpath.normpath(posixpath.join(self._folder.as_posix(), written)))


def output_of(graph: Graph, model: Entry) -> Mapping[str, Any] | None:
    """The output of a job that holds a model, as the job declares it; None where job or output are not there."""
    job = graph.entries.get(f"jobs.{model.additions.get('from_job')}")
    outputs = (job.body.get("outputs") or {}) if job else {}
    name = model.additions.get("output")
    found = outputs.get(name)
    return found if isinstance(found, Mapping) else ({} if name in outputs else None)


def output_type(graph: Graph, model: Entry) -> str | None:
    """The model's type, as the output that holds it has it."""
    output = output_of(graph, model)
    return str(output.get("type") or "uri_folder") if output is not None else None

"""What a check of one body may ask about the rest of the platform."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

from mlinfra.derive.models import type_of
from mlinfra.graph import Entry, Graph
from mlinfra.languages.context import CheckContext
from mlinfra.languages.documents import DEPLOYMENTS
from mlinfra.languages.forms import PARENT
from mlinfra.languages.platform.identity.principals import Principal
from mlinfra.repository.files import Unreadable
from mlinfra.repository.uploads import SelectedFile, selected_files
from mlinfra.resolve.reached_paths import paths_in
from mlinfra.rules.images import unreached_from
from mlinfra.schemas.addresses import is_local
from mlinfra.schemas.flows import as_component
from mlinfra.schemas.values import value_at
from mlinfra.source.named_yaml import mapping_in
from mlinfra.versions import has_versions_elsewhere


def context_of(graph: Graph, entry: Entry) -> CheckContext:
    """The look-ups for the checks of an entry; they answer None for what lies outside the spec."""
    paths = ((local.written, local.target) for local in graph.local_paths_of(entry.address))
    return _context(
        entry.section,
        entry.name,
        _Asked(graph, paths, lambda: _bound_in(graph, entry)),
        is_removed=lambda name: f"{entry.address}.{DEPLOYMENTS}.{name}" in graph.removed,
        is_entry=lambda path: graph.bound(entry.address, *path) is not None,
        unreached=lambda registry: unreached_from(graph, entry, registry),
    )


def context_of_file(graph: Graph, entry: Entry, file: Path, section: str) -> CheckContext:
    """The same for the body in a file that an entry leads to, of which nothing is rewritten: no entry fixes a label."""
    paths = ((reached.written, reached.target) for reached in paths_in(graph.files, file, section))
    ask = _Asked(graph, paths, lambda: _bound_in_file(graph, entry, file))
    newest = {
        edge.path[len(edge.in_file.named_at) + 1 :]
        for edge in graph.edges_from(entry.address)
        if edge.in_file and edge.in_file.file == file and has_versions_elsewhere(graph.entries[edge.target])
    }
    return _context(section, file.stem, ask, is_in_file=True, is_entry=lambda path: path in newest)


def _context(section: str, name: str, ask: _Asked, **more: Any) -> CheckContext:
    return CheckContext(
        section=section,
        entry=name,
        target_mode=ask.graph.target.mode,
        component=lambda reference: ask.body("components", reference),
        job=lambda reference: ask.body("jobs", reference),
        environment=lambda reference: ask.body("environments", reference),
        deployment=ask.deployment,
        model_type=ask.model_type,
        list_files=ask.files,
        read_text=ask.text,
        **more,
    )


_Named: TypeAlias = tuple[str, str]  # the section of what is named, and the text that names it


class _Asked:
    def __init__(
        self, graph: Graph, paths: Iterable[tuple[str, Path]], bound: Callable[[], Mapping[_Named, Entry]]
    ) -> None:
        self.graph = graph
        self._find_bound = bound
        self._targets: dict[str, set[Path]] = {}
        for written, target in paths:
            self._targets.setdefault(written, set()).add(target)

    def body(self, section: str, reference: str) -> Mapping[str, Any] | None:
        if entry := self._meant(section, reference):
            return entry.body
        if not is_local(reference):
            return None
        return self._file(reference)

    def _meant(self, section: str, reference: str) -> Entry | None:
        """The entry that a text of the body, or of a deployment in it, is bound to."""
        return self._bound.get((section, reference))

    @cached_property
    def _bound(self) -> Mapping[_Named, Entry]:
        return self._find_bound()

    def _file(self, written: str) -> Mapping[str, Any] | None:
        path = self._path(written)
        try:
            body = mapping_in(self.graph.files, path) if path else None
            return body if body is None else as_component(body)
        except Unreadable:
            return None

    def deployment(self, reference: str) -> Mapping[str, Any] | None:
        found = self._meant("online_deployments", reference)
        return found.body if found else None

    def model_type(self, reference: str) -> str | None:
        model = self._meant("models", reference)
        if model is None:
            return None
        kind = type_of(self.graph, model)
        return kind if kind and kind.endswith("_model") else None  # of an output that is none, MLI488 says so

    def text(self, folder: str, name: str) -> str | None:
        path = self._path(folder)
        return self.graph.files.text_or_none(path / name) if path else None

    def files(self, written: str) -> Sequence[SelectedFile] | None:
        path = self._path(written)
        try:
            return self.graph.files.once(path, selected_files) if path else None
        except Unreadable:
            return None

    def _path(self, written: str) -> Path | None:
        """What a text of the body leads to; None where it is no path, or leads to two places from two files."""
        targets = self._targets.get(written, ())
        return next(iter(targets)) if len(targets) == 1 else None


def _bound_in(graph: Graph, own: Entry) -> dict[_Named, Entry]:
    nested = (graph.entries[edge.source] for edge in graph.edges_to(own.address) if edge.form == PARENT.name)
    bound = {}
    for entry in (own, *nested):
        for edge in graph.edges_from(entry.address):
            written, meant = value_at(entry.body, edge.path), graph.entries[edge.target]
            if isinstance(written, str):
                bound[meant.section, written] = meant
    return bound


def _bound_in_file(graph: Graph, entry: Entry, file: Path) -> dict[_Named, Entry]:
    places = ((edge.in_file, graph.entries[edge.target]) for edge in graph.edges_from(entry.address))
    return {(meant.section, place.text): meant for place, meant in places if place and place.file == file}


def approvers(graph: Graph) -> tuple[Entry, ...]:
    """The principals who are asked before pipelines change the target, in the order of their names.

    In development none unless the target has an approval; there and in production all approvers unless it names some.
    """
    approval = graph.target.approval
    if approval is None and graph.target.mode != "production":
        return ()
    named = approval.by if approval else None
    return tuple(
        sorted(
            (
                entry
                for entry in graph.section("principals")
                if isinstance(entry.model, Principal)
                and entry.model.is_approver
                and (named is None or entry.name in named)
            ),
            key=lambda entry: entry.name,
        )
    )


def approver_mails(graph: Graph) -> tuple[str, ...]:
    """The mails of the target's approvers, by which Azure DevOps knows them."""
    return tuple(str(entry.model.mail) for entry in approvers(graph) if isinstance(entry.model, Principal))

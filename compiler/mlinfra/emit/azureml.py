"""Azure ML YAML: each body as the CLI takes it, references and paths written as the place needs them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mlinfra.derive.automl_data import automl_data, automl_places
from mlinfra.derive.registries import place_of
from mlinfra.emit.output_file import OutputFile
from mlinfra.formats.yaml_writer import to_yaml
from mlinfra.graph import Edge, Entry, Graph
from mlinfra.languages import FORMS
from mlinfra.languages.azureml.row import Row
from mlinfra.languages.azureml.sections import BY_NAME
from mlinfra.overrides.pull_requests import jobs_of_pull_requests
from mlinfra.pipelines.trained import OwnData
from mlinfra.schemas.addresses import FILE_PREFIX, is_local
from mlinfra.schemas.values import copied, put, value_at
from mlinfra.source.tree import Path as BodyPath
from mlinfra.versions import has_versions_elsewhere, is_from_job, is_numbered_by_azure

_WITH_FILES = frozenset(row.name for row in BY_NAME.values() if row.compiled_to == "yaml")
_OF_ASSETS = ("asset", "data_path")  # forms of places that name an asset, and hold one as well


def has_file(entry: Entry) -> bool:
    """Whether an entry becomes an Azure ML YAML file."""
    return entry.section in _WITH_FILES and not entry.existing and not is_from_job(entry)


def file_of(graph: Graph, entry: Entry) -> str:
    """The path of an entry's file below the output folder."""
    folder = f"{graph.target.name}/azureml"
    if entry.parent:
        section, _, endpoint = entry.parent.partition(".")
        return f"{folder}/{section}/{endpoint}/{entry.name}.yml"
    return f"{folder}/{entry.section}/{entry.name}.yml"


def azureml_files(graph: Graph, header: str, outdir: Path) -> Iterator[OutputFile]:
    """The files of one target; paths in them count from where they will stand below `outdir`."""
    folder = outdir.as_posix()
    anonymous = {f"jobs.{name}" for name in jobs_of_pull_requests(graph.header, graph.target)}
    for entry in graph.entries.values():
        if has_file(entry):
            path = file_of(graph, entry)
            of_pull_requests = entry.address in anonymous
            text = to_yaml(_document(graph, entry, f"{folder}/{path}", is_anonymous=of_pull_requests), header)
            yield OutputFile(path, text, graph.target.name, (entry.address,))


def own_data(graph: Graph, entry: Entry, outdir: Path, *, is_anonymous: bool = False) -> tuple[OwnData, ...]:
    """Where a job's file names data of the repository that AutoML reads; an anonymous one holds those of others."""
    file = f"{outdir.as_posix()}/{file_of(graph, entry)}"
    if is_anonymous:
        body = _anonymous(graph, entry, file)
        found = ((place, value_at(body, place)) for place in automl_places(body))
        paths = [(place, path) for place, path in found if is_local(path)]
    else:
        paths = [(local.place, relative(local.target.as_posix(), file)) for local in automl_data(graph, entry)]
    return tuple(OwnData(".".join(map(str, place)), str(path)) for place, path in paths)


def _document(graph: Graph, entry: Entry, file: str, *, is_anonymous: bool) -> dict[str, Any]:
    """What stands in the file of an entry; one that is anonymous holds what it refers to, in place of its name."""
    section = BY_NAME[entry.section]
    url = section.schema_url(dict(entry.body))
    body = _anonymous(graph, entry, file) if is_anonymous else _named(graph, entry, file)
    return {"$schema": url, **_identity(graph, section, entry), **_said_by(section, body), **body}


def _named(graph: Graph, entry: Entry, file: str) -> dict[str, Any]:
    body = _own(entry)
    for edge in graph.edges_from(entry.address):
        if _stands_in(body, edge):
            _rewrite(graph, edge, entry, body)
    _put_paths(graph, entry, file, body)
    return body


def _anonymous(graph: Graph, entry: Entry, file: str) -> dict[str, Any]:
    """A body for which nothing has to be registered: environments, components and data stand in it, at any depth.

    The client takes them so in a job (azure-ai-ml, AnonymousEnvironmentSchema and its like); of data it wants the path.
    """
    body = _own(entry)
    for edge in graph.edges_from(entry.address):
        if not _stands_in(body, edge):
            continue
        target = graph.entries[edge.target]
        if not has_file(target) or edge.form not in _OF_ASSETS:
            _rewrite(graph, edge, entry, body)
        elif "path" not in target.body:
            put(body, edge.path, _anonymous(graph, target, file))
        else:
            of_data = _anonymous(graph, target, file)
            as_input = {key: of_data[key] for key in ("type", "path") if key in of_data}
            put(body, edge.path, of_data["path"] if edge.path[-1] == "path" else as_input)
    _put_paths(graph, entry, file, body)
    return body


def _stands_in(body: Mapping[str, Any], edge: Edge) -> bool:
    """Whether a reference is written in the body itself; a file that is named there keeps its own."""
    return bool(edge.path) and edge.path[0] in body and edge.in_file is None


def _own(entry: Entry) -> dict[str, Any]:
    """The body of an entry that may be changed, without what is no part of its file."""
    left_out = ("$schema", "version", *BY_NAME[entry.section].left_to_scripts)
    return {key: copied(value) for key, value in entry.body.items() if key not in left_out}


def _put_paths(graph: Graph, entry: Entry, file: str, body: dict[str, Any]) -> None:
    for local in graph.local_paths_of(entry.address):
        if not local.is_inside_another and local.place[0] in body:
            is_prefixed = local.place[-1] in BY_NAME["environments"].files_at  # else the client takes it for a name
            put(body, local.place, f"{FILE_PREFIX if is_prefixed else ''}{relative(local.target.as_posix(), file)}")


def _identity(graph: Graph, section: Row, entry: Entry) -> dict[str, Any]:
    if section.is_a_slot and entry.parent:
        return {"name": entry.azure_name, "endpoint_name": graph.entries[entry.parent].azure_name}
    if section.is_named_by_a_run:
        return {}
    version = graph.contents[entry.address].version
    return {"name": entry.azure_name, **({"version": version} if version else {})}


def _said_by(section: Row, body: Mapping[str, Any]) -> dict[str, Any]:
    """What the section itself says of a body, such as the type of a compute."""
    return {key: value for key, value in section.implied.items() if key not in body}


def _rewrite(graph: Graph, edge: Edge, entry: Entry, body: dict[str, Any]) -> None:
    form, target = FORMS[edge.form], graph.entries[edge.target]
    written = value_at(body, edge.path)
    rest = form.rest_of(written) if isinstance(written, str) else None
    if has_versions_elsewhere(target) and "{version}" in form.writes:
        place = place_of(graph, target)
        put(body, edge.path, f"{place}/labels/latest" if place else f"azureml:{target.azure_name}@latest")
    elif form.is_left_to_scripts or ("{version}" in form.writes and _has_its_version_later(target)):
        _drop(body, edge.path)
    elif "{version}" in form.writes and (place := place_of(graph, target)):
        put(body, edge.path, f"{place}/versions/{graph.contents[target.address].version}")
    elif form.writes and ("{rest}" not in form.writes or rest is not None):
        put(body, edge.path, form.writes.format_map(_Words(graph, entry, target, rest or "")))


def _has_its_version_later(target: Entry) -> bool:
    return is_from_job(target) or is_numbered_by_azure(target)


class _Words(dict[str, str]):
    """What a form may write of what is named, each looked up where the form asks for it."""

    def __init__(self, graph: Graph, entry: Entry, target: Entry, rest: str) -> None:
        super().__init__(azure_name=target.azure_name, id=str(target.id), rest=rest)
        self._graph, self._entry, self._target = graph, entry, target

    def __missing__(self, word: str) -> str:
        match word:
            case "version":
                return str(self._graph.contents[self._target.address].version)
            case "holder":
                return self._graph.entries[str(self._target.parent)].azure_name
            case "file":
                return relative(*(file_of(self._graph, one) for one in (self._target, self._entry)))
        raise KeyError(word)


def relative(target: str, file: str) -> str:
    """The path from a file to a target, both with `/`, and `./` before what would look like a name."""
    path = posixpath.relpath(target, posixpath.dirname(file))
    return path if path.startswith("..") else f"./{path}"


def _drop(body: Any, path: BodyPath) -> None:
    above = value_at(body, path[:-1])
    if isinstance(above, dict):
        above.pop(path[-1], None)

"""Azure ML YAML: each body as the CLI takes it, references and paths written as the place needs them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mlinfra.emit.output_file import OutputFile
from mlinfra.formats.yaml_writer import to_yaml
from mlinfra.graph import Edge, Entry, Graph
from mlinfra.languages.azureml.row import Row
from mlinfra.languages.azureml.sections import BY_NAME
from mlinfra.schemas.values import value_at
from mlinfra.source.tree import Path as BodyPath
from mlinfra.versions import is_from_job


def has_file(entry: Entry) -> bool:
    """Whether an entry becomes an Azure ML YAML file."""
    row = BY_NAME.get(entry.section)
    return row is not None and row.compiled_to == "yaml" and not entry.existing and not is_from_job(entry)


def file_of(graph: Graph, entry: Entry) -> str:
    """The path of an entry's file below the output folder."""
    folder = f"{graph.target.name}/azureml"
    if entry.parent:
        section, _, endpoint = entry.parent.partition(".")
        return f"{folder}/{section}/{endpoint}/{entry.name}.yml"
    return f"{folder}/{entry.section}/{entry.name}.yml"


def azureml_files(graph: Graph, header: str, outdir: Path) -> Iterator[OutputFile]:
    """The files of one target; paths in them count from where they will stand below `outdir`."""
    for entry in graph.entries.values():
        if has_file(entry):
            path = file_of(graph, entry)
            text = to_yaml(_document(graph, entry, outdir / path), header)
            yield OutputFile(path, text, graph.target.name, (entry.address,))


def _document(graph: Graph, entry: Entry, file: Path) -> dict[str, Any]:
    section = BY_NAME[entry.section]
    body = _copied(dict(entry.body))
    url = section.schema_url(body)
    for key in ("$schema", "version", *section.left_to_scripts):
        body.pop(key, None)
    for edge in graph.edges_from(entry.address):
        if edge.path and edge.path[0] in body:
            _rewrite(graph, edge, entry, body)
    for local in graph.local_paths_of(entry.address):
        if not local.is_inside_another and local.place[0] in body:
            _put(body, local.place, relative(local.target, file))
    return {"$schema": url, **_identity(graph, section, entry), **_said_by(section, body), **body}


def _identity(graph: Graph, section: Row, entry: Entry) -> dict[str, Any]:
    if section.is_a_slot and entry.parent:
        return {"name": entry.name, "endpoint_name": graph.entries[entry.parent].azure_name}
    if section.is_named_by_a_run:
        return {}
    version = graph.contents[entry.address].version
    return {"name": entry.azure_name, **({"version": version} if version else {})}


def _said_by(section: Row, body: Mapping[str, Any]) -> dict[str, Any]:
    """What the section itself says of a body, such as the type of a compute."""
    return {key: value for key, value in section.implied.items() if key not in body}


def _rewrite(graph: Graph, edge: Edge, entry: Entry, body: dict[str, Any]) -> None:
    target = graph.entries[edge.target]
    written = value_at(body, edge.path)
    match edge.form:
        case "asset" | "data_path" if is_from_job(target):
            _drop(body, edge.path)
        case "asset" | "data_path":
            _put(body, edge.path, f"azureml:{target.azure_name}:{graph.contents[target.address].version}")
        case "compute":
            _put(body, edge.path, f"azureml:{target.azure_name}")
        case "name" | "account_name":
            _put(body, edge.path, target.azure_name)
        case "id":
            _put(body, edge.path, target.id)
        case "datastore_uri" if isinstance(written, str):
            _put(body, edge.path, written.replace(f"datastores/{target.name}", f"datastores/{target.azure_name}", 1))
        case "file":
            _put(body, edge.path, relative(Path(file_of(graph, target)), Path(file_of(graph, entry))))
        case "deployment":
            endpoint = graph.entries[str(target.parent)]
            _put(body, edge.path, f"azureml:{endpoint.azure_name}:{target.name}")


def relative(target: Path, file: Path) -> str:
    """The path from a file to a target, with `/`, and `./` before what would look like a name."""
    path = posixpath.relpath(target.as_posix(), file.parent.as_posix())
    return path if path.startswith("..") else f"./{path}"


def _copied(value: Any) -> Any:
    """The data as lists and dicts that may be changed."""
    if isinstance(value, Mapping):
        return {key: _copied(below) for key, below in value.items()}
    return [_copied(below) for below in value] if isinstance(value, list) else value


def _put(body: Any, path: BodyPath, value: Any) -> None:
    match value_at(body, path[:-1]), path[-1]:
        case dict() as above, key:
            above[key] = value
        case list() as items, int() as place:
            items[place] = value


def _drop(body: Any, path: BodyPath) -> None:
    above = value_at(body, path[:-1])
    if isinstance(above, dict):
        above.pop(path[-1], None)

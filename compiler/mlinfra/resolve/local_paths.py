"""The local paths in bodies of Azure ML: found, checked, and given to whoever hashes or rewrites them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mlinfra.azureml.bound import value_at
from mlinfra.azureml.mentions import LocalPlace
from mlinfra.diagnostics import Code, Diagnostic
from mlinfra.graph import Entry, Graph
from mlinfra.places import finding
from mlinfra.resolve.reached_paths import is_local, reached_paths
from mlinfra.suggest import closest_name, listed
from mlinfra.tree import Path as BodyPath

MISSING = Code(
    "MLI330",
    "error",
    "A path that leads nowhere",
    "A file that is named and not there is found missing when the job or the deployment is created",
    "Correct the path, which counts from the file in which it is written, or add the file",
    "the language: local paths",
)
OTHER_KIND = Code(
    "MLI331",
    "error",
    "A folder where a file is due, or a file where a folder is",
    "Azure ML uploads a folder of code, and reads a file of packages; the other way round it refuses",
    "Name the folder, or the file in it",
    "the language: local paths",
)
OUTSIDE = Code(
    "MLI332",
    "error",
    "A path that leads out of the repository",
    "What is not in the repository is not there where the pipeline runs, nor in anyone else's checkout",
    "Move the file into the repository",
    "the language: local paths",
)
AMBIGUOUS = Code(
    "MLI333",
    "error",
    "A word that is both an entry and a path",
    "Nobody can tell whether the entry or the file of that name is meant",
    "Write ./name for the file, or rename one of the two",
    "the language: references",
)
ANY_NUMBER_OF_FILES = "*?["  # a pattern, which Spark expands in its folder of code

KINDS_OF_TYPES = {"uri_file": "file", "uri_folder": "folder", "mltable": "folder"}


@dataclass(frozen=True, slots=True)
class LocalPath:
    """A path of the repository at a place of a body."""

    place: BodyPath
    written: str
    target: Path
    kind: str  # file, folder, any
    is_inside_another: bool  # it counts from a folder that is named beside it, and moves with that


def local_paths(graph: Graph, entry: Entry) -> Iterator[LocalPath]:
    """The local paths in a body, whether they exist or not."""
    for place in graph.local_places.get(entry.address, ()):
        written = value_at({**entry.additions, **entry.body}, place.path)
        if not isinstance(written, str) or (place.relative_to and _is_pattern(written)):
            continue
        if _is_local(graph, entry, place.path, written) and (target := _target(graph, entry, place, written)):
            yield LocalPath(place.path, written, target, _kind(entry, place), place.relative_to is not None)


def check_local_paths(graph: Graph) -> Iterator[Diagnostic]:
    """Paths that lead nowhere, out of the repository, or to the wrong thing."""
    for address in graph.local_places:
        entry = graph.entries[address]
        for local in local_paths(graph, entry):
            if diagnostic := _problem(graph, entry, local):
                yield diagnostic
            else:
                yield from _reached_problems(graph, entry, local)
    for edge in graph.edges:
        if edge.form in ("data_path", "file"):
            yield from _ambiguous(graph, edge.source, edge.path, edge.target)


def _kind(entry: Entry, place: LocalPlace) -> str:
    """What has to be there: what the field takes, and where that is anything, what the `type` beside it says."""
    said = value_at(entry.body, (*place.path[:-1], "type"))
    return KINDS_OF_TYPES.get(str(said).lower(), place.kind) if place.kind == "any" else place.kind


def _is_local(graph: Graph, entry: Entry, path: BodyPath, written: str) -> bool:
    return is_local(written) and not graph.bound(entry.address, *path)


def _is_pattern(written: str) -> bool:
    return bool(set(written) & set(ANY_NUMBER_OF_FILES))


def _target(graph: Graph, entry: Entry, place: LocalPlace, written: str) -> Path | None:
    local = graph.files.path_of(entry, place.path, written.removeprefix("file:"))
    if place.relative_to is None:
        return local
    sibling = (*place.path[:-1], place.relative_to)
    base = value_at(entry.body, sibling)
    if base is None and len(place.path) > 1 and isinstance(place.path[-1], int):
        sibling = (*place.path[:-2], place.relative_to)
        base = value_at(entry.body, sibling)
    if not isinstance(base, str) or not _is_local(graph, entry, sibling, base):
        return None
    return Path(posixpath.normpath(graph.files.path_of(entry, sibling, base).joinpath(written).as_posix()))


def _problem(graph: Graph, entry: Entry, local: LocalPath) -> Diagnostic | None:
    target = local.target
    if local.written.removeprefix("file:").startswith("/"):
        message = f'"{local.written}" is an absolute path, which is another one on every machine'
        return finding(OUTSIDE, message, entry, local.place, "write it as it counts from this file")
    if not graph.files.is_inside(target):
        message = f'"{local.written}" lies outside the repository'
        return finding(OUTSIDE, message, entry, local.place, "move it into the repository")
    if not target.exists():
        return finding(MISSING, f'"{local.written}" does not exist', entry, local.place, _similar(graph, target))
    if local.kind == "file" and target.is_dir():
        return finding(OTHER_KIND, f'"{local.written}" is a folder, and a file is due here', entry, local.place)
    if local.kind == "folder" and target.is_file():
        return finding(OTHER_KIND, f'"{local.written}" is a file, and a folder is due here', entry, local.place)
    return None


def _reached_problems(graph: Graph, entry: Entry, local: LocalPath) -> Iterator[Diagnostic]:
    for reached in reached_paths(graph.files, local.place, local.target):
        message = f'"{reached.written}", which {reached.file.name} names,'
        if not graph.files.is_inside(reached.target):
            yield finding(OUTSIDE, f"{message} lies outside the repository", entry, local.place)
        elif not reached.target.exists():
            help = _similar(graph, reached.target)
            yield finding(MISSING, f"{message} does not exist", entry, local.place, help)


def _similar(graph: Graph, target: Path) -> str | None:
    """The names beside the missing one, so that a slip of the pen is seen."""
    folder = target.parent
    if not folder.is_dir() or not graph.files.is_inside(folder):
        return f"there is no folder {folder.name}"
    names = sorted(item.name for item in folder.iterdir() if not item.name.startswith("."))
    closest = closest_name(target.name, names)
    there = f"In the folder: {listed(names)}" if names else "The folder is empty"
    return f'did you mean "{closest}"? {there}' if closest else there


def _ambiguous(graph: Graph, source: str, path: BodyPath, target: str) -> Iterator[Diagnostic]:
    entry = graph.entries[source]
    word = graph.entries[target].name
    if value_at(entry.body, path) == word and graph.files.path_of(entry, path, word).exists():
        message = f'"{word}" is both the entry {target} and a path'
        yield finding(AMBIGUOUS, message, entry, path, f"write ./{word} for the path, or rename one of the two")

"""What files of components and jobs name in their turn: it is part of whatever uses them, like what the spec names."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlinfra.azureml import schema
from mlinfra.azureml.bound import value_at
from mlinfra.files import Files
from mlinfra.formats.yaml_reader import mapping_in
from mlinfra.tree import Path as BodyPath

SECTION_OF = {  # field that names a file -> the section whose body the file holds
    "component": "components",
    "trial": "components",
    "create_job": "jobs",
    "job": "jobs",
}
REMOTE = ("azureml:", "git+", "/subscriptions/")


@dataclass(frozen=True, slots=True)
class ReachedPath:
    """A path that is written in a file which the spec names, however indirectly."""

    file: Path  # in which it is written, and from which it counts
    written: str
    target: Path


def is_local(written: str) -> bool:
    """Whether a text at the place of a path is one, and not a reference, an address or a binding."""
    return not (written.startswith(REMOTE) or "://" in written or "${{" in written)


def reached_paths(files: Files, place: BodyPath, file: Path) -> Iterator[ReachedPath]:
    """The paths in the file that is named at a place of a body, and in the files that those name; each once."""
    yield from _reached(files, place, file, set())


def _reached(files: Files, place: BodyPath, file: Path, seen: set[Path]) -> Iterator[ReachedPath]:
    section = SECTION_OF.get(str(place[-1]))
    body = _body(files, file) if section and file not in seen else None
    if section is None or body is None:
        return
    seen.add(file)
    for annotation in schema.annotations({section: {"file": body}}):
        path = annotation.path[2:]
        written = value_at(body, path)
        if isinstance(written, str) and _is_a_path(annotation, written):
            target = Path(posixpath.normpath(posixpath.join(file.parent.as_posix(), written.removeprefix("file:"))))
            yield ReachedPath(file, written, target)
            yield from _reached(files, path, target, seen)


def _is_a_path(annotation: schema.Annotation, written: str) -> bool:
    """Whether a text is a path that counts from its file; a bare word where an asset may stand is the asset's name."""
    local = annotation.local_path
    if local is None or local.relative_to is not None or not is_local(written):
        return False
    return annotation.reference is None or written.startswith((".", "file:")) or "/" in written


def _body(files: Files, file: Path) -> Mapping[str, Any] | None:
    text = files.text(file) if files.is_inside(file) and file.is_file() else None
    return mapping_in(text) if text else None

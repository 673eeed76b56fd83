"""What files of components and jobs name in their turn: it is part of whatever uses them, like what the spec names."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlinfra.languages.azureml import schema
from mlinfra.languages.azureml.bound import value_at
from mlinfra.repository.files import Files, Unreadable
from mlinfra.schemas.addresses import FILE_PREFIX, is_address, is_local
from mlinfra.source.named_yaml import mapping_in
from mlinfra.source.tree import Path as BodyPath

SECTION_OF = {  # field that names a file -> the section whose body the file holds
    "component": "components",
    "trial": "components",
    "create_job": "jobs",
    "job": "jobs",
}
MAX_REACHED = 1_000  # files of components and jobs that one place leads to; each is judged by itself


@dataclass(frozen=True, slots=True)
class ReachedPath:
    """A path that is written in a file which the spec names, however indirectly."""

    file: Path  # in which it is written, and from which it counts
    place: BodyPath  # of the body in that file
    written: str
    target: Path
    is_clear: bool  # to everybody that reads it a path that counts from this file
    is_address: bool = False  # and what lies beside the file is called so, too


def counts_from_its_file(written: str) -> bool:
    """Whether a path is one on every machine."""
    return is_local(written) and not written.removeprefix(FILE_PREFIX).startswith("/")


def reached_paths(files: Files, place: BodyPath, file: Path) -> Iterator[ReachedPath]:
    """The paths in the file that is named at a place of a body, and in the files that those name; each file once.

    Raises Unreadable where there are too many; what can't be read names nothing.
    """
    pending = [(place, file)]
    seen: set[Path] = set()
    while pending:
        place, file = pending.pop()
        section = SECTION_OF.get(str(place[-1]))
        if section is None or file in seen:
            continue
        seen.add(file)
        if len(seen) > MAX_REACHED:
            raise Unreadable(f"leads to more than {MAX_REACHED:,} other files")
        found = files.once(file, _named_in, section)
        yield from found
        pending += [(reached.place, reached.target) for reached in reversed(found)]


def _named_in(files: Files, file: Path, section: str) -> tuple[ReachedPath, ...]:
    try:
        body = mapping_in(files, file)
    except Unreadable:  # said where the file is named
        return ()
    return tuple(_paths_of(files, file, section, body)) if body is not None else ()


def _paths_of(files: Files, file: Path, section: str, body: Mapping[str, Any]) -> Iterator[ReachedPath]:
    for annotation in schema.annotations({section: {"file": body}}):
        path = annotation.path[2:]
        written, local = value_at(body, path), annotation.local_path
        if local is None or local.relative_to is not None or not isinstance(written, str):
            continue
        beside = Path(posixpath.normpath(posixpath.join(file.parent.as_posix(), written.removeprefix(FILE_PREFIX))))
        if not is_local(written) and is_address(written, local.addresses):
            if files.leads(beside).kind != "missing":
                yield ReachedPath(file, path, written, beside, is_clear=False, is_address=True)
        else:
            is_clear = counts_from_its_file(written) and (path[-1] in SECTION_OF or not written.startswith(FILE_PREFIX))
            yield ReachedPath(file, path, written, beside, is_clear)

"""What files of components and jobs name in their turn: it is part of whatever uses them, like what the spec names."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from mlinfra.languages import ROWS, SECTIONS
from mlinfra.languages.documents import annotated
from mlinfra.repository.files import Files, Unreadable
from mlinfra.schemas.addresses import FILE_PREFIX, is_address, is_local
from mlinfra.schemas.flows import FLOW_FILE, as_code, flow_of_run, is_flow
from mlinfra.schemas.values import value_at
from mlinfra.source.named_yaml import mapping_in
from mlinfra.source.tree import Path as BodyPath

# field that names a file -> the section whose body the file holds
SECTION_OF = {field: row.name for row in SECTIONS for field in row.files_at}
ANY_NUMBER_OF_FILES = "*?["
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
    is_one_place: bool = True  # whether links on its way are followed or not
    is_inside_another: bool = False  # it counts from a folder that is named beside it, and moves with that


def counts_from_its_file(written: str) -> bool:
    """Whether a path is one on every machine."""
    return is_local(written) and not written.removeprefix(FILE_PREFIX).startswith("/")


def is_pattern(written: str) -> bool:
    """Whether a text names any number of files in the folder that it counts from, which Spark expands there."""
    return bool(set(written) & set(ANY_NUMBER_OF_FILES)) and not written.startswith("/") and ".." not in written


def reached_paths(files: Files, place: BodyPath, file: Path) -> Iterator[ReachedPath]:
    """The paths in the file that is named at a place of a body, and in the files that those name; each file once.

    Raises Unreadable where there are too many; what can't be read names nothing.
    """
    for body, section in _bodies(files, str(place[-1]), file):
        yield from paths_in(files, body, section)


def bodies_reached(files: Files, place: BodyPath, file: Path) -> tuple[tuple[Path, str], ...]:
    """The file of a component or job that is named at a place of a body, and those that it names, with their sections.

    None where there are too many, which is said where the paths in them are followed.
    """
    try:
        return files.once(file, _all_bodies, str(place[-1]))
    except Unreadable:
        return ()


def _all_bodies(files: Files, file: Path, field: str) -> tuple[tuple[Path, str], ...]:
    return tuple(_bodies(files, field, file))


def _bodies(files: Files, field: str, file: Path) -> Iterator[tuple[Path, str]]:
    pending = [(field, file)]
    seen: set[Path] = set()
    while pending:
        field, file = pending.pop()
        section = SECTION_OF.get(field)
        if section is None or file in seen:
            continue
        seen.add(file)
        if len(seen) > MAX_REACHED:
            raise Unreadable(f"leads to more than {MAX_REACHED:,} other files")
        yield file, section
        pending += [(str(reached.place[-1]), reached.target) for reached in reversed(paths_in(files, file, section))]


def paths_in(files: Files, file: Path, section: str) -> tuple[ReachedPath, ...]:
    """The paths in the file of a component or job; none where it can't be read."""
    return files.once(file, _named_in, section)


def _named_in(files: Files, file: Path, section: str) -> tuple[ReachedPath, ...]:
    try:
        body = mapping_in(files, file)
    except Unreadable:  # said where the file is named
        return ()
    return tuple(_paths_of_body(files, file, section, body)) if body is not None else ()


def _paths_of_body(files: Files, file: Path, section: str, body: Mapping[str, Any]) -> Iterator[ReachedPath]:
    if not is_flow(body):
        yield from _paths_of(files, file, section, body)
    elif flow := flow_in(files, file):
        yield from _paths_of(files, flow.file, section, as_code(flow.body))


class Flow(NamedTuple):
    """A flow's own file: one that a run names is elsewhere than the run's."""

    file: Path
    body: Mapping[str, Any]


def flow_in(files: Files, file: Path) -> Flow | None:
    """The flow in a file, or the one that the run in it names; None where it can't be read. Raises Unreadable."""
    body = mapping_in(files, file) or {}
    if (named := flow_of_run(body)) is None:
        return Flow(file, body)
    target = _beside(file, named)
    if files.leads(target).kind == "folder":
        target /= FLOW_FILE
    found = mapping_in(files, target) if files.leads(target).kind == "file" else None
    return None if found is None else Flow(target, found)


def as_pointed_at(section: str, file: Path, body: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The entry that a file is to whatever names it: the client takes no name and no version of an asset from there."""
    if ROWS[section].versioned:
        return {file.stem: {key: value for key, value in body.items() if key not in ("name", "version")}}
    return {str(body.get("name") or file.stem): dict(body)}


def _paths_of(files: Files, file: Path, section: str, body: Mapping[str, Any]) -> Iterator[ReachedPath]:
    for annotation in annotated({section: as_pointed_at(section, file, body)}):
        path = annotation.path[2:]
        written, local = value_at(body, path), annotation.local_path
        if local is None or not isinstance(written, str):
            continue
        if local.relative_to is not None:
            yield from _path_inside_another(files, file, path, written, _base(body, path, local.relative_to))
            continue
        way = written.removeprefix(FILE_PREFIX)
        beside = _beside(file, way)
        if not is_local(written) and is_address(written, local.addresses):
            if files.leads(beside).kind != "missing":
                yield ReachedPath(file, path, written, beside, is_clear=False, is_address=True)
        else:
            is_clear = counts_from_its_file(written) and (path[-1] in SECTION_OF or not written.startswith(FILE_PREFIX))
            yield ReachedPath(file, path, written, beside, is_clear, is_one_place=_is_one_place(files, file, way))


def _path_inside_another(
    files: Files, file: Path, place: BodyPath, written: str, base: object
) -> Iterator[ReachedPath]:
    if isinstance(base, str) and is_local(base) and not is_pattern(written):
        way, is_clear = posixpath.join(base, written), counts_from_its_file(written)
        is_one_place = _is_one_place(files, file, way)
        yield ReachedPath(file, place, written, _beside(file, way), is_clear, False, is_one_place, True)


def _base(body: Mapping[str, Any], place: BodyPath, sibling: str) -> object:
    """What is written in the field beside a place from which that counts; beside the list, for an item of one."""
    base = value_at(body, (*place[:-1], sibling))
    return value_at(body, (*place[:-2], sibling)) if base is None and len(place) > 1 else base


def _beside(file: Path, way: str) -> Path:
    return Path(posixpath.normpath(posixpath.join(file.parent.as_posix(), way)))


def _is_one_place(files: Files, file: Path, way: str) -> bool:
    """Whether a way from a file leads to one place, whether it counts from the file or from what that is a link to."""
    paths = [folder / way for folder in {file.parent, files.leads(file).real.parent}]
    ends = [leads for path in paths for leads in (files.leads(path), files.leads_by_links(path))]
    return len({(leads.kind, leads.real) for leads in ends}) == 1

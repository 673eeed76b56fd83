"""write: the output folder becomes what was compiled, all of it or nothing; files of others are never touched."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from mlinfra.diagnostics import Code, Diagnostic, Problem, Span
from mlinfra.emit.manifest import MANIFEST
from mlinfra.emit.platform import Output, Place
from mlinfra.lines import split_lines
from mlinfra.write import journal
from mlinfra.write.comparison import FileState, compare
from mlinfra.write.disk import Disk
from mlinfra.write.written import Manifest, NotAManifest, read_manifest

EDITED = Code(
    "MLI801",
    "error",
    "A generated file that was edited by hand",
    "Compiling would throw the edit away, and nobody would know; kept, it would be lost at the next change of the spec",
    "Write what the edit does into the spec and undo it, or compile with --force to overwrite it",
    "design of the interface, Writing",
)
IN_THE_WAY = Code(
    "MLI802",
    "error",
    "Something that mlinfra did not write lies where a file is due",
    "Files of others are never touched, and the output without that file would be incomplete",
    "Move it away, or choose another folder with --outdir",
    "design of the interface, Writing",
)
OTHER_SPEC = Code(
    "MLI803",
    "error",
    "The output folder is that of another spec",
    "Each spec owns its folder: two of them in one would take each other's files for stale",
    "Choose another folder with --outdir; where the spec was moved, delete the folder and compile again",
    "design of the interface, The output folder",
)
UNREADABLE_MANIFEST = Code(
    "MLI804",
    "error",
    "The manifest of the output folder can't be read",
    "Without it nobody knows which of the files there are generated",
    "Restore manifest.json from the repository; after a merge, take either side and compile with --force",
    "design of the interface, The output folder",
)
UNREADABLE_JOURNAL = Code(
    "MLI805",
    "error",
    "The journal of an interrupted write can't be read",
    "Only the journal knows what the interrupted write still had to do",
    "Delete the folder .mlinfra-journal, and compile with --force",
    "design of the interface, Writing",
)
CODES = (EDITED, IN_THE_WAY, OTHER_SPEC, UNREADABLE_MANIFEST, UNREADABLE_JOURNAL)


@dataclass(frozen=True)
class Written:
    """What a write did."""

    changes: tuple[FileState, ...]  # without what was already as it should be
    files: int  # all files, the manifest included
    recovered: bool  # a write before this one had been interrupted, and was finished first


def write(disk: Disk, output: Output, place: Place, force: bool = False) -> Written:
    """Brings the folder to the output; raises Problem, and changes nothing, where it would touch what is not its own.

    `force` overwrites and removes generated files that were edited by hand.
    """
    recovered = _recover(disk, place)
    texts = output.texts()
    states = compare(disk, texts, manifest_of(disk, place))
    problems = [_problem(state, place) for state in states if _is_refused(state, force)]
    if problems:
        raise Problem(problems, dict(_texts(states, place)))
    changes = tuple(state for state in states if state.state != "same")
    if changes:
        removed = [state.lies_at for state in changes if state.lies_at and state.lies_at not in texts]
        written = {state.path: state.after for state in changes if state.after is not None}
        journal.finish(disk, journal.begin(disk, removed, written))
    return Written(changes, len(texts), recovered)


def _recover(disk: Disk, place: Place) -> bool:
    try:
        return journal.recover(disk)
    except journal.NotAJournal as problem:
        span = Span((place.outdir / journal.FOLDER).as_posix(), 1, 1, 1, 1)
        message = f"the journal of an interrupted write can't be read: {problem}"
        help = f"delete {journal.FOLDER}, and compile with --force"
        raise Problem([Diagnostic.of(UNREADABLE_JOURNAL, message, span, help)]) from problem


def manifest_of(disk: Disk, place: Place) -> Manifest | None:
    """The manifest in the folder, None where there is none; raises Problem for another spec's, or none of ours."""
    content = disk.read(MANIFEST)
    if content is None:
        return None
    span = Span((place.outdir / MANIFEST).as_posix(), 1, 1, 1, 1)
    try:
        manifest = read_manifest(content.decode())
    except (NotAManifest, UnicodeDecodeError) as error:
        message = f"the manifest of the output folder can't be read: {error}"
        raise Problem([Diagnostic.of(UNREADABLE_MANIFEST, message, span, _RESTORE)]) from error
    if manifest.spec != place.spec_from_outdir():
        other = os.path.relpath(place.outdir / manifest.spec, place.root).replace(os.sep, "/")
        message = f"the output folder is that of {other}, not of {place.spec_from_root()}"
        raise Problem([Diagnostic.of(OTHER_SPEC, message, span, _OTHER_FOLDER)])
    return manifest


_RESTORE = "restore it from the repository; after a merge, take either side and compile with --force"
_OTHER_FOLDER = "choose another with --outdir; where the spec was moved, delete the folder and compile again"


def _is_refused(state: FileState, force: bool) -> bool:
    return state.state == "in the way" or (state.state == "edited" and not force)


def _problem(state: FileState, place: Place) -> Diagnostic:
    path = place.outdir / state.path
    if state.state == "edited":
        line = _first_edited_line(state)
        help = "write it into the spec and undo it here, or compile with --force; --check shows the difference"
        span = Span(path.as_posix(), line, 1, line, 1)
        return Diagnostic.of(EDITED, f"{state.path} was edited by hand", span, help)
    message = f"{state.path} is due here, and mlinfra did not write what lies there"
    help = "move it away, or choose another folder with --outdir"
    return Diagnostic.of(IN_THE_WAY, message, Span(path.as_posix(), 1, 1, 1, 1), help)


def _first_edited_line(state: FileState) -> int:
    """The first line that is not as it would be written now."""
    before, after = (split_lines(_decoded(content)) for content in (state.before, state.after))
    same = (index for index, (old, new) in enumerate(zip(before, after, strict=False), start=1) if old != new)
    shorter = min(len(before), len(after))
    return next(same, max(1, min(shorter + 1, len(before)))) if state.after is not None else 1


def _texts(states: tuple[FileState, ...], place: Place) -> Iterator[tuple[str, str]]:
    for state in states:
        if state.state == "edited":
            yield (place.outdir / state.path).as_posix(), _decoded(state.before)


def _decoded(content: bytes | None) -> str:
    return (content or b"").decode(errors="replace")

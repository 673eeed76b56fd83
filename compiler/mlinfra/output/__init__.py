"""output: the output folder becomes what was compiled, all of it or nothing; files of others are never touched."""

from __future__ import annotations

import os
from collections.abc import Container, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mlinfra.diagnostics import Code, Problem, Span, finding
from mlinfra.emit.platform import Place
from mlinfra.output import journal, problems
from mlinfra.output.comparison import FileState, compare
from mlinfra.output.disk import PROGRAM, Disk, Folder, NotAFile
from mlinfra.output.journal import Journal, NotAJournal
from mlinfra.output.json_reading import is_plain
from mlinfra.output.local_disk import link_on_the_way
from mlinfra.output.manifest import MANIFEST, Manifest, NotAManifest, read_manifest, sha256
from mlinfra.output.output import Output

OTHER_SPEC = Code(
    "MLI803",
    "error",
    "The output folder is that of another spec",
    "Each spec owns its folder: two of them in one would take each other's files for stale",
    "Choose another folder with --outdir; where the spec was moved, delete the folder and compile again",
    "docs/output.md#the-output-folder",
)
UNREADABLE_MANIFEST = Code(
    "MLI804",
    "error",
    "Manifest of the output folder can't be read",
    "Without it nobody knows which of the files there are generated",
    "Restore manifest.json from the repository; after a merge, take either side and compile with --force",
    "docs/output.md#the-output-folder",
)
UNREADABLE_JOURNAL = Code(
    "MLI805",
    "error",
    "Folder of the journal that holds no journal",
    "A journal says which files of a half-written folder are generated; one that a branch brings could say it of any",
    "Delete the folder .mlinfra-journal and commit that; then compile, with --force where a write was interrupted",
    "https://git-scm.com/docs/git-check-ref-format",
)
LINK_ON_THE_WAY = Code(
    "MLI806",
    "error",
    "Output folder behind a link",
    "A link in the repository can lead to any folder, and whoever wrote the branch would choose where mlinfra writes",
    "Make it a folder, or name the folder that it leads to with --outdir",
    "https://cwe.mitre.org/data/definitions/59.html",
)
CODES = (*problems.CODES, OTHER_SPEC, UNREADABLE_MANIFEST, UNREADABLE_JOURNAL, LINK_ON_THE_WAY)


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
    left = left_of(disk, place)
    before = manifest_of(disk, place)
    texts = output.texts()
    states = compare(disk, texts, before, left)
    refused = [problems.of(state, place) for state in states if _is_refused(state, force)]
    if refused:
        raise Problem(refused, dict(problems.texts(states, place)))
    changes = tuple(state for state in states if state.state != "same")
    if changes:
        _change(disk, place, changes, before, left)
    for state in states:
        if state.state == "same" and (state.after or b"").startswith(PROGRAM):
            disk.let_run(state.lies_at or state.path)
    if left:
        _tidy(disk, left, texts)
    if changes or left:
        journal.end(disk)
    return Written(changes, len(texts), left is not None)


def _change(
    disk: Disk, place: Place, changes: Sequence[FileState], before: Manifest | None, left: Journal | None
) -> None:
    """Brings the folder there under a journal; whatever kills this, the next write knows what it finds."""
    due = [state.path for state in changes if state.after is not None]
    removed = sorted({state.lies_at for state in changes if state.lies_at and state.lies_at not in due})
    written = [(state.path, state.after) for state in changes if state.after is not None]
    known = {path: {file.sha256} for path, file in (before.files if before else {}).items()}
    for path, hashes in (left.files if left else {}).items():
        known.setdefault(path, set()).update(hashes)
    for state in changes:
        contents = (content for content in (state.before, state.after) if content is not None)
        known.setdefault(state.path, set()).update(map(sha256, contents))
    files = {path: frozenset(hashes) for path, hashes in known.items()}
    journal.begin(disk, Journal(place.spec_from_outdir(), files), written)
    journal.take(disk, removed, written)


def _tidy(disk: Disk, left: Journal, due: Container[str]) -> None:
    """Removes the folders that an interrupted write has emptied."""
    for path in sorted(left.files):
        if path not in due:
            journal.prune(disk, path)


def check_no_link(root: Path, outdir: Path) -> None:
    """Raises Problem where a link of the repository lies on the way from its root to the output folder."""
    link = link_on_the_way(root, outdir)
    if link is not None:
        message = f"{link.relative_to(root).as_posix()} is a link, and the output folder lies behind it"
        help = "make it a folder, or name the folder that it leads to with --outdir"
        raise Problem([finding(LINK_ON_THE_WAY, message, Span(link.as_posix(), 1, 1, 1, 1), help)])


def left_of(folder: Folder, place: Place) -> Journal | None:
    """The journal of a write that was interrupted, None where none was; raises Problem for one that is not ours."""
    span = Span((place.outdir / journal.FOLDER).as_posix(), 1, 1, 1, 1)
    try:
        left = journal.left_behind(folder)
    except NotAJournal as problem:
        message = f"{journal.FOLDER} is not what an interrupted write leaves: {problem}"
        raise Problem([finding(UNREADABLE_JOURNAL, message, span, _DELETE)]) from problem
    if left is not None and left.spec is not None:
        _check_spec(left.spec, place, span)
    return left


def manifest_of(folder: Folder, place: Place) -> Manifest | None:
    """The manifest in the folder, None where there is none; raises Problem for another spec's, or none of ours."""
    span = Span((place.outdir / MANIFEST).as_posix(), 1, 1, 1, 1)
    try:
        manifest = stored_manifest(folder)
    except NotAManifest as error:
        message = f"the manifest of the output folder can't be read: {error}"
        raise Problem([finding(UNREADABLE_MANIFEST, message, span, _RESTORE)]) from error
    if manifest is not None:
        _check_spec(manifest.spec, place, span)
    return manifest


def check_files(folder: Folder, manifest: Manifest, place: Place) -> None:
    """Raises Problem where what the manifest lists is a link, or lies behind one: a judge would look elsewhere."""
    others = folder.tree().others
    ways = ((path, (path, *map(str, PurePosixPath(path).parents))) for path in manifest.files)
    found = [FileState(path, "in the way", None, None) for path, way in ways if not others.isdisjoint(way)]
    if found:
        raise Problem([problems.of(state, place) for state in found])


def stored_manifest(folder: Folder) -> Manifest | None:
    """The manifest of whatever spec, None where there is none; raises NotAManifest."""
    try:
        content = folder.read(MANIFEST)
        return None if content is None else read_manifest(content.decode())
    except NotAFile as error:
        raise NotAManifest("it is no regular file") from error
    except UnicodeDecodeError as error:
        raise NotAManifest(str(error)) from error


def _check_spec(spec: str, place: Place, span: Span) -> None:
    """Raises Problem where the folder is that of another spec."""
    if spec != place.spec_from_outdir():
        other = os.path.relpath(place.outdir / spec, place.root).replace(os.sep, "/")
        named = other if is_plain(other) else "another spec"
        message = f"the output folder is that of {named}, not of {place.spec_from_root()}"
        raise Problem([finding(OTHER_SPEC, message, span, _OTHER_FOLDER)])


_DELETE = f"delete {journal.FOLDER} and commit that; then compile, with --force where a write was interrupted"
_RESTORE = "restore it from the repository; after a merge, take either side and compile with --force"
_OTHER_FOLDER = "choose another with --outdir; where the spec was moved, delete the folder and compile again"


def _is_refused(state: FileState, force: bool) -> bool:
    return state.state in ("in the way", "foreign") or (state.state == "edited" and not force)

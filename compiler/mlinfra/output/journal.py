"""A write that was interrupted leaves a folder that is half the old output and half the new one, and a journal.

Before anything changes, all new content is staged in a folder of the output folder, and one rename puts the journal
beside it: of every file that the write is about, each content that may lie there until it ends. Whatever kills the
process, the next write knows by it which files are generated, of the old output and of the new one, and brings them to
its own output. Nothing is ever written that the journal or what is staged says: both are only thrown away.

They lie in a folder called `.git`, because git neither tracks nor checks out a path with such a name in it, on any
system: a branch can't bring a journal. What a branch could bring there is refused.

Nothing is synchronised to the disk: this guards against the death of the process, not of the machine.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from mlinfra.output.disk import Disk, Folder, NotAFile, Tree
from mlinfra.output.json_reading import NotWritten, list_of, loaded, path_in, shown, text_in

FOLDER = ".mlinfra-journal"
SCHEMA = "mlinfra/journal/v1"
_INSIDE = f"{FOLDER}/.git"
JOURNAL = f"{_INSIDE}/journal.json"
_EARLIER = re.compile(rf"{re.escape(FOLDER)}/(\d+|journal\.json|journal\.json\.new)")  # of releases before `.git`
_STAGED = re.compile(rf"{re.escape(_INSIDE)}/(\d+|journal\.json\.new)")


class NotAJournal(Exception):
    """What lies there is no journal of ours; the message says why."""


@dataclass(frozen=True)
class Journal:
    """What an interrupted write was about."""

    spec: str | None  # from the output folder; None where it had not begun to change anything
    files: Mapping[str, frozenset[str]]  # by path, the SHA-256 of each content that the write knew or made


NOT_BEGUN = Journal(None, {})


def left_behind(folder: Folder) -> Journal | None:
    """The journal of a write that was interrupted, None where none was. Raises NotAJournal."""
    tree = folder.tree()
    there = sorted(path for path in tree.files | tree.folders | tree.others if is_part(path))
    strange = [path for path in there if not _is_ours(path, tree)]
    if strange:
        raise NotAJournal(_told(strange, tree))
    if not there:
        return None
    return _read(folder) if JOURNAL in tree.files else NOT_BEGUN


def begin(disk: Disk, journal: Journal, written: Sequence[tuple[str, bytes]]) -> None:
    """Stages all content, then puts the journal there; before that, nothing has changed."""
    _throw_away_staged(disk)
    for number, (_, content) in enumerate(written):
        disk.write(_staged(number), content)
    files = {path: sorted(hashes) for path, hashes in sorted(journal.files.items())}
    document = {"schema": SCHEMA, "spec": journal.spec, "files": files}
    disk.write(f"{JOURNAL}.new", json.dumps(document).encode())
    disk.replace(f"{JOURNAL}.new", JOURNAL)


def take(disk: Disk, removed: Sequence[str], written: Sequence[tuple[str, bytes]]) -> None:
    """Removes, then moves what was staged to where it is due, in this order."""
    for path in removed:
        disk.remove(path)
    for path in removed:
        prune(disk, path)
    for number, (path, _) in enumerate(written):
        disk.replace(_staged(number), path)


def prune(disk: Disk, path: str) -> None:
    """Removes the folders above a path that are empty."""
    for folder in map(str, PurePosixPath(path).parents[:-1]):
        if not disk.remove_folder(folder):
            return


def end(disk: Disk) -> None:
    """Throws everything away; the journal first, because without it what else is there means nothing."""
    tree = disk.tree()
    if JOURNAL in tree.files:
        disk.remove(JOURNAL)
    _throw_away_staged(disk)
    for folder in (_INSIDE, FOLDER):
        disk.remove_folder(folder)


def _throw_away_staged(disk: Disk) -> None:
    for path in sorted(disk.tree().files):
        if _STAGED.fullmatch(path):
            disk.remove(path)


def _staged(number: int) -> str:
    return f"{_INSIDE}/{number}"


def is_part(path: str) -> bool:
    """Whether a path is that of a journal, and so no part of the output."""
    return path.partition("/")[0].casefold() == FOLDER


def _is_ours(path: str, tree: Tree) -> bool:
    if path in (FOLDER, _INSIDE):
        return path in tree.folders
    return path in tree.files and (path == JOURNAL or _STAGED.fullmatch(path) is not None)


def _told(strange: Sequence[str], tree: Tree) -> str:
    """What it is that no write of this release leaves."""
    if FOLDER in strange:
        return "it is no folder"
    foreign = (path for path in strange if path not in tree.files or not _EARLIER.fullmatch(path))
    first = next(foreign, None)
    if first is None:
        return "it is that of an earlier release of mlinfra, or a branch brings it"
    return f"git could have brought {_described(first, tree)}"


def _described(path: str, tree: Tree) -> str:
    kind = "the file" if path in tree.files else "the folder" if path in tree.folders else "the link"
    return f"{kind} {shown(path)}"


def _read(folder: Folder) -> Journal:
    try:
        document = loaded((folder.read(JOURNAL) or b"").decode())
        if document["schema"] != SCHEMA:
            raise NotAJournal("its journal.json is that of another release")
        return Journal(text_in(document, "spec"), dict(_files(document["files"])))
    except (NotWritten, NotAFile, UnicodeDecodeError, KeyError, TypeError, AttributeError) as error:
        raise NotAJournal("its journal.json does not say what mlinfra writes into one") from error


def _files(files: Mapping[str, object]) -> Iterator[tuple[str, frozenset[str]]]:
    for path, hashes in files.items():
        yield path_in(path), frozenset(list_of(hashes, str))

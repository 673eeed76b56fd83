"""What lies in an output folder, set against what would be written: pure but for reading the folder."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal, TypeAlias

from mlinfra.output.disk import Folder, Tree
from mlinfra.output.foreign import steering
from mlinfra.output.journal import NOT_BEGUN, Journal, is_part
from mlinfra.output.manifest import MANIFEST, Manifest, sha256

MAX_BYTES = 128 * 2**20  # of all files that lie there; three times the output of 10,000 entries

State: TypeAlias = Literal[
    "same",  # byte for byte
    "line ends",  # a checkout made CRLF of LF
    "missing",
    "outdated",  # as it was written, and the spec says something else now
    "stale",  # as it was written, and nothing writes it any more
    "edited",  # neither as it was written nor as it would be written now
    "in the way",  # not written by mlinfra, where a file is due
    "foreign",  # not written by mlinfra, and steers what tools make of our files
]


@dataclass(frozen=True, slots=True)
class FileState:
    path: str
    state: State
    before: bytes | None  # what lies there
    after: bytes | None  # what would be written, None where nothing would
    lies_at: str | None = None  # the path as the disk has it, which may differ in upper and lower case


def compare(
    folder: Folder, texts: Mapping[str, str], written: Manifest | None, left: Journal | None = None
) -> tuple[FileState, ...]:
    """The state of every file that is due or was written before, by path; of the manifest, last, where it is due.

    Of files of others, those that steer what tools make of ours.

    Written before is what the manifest lists, and what an interrupted write has `left`.
    """
    comparison = _Comparison(folder, written, left or NOT_BEGUN)
    return tuple(comparison.states({path: text.encode() for path, text in texts.items()}))


class _Comparison:
    def __init__(self, folder: Folder, written: Manifest | None, left: Journal) -> None:
        self._folder = folder
        self._tree = _without_journal(folder.tree())
        self._has_manifest = written is not None
        self._bytes_left = MAX_BYTES
        self._exact_by_folded = {path.casefold(): path for path in sorted(self._tree.files)}
        self._no_files = self._tree.folders | self._tree.others
        self._blocking = _folded(self._no_files)
        self._blocking_above = _folded(self._tree.files | self._tree.others)
        self._hashes: dict[str, set[str]] = {}  # of what was written before, by the path as the disk has it
        for path, file in (written.files if written else {}).items():
            self._hashes.setdefault(self._written_at(path), set()).add(file.sha256)
        for path, hashes in left.files.items():
            self._hashes.setdefault(self._written_at(path), set()).update(hashes)

    def states(self, due: Mapping[str, bytes]) -> Iterator[FileState]:
        taken_over = {self._lies_at(path) for path in due}
        stale = [path for path in self._hashes if path in self._tree.files and path not in taken_over]
        for path in sorted((*due, *stale), key=lambda path: (path == MANIFEST, path)):
            yield self._due(path, due[path]) if path in due else self._stale(path)
        for path in steering(self._tree, due):
            if path not in self._hashes:
                yield FileState(path, "foreign", None, None, path)

    def _due(self, path: str, content: bytes) -> FileState:
        lies_at = self._lies_at(path)
        if self._is_blocked(path):
            return FileState(path, "in the way", None, content)
        before = self._read(lies_at) if lies_at else None
        if before is None:
            return FileState(path, "missing", None, content)
        return FileState(path, self._state(lies_at or path, path, before, content), before, content, lies_at)

    def _read(self, path: str) -> bytes | None:
        """The content of a file; raises OSError where all of them together are larger than any that mlinfra wrote."""
        content = self._folder.read(path)
        self._bytes_left -= len(content or b"")
        if self._bytes_left < 0:
            raise OSError(errno.EFBIG, f"the files of the output have more than {MAX_BYTES:,} bytes together", path)
        return content

    def _state(self, lies_at: str, path: str, before: bytes, content: bytes) -> State:
        if lies_at == path and before == content:
            return "same"
        if lies_at == path and as_checked_out(path, before) == content:
            return "line ends"
        if path == MANIFEST and (lies_at == path or self._has_manifest):  # it was read as ours
            return "outdated"
        if lies_at not in self._hashes:
            return "in the way"
        return "outdated" if self._is_as_written(lies_at, before) or before == content else "edited"

    def _stale(self, path: str) -> FileState:
        before = self._read(path) or b""
        state: State = "stale" if self._is_as_written(path, before) else "edited"
        return FileState(path, state, before, None, path)

    def _is_as_written(self, path: str, content: bytes) -> bool:
        return not self._hashes[path].isdisjoint((sha256(content), sha256(_with_lf(content))))

    def _lies_at(self, path: str) -> str | None:
        """The file of that name, else the one that a disk without upper and lower case would take for it."""
        return path if path in self._tree.files else self._exact_by_folded.get(path.casefold())

    def _written_at(self, path: str) -> str:
        """The path that the disk has for a file of ours: in another case only where this disk takes the two for one."""
        lies_at = self._lies_at(path)
        return lies_at if lies_at is not None and self._is_found_as(path) else path

    def _is_found_as(self, path: str) -> bool:
        if path in self._tree.files:
            return True
        return path not in self._no_files and self._folder.read(path) is not None

    def _is_blocked(self, path: str) -> bool:
        """Whether something of that name is no file, or something above it no folder; upper and lower case are one."""
        above = (parent.as_posix() for parent in PurePosixPath(path).parents)
        return path.casefold() in self._blocking or not self._blocking_above.isdisjoint(_folded(above))


def _folded(paths: Iterable[str]) -> frozenset[str]:
    return frozenset(path.casefold() for path in paths)


def _without_journal(tree: Tree) -> Tree:
    """The journal of a write that was interrupted is no part of the output."""
    parts = (tree.files, tree.folders, tree.others)
    return Tree(*(frozenset(path for path in paths if not is_part(path)) for paths in parts))


def as_checked_out(path: str, content: bytes) -> bytes:
    """A content with the line ends that it was written with, where a checkout made CRLF of each of them.

    Of a script and of a pipeline the content itself: to a shell a carriage return is part of a word, and one that
    follows a backslash ends what would go on in the next line.
    """
    is_run = path.endswith(".sh") or path.startswith("pipelines/")
    return content if is_run else _with_lf(content)


def _with_lf(content: bytes) -> bytes:
    """The same with LF where every line ends in CRLF, as a checkout makes it; a single one is an edit."""
    is_checkout = content.count(b"\r\n") == content.count(b"\n")
    return content.replace(b"\r\n", b"\n") if is_checkout else content

"""A revision of the repository, read as data: its files, and a copy of some of them on the disk.

Objects are read by `git cat-file`: no filter, hook or attribute of a branch runs, and what is written lies in a folder
of our own. Links are written as they are, after everything else, so that no file goes through one.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mlinfra.repository.allowance import SECONDS
from mlinfra.repository.files import MAX_FILE_BYTES
from mlinfra.repository.git import LINK, GitProblem, Repository

MAX_WRITTEN_BYTES = 1 << 30  # of a copy
MAX_LEVELS = 100  # of folders: no spec leads to a file below more
_SUBMODULE = "commit"


@dataclass(frozen=True, slots=True)
class _Blob:
    mode: str
    id: str
    size: int | None  # None where the clone does not hold it, as git says by BAD


@dataclass(frozen=True)
class Revision:
    """A commit and the files that it has, by their paths from the root."""

    repository: Repository
    name: str  # as it was asked for
    commit: str
    files: Mapping[str, _Blob]

    @staticmethod
    def of(name: str, root: Path, environ: Mapping[str, str] = os.environ) -> Revision:
        """The revision of that name; raises GitProblem, and says of a shallow clone how to get the rest."""
        repository = Repository.at(root, environ)
        try:
            commit = repository.commit(name)
        except GitProblem as problem:
            raise GitProblem(f"{problem}{repository.how_to_complete()}") from problem
        listed = repository.ask("ls-tree", "-r", "-z", "-l", "--full-tree", commit, seconds=SECONDS)
        if listed is None:
            raise GitProblem(f"the folders of {name} are not in this clone{repository.how_to_complete()}")
        return Revision(repository, name, commit, dict(filter(None, map(_entry, listed.split("\0")))))

    def texts(self, paths: list[str]) -> dict[str, str]:
        """The texts of files that it has, links left out."""
        there = [
            path for path in paths if (blob := self.files.get(path)) and blob.mode != LINK and self._is_small(path)
        ]
        contents = self.repository.blobs([self.files[path].id for path in there])
        return {path: content.decode(errors="replace") for path, content in zip(there, contents, strict=True)}

    def has(self, path: str, content: bytes) -> bool:
        """Whether a file has this content there, ends of lines aside."""
        blob = self.files.get(path)
        return blob is not None and blob.id in {_id(each, blob) for each in (content, content.replace(b"\r\n", b"\n"))}

    def write(self, folder: Path, wanted: Callable[[str], bool]) -> None:
        """Writes the files that are wanted and not there yet below a real folder; raises GitProblem."""
        chosen = [path for path in self.files if wanted(path) and self._is_small(path)]
        if sum(self.files[path].size or 0 for path in chosen) > MAX_WRITTEN_BYTES:
            raise GitProblem(f"{self.name} has more than {MAX_WRITTEN_BYTES >> 30} GiB of files")
        missing = [path for path in chosen if not os.path.lexists(folder / path)]
        missing.sort(key=lambda path: self.files[path].mode == LINK)
        contents = self.repository.blobs([self.files[path].id for path in missing])
        for path, content in zip(missing, contents, strict=True):
            place = _place(folder, path)
            if place is None:
                continue
            if self.files[path].mode == LINK:
                with suppress(OSError, ValueError):  # one that no disk takes leads nowhere
                    place.symlink_to(os.fsdecode(content))
                continue
            try:
                place.write_bytes(content)
            except OSError as error:
                raise GitProblem(f"{path} of {self.name} can't be copied: {error.strerror}") from error

    def _is_small(self, path: str) -> bool:
        """Whether a file is one that is read; raises GitProblem where the clone does not hold it."""
        size = self.files[path].size
        if size is None:
            raise GitProblem(f"{path} of {self.name} is not in this clone{self.repository.how_to_complete()}")
        return size <= MAX_FILE_BYTES


def _place(folder: Path, path: str) -> Path | None:
    """Where a file of a revision goes below a real folder, with the folders above it; None where nothing can.

    Each folder is looked at before the next is made: two names that are one on this disk may be a folder and a link. A
    name may also be longer than a disk takes.
    """
    place = folder
    *above, name = path.split("/")
    if len(above) > MAX_LEVELS:  # what deletes the copy goes down by calls
        return None
    try:
        for each in above:
            place = place / each
            if place.is_symlink():
                return None
            place.mkdir(exist_ok=True)
        place = place / name
        place.lstat()
    except FileNotFoundError:
        return place
    except OSError:
        return None
    return None


def _entry(line: str) -> tuple[str, _Blob] | None:
    """A file of a listing; None for a submodule, and for a path that would lead out of the folder."""
    facts, _, path = line.partition("\t")
    if not path:
        return None
    mode, kind, identifier, size = facts.split()
    steps = path.split("/")
    if kind == _SUBMODULE or any(step in ("", ".", "..") or step.casefold() == ".git" for step in steps):
        return None
    return path, _Blob(mode, identifier, int(size) if size.isdecimal() else None)


def _id(content: bytes, like: _Blob) -> str:
    """The id that git gives to a content, by the hash that this repository has."""
    hashed = hashlib.sha256 if len(like.id) == hashlib.sha256().digest_size * 2 else hashlib.sha1
    return hashed(b"blob %d\0" % len(content) + content).hexdigest()

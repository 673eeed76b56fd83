"""File systems for tests: one in memory, with or without upper and lower case, and one that dies in the middle."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath

from mlinfra.output.disk import Disk, Tree


class Killed(BaseException):
    """The process is gone: nothing that handles errors sees this."""


@dataclass
class MemoryDisk:
    knows_case: bool = True
    files: dict[str, bytes] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)
    programs: set[str] = field(default_factory=set)

    def tree(self) -> Tree:
        return Tree(frozenset(self.files), frozenset(self.folders), frozenset())

    def read(self, path: str) -> bytes | None:
        return self.files.get(self._as_stored(path))

    def write(self, path: str, content: bytes) -> None:
        for folder in reversed(PurePosixPath(path).parents[:-1]):
            self.folders.add(self._as_stored(folder.as_posix()))
        stored = self._as_stored(path)
        if stored in self.folders:
            raise IsADirectoryError(path)
        self.files[stored] = content

    def let_run(self, path: str) -> None:
        self.programs.add(self._as_stored(path))

    def replace(self, source: str, path: str) -> None:
        content = self.files.pop(self._as_stored(source))
        self.write(path, content)

    def remove(self, path: str) -> None:
        del self.files[self._as_stored(path)]

    def remove_folder(self, path: str) -> bool:
        stored = self._as_stored(path)
        if any(other.startswith(f"{stored}/") for other in (*self.files, *self.folders)):
            return False
        self.folders.discard(stored)
        return True

    def _as_stored(self, path: str) -> str:
        """The path under the names that the disk has; a new name is kept as it is given."""
        if self.knows_case:
            return path
        stored = ""
        for name in path.split("/"):
            wanted = f"{stored}/{name}" if stored else name
            existing = (other for other in (*self.files, *self.folders) if other.casefold() == wanted.casefold())
            stored = next(existing, wanted)
        return stored


@dataclass
class DyingDisk:
    """Lets some changes happen, and dies before the next, or in the middle of it where that is a write."""

    disk: Disk
    changes_left: int
    tears: bool = False

    def tree(self) -> Tree:
        return self.disk.tree()

    def read(self, path: str) -> bytes | None:
        return self.disk.read(path)

    def write(self, path: str, content: bytes) -> None:
        if self.changes_left == 0 and self.tears:
            self.disk.write(path, content[: len(content) // 2])
        self._spend()
        self.disk.write(path, content)

    def let_run(self, path: str) -> None:
        self._spend()
        self.disk.let_run(path)

    def replace(self, source: str, path: str) -> None:
        self._spend()
        self.disk.replace(source, path)

    def remove(self, path: str) -> None:
        self._spend()
        self.disk.remove(path)

    def remove_folder(self, path: str) -> bool:
        self._spend()
        return self.disk.remove_folder(path)

    def _spend(self) -> None:
        if self.changes_left == 0:
            raise Killed
        self.changes_left -= 1

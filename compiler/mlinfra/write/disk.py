"""The few things that writing does to a folder, behind a port: tests fail each one, and play other file systems."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Tree:
    """What there is below a folder, by paths with `/` in the upper and lower case that the disk has."""

    files: frozenset[str]
    folders: frozenset[str]
    links: frozenset[str]  # symbolic links, never followed


class Disk(Protocol):
    """A folder; every path is relative to it and uses `/`. All raise OSError where the system refuses."""

    def tree(self) -> Tree: ...

    def read(self, path: str) -> bytes | None:
        """The content of a file, None where there is none."""
        ...

    def write(self, path: str, content: bytes) -> None:
        """Writes a file, not atomically, and the folders above it."""
        ...

    def replace(self, source: str, path: str) -> None:
        """Moves a file over another one, or to where there is none, atomically; makes the folders above it."""
        ...

    def remove(self, path: str) -> None:
        """Removes a file."""
        ...

    def remove_folder(self, path: str) -> bool:
        """Removes a folder where it is empty; says whether there is none of that name any more."""
        ...


@dataclass(frozen=True)
class LocalDisk:
    root: Path

    def tree(self) -> Tree:
        files, folders, links = set[str](), set[str](), set[str]()
        for above, below, names in os.walk(self.root):
            for name in (*below, *names):
                path = Path(above, name)
                kind = links if path.is_symlink() else folders if name in below else files
                kind.add(path.relative_to(self.root).as_posix())
        return Tree(frozenset(files), frozenset(folders), frozenset(links))

    def read(self, path: str) -> bytes | None:
        try:
            return (self.root / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def write(self, path: str, content: bytes) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)

    def replace(self, source: str, path: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        (self.root / source).replace(file)

    def remove(self, path: str) -> None:
        (self.root / path).unlink()

    def remove_folder(self, path: str) -> bool:
        folder = self.root / path
        if folder.is_dir():
            if any(folder.iterdir()):
                return False
            folder.rmdir()
        return True

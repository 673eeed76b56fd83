"""The few things that writing does to a folder, behind a port: tests fail each one, and play other file systems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Tree:
    """What there is below a folder, by paths with `/` in the upper and lower case that the disk has."""

    files: frozenset[str]  # regular ones
    folders: frozenset[str]
    others: frozenset[str]  # links, never followed, and whatever else can't be read as a file: pipes, devices, sockets


PROGRAM = b"#!"  # how a file begins that is run by its name


class NotAFile(OSError):
    """What lies there is a link, a folder, a pipe: nothing that is read."""


class Folder(Protocol):
    """A folder that is looked at; every path is relative to it and uses `/`. All raise OSError."""

    def tree(self) -> Tree: ...

    def read(self, path: str) -> bytes | None:
        """The content of a file, None where there is none; raises NotAFile. No link is followed."""
        ...


class Disk(Folder, Protocol):
    """A folder that is written. Nothing here leads out of it: no path, and no link in the way of one."""

    def write(self, path: str, content: bytes) -> None:
        """Writes a file that is not there yet, not atomically, and the folders above it; a program may be run."""
        ...

    def let_run(self, path: str) -> None:
        """Lets a file that is a program be run; nothing where the disk does not know who may run a file."""
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


class Nothing:
    """A folder that is not there."""

    def tree(self) -> Tree:
        return Tree(frozenset(), frozenset(), frozenset())

    def read(self, path: str) -> bytes | None:
        return None

"""A folder of this machine. Below it every folder is opened from the one above, without following a link.

So what a branch puts there (a link where a folder is due, a pipe where a file is) leads nowhere, also when it comes
while mlinfra works. Windows can't open a name from an open folder: there each one is looked at before it is used.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from mlinfra.output.disk import PROGRAM, NotAFile, Tree
from mlinfra.repository.files import MAX_FILE_BYTES

Kind: TypeAlias = Literal["file", "folder", "other"]  # as in Tree

_HAS_DESCRIPTORS = os.open in os.supports_dir_fd
# 0 where a system has no such thing
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_READ = os.O_RDONLY | _NOFOLLOW | _BINARY | getattr(os, "O_NONBLOCK", 0)  # a pipe that nobody writes to does not wait
_FOLDER = os.O_RDONLY | _NOFOLLOW | _BINARY | getattr(os, "O_DIRECTORY", 0)
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NOFOLLOW | _BINARY

_RUN_BY_ALL = 0o755  # whatever the process takes from files that it makes: who clones gets the same

_NO_FOLDER = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EMLINK)  # how systems refuse a name that is no folder
_NO_FILE = (errno.ELOOP, errno.EMLINK, errno.ENXIO, errno.EOPNOTSUPP, errno.EISDIR)  # a link, a socket, a folder
_LINKING = (0xA000000C, 0xA0000003)  # reparse tags of symbolic links and of junctions; winnt.h


@dataclass(frozen=True)
class _Open:
    """An open folder; `descriptor` is None on systems that can't open names from it."""

    path: Path
    descriptor: int | None

    def at(self, name: str) -> str:
        return name if self.descriptor is not None else str(self.path / name)

    def status(self, name: str) -> os.stat_result:
        return os.stat(self.at(name), dir_fd=self.descriptor, follow_symlinks=False)


@dataclass(frozen=True)
class LocalDisk:
    root: Path  # may itself be reached through a link

    def tree(self) -> Tree:
        files, folders, others = set[str](), set[str](), set[str]()
        by_kind = {"file": files, "folder": folders, "other": others}
        for path, kind in self.everything():
            by_kind[kind].add(path)
        return Tree(frozenset(files), frozenset(folders), frozenset(others))

    def everything(self) -> Iterator[tuple[str, Kind]]:
        """The path and the kind of everything below the folder; whoever has seen enough stops."""
        waiting = [""]
        while waiting:
            above = waiting.pop()
            for entry in _entries(self.root / above):
                path = f"{above}/{entry.name}" if above else entry.name
                kind = _kind(entry)
                yield path, kind
                if kind == "folder":
                    waiting.append(path)

    def read(self, path: str) -> bytes | None:
        with self._naming(path):
            try:
                with self._folder_of(path) as (folder, name):
                    return _content(folder, name)
            except (FileNotFoundError, NotADirectoryError):
                return None

    def write(self, path: str, content: bytes) -> None:
        with self._naming(path), self._folder_of(path, makes=True) as (folder, name):
            descriptor = os.open(folder.at(name), _CREATE, 0o666, dir_fd=folder.descriptor)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                if content.startswith(PROGRAM):
                    _let_run(descriptor)

    def let_run(self, path: str) -> None:
        with self._naming(path), self._folder_of(path) as (folder, name):
            descriptor = os.open(folder.at(name), _READ, dir_fd=folder.descriptor)
            try:
                _let_run(descriptor)
            finally:
                os.close(descriptor)

    def replace(self, source: str, path: str) -> None:
        with (
            self._naming(path),
            self._folder_of(source) as (before, old),
            self._folder_of(path, makes=True) as (after, new),
        ):
            os.replace(before.at(old), after.at(new), src_dir_fd=before.descriptor, dst_dir_fd=after.descriptor)

    def remove(self, path: str) -> None:
        with self._naming(path), self._folder_of(path) as (folder, name):
            os.unlink(folder.at(name), dir_fd=folder.descriptor)

    def remove_folder(self, path: str) -> bool:
        with self._naming(path):
            try:
                with self._folder_of(path) as (folder, name):
                    os.rmdir(folder.at(name), dir_fd=folder.descriptor)
            except FileNotFoundError:
                return True
            except OSError as error:
                if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                    return False
                raise
            return True

    @contextmanager
    def _naming(self, path: str) -> Iterator[None]:
        """Errors of the system name the whole path: it knows only the last name of it."""
        try:
            yield
        except NotAFile:
            raise
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self.root / path)) from error

    @contextmanager
    def _folder_of(self, path: str, makes: bool = False) -> Iterator[tuple[_Open, str]]:
        """The open folder that holds what a path names, and its name there."""
        *names, last = _names(path)
        if makes:
            self.root.mkdir(parents=True, exist_ok=True)
        folder = _opened_root(self.root)
        try:
            for name in names:
                below = _opened(folder, name, makes)
                _close(folder)
                folder = below
            yield folder, last
        finally:
            _close(folder)


def _names(path: str) -> list[str]:
    """The names in a path; raises ValueError where one of them could lead elsewhere."""
    names = path.split("/")
    if any(name in ("", ".", "..") or "\0" in name or os.sep in name or (os.altsep or "/") in name for name in names):
        raise ValueError(f'"{path}" is no path below a folder')
    return names


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """What is in a folder, sorted; nothing where it may not be looked into: what is due there fails by its own name."""
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return []


def _kind(entry: os.DirEntry[str]) -> Kind:
    if _is_link(entry.stat(follow_symlinks=False)):
        return "other"
    if entry.is_dir(follow_symlinks=False):
        return "folder"
    return "file" if entry.is_file(follow_symlinks=False) else "other"


def _content(folder: _Open, name: str) -> bytes:
    if folder.descriptor is None and _is_link(folder.status(name)):
        raise NotAFile(errno.ELOOP, "is a link", name)
    try:
        descriptor = os.open(folder.at(name), _READ, dir_fd=folder.descriptor)
    except OSError as error:
        if error.errno in _NO_FILE:
            raise NotAFile(error.errno, "is no regular file", name) from error
        raise
    try:
        return _regular_content(descriptor, name)
    finally:
        os.close(descriptor)


def _regular_content(descriptor: int, name: str) -> bytes:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise NotAFile(errno.EINVAL, "is no regular file", name)
    with os.fdopen(descriptor, "rb", closefd=False) as file:
        content = file.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), name)
    return content


def _let_run(descriptor: int) -> None:
    """Nothing on systems that know no such right, and on file systems of theirs that keep none."""
    if not hasattr(os, "fchmod") or stat.S_IMODE(os.fstat(descriptor).st_mode) & 0o111 == 0o111:
        return
    with suppress(PermissionError):
        os.fchmod(descriptor, _RUN_BY_ALL)


def _opened_root(root: Path) -> _Open:
    if not _HAS_DESCRIPTORS:
        return _Open(root, None)
    return _Open(root, os.open(root, _FOLDER & ~_NOFOLLOW))


def _opened(folder: _Open, name: str, makes: bool) -> _Open:
    """The folder of that name in another one; raises NotADirectoryError where it is anything else, a link too."""
    if makes:
        _make(folder, name)
    path = folder.path / name
    if folder.descriptor is None:
        status = folder.status(name)
        if _is_link(status) or not stat.S_ISDIR(status.st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path))
        return _Open(path, None)
    try:
        return _Open(path, os.open(name, _FOLDER, dir_fd=folder.descriptor))
    except OSError as error:
        if error.errno in _NO_FOLDER and error.errno != errno.ENOENT:
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path)) from error
        raise


def _make(folder: _Open, name: str) -> None:
    try:
        os.mkdir(folder.at(name), dir_fd=folder.descriptor)
    except FileExistsError:
        return


def _close(folder: _Open) -> None:
    if folder.descriptor is not None:
        os.close(folder.descriptor)


def link_on_the_way(root: Path, path: Path) -> Path | None:
    """The last link among what lies below `root` on the way to a path, itself included; None without one."""
    way = (step for step in (path, *path.parents) if step != root and step.is_relative_to(root))
    return next(filter(is_link, way), None)


def is_link(path: Path) -> bool:
    """Whether there is a link of that name, or a junction of Windows."""
    try:
        return _is_link(path.lstat())
    except (FileNotFoundError, NotADirectoryError):
        return False


def _is_link(status: os.stat_result) -> bool:
    return stat.S_ISLNK(status.st_mode) or getattr(status, "st_reparse_tag", 0) in _LINKING

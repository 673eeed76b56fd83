"""Who works on an output folder: one that writes, or any number of those that read.

The lock is on the open folder itself, so that it needs no file, leaves nothing behind, and ends with the process that
holds it, whatever kills that. Windows locks no folders: there it is on a file of the user's folder for temporary ones.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mlinfra.output.disk import Disk, Folder, Nothing
from mlinfra.output.local_disk import LocalDisk

WAITING = "waiting for another mlinfra that works on this folder"
WITHOUT = "its file system has no locks: let nothing else write there meanwhile"
SILENT_SECONDS = 1.0  # of waiting before it is said
_PAUSE_SECONDS = 0.02
_NO_LOCKS = (errno.EBADF, errno.EINVAL, errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)  # NFS, FUSE

Say = Callable[[str], None]


@contextmanager
def reading(root: Path, say: Say) -> Iterator[Folder]:
    """The folder while nobody writes it; Nothing where there is none. Waits, and says so after a second."""
    try:
        lock = _locked(root, False, say)
    except FileNotFoundError:
        yield Nothing()
        return
    try:
        yield LocalDisk(root)
    finally:
        os.close(lock)


@contextmanager
def writing(root: Path, say: Say) -> Iterator[Disk]:
    """The folder, made where there is none, while nobody else reads or writes it; gone again where nothing came in."""
    lock, made = _made_and_locked(root, say)
    try:
        yield LocalDisk(root)
    finally:
        with suppress(OSError):  # it is not empty: something was written
            for folder in made:
                folder.rmdir()
        os.close(lock)


def _made_and_locked(root: Path, say: Say) -> tuple[int, list[Path]]:
    """The lock, and the folders that were made for it, the innermost first."""
    while True:
        made = [folder for folder in (root, *root.parents) if not folder.exists()]
        try:
            root.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(root)) from error
        with suppress(FileNotFoundError):  # another one that had made it too wrote nothing, and took it away again
            return _locked(root, True, say), made


if sys.platform == "win32":
    import hashlib
    import msvcrt
    import tempfile

    def _locked(root: Path, exclusive: bool, say: Say) -> int:
        """The lock of the folder, the same for all that look at it; raises FileNotFoundError where there is none."""
        name = hashlib.sha256(os.path.normcase(os.path.realpath(root)).encode()).hexdigest()
        descriptor = os.open(Path(tempfile.gettempdir(), f"mlinfra-{name}.lock"), os.O_RDWR | os.O_CREAT)
        try:
            _wait(lambda: msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1), say)
            if not root.exists():  # it may have been taken away while it was waited for
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(root))
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

else:
    import fcntl

    def _locked(root: Path, exclusive: bool, say: Say) -> int:
        """The open folder, locked; raises FileNotFoundError where there is none."""
        kind = fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH
        while True:
            descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                _wait(lambda: fcntl.flock(descriptor, kind | fcntl.LOCK_NB), say)  # noqa: B023  # called right here
                if os.path.samestat(root.stat(), os.fstat(descriptor)):
                    return descriptor
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)  # it was taken away, and another one made, while this one was waited for


def _wait(take: Callable[[], None], say: Say) -> None:
    """Takes a lock as soon as it is free."""
    said, started = False, time.monotonic()
    while True:
        try:
            return take()
        except OSError as error:
            if error.errno in _NO_LOCKS:
                return say(WITHOUT)
            if error.errno not in (errno.EAGAIN, errno.EACCES, errno.EDEADLK):
                raise
        if not said and time.monotonic() - started > SILENT_SECONDS:
            say(WAITING)
            said = True
        time.sleep(_PAUSE_SECONDS)

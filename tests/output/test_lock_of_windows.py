"""The lock where no folder can be locked: what Windows has for it, stood in for by calls of this system."""

from __future__ import annotations

import errno
import fcntl
import importlib.util
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from types import ModuleType
from typing import Any

import pytest

from mlinfra.output import lock as of_this_system

MAX_WAIT_SECONDS = 60


class Msvcrt(ModuleType):
    """`msvcrt.locking`: a byte that another has locked is refused with EACCES, and free when its file is closed."""

    LK_NBLCK = 2

    def __init__(self) -> None:
        super().__init__("msvcrt")
        self.locked: list[int] = []
        self.broken = False

    def locking(self, descriptor: int, mode: int, count: int) -> None:
        assert (mode, count) == (self.LK_NBLCK, 1)
        self.locked.append(descriptor)
        if self.broken:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES)) from error


@pytest.fixture
def msvcrt() -> Msvcrt:
    return Msvcrt()


@pytest.fixture
def lock(msvcrt: Msvcrt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module as Windows imports it."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.setitem(sys.modules, "msvcrt", msvcrt)
    spec = importlib.util.spec_from_file_location("lock_of_windows", str(of_this_system.__file__))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with monkeypatch.context() as patched:
        patched.setattr(sys, "platform", "win32")
        spec.loader.exec_module(module)
    return module


def test_whoever_comes_later_waits_and_says_so(lock: Any, tmp_path: Path) -> None:
    root, said, is_said = tmp_path / "out", list[str](), Event()
    root.mkdir()

    def say(message: str) -> None:
        said.append(message)
        is_said.set()

    def read() -> float:
        with lock.reading(root, say):
            return time.monotonic()

    with ThreadPoolExecutor() as pool:
        with lock.writing(root, pytest.fail):
            waiting = pool.submit(read)
            assert is_said.wait(MAX_WAIT_SECONDS)
            left = time.monotonic()
        assert waiting.result() > left
    assert said == [lock.WAITING]


@pytest.mark.parametrize("verb", ["reading", "writing"])
def test_a_folder_that_is_gone_after_the_wait_is_found_gone_or_made_again(lock: Any, tmp_path: Path, verb: str) -> None:
    root = tmp_path / "out"

    def look() -> tuple[str, bool]:
        with getattr(lock, verb)(root, lambda said: None) as folder:
            return type(folder).__name__, root.exists()

    with ThreadPoolExecutor() as pool:
        with lock.writing(root, lambda said: None):
            waiting = pool.submit(look)
            time.sleep(0.2)
        found = waiting.result()
    assert found == (("Nothing", False) if verb == "reading" else ("LocalDisk", True))
    assert not root.exists()


def test_different_folders_have_different_locks_and_one_has_one(lock: Any, tmp_path: Path) -> None:
    with lock.writing(tmp_path / "a", print), lock.writing(tmp_path / "b", print):
        pass
    with lock.writing(tmp_path / "b", print):
        pass
    assert len(list((tmp_path / "temporary").iterdir())) == 2


def test_a_lock_that_fails_leaves_no_file_open(lock: Any, msvcrt: Msvcrt, tmp_path: Path) -> None:
    msvcrt.broken = True
    with pytest.raises(OSError, match=os.strerror(errno.EIO)), lock.reading(tmp_path, print):
        pass
    (descriptor,) = msvcrt.locked
    with pytest.raises(OSError, match=os.strerror(errno.EBADF)):
        os.fstat(descriptor)

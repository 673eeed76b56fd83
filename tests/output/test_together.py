"""Runs on one folder wait for each other, and one that is killed does no harm."""

from __future__ import annotations

import fcntl
import os
import signal
import time
from pathlib import Path

import pytest

from mlinfra.output.lock import WAITING, reading, writing
from tests.output.together import rounds

ROUNDS = int(os.environ.get("MLINFRA_HUNT_ROUNDS", "20"))
SEED = 8


def test_three_at_once_with_one_killed_leave_the_output_of_the_last() -> None:
    rounds(SEED, ROUNDS)


def test_a_folder_that_is_written_is_waited_for_and_that_is_said_after_a_second(tmp_path: Path) -> None:
    said: list[float] = []
    started = time.monotonic()
    process = _hold(tmp_path, fcntl.LOCK_EX)

    def say(message: str) -> None:
        assert message == WAITING
        said.append(time.monotonic() - started)
        _end(process)

    with reading(tmp_path, say):
        assert [seconds >= 1 for seconds in said] == [True]


def test_those_that_read_do_not_wait_for_each_other(tmp_path: Path) -> None:
    process = _hold(tmp_path, fcntl.LOCK_SH)
    with reading(tmp_path, pytest.fail):
        assert os.waitpid(process, os.WNOHANG) == (0, 0)  # it still reads
    _end(process)


def test_a_folder_that_is_taken_away_while_it_is_waited_for_is_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "a/out"
    folder.mkdir(parents=True)
    process = _hold(folder, fcntl.LOCK_EX, seconds=0.3, takes_away=True)
    with writing(folder, pytest.fail) as disk:
        disk.write("x", b"1")
    assert (folder / "x").read_bytes() == b"1"
    os.waitpid(process, 0)


def test_a_folder_that_nothing_came_into_is_gone_again(tmp_path: Path) -> None:
    with writing(tmp_path / "a/b", pytest.fail):
        assert (tmp_path / "a/b").is_dir()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_read_as_empty_and_not_made(tmp_path: Path) -> None:
    with reading(tmp_path / "out", pytest.fail) as folder:
        assert folder.read("x") is None
        assert folder.tree().files == frozenset()
    assert not (tmp_path / "out").exists()


def _hold(folder: Path, kind: int, seconds: float = 60, takes_away: bool = False) -> int:
    """Forks a process that has the lock when this returns, and holds it for a while."""
    ready, told = os.pipe()
    process = os.fork()
    if process == 0:
        descriptor = os.open(folder, os.O_RDONLY)
        fcntl.flock(descriptor, kind)
        os.write(told, b"1")
        time.sleep(seconds)
        if takes_away:
            folder.rmdir()
        os._exit(0)
    os.read(ready, 1)
    return process


def _end(process: int) -> None:
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)

"""Runs a program, and ends it with all that it started as soon as whoever asked for it is gone, however that went.

The arguments are the descriptor of a pipe, which gets the program's exit code, the file for what the program says, and
the program's command line. Standard input is held open by whoever asked: its end is the order to end. This process
leads a group of its own, in which the program and what it starts are, too. On Linux it also adopts each process that
leaves the group and loses its parent, so that the program's descendants are always its own.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

SECONDS_TO_END = 5.0  # of a program that was asked to end, before it is killed
MOST_BYTES, KEPT_BYTES = 2 << 20, 1 << 20  # of what a program says: past the most, the last of it are kept
CHUNK_BYTES = 1 << 16
SET_CHILD_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of linux/prctl.h
IS_LINUX = sys.platform == "linux"


def main() -> None:
    """Wait for the program, or for the end of standard input; the last thing is that nothing of the group is left."""
    signal.signal(signal.SIGTERM, _stays)
    signal.signal(signal.SIGINT, _stays)
    told, log, command = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
    os.set_inheritable(told, False)
    if IS_LINUX:
        ctypes.CDLL(None).prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert program.stdout is not None
    noting = threading.Thread(target=_note, args=(program.stdout.fileno(), log), daemon=True)
    noting.start()
    ordered = threading.Event()
    threading.Thread(target=_end_with_the_input, args=(program, ordered), daemon=True).start()
    code = program.wait()
    _kill_descendants()
    noting.join(SECONDS_TO_END)
    if not ordered.is_set():  # of one that was told to end, nobody has to know how it ended
        os.write(told, str(code).encode())
    os.killpg(0, signal.SIGKILL)


def _stays(_number: int, _frame: FrameType | None) -> None:
    """Outlives what the group is told, to see it end."""


def _end_with_the_input(program: subprocess.Popen[bytes], ordered: threading.Event) -> None:
    sys.stdin.buffer.read()
    ordered.set()
    os.killpg(0, signal.SIGTERM)
    try:
        program.wait(SECONDS_TO_END)
    finally:
        _kill_descendants()
        os.killpg(0, signal.SIGKILL)


def _note(said: int, log: Path) -> None:
    """Write what is said into the file, and once that is too large, keep the end of it."""
    with log.open("w+b", buffering=0) as file:
        while chunk := os.read(said, CHUNK_BYTES):
            if file.tell() + len(chunk) > MOST_BYTES:
                file.seek(-min(KEPT_BYTES, file.tell()), os.SEEK_END)
                last = file.read()
                file.seek(0)
                file.truncate()
                file.write(last)
            file.write(chunk)


def _kill_descendants() -> None:
    """Kill what the program started, also outside of the group; one that can't be killed is not waited for."""
    until = time.monotonic() + SECONDS_TO_END
    while IS_LINUX and (found := descendants(os.getpid())) and time.monotonic() < until:
        for number in (signal.SIGSTOP, signal.SIGKILL):  # one that is stopped starts no other
            for each in found:
                with suppress(OSError):
                    os.kill(each, number)
        with suppress(OSError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def descendants(process: int) -> list[int]:
    """The processes below one, those that have ended left out."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with suppress(OSError):
                state, parent = (folder / "stat").read_bytes().rpartition(b")")[2].split()[:2]
                if state != b"Z":
                    children.setdefault(int(parent), []).append(int(folder.name))
    found, pending = [], [process]
    while pending:
        below = children.get(pending.pop(), [])
        found += below
        pending += below
    return found


if __name__ == "__main__":
    main()

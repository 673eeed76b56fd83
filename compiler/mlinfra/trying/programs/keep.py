"""Runs a program, and ends it with all that it started as soon as whoever asked for it is gone, however that went.

The arguments are the descriptor of a pipe, which gets the program's exit code, and the program's command line. Standard
input is held open by whoever asked: its end is the order to end. This process leads a group of its own, in which the
program and what it starts are, too.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from types import FrameType

SECONDS_TO_END = 5.0  # of a program that was asked to end, before it is killed


def main() -> None:
    """Wait for the program, or for the end of standard input; the last thing is that nothing of the group is left."""
    signal.signal(signal.SIGTERM, _stays)
    signal.signal(signal.SIGINT, _stays)
    told, command = int(sys.argv[1]), sys.argv[2:]
    os.set_inheritable(told, False)
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    ordered = threading.Event()
    threading.Thread(target=_end_with_the_input, args=(program, ordered), daemon=True).start()
    code = program.wait()
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
        os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()

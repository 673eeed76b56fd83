"""Runs a server, and ends it with all that it started as soon as whoever asked for it is gone, however that went.

The arguments are the server's command line. Standard input is held open by whoever asked: its end is the order to end.
This process leads a group of its own, in which the server and what it starts are, too.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from types import FrameType

SECONDS_TO_END = 5.0  # of a server that was asked to end, before it is killed


def main() -> None:
    """Wait for the server, or for the end of standard input; the last thing is that nothing of the group is left."""
    signal.signal(signal.SIGTERM, _stays)
    signal.signal(signal.SIGINT, _stays)
    server = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
    ordered = threading.Event()
    threading.Thread(target=_end_with_the_input, args=(server, ordered), daemon=True).start()
    code = server.wait()
    if not ordered.is_set():  # what was told to end did nothing that its reader has to know
        sys.stdout.write(f"the server ended with exit code {code}\n")
        sys.stdout.flush()
    os.killpg(0, signal.SIGKILL)


def _stays(_number: int, _frame: FrameType | None) -> None:
    """Outlives what the group is told, to see it end."""


def _end_with_the_input(server: subprocess.Popen[bytes], ordered: threading.Event) -> None:
    sys.stdin.buffer.read()
    ordered.set()
    os.killpg(0, signal.SIGTERM)
    try:
        server.wait(SECONDS_TO_END)
    finally:
        os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()

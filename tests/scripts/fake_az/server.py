"""Answers programs of a few lines of bash that ask at each call: Python would have to start by the hundred.

A request is the number of arguments, a folder, the working directory and the arguments; a reply is the exit code,
stdout and stderr; each ends with NUL. The exit code "kill" tells the program to kill its process group.
"""

from __future__ import annotations

import shutil
import socketserver
import threading
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

_PROGRAM = r"""#!{bash}
{first}exec 3<>"/dev/tcp/127.0.0.1/${{{port}}}"
printf '%s\0' "$#" "${{{folder}}}" "${{PWD}}" "$@" >&3
IFS= read -r -d '' code <&3
IFS= read -r -d '' output <&3
IFS= read -r -d '' errors <&3
[ "${{code}}" = kill ] && kill -KILL 0
printf '%s' "${{output}}"
printf '%s' "${{errors}}" >&2
exit "${{code}}"
"""


class Answer(NamedTuple):
    """What a program ends with, and prints."""

    code: str
    stdout: str
    stderr: str


def program(port: str, folder: str, first: str = "") -> str:
    """One that asks, by the names of the variables that hold the port and the folder; `first` runs before it."""
    return _PROGRAM.format(bash=shutil.which("bash"), port=port, folder=folder, first=first)


class Server(ABC, socketserver.TCPServer):
    """Answers one call at a time, on a free port of this machine; a context: in a thread while it is open."""

    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()

    def stand_in(self, working_directory: Path) -> None:
        """Where the paths of the next call count from; whoever works in a test's own process leaves that alone."""

    @abstractmethod
    def play(self, folder: Path, arguments: list[str]) -> Answer:
        """One call."""


class _Handler(socketserver.StreamRequestHandler):
    server: Server

    def handle(self) -> None:
        count, folder = int(self._read()), Path(self._read())
        self.server.stand_in(Path(self._read()))
        reply = self.server.play(folder, [self._read() for _ in range(count)])
        self.wfile.write(b"".join(text.encode() + b"\0" for text in reply))

    def _read(self) -> str:
        taken = bytearray()
        while (byte := self.rfile.read(1)) not in (b"\0", b""):
            taken += byte
        return taken.decode()

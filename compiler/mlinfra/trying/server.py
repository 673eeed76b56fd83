"""A server on loopback: started, waited for, asked, and ended with all that it started."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from mlinfra.trying.programs import keep

LOOPBACK: Final = "127.0.0.1"
SECONDS_BETWEEN_LOOKS: Final = 0.2
MAX_ANSWER_BYTES: Final = 16 << 20  # of an answer, and of what is shown of a log
MAX_SHOWN_BYTES: Final = 20_000


class Answer(NamedTuple):
    """What the server says to one request."""

    status: int
    text: str


class Silent(Exception):
    """The server ended, or said nothing in time; the text says which."""


@dataclass(frozen=True)
class Server:
    """A server that is healthy."""

    port: int
    ends: float  # when its time is over, by `time.monotonic`
    process: subprocess.Popen[bytes]

    def ask(self, request: bytes) -> Answer:
        """Sends a request to /score; raises Silent."""
        try:
            return _asked(self, "POST", "/score", request)
        except (OSError, http.client.HTTPException) as error:
            raise Silent(_why(self, error)) from error


@contextlib.contextmanager
def running(
    command: Sequence[str], folder: Path, environ: Mapping[str, str], port: int, seconds: int, log: Path
) -> Iterator[Server]:
    """The server that a command starts in a folder, once it is healthy; raises Silent.

    Whatever happens, nothing of it runs afterwards. What it says goes into the file `log`.
    """
    with log.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-I", keep.__file__, *command],
            cwd=folder,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            server = Server(port, time.monotonic() + seconds, process)
            _wait_until_healthy(server)
            yield server
        finally:
            _end(process)


def free_port() -> int:
    """A port of loopback on which nobody listens."""
    with socket.socket() as found:
        found.bind((LOOPBACK, 0))
        port: int = found.getsockname()[1]
        return port


def last_of(log: Path) -> str:
    """The end of what a server has said."""
    with log.open("rb") as said:
        said.seek(0, os.SEEK_END)
        said.seek(max(said.tell() - MAX_SHOWN_BYTES, 0))
        return said.read().decode(errors="replace").strip()


def _wait_until_healthy(server: Server) -> None:
    while True:
        try:
            if _asked(server, "GET", "/", None).status == http.client.OK:
                return
        except (OSError, http.client.HTTPException) as error:
            if server.process.poll() is not None or time.monotonic() >= server.ends:
                raise Silent(_why(server, error)) from error
        time.sleep(SECONDS_BETWEEN_LOOKS)


def _asked(server: Server, method: str, path: str, body: bytes | None) -> Answer:
    left = server.ends - time.monotonic()
    if left <= 0 or server.process.poll() is not None:
        raise TimeoutError
    connection = http.client.HTTPConnection(LOOPBACK, server.port, timeout=left)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"} if body is not None else {})
        response = connection.getresponse()
        return Answer(response.status, response.read(MAX_ANSWER_BYTES).decode(errors="replace"))
    finally:
        connection.close()


def _why(server: Server, error: Exception) -> str:
    with contextlib.suppress(subprocess.TimeoutExpired):  # it may be about to end
        server.process.wait(SECONDS_BETWEEN_LOOKS)
    if server.process.returncode is not None:
        return "the server ended"
    is_late = time.monotonic() >= server.ends or isinstance(error, TimeoutError)
    return "the server said nothing in time" if is_late else f"the server broke off: {error}"


def _end(process: subprocess.Popen[bytes]) -> None:
    """The keeper ends its group when its input ends; one that does not is killed with it."""
    assert process.stdin is not None
    with contextlib.suppress(OSError):
        process.stdin.close()
    try:
        process.wait(2 * keep.SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextlib.contextmanager
def terminated_as_interrupted() -> Iterator[None]:
    """While it lasts, being told to end is being interrupted: what is to be done at the end is done."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    numbers = (signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, interrupt) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)

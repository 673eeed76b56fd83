"""A server on loopback: started, waited for, asked, and ended with all that it started."""

from __future__ import annotations

import contextlib
import http.client
import signal
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from mlinfra.trying.kept import Kept, kept

LOOPBACK: Final = "127.0.0.1"
SECONDS_BETWEEN_LOOKS: Final = 0.2
MAX_ANSWER_BYTES: Final = 16 << 20


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
    program: Kept

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

    What it says goes into the file `log`.
    """
    with kept(command, folder, environ, log) as program:
        server = Server(port, time.monotonic() + seconds, program)
        _wait_until_healthy(server)
        yield server


def free_port() -> int:
    """A port of loopback on which nobody listens."""
    with socket.socket() as found:
        found.bind((LOOPBACK, 0))
        port: int = found.getsockname()[1]
        return port


def _wait_until_healthy(server: Server) -> None:
    while True:
        try:
            if _asked(server, "GET", "/", None).status == http.client.OK:
                return
        except (OSError, http.client.HTTPException) as error:
            if server.program.has_ended() or time.monotonic() >= server.ends:
                raise Silent(_why(server, error)) from error
        time.sleep(SECONDS_BETWEEN_LOOKS)


def _asked(server: Server, method: str, path: str, body: bytes | None) -> Answer:
    """The answer to a request; raises OSError and http.client.HTTPException, also where it is not there in time.

    A socket takes its time for each part that comes, and a part may be a byte: what is over is cut off.
    """
    left = server.ends - time.monotonic()
    if left <= 0 or server.program.has_ended():
        raise TimeoutError
    connection = http.client.HTTPConnection(LOOPBACK, server.port, timeout=left)
    connection.connect()
    cut = threading.Timer(max(server.ends - time.monotonic(), 0), _cut_off, (connection.sock,))
    cut.daemon = True
    cut.start()
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"} if body is not None else {})
        response = connection.getresponse()
        answer = Answer(response.status, response.read(MAX_ANSWER_BYTES).decode(errors="replace"))
    finally:
        cut.cancel()
        connection.close()
    if time.monotonic() >= server.ends:  # what was cut off may look whole
        raise TimeoutError
    return answer


def _cut_off(connected: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)


def _why(server: Server, error: Exception) -> str:
    if server.program.has_ended(SECONDS_BETWEEN_LOOKS):  # it may be about to end
        if (code := server.program.exit_code()) is not None:
            with server.program.log.open("a", encoding="utf-8") as said:
                said.write(f"the server ended with exit code {code}\n")
        return "the server ended"
    is_late = time.monotonic() >= server.ends or isinstance(error, TimeoutError)
    return "the server said nothing in time" if is_late else f"the server broke off: {error}"


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

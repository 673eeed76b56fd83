"""`python -P az_server.py AZ LOG`: imports what az imports, and forks for each call of az_client.py: the fork is az.

It runs under az's own Python, and runs az's own start script and main module, in the folder, environment and streams of
whoever calls. What a call imported is imported here after it, for those that come. A call whose environment says
otherwise what was read in the server's starts az anew, and stands in the log. stdin is a socket that listens;
stdout one to the test: a byte from there ends all calls at once and is sent back, its end ends the server.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import os
import runpy
import selectors
import shlex
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn
from unittest import mock

_OF_THE_INTERPRETER = ("PYTHON", "LANG", "LC_")  # what Python itself reads when it starts
_FIRST = "azure.cli.core"
_read: dict[str, str | None] = {}  # of the environment, by what is imported here

Environment: Any = type(os.environ)


class ImportsEnvironment(Environment):  # type: ignore[misc] # os has no public name for it
    """`os.environ` of the server: what a module reads there when it is imported, it may keep."""

    def __getitem__(self, name: str) -> str:
        _read[name] = None
        _read[name] = value = str(super().__getitem__(name))
        return value

    def __iter__(self) -> Iterator[str]:
        for name in super().__iter__():
            _read[name] = str(super().__getitem__(name))
            yield name

    def __setitem__(self, name: str, value: str) -> NoReturn:
        raise ImportError(f"{name} is set by an import, which is not for every call to come")


@dataclass(slots=True)
class Call:
    """What a client asks for, and who does it."""

    connection: socket.socket
    streams: list[int]
    folder: bytes
    umask: int
    arguments: list[str]
    environment: dict[bytes, bytes]
    fork: int = 0
    imported: bytes = b""

    @property
    def is_like_the_server(self) -> bool:
        """Whether nothing that was read before would be read otherwise now."""
        own = {name: os.environb.get(os.fsencode(name)) for name in _read}
        theirs = {name: self.environment.get(os.fsencode(name)) for name in own}
        return own == theirs and _of_the_interpreter(dict(os.environb)) == _of_the_interpreter(self.environment)


class Server:
    """Answers clients until the test ends; `serve` returns in each fork, too, with its call."""

    def __init__(self, listener: socket.socket, test: socket.socket) -> None:
        self._listener = listener
        self._test = test
        self._calls: dict[int, Call] = {}  # by the end of a pipe that a fork writes to when it ends
        self._selector = selectors.DefaultSelector()
        self._selector.register(listener, selectors.EVENT_READ, self._accept)
        self._selector.register(test, selectors.EVENT_READ, self._end_all)
        self._forked: Call | None = None
        self._has_ended = False

    def serve(self) -> Call | None:
        """A call in a fork; None in the server, at its end."""
        while not self._has_ended and self._forked is None:
            key, _ = self._selector.select()[0]  # the next ones may be closed by then
            key.data(key.fileobj)
        return self._forked

    def _accept(self, listener: socket.socket) -> None:
        connection, _ = listener.accept()
        call = _read_call(connection)
        if call is None:
            connection.close()
            return
        assert threading.active_count() == 1, threading.enumerate()
        read_end, write_end = os.pipe()
        call.fork = os.fork()
        if call.fork == 0:
            os.setpgid(0, 0)
            os.close(read_end)
            self._leave()
            connection.close()
            self._forked = call
            _tell_at_the_end(write_end)
            return
        with contextlib.suppress(PermissionError):  # the fork did it, and became another program
            os.setpgid(call.fork, call.fork)
        os.close(write_end)
        for stream in call.streams:
            os.close(stream)
        self._calls[read_end] = call
        self._selector.register(connection, selectors.EVENT_READ, self._signal)
        self._selector.register(read_end, selectors.EVENT_READ, self._fork_ended)

    def _leave(self) -> None:
        """A fork keeps nothing of the server's."""
        self._selector.close()
        for read_end, call in self._calls.items():
            os.close(read_end)
            call.connection.close()

    def _signal(self, connection: socket.socket) -> None:
        """A client got a signal; nothing comes from one that is gone."""
        number = connection.recv(1)
        fork = next(call.fork for call in self._calls.values() if call.connection is connection)
        if number:
            os.kill(fork, number[0])
        else:
            _kill(fork)
            self._selector.unregister(connection)

    def _fork_ended(self, read_end: int) -> None:
        """Not before it closed its pipe: what it says until then is what it imported."""
        call = self._calls[read_end]
        if said := os.read(read_end, 1 << 16):
            call.imported += said
            return
        self._selector.unregister(read_end)
        os.close(read_end)
        del self._calls[read_end]
        _, status = os.waitpid(call.fork, 0)
        if call.connection in self._selector.get_map():
            self._selector.unregister(call.connection)
        with contextlib.suppress(BrokenPipeError):
            call.connection.sendall(status.to_bytes(4, "little"))
        call.connection.close()
        if call.imported:
            _import(call.imported.decode().split(","))

    def _end_all(self, test: socket.socket) -> None:
        for call in self._calls.values():
            _kill(call.fork)
        if asked := test.recv(1):
            test.sendall(asked)
        else:
            self._has_ended = True


def _read_call(connection: socket.socket) -> Call | None:
    """None where the client is gone already."""
    first, streams, _, _ = socket.recv_fds(connection, 1 << 16, 3)
    body = bytearray(first)
    while len(body) < 4 or len(body) < 4 + int.from_bytes(body[:4], "little"):
        more = connection.recv(1 << 16)
        if not more:
            return None
        body += more
    folder, umask, count, *words = bytes(body[4:]).split(b"\0")
    arguments, environment = words[: int(count)], words[int(count) :]
    return Call(
        connection,
        streams,
        folder,
        int(umask, 8),
        [os.fsdecode(word) for word in arguments],
        {name: value for name, _, value in (pair.partition(b"=") for pair in environment)},
    )


def _kill(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):  # as macOS says of one that has just ended
        os.killpg(group, signal.SIGKILL)


def _import(names: list[str]) -> None:
    for name in names:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()


def _tell_at_the_end(write_end: int) -> None:
    """What the fork imported, of what is installed with az; but for what runs when it is imported."""
    known = set(sys.modules)

    def tell() -> None:
        new = (name for name in [*sys.modules] if name not in known and not name.endswith("__main__"))
        installed = [name for name in new if _origin(name).startswith((sys.prefix, sys.base_prefix))]
        os.write(write_end, ",".join(installed).encode())

    atexit.register(tell)


def _origin(name: str) -> str:
    specification = getattr(sys.modules[name], "__spec__", None)
    return str(specification.origin) if specification is not None and specification.name == name else ""


def _of_the_interpreter(environment: dict[bytes, bytes]) -> dict[str, bytes]:
    named = {os.fsdecode(name): value for name, value in environment.items()}
    return {name: value for name, value in named.items() if name.startswith(_OF_THE_INTERPRETER)}


class _Started(Exception):
    """az's start script is done, and would become this program."""


def become(call: Call, az: str) -> None:
    """Ends as az does."""
    is_like_the_server = call.is_like_the_server
    for number, stream in enumerate(call.streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(call.folder)
    os.umask(call.umask)
    if not is_like_the_server:
        with Path(sys.argv[2]).open("a") as log:
            log.write(f"{shlex.join(call.arguments)}\n")
        os.execve(az, [az, *call.arguments], call.environment)
    os.environ.__class__ = Environment
    os.environ.clear()
    os.environb.update(call.environment)
    sys.argv = [az, *call.arguments]
    command = _started(az)
    assert command[1:3] == ["-m", "azure.cli"], command
    sys.argv = ["-m", *command[3:]]
    if not os.environ.get("PYTHONSAFEPATH"):
        sys.path.insert(0, os.fsdecode(call.folder))
    runpy.run_module("azure.cli", run_name="__main__", alter_sys=True)


def _started(az: str) -> list[str]:
    """The command line that az's start script becomes, after what it does to the environment."""

    def started(_: object, *command: object) -> NoReturn:
        raise _Started([str(word) for word in command])

    with mock.patch("os.execl", started):
        try:
            runpy.run_path(az, run_name="__main__")
        except _Started as end:
            command: list[str] = end.args[0]
            return command
    raise AssertionError(f"{az} starts nothing")


def main() -> None:
    """Serves; a fork goes on as az."""
    os.environ.__class__ = ImportsEnvironment
    _import([_FIRST])
    with socket.socket(fileno=os.dup(0)) as listener, socket.socket(fileno=os.dup(1)) as test:
        call = Server(listener, test).serve()
    if call:
        become(call, sys.argv[1])


if __name__ == "__main__":
    main()

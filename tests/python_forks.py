"""`python -I -S python_forks.py`: has imported what generated programs import, and forks for each call of `python3`.

A start of Python takes longer than such a program. The fork has the arguments, folder, environment, umask and streams
of whoever calls, and is killed with it. What is called otherwise than `-I PROGRAM` or `-I -c CODE`, or in a language of
people, gets a Python of its own. It prints its port, and ends when stdin does.
"""

from __future__ import annotations

import argparse  # noqa: F401 # what programs import
import atexit
import calendar  # noqa: F401 # what programs import
import csv  # noqa: F401 # what programs import
import datetime  # noqa: F401 # what programs import
import decimal  # noqa: F401 # what programs import
import fcntl
import gc
import hashlib  # noqa: F401 # what programs import
import json  # noqa: F401 # what programs import
import os
import selectors
import signal
import socket
import sys
import time
import traceback
import types
import urllib.request  # noqa: F401 # what programs import
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, NoReturn

# `python3`: asks the server, which finds the rest of the call in /proc, or starts Python itself.
CLIENT = """#!{bash}
exec 3<>/dev/tcp/127.0.0.1/{port}
printf '%s\\n' "$$" >&3
read -r -u 3 whose
if [[ "${{whose}}" != fork ]]; then
  exec 3>&-
  exec "{python}" -S "$@"
fi
read -r -u 3 code
exit "${{code:-1}}"
"""
_LOCALES = {"", "C", "C.UTF-8"}  # in which Python reads and writes alike
_MOST_TRIES, _PAUSE_SECONDS = 200, 0.001
_compiled: dict[tuple[bytes, str], types.CodeType] = {}


class Call(NamedTuple):
    """What somebody calls; `about` is where the system says more of who does."""

    about: Path
    arguments: list[str]
    environment: dict[str, str]
    code: types.CodeType
    file: str | None


def serve() -> None:
    """Answers until stdin ends."""
    gc.freeze()
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener, selectors.DefaultSelector() as selector:
        sys.stdout.write(f"{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        selector.register(listener, selectors.EVENT_READ)
        selector.register(sys.stdin, selectors.EVENT_READ)
        while all(key.fileobj is listener for key, _ in selector.select()):
            connection, _ = listener.accept()
            with connection:
                _answer(connection)
            with suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG) != (0, 0):
                    pass


def _answer(connection: socket.socket) -> None:
    call = _read(Path("/proc") / connection.recv(32).decode().strip())
    connection.sendall(b"fork\n" if call else b"start\n")
    if call and os.fork() == 0:
        _become(connection, call)
        _run(connection, call)


def _read(about: Path) -> Call | None:
    """What is called; None where that is better done by a Python of its own."""
    _, _, *arguments = _listed(about / "cmdline")
    environment = dict(each.split("=", 1) for each in _listed(about / "environ"))
    locales = {value for name, value in environment.items() if name == "LANG" or name.startswith("LC_")}
    if len(arguments) < 2 or arguments[0] != "-I" or locales - _LOCALES:
        return None
    tries = 0
    while any((about / "fd" / stream).is_socket() for stream in "012"):  # as stdout is while a client still asks
        if (tries := tries + 1) > _MOST_TRIES:
            return None  # nobody else can open these
        time.sleep(_PAUSE_SECONDS)
    if arguments[1] == "-c" and len(arguments) > 2:
        source, name, file = os.fsencode(arguments[2]), "<string>", None
        arguments = ["-c", *arguments[3:]]
    elif arguments[1].startswith("-"):
        return None
    else:
        arguments = arguments[1:]
        name = file = arguments[0]
        try:
            source = (about / "cwd" / file).read_bytes()
        except OSError:
            return None
    try:
        if (source, name) not in _compiled:
            _compiled[source, name] = compile(source, name, "exec")
    except SyntaxError:
        return None
    return Call(about, arguments, environment, _compiled[source, name], file)


def _listed(path: Path) -> list[str]:
    return [os.fsdecode(each) for each in path.read_bytes().split(b"\0")[:-1]]


def _become(connection: socket.socket, call: Call) -> None:
    """This process takes the place of the one that called, and ends when that does."""
    fcntl.fcntl(connection, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(connection, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(connection, fcntl.F_SETFL, fcntl.fcntl(connection, fcntl.F_GETFL) | os.O_ASYNC)
    for stream in range(3):
        flags = os.O_RDONLY if stream == 0 else os.O_WRONLY | os.O_APPEND
        opened = os.open(call.about / "fd" / str(stream), flags)
        os.dup2(opened, stream)
        os.close(opened)
    os.chdir(call.about / "cwd")
    [umask] = [line for line in (call.about / "status").read_text().splitlines() if line.startswith("Umask:")]
    os.umask(int(umask.split()[1], 8))
    os.environ.clear()
    os.environ.update(call.environment)
    if not call.environment.get("LC_ALL"):
        os.environ.setdefault("LC_CTYPE", "C.UTF-8")  # PEP 538


def _run(connection: socket.socket, call: Call) -> NoReturn:
    sys.argv = call.arguments
    main = types.ModuleType("__main__")
    main.__dict__.update({"__file__": call.file} if call.file else {})
    sys.modules["__main__"] = main
    code = 0
    try:
        exec(call.code, main.__dict__)
    except SystemExit as end:
        code = _exit_code(end)
    except BaseException as error:  # noqa: BLE001 # Python ends so, too
        traceback.print_exception(error.with_traceback(error.__traceback__ and error.__traceback__.tb_next))
        code = 1
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    connection.sendall(b"%d\n" % (code & 0xFF))
    os._exit(0)


def _exit_code(end: SystemExit) -> int:
    if end.code is None or isinstance(end.code, int):
        return end.code or 0
    sys.stderr.write(f"{end.code}\n")
    return 1


if __name__ == "__main__":
    serve()

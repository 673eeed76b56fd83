"""One command of mlinfra in this process: what it says, and an end to it where it hangs."""

from __future__ import annotations

import io
import os
import resource
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from mlinfra.cli import EXIT_INTERNAL, run
from tests.limits import Hangs, limited_time

CPU_SECONDS = 20  # the largest example takes one
MEMORY_BYTES = 3 * 2**30  # the largest example takes a tenth
WALL_SECONDS = 90  # a pipe that nobody writes to takes no processor
EXIT_HANGS = -1


class Ran(NamedTuple):
    """What a command came to; `code` is EXIT_HANGS where it had to be ended, and `err` then says where it was."""

    arguments: tuple[str, ...]
    code: int
    out: str
    err: str


def ran(arguments: Sequence[str], folder: Path) -> Ran:
    """Runs a command line in a folder; where it ends in an internal error, once more so that it shows where."""
    with limited_memory(), _standard_streams() as (out, err), limited_time(CPU_SECONDS, WALL_SECONDS):
        before = Path.cwd()
        os.chdir(folder)
        try:
            code = run(arguments)
        except Hangs as hangs:
            code = EXIT_HANGS
            err.write("\n".join(_frames(hangs)))
        finally:
            os.chdir(before)
    if code == EXIT_INTERNAL and "-v" not in arguments:
        return ran((*arguments, "-v"), folder)
    return Ran(tuple(arguments), code, _text(out), _text(err))


@contextmanager
def _standard_streams() -> Iterator[tuple[io.TextIOWrapper, io.TextIOWrapper]]:
    streams = sys.stdout, sys.stderr, sys.stdin
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", "surrogateescape", newline="") for _ in range(2))
    sys.stdout, sys.stderr, sys.stdin = out, err, io.TextIOWrapper(io.BytesIO(), "utf-8")
    try:
        yield out, err
    finally:
        sys.stdout, sys.stderr, sys.stdin = streams


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer: Any = stream.buffer
    written: bytes = buffer.getvalue()
    return written.decode("utf-8", "surrogateescape")


@contextmanager
def limited_memory() -> Iterator[None]:
    """Within it this process gets no more than MEMORY_BYTES; the judges' processes are started outside."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def _frames(error: BaseException) -> list[str]:
    return [
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]

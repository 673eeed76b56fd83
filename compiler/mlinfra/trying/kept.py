"""A program that runs code of a branch: kept, so that nothing of it is left, however whoever asked for it ends."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mlinfra.trying.programs import keep

MAX_SHOWN_BYTES: Final = 20_000
_MOST_DIGITS: Final = 20  # of an exit code


@dataclass(frozen=True)
class Kept:
    """A program that was started; what it says goes into a file."""

    process: subprocess.Popen[bytes]  # the keeper
    log: Path
    _told: int

    def has_ended(self, seconds: float = 0) -> bool:
        """Whether it ends by itself within so many seconds."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        return self.process.poll() is not None

    def exit_code(self) -> int | None:
        """That of a program that has ended by itself."""
        said = os.read(self._told, _MOST_DIGITS)
        return int(said) if said else None


@contextlib.contextmanager
def kept(command: Sequence[str], folder: Path, environ: Mapping[str, str], log: Path) -> Iterator[Kept]:
    """A program that runs as long as this lasts: whatever happens, nothing of it runs afterwards."""
    told, tells = os.pipe()
    try:
        with log.open("wb") as said:  # of the keeper itself, if the program does not start
            process = subprocess.Popen(
                [sys.executable, "-I", keep.__file__, str(tells), str(log), *command],
                cwd=folder,
                env=environ,
                stdin=subprocess.PIPE,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=(tells,),
            )
        os.close(tells)
        tells = -1
        try:
            yield Kept(process, log, told)
        finally:
            _end(process)
    finally:
        os.close(told)
        if tells >= 0:
            os.close(tells)


def last_of(log: Path) -> str:
    """The end of what a program has said."""
    with log.open("rb") as said:
        said.seek(0, os.SEEK_END)
        said.seek(max(said.tell() - MAX_SHOWN_BYTES, 0))
        return said.read().decode(errors="replace").strip()


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

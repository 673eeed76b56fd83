"""A Python environment for what is served: made anew from what the conda file has for pip, or one that is there."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from mlinfra.schemas.conda import INDEX_OPTIONS
from mlinfra.trying.kept import kept, last_of
from mlinfra.trying.served import NotServed

MINUTES_TO_INSTALL = 30
LAST_LINES = 40  # of what pip said, where it failed
# What tells Python, not pip, where to look: nothing of the environment in which mlinfra runs gets into the new one.
OF_PYTHON = re.compile(r"PYTHON\w*|VIRTUAL_ENV|__PYVENV_LAUNCHER__")
INDEX = re.compile(r"(?<!\S)--(?:no-index|pre)(?![\w-])")


def new_environment(folder: Path, lines: Iterable[str], environ: Mapping[str, str], own_index: bool) -> Path:
    """The Python of a new environment in a folder that is not there yet; raises NotServed where that fails.

    Where packages come from, the lines say, or with `own_index`, as where they don't, pip's own settings.
    """
    settings = {name: value for name, value in environ.items() if not OF_PYTHON.fullmatch(name)}
    _run([sys.executable, "-I", "-m", "venv", str(folder)], folder.parent, settings)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    wanted = [*_without_indexes(lines)] if own_index else [*lines]
    listed = folder.parent / "requirements.txt"
    listed.write_text("".join(f"{line}\n" for line in wanted), encoding="utf-8")
    quiet = ("--disable-pip-version-check", "--no-input")
    _run([str(python), "-I", "-m", "pip", *quiet, "install", "-r", str(listed)], folder.parent, settings)
    return python


def _without_indexes(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        left = INDEX.sub("", INDEX_OPTIONS.sub("", line)).strip()
        if left:
            yield left


def _run(command: list[str], folder: Path, environ: Mapping[str, str]) -> None:
    """Runs a command to its end, with all that it starts; raises NotServed with the last that it said."""
    what = "pip" if "pip" in command else "venv"
    with kept(command, folder, environ, folder / f"{what}.txt") as program:
        if not program.has_ended(MINUTES_TO_INSTALL * 60):
            raise NotServed(f"{what} did not end within {MINUTES_TO_INSTALL} minutes")
        if program.exit_code() != 0:
            said = "\n".join(last_of(program.log).splitlines()[-LAST_LINES:])
            raise NotServed(f"{what} could not make an environment for it:\n{said}")

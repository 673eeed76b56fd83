"""What goes to the terminal: text that can give no orders, and documents, which escape what could.

Whoever reads it may leave early: the rest is said to nobody, and the verdict stays what it is.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import click

from mlinfra.commands.options import Settings
from mlinfra.diagnostics.formats.terminal import for_terminal
from mlinfra.formats.json_writer import to_json


def echo_text(text: str, err: bool = False, color: bool = False) -> None:
    """Print lines for people, to standard output or to standard error; `color` where they are painted."""
    _echo(for_terminal(text, color), err, color)


def echo_document(document: str) -> None:
    """Print one document for programs to standard output."""
    _echo(document)


def print_document(document: dict[str, Any], text: str, form: str) -> None:
    """Print what was asked for: `text` to people, or where the form is json the document to programs."""
    if form == "json":
        echo_document(to_json(document))
    else:
        echo_text(text)


_CLEARED = "\r\x1b[K"  # ECMA-48: to the start of the line, and what stands there is erased


@contextmanager
def progress(settings: Settings) -> Iterator[Callable[[str], None]]:
    """What says on a terminal which part of the work is going on, on a line that is gone at the end."""
    is_shown = settings.verbosity >= 0 and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    try:
        yield (lambda name: _echo(f"{_CLEARED}{for_terminal(name)} …", err=True)) if is_shown else _nothing
    finally:
        if is_shown:
            _echo(_CLEARED, err=True)


def _nothing(name: str) -> None:
    """Nobody looks."""


def _echo(text: str, err: bool = False, color: bool | None = None) -> None:
    try:
        click.echo(text, err=err, nl=False, color=color)
    except BrokenPipeError:
        setattr(sys, "stderr" if err else "stdout", StringIO())

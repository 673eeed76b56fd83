"""What goes to the terminal: text that can give no orders, and documents, which escape what could.

Whoever reads it may leave early: the rest is said to nobody, and the verdict stays what it is.
"""

from __future__ import annotations

import sys
from io import StringIO

import click

from mlinfra.diagnostics.formats.terminal import for_terminal


def echo_text(text: str, err: bool = False, color: bool = False) -> None:
    """Print lines for people, to standard output or to standard error; `color` where they are painted."""
    _echo(for_terminal(text, color), err, color)


def echo_document(document: str) -> None:
    """Print one document for programs to standard output."""
    _echo(document)


def _echo(text: str, err: bool = False, color: bool | None = None) -> None:
    try:
        click.echo(text, err=err, nl=False, color=color)
    except BrokenPipeError:
        setattr(sys, "stderr" if err else "stdout", StringIO())

"""What goes to the terminal: text that can give no orders, and documents, which escape what could."""

from __future__ import annotations

import click

from mlinfra.rendering.terminal import for_terminal


def echo_text(text: str, err: bool = False, color: bool = False) -> None:
    """Print lines for people, to standard output or to standard error; `color` where they are painted."""
    click.echo(for_terminal(text, color), err=err, nl=False, color=color)


def echo_document(document: str) -> None:
    """Print one document for programs to standard output."""
    click.echo(document, nl=False)

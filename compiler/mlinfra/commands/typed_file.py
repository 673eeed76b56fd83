"""A file whose path a person typed, and which lies anywhere."""

from __future__ import annotations

import os
from pathlib import Path

import click

from mlinfra.diagnostics.formats.display import shown_path
from mlinfra.repository.files import Files, Unreadable


def typed_file(file: str, max_bytes: int, hint: str = "") -> bytes:
    """What it holds; links on the way to it are followed. Raises click.UsageError for no file, and a larger one."""
    path, shown = Path(os.path.realpath(file)), shown_path(file, Path.cwd())
    try:
        files = Files(path.parent)
        if files.size_bytes(path) > max_bytes:
            raise click.UsageError(f"{shown} is larger than {max_bytes >> 20} MiB{hint}")
        return files.content(path)
    except Unreadable as problem:
        raise click.UsageError(f"{shown} {problem}") from None

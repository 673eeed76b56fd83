"""Text as a terminal shows it: how wide it is, and nothing in it that could move the cursor or hide what is written."""

from __future__ import annotations

import os
import unicodedata
from functools import lru_cache
from pathlib import Path

from mlinfra.diagnostics.characters import named as named
from mlinfra.diagnostics.characters import one_line as one_line

TAB_COLUMNS = 4


def columns(text: str) -> int:
    """Return how many columns of a terminal a visible text takes (Unicode Standard Annex 11)."""
    return len(text) if text.isascii() else sum(_columns_of(character) for character in text)


def shown_path(file: str, folder: Path) -> str:
    """Return the relative path of a file as people read it: in one line, whatever its name holds."""
    return one_line(relative_path(file, folder))


def relative_path(file: str, folder: Path) -> str:
    """Return the path of a file relative to a folder, with `/`; as it is where there is no way between them.

    For programs: a name may hold what ends a line.
    """
    try:
        relative = os.path.relpath(file, folder)
    except ValueError:  # another drive of Windows
        return file
    return relative.replace(os.sep, "/")


@lru_cache(maxsize=10_000)
def _columns_of(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1

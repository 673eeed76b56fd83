"""Text as a terminal shows it: how wide it is, and nothing in it that could move the cursor or hide what is written."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

TAB_COLUMNS = 4
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(character: str) -> str:
    """Return what to show for a character; what has no shape of its own is named.

    >>> [visible(character) for character in ("a", "\\x00", "\\u202e")]
    ['a', '␀', '<U+202E>']
    """
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)  # the block "Control Pictures"
    if code == 0x7F:
        return "␡"
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        return f"<U+{code:04X}>"
    return character


def one_line(text: str) -> str:
    """Return a text as one line without anything invisible in it."""
    return "".join(_NAMED.get(character) or visible(character) for character in text)


def columns(text: str) -> int:
    """Return how many columns of a terminal a visible text takes (Unicode Standard Annex 11)."""
    return sum(_columns_of(character) for character in text)


def shown_path(file: str, folder: Path) -> str:
    """Return the path of a file relative to a folder, with `/`; as it is where there is no way between them."""
    try:
        relative = os.path.relpath(file, folder)
    except ValueError:  # another drive of Windows
        return file
    return relative.replace(os.sep, "/")


def _columns_of(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1

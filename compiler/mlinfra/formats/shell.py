"""Values and comments in scripts for bash."""

from __future__ import annotations

import re

from mlinfra.formats.fragment import Fragment
from mlinfra.formats.text import INVISIBLE, check_unicode, one_line

_INVISIBLE_CHARACTER = re.compile(rf"[{INVISIBLE}]")
_QUOTED_IN_ANSI_C = re.compile(rf"[{INVISIBLE}\\']")
_SHORT_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}

_LOOKS_ESCAPED = re.compile(r"\\(?:'|$)")  # to shellcheck, where a quote follows


def shell_literal(value: object) -> str:
    """A value as one word of bash, always quoted; a list as several words.

    The word stays on its line, so that it can't end a comment either. Raises ValueError for text with NUL or half a
    character, TypeError for a value that is no word (None, a mapping).
    """
    match value:
        case str():
            return _quoted(value)
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case list() | tuple():
            return " ".join(map(shell_literal, value))
    raise TypeError(f"{value!r} is no word of a shell script")


def shell_comment(text: str) -> Fragment:
    """A whole comment, with its mark, on one line."""
    return Fragment(f"# {one_line(text)}".rstrip())


def _quoted(text: str) -> str:
    if text.isascii() and text.isprintable() and "\\" not in text:  # nearly every one: the searches take longer
        return f"'{text}'" if "'" not in text else "'" + text.replace("'", "'\\''") + "'"
    if "\0" in text:
        raise ValueError("text with the character NUL can't be a word of a shell script")
    if _INVISIBLE_CHARACTER.search(check_unicode(text)) or _LOOKS_ESCAPED.search(text):
        return f"$'{_QUOTED_IN_ANSI_C.sub(_escape, text)}'"
    return "'" + text.replace("'", "'\\''") + "'"


def _escape(found: re.Match[str]) -> str:
    """The bytes of UTF-8: unlike `\\u` they mean the same in every locale, and three digits never run into a fourth."""
    character = found.group()
    return _SHORT_ESCAPES.get(character) or "".join(f"\\{byte:03o}" for byte in character.encode())

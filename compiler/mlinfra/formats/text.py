"""Unicode text that every format has to treat with care."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mlinfra.diagnostics.characters import INVISIBLE as INVISIBLE
from mlinfra.diagnostics.characters import named

_BLANKS = re.compile(r"\s+")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def one_line(text: str) -> str:
    """The text as one line for a comment or a label: white space becomes single blanks, the invisible is named."""
    return named(_BLANKS.sub(" ", text).strip())


def check_unicode(text: str) -> str:
    """The text itself; raises ValueError for half a character (a lone surrogate), which UTF-8 can't write."""
    if not text.isascii() and (found := _SURROGATE.search(text)):
        raise ValueError(f"U+{ord(found.group()):04X} is half a character: text with it can't be written as UTF-8")
    return text


def names_in_words(names: Sequence[str]) -> str:
    """Several names as a sentence has them.

    >>> names_in_words(["dev", "test", "prod"])
    'dev, test and prod'
    """
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def first_names(names: Sequence[str], most: int) -> str:
    """No more than so many names, and how many more there are.

    >>> first_names(["dev", "test", "prod"], 2)
    'dev, test and 1 more'
    """
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def names_or_all(names: Sequence[str], count: int) -> str:
    """Several of `count` names as a cell of a table has them: `all` where none is missing."""
    return "all" if len(names) == count else ", ".join(names)

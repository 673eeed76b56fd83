"""Lines as editors, git and SARIF count them, so that the line of a message is the line that a reader looks at."""

import re

_BREAK = re.compile("\r\n|[\n\r]")  # the Language Server Protocol's three; others that Unicode has stay inside a line
# No line of a spec or of the output begins like this; gitattributes, conflict-marker-size.
_MERGE_MARK = re.compile(r"^(?:(?:<{7}|>{7}|\|{7})(?: |\r?$)|={7}\r?$)", re.MULTILINE)


def split_lines(text: str) -> list[str]:
    """Return the lines of `text` without their breaks; a text that ends in a break has an empty last line."""
    return _BREAK.split(text)


def line_starts(text: str) -> list[int]:
    """Return the offset at which each line of `text` starts."""
    return [0, *(found.end() for found in _BREAK.finditer(text))]


def merge_mark(text: str) -> int | None:
    """Return the number of the first line that git writes where two branches changed the same one, None without.

    >>> merge_mark("a: 1\\n<<<<<<< HEAD\\nb: 2")
    2
    """
    mark = _MERGE_MARK.search(text)
    return 1 + sum(1 for _ in _BREAK.finditer(text, 0, mark.start())) if mark else None

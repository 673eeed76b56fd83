"""Lines as editors, git and SARIF count them, so that the line of a message is the line that a reader looks at."""

import re

_BREAK = re.compile("\r\n|[\n\r]")  # the Language Server Protocol's three; others that Unicode has stay inside a line


def split_lines(text: str) -> list[str]:
    """Return the lines of `text` without their breaks; a text that ends in a break has an empty last line."""
    return _BREAK.split(text)


def line_starts(text: str) -> list[int]:
    """Return the offset at which each line of `text` starts."""
    return [0, *(found.end() for found in _BREAK.finditer(text))]

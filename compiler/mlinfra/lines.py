"""Lines as YAML counts them, so that the line of a mark is the line of an excerpt."""

import re

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # YAML 1.1, section 4.2 (b-char); libyaml counts the same


def split_lines(text: str) -> list[str]:
    """Return the lines of `text` without their breaks; a text that ends in a break has an empty last line."""
    return _BREAK.split(text)


def line_starts(text: str) -> list[int]:
    """Return the offset at which each line of `text` starts."""
    return [0, *(found.end() for found in _BREAK.finditer(text))]

"""Text as it may go to a terminal and to the log of a build agent: nothing in it moves the cursor or is an order."""

from __future__ import annotations

import re

from mlinfra.diagnostics.characters import ORDER, named

# Build agents look for `##vso[` and `##[` anywhere in a line, GitHub for `::` at its start, behind any white space.
_COMMAND = re.compile(rf"{ORDER}|^[^!-~\n]*:(?=[^ -~\n]*:)", re.IGNORECASE | re.MULTILINE)
_PAINT = re.compile(r"(\x1b\[[0-9]*m)")  # ECMA-48 SGR, as we write it


def for_terminal(text: str, color: bool = False) -> str:
    """Return the text with a blank inside of what a build agent would take for a command, and the invisible named.

    Colors stay where the text is painted.

    >>> for_terminal("a ###vso[task.x]b\\x1b[2J"), for_terminal(" ::set-env name=a::b")
    ('a ## #vso[task.x]b␛[2J', ' : :set-env name=a::b')
    """
    parts = _PAINT.split(text) if color else [text]
    shown = "".join(part if color and number % 2 else named(part, kept="\n\t") for number, part in enumerate(parts))
    return _COMMAND.sub(lambda match: match.group().replace("#", "# ").replace(":", ": "), shown)

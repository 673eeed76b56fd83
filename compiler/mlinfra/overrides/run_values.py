"""`${run.date}` and its like: what only a run of a pipeline knows, and a script fills in.

A row says at which places of its bodies they may stand (`run_values`). There, a completed text holds them marked, so
that a literal `$${run.date}` is none.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from mlinfra.diagnostics.characters import LITERAL_MARK

RUN = "run"
RUN_VALUES = ("id", "commit", "branch", "reason", "date", "by")
_MARKED = re.compile(rf"\$\{{{LITERAL_MARK}{RUN}\.(?P<name>[^}}]*)\}}")


class TextPart(NamedTuple):
    """A literal text, and the value of the run that follows it; empty where none does."""

    text: str
    value: str = ""


def is_run_value(address: str) -> bool:
    """Whether the address of an expression, all of it but its last part, means the run."""
    return address == RUN or address.startswith(f"{RUN}.")


def marked(name: str) -> str:
    """What stands for a value of the run in a completed text."""
    return f"${{{LITERAL_MARK}{RUN}.{name}}}"


def parts(text: str) -> tuple[TextPart, ...]:
    """A completed text, taken apart at the values of the run.

    >>> parts(f"days/{marked('date')}/all")
    (TextPart(text='days/', value='date'), TextPart(text='/all', value=''))
    """
    found, start = list[TextPart](), 0
    for match in _MARKED.finditer(text):
        found.append(TextPart(text[start : match.start()], match["name"]))
        start = match.end()
    return (*found, TextPart(text[start:])) if text[start:] or not found else tuple(found)

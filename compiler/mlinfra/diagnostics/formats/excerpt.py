"""The line that a finding is about, with carets below it."""

from __future__ import annotations

from collections.abc import Sequence

from mlinfra.diagnostics import Span
from mlinfra.diagnostics.formats.display import TAB_COLUMNS, columns, named

LINE_NUMBER_COLUMNS = 5  # the indentation of `help:` and two figures more, as in the design of the interface
MAX_COLUMNS = 160  # a longer line is cut around the span
_CONTEXT_COLUMNS = 40  # kept before the span where a line is cut
_CUT = "…"


def excerpt(lines: Sequence[str], span: Span) -> list[str]:
    """Return two lines: what is written at the start of a span, and carets below it; none without such a line.

    Of a line no more is looked at than can be shown, however long it is: thousands of findings may be about it.
    """
    if span.line > len(lines):
        return []
    line = lines[span.line - 1]
    start = min(span.column - 1, len(line))
    end = max(start, span.end_column - 1 if span.end_line == span.line else len(line.rstrip()))
    before = _shown(line[max(0, start - MAX_COLUMNS) : start], 0)
    marked = _shown(line[start : min(end, start + MAX_COLUMNS)], columns(before))
    after = _shown(line[end : end + MAX_COLUMNS], columns(before) + columns(marked))
    before, marked, after = _cut(before, marked, after)
    carets = " " * columns(before) + "^" * max(1, columns(marked))
    number = str(span.line).rjust(LINE_NUMBER_COLUMNS)
    return [f"{number} | {before}{marked}{after}".rstrip(), f"{' ' * len(number)} | {carets}"]


def _shown(text: str, column: int) -> str:
    """A part of a line that begins at a display column, tabs widened to the next stop."""
    if "\t" not in text:
        return named(text)
    shown = ""
    for character in named(text, kept="\t"):
        if character == "\t":
            width = TAB_COLUMNS - (column + columns(shown)) % TAB_COLUMNS
            shown += " " * width
        else:
            shown += character
    return shown


def _cut(before: str, marked: str, after: str) -> tuple[str, str, str]:
    if columns(before) + columns(marked) + columns(after) <= MAX_COLUMNS:
        return before, marked, after
    if columns(before) > _CONTEXT_COLUMNS:
        before = _CUT + before[-_CONTEXT_COLUMNS:]
    room = MAX_COLUMNS - columns(before)
    if columns(marked) > room:
        return before, _fitting(marked, room), ""
    room -= columns(marked)
    return before, marked, after if columns(after) <= room else _fitting(after, room)


def _fitting(text: str, room: int) -> str:
    """The start of a text that fits into so many columns, with the mark of a cut."""
    kept = ""
    used = 0
    for character in text:
        used += columns(character)
        if used >= room:
            break
        kept += character
    return kept + _CUT

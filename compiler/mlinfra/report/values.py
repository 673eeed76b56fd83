"""What differs between two values that are too long for a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from mlinfra.differ.as_text import value

MAX_LINES_COMPARED = 400  # of each: of more, every line is shown as it is cut
MAX_LINES_TOLD = 60


class Line(NamedTuple):
    sign: str  # -, + or a blank
    text: str


def lines_that_differ(before: Any, after: Any) -> list[Line]:
    """The lines of both that differ, with the one before and after; nothing where a line holds both values whole."""
    if not (value(before).endswith("…") or value(after).endswith("…")):
        return []
    old, new = _lines(before), _lines(after)
    if max(len(old), len(new)) > MAX_LINES_COMPARED:
        return []
    return list(_told(old, new))[:MAX_LINES_TOLD]


def _lines(written: Any) -> list[str]:
    if written is None:
        return []
    if isinstance(written, str):
        return written.splitlines()
    return json.dumps(written, indent=2, ensure_ascii=False, default=str).splitlines()


def _told(old: list[str], new: list[str]) -> Iterator[Line]:
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(1):
        for tag, old_start, old_end, new_start, new_end in group:
            if tag == "equal":
                yield from (Line(" ", text) for text in old[old_start:old_end])
            else:
                yield from (Line("-", text) for text in old[old_start:old_end])
                yield from (Line("+", text) for text in new[new_start:new_end])

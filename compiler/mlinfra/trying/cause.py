"""Why a script failed: the last exception in what a server has said, and the line of the script that it came from."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from mlinfra.diagnostics.characters import one_line

MAX_CHARACTERS = 300
_BEGINS = "Traceback (most recent call last)"
_FRAME = re.compile(r'\s+File "(?P<file>[^"]+)", line (?P<line>\d+)')
_ENDS = re.compile(r"(?P<type>[A-Za-z_][\w.]*)(?:: (?P<message>.*))?")
_OF_AN_END = frozenset({"KeyboardInterrupt", "SystemExit"})  # what a server that is told to end may say


class _Raised(NamedTuple):
    place: str  # of the last frame that is the script's, as score.py:6; empty where none is
    what: str


def cause_in(log: str, code: Path) -> str | None:
    """The exception, behind the line of the code in the folder that it came from; None where the log has none.

    >>> frame = '  File "/c/score.py", line 6, in run'
    >>> log = "\\n".join(("Traceback (most recent call last):", frame, "    x", "KeyError: 'photoz'"))
    >>> cause_in(log, Path("/c"))
    "score.py:6 KeyError 'photoz'"
    """
    raised: list[_Raised] = []
    place, is_inside = "", False
    for line in log.splitlines():
        if _BEGINS in line:
            place, is_inside = "", True
        elif is_inside and (frame := _FRAME.match(line)):
            place = _place(frame["file"], frame["line"], code) or place
        elif is_inside and line and not line[0].isspace():
            ended = _ENDS.fullmatch(line)
            if ended and ended["type"] not in _OF_AN_END:
                name = ended["type"].rpartition(".")[2]
                raised.append(_Raised(place, f"{name} {ended['message'] or ''}".rstrip()))
            is_inside = False
    chosen = next((each for each in reversed(raised) if each.place), raised[-1] if raised else None)
    return one_line(f"{chosen.place} {chosen.what}".strip())[:MAX_CHARACTERS] if chosen else None


def _place(file: str, line: str, code: Path) -> str:
    path = Path(file)
    return f"{path.relative_to(code).as_posix()}:{line}" if path.is_relative_to(code) else ""


def last_line(text: str) -> str:
    """The last line that says something, such as the error with which pip ends."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")[:MAX_CHARACTERS]

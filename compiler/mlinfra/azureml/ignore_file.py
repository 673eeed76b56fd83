"""`.amlignore` and `.gitignore` as azure-ai-ml reads them, which is not quite as git does.

One ignore file counts, that of the folder itself. It is matched against files, never against folders, so that a file
below an ignored folder can be taken back with `!`; the last pattern that matches decides. Reference: azure-ai-ml,
`IgnoreFile` and its copy of pathspec; the tests compare this module with it on generated patterns and trees.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

_PLAIN_IN_BRACKETS = re.compile(r"[\\&|~\[]")  # Python gives or may give them a meaning of their own


class IgnorePatternError(ValueError):
    """A pattern that azure-ai-ml refuses when it uploads the folder."""


class IgnorePattern(NamedTuple):
    regex: re.Pattern[str]
    is_ignored: bool  # False: `!pattern`, which takes files back


def parse_ignore_lines(lines: Iterable[str]) -> tuple[IgnorePattern, ...]:
    """Return the patterns of an ignore file in order; blank lines and comments are left out.

    Raises IgnorePatternError, whose text is the pattern.
    """
    patterns = (_parse_line(line) for line in lines)
    return tuple(pattern for pattern in patterns if pattern is not None)


def is_ignored(path: str, patterns: Iterable[IgnorePattern]) -> bool:
    """Whether the file at `path` (POSIX, relative to the folder of the ignore file) is left out.

    >>> is_ignored("logs/a.txt", parse_ignore_lines(["logs/"]))
    True
    """
    decision = False
    for pattern in patterns:
        if pattern.is_ignored != decision and pattern.regex.match(path):
            decision = pattern.is_ignored
    return decision


def _parse_line(line: str) -> IgnorePattern | None:
    text = line.strip()
    if not text or text.startswith("#") or text == "/":
        return None
    try:
        return IgnorePattern(re.compile(_regex(text.removeprefix("!"))), not text.startswith("!"))
    except (ValueError, re.error) as error:
        raise IgnorePatternError(text) from error


def _regex(pattern: str) -> str:
    segments = _without_repeated_double_stars(pattern.split("/"))
    if segments == ["**", ""]:
        return "^.+/.*$"  # everything but the files of the folder itself
    is_anchored = segments[0] == ""
    if is_anchored:
        del segments[0]
    elif segments[0] != "**" and (len(segments) == 1 or segments[1:] == [""]):
        segments.insert(0, "**")
    if not segments:
        raise ValueError("nothing to match")
    if segments[-1] == "" and len(segments) > 1:
        segments[-1] = "**"
    return f"^{''.join(_joined(segments))}$"


def _without_repeated_double_stars(segments: list[str]) -> list[str]:
    return [
        segment for index, segment in enumerate(segments) if index == 0 or not segment == segments[index - 1] == "**"
    ]


def _joined(segments: list[str]) -> Iterable[str]:
    last = len(segments) - 1
    needs_slash = False
    for index, segment in enumerate(segments):
        if segment == "**":
            yield _double_star(is_first=index == 0, is_last=index == last)
            needs_slash = index > 0
            continue
        yield "/" if needs_slash else ""
        yield "[^/]+" if segment == "*" else _segment_regex(segment)
        yield "(?:/.*)?" if index == last else ""  # a name matches the file, and what is below a folder of that name
        needs_slash = True


def _double_star(*, is_first: bool, is_last: bool) -> str:
    if is_first:
        return ".+" if is_last else "(?:.+/)?"
    return "/.*" if is_last else "(?:/.+)?"


def _segment_regex(segment: str) -> str:
    regex, position = "", 0
    while position < len(segment):
        character = segment[position]
        position += 1
        if character == "\\":
            regex += re.escape(segment[position]) if position < len(segment) else _refuse_lone_escape()
            position += 1
        elif character == "*":
            regex += "[^/]*"
        elif character == "?":
            regex += "[^/]"
        elif character == "[":
            bracket, position = _bracket(segment, position)
            regex += bracket
        else:
            regex += re.escape(character)
    return regex


def _bracket(segment: str, start: int) -> tuple[str, int]:
    """Return the regex of the bracket expression whose content starts at `start`, and the position after it."""
    first = start + (segment[start : start + 1] == "!")
    end = segment.find("]", first + 1 if segment[first : first + 1] == "]" else first)
    if end < 0:
        return r"\[", start
    content = _PLAIN_IN_BRACKETS.sub(r"\\\g<0>", segment[start:end]) + "]"
    if content.startswith("!"):
        return f"[^{content[1:]}", end + 1
    return f"[{content}" if not content.startswith("^") else f"[\\{content}", end + 1


def _refuse_lone_escape() -> str:
    raise ValueError("a backslash escapes nothing")

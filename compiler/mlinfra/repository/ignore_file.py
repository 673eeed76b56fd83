"""`.amlignore` and `.gitignore` as azure-ai-ml reads them, which is not quite as git does.

One ignore file counts, that of the folder itself. It is matched against files, never against folders, so that a file
below an ignored folder can be taken back with `!`; the last pattern that matches decides. Reference: azure-ai-ml,
`IgnoreFile` and its copy of pathspec; the tests compare this module with it on generated patterns and trees.

The SDK makes a regular expression of each pattern, and Python may try 2ⁿ ways to match one with n stars. Here all
patterns are one automaton whose states are the bits of a number: a character costs the same whatever came before it.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

MAX_CHARACTERS: Final = 32_000  # of all patterns of a file; the longest of GitHub's templates for Python has 5,000
MAX_KNOWN_STEPS: Final = 100_000  # that are kept of the automaton
MAX_KNOWN_FOLDERS: Final = 1_000  # whose state is kept
_PLAIN_IN_BRACKETS = re.compile(r"[\\&|~\[]")  # Python gives or may give them a meaning of their own


class IgnorePatternError(ValueError):
    """A pattern that azure-ai-ml refuses when it uploads the folder, or more of them than anybody means."""


class _Any(NamedTuple):
    """Which characters a place takes: all but those, and a line's end only where `/` is not taken either."""

    but: str


class _Place(NamedTuple):
    """A place of a pattern that takes one character."""

    takes: str | re.Pattern[str] | _Any
    repeats: bool = False  # any number of characters, or none
    may_leave_out: int = 0  # as many places from here on


ANY, IN_NAME = _Any("\n"), _Any("/")
ANYTHING, SOMETHING = (_Place(ANY, repeats=True),), (_Place(ANY), _Place(ANY, repeats=True))
NAME_PART = _Place(IN_NAME, repeats=True)
SLASH = _Place("/")


def _optional(*places: _Place) -> tuple[_Place, ...]:
    return (places[0]._replace(may_leave_out=len(places)), *places[1:])


@dataclass(frozen=True)
class IgnoreFile:
    """The patterns of an ignore file, one after another as the bits of a number; bit 0 is the first place of all."""

    start: int
    accepting: int
    taken_back: int  # those of `accepting` that belong to a pattern with "!"
    repeating: int
    skips: dict[int, int]  # number of places that may be left out -> where
    places: dict[str | re.Pattern[str] | _Any, int]  # what is taken -> where
    _masks: dict[str, int] = field(default_factory=dict)
    _steps: dict[tuple[int, str], int] = field(default_factory=dict)
    _folders: dict[str, int] = field(default_factory=dict)  # state behind each

    def ignores(self, path: str) -> bool:
        """Whether the file at `path` (POSIX, relative to the folder of the ignore file) is left out.

        >>> parse_ignore_lines(["logs/", "!logs/keep*"]).ignores("logs/a.txt")
        True
        """
        state = self._at_the_end(path)
        if path.endswith("\n"):  # "$" of the SDK's expressions stands before it, too
            state |= self._at_the_end(path[:-1])
        decided = state & self.accepting
        return bool(decided) and not self.taken_back >> (decided.bit_length() - 1) & 1

    def _at_the_end(self, path: str) -> int:
        folder, slash, name = path.rpartition("/")
        return self._along(self._behind(folder + slash), name)

    def _behind(self, folder: str) -> int:
        """The state behind a folder, which ends in a slash or is none: all that lies in it goes this way."""
        if len(self._folders) > MAX_KNOWN_FOLDERS:
            self._folders.clear()
        above, unknown = folder, []
        while above and above not in self._folders:
            unknown.append(above)
            above = above[: above.rfind("/", 0, -1) + 1]
        state = self._folders.get(above, self.start)
        for below in reversed(unknown):
            state = self._along(state, below[len(above) :])
            self._folders[below], above = state, below
        return state

    def _along(self, state: int, text: str) -> int:
        for character in text:
            state = self._after(state, character)
        return state

    def _after(self, state: int, character: str) -> int:
        key = (state, character)
        known = self._steps.get(key)
        if known is not None:
            return known
        taking = state & self._mask(character)
        after = _with_skipped((taking & ~self.repeating) << 1 | taking & self.repeating, self.skips)
        if len(self._steps) >= MAX_KNOWN_STEPS:
            self._steps.clear()
        self._steps[key] = after
        return after

    def _mask(self, character: str) -> int:
        """The places that take a character."""
        if character not in self._masks:
            mask = 0
            for takes, where in self.places.items():
                if _takes(takes, character):
                    mask |= where
            self._masks[character] = mask
        return self._masks[character]


def parse_ignore_lines(lines: Iterable[str]) -> IgnoreFile:
    """Return the patterns of an ignore file; blank lines and comments are left out.

    Raises IgnorePatternError, whose text says what is wrong with which pattern.
    """
    start = accepting = taken_back = repeating = position = characters = 0
    skips: dict[int, int] = {}
    places: dict[str | re.Pattern[str] | _Any, int] = {}
    for line in lines:
        text = line.strip()
        if not text or text.startswith("#") or text == "/":
            continue
        characters += len(text)
        if characters > MAX_CHARACTERS:
            raise IgnorePatternError(f"its patterns have more than {MAX_CHARACTERS:,} characters")
        start |= 1 << position
        for place in _places_of(text):
            bit = 1 << position
            places[place.takes] = places.get(place.takes, 0) | bit
            repeating |= bit * place.repeats
            skipped = place.may_leave_out or int(place.repeats)
            skips[skipped] = skips.get(skipped, 0) | bit
            position += 1
        accepting |= 1 << position
        taken_back |= text.startswith("!") << position
        position += 1
    skips.pop(0, None)
    return IgnoreFile(_with_skipped(start, skips), accepting, taken_back, repeating, skips, places)


def _with_skipped(state: int, skips: dict[int, int]) -> int:
    """A state with all that it leads to without another character."""
    while True:
        after = state
        for length, where in skips.items():
            after |= (after & where) << length
        if after == state:
            return state
        state = after


def _takes(takes: str | re.Pattern[str] | _Any, character: str) -> bool:
    if isinstance(takes, str):
        return takes == character
    if isinstance(takes, _Any):
        return character not in takes.but
    return takes.fullmatch(character) is not None


def _places_of(text: str) -> list[_Place]:
    try:
        return list(_pattern(text.removeprefix("!")))
    except (ValueError, re.error) as error:
        raise IgnorePatternError(f'"{text}" is no pattern that Azure ML understands') from error


def _pattern(pattern: str) -> Iterator[_Place]:
    segments = _without_repeated_double_stars(pattern.split("/"))
    if segments == ["**", ""]:
        yield from (*SOMETHING, SLASH, *ANYTHING)  # everything but the files of the folder itself
        return
    is_anchored = segments[0] == ""
    if is_anchored:
        del segments[0]
    elif segments[0] != "**" and (len(segments) == 1 or segments[1:] == [""]):
        segments.insert(0, "**")
    if not segments:
        raise ValueError("nothing to match")
    if segments[-1] == "" and len(segments) > 1:
        segments[-1] = "**"
    yield from _joined(segments)


def _without_repeated_double_stars(segments: list[str]) -> list[str]:
    return [
        segment for index, segment in enumerate(segments) if index == 0 or not segment == segments[index - 1] == "**"
    ]


def _joined(segments: list[str]) -> Iterator[_Place]:
    last = len(segments) - 1
    needs_slash = False
    for index, segment in enumerate(segments):
        if segment == "**":
            yield from _double_star(is_first=index == 0, is_last=index == last)
            needs_slash = index > 0
            continue
        if needs_slash:
            yield SLASH
        yield from (_Place(IN_NAME), NAME_PART) if segment == "*" else _segment(segment)
        if index == last:  # a name matches the file, and what is below a folder of that name
            yield from _optional(SLASH, *ANYTHING)
        needs_slash = True


def _double_star(*, is_first: bool, is_last: bool) -> tuple[_Place, ...]:
    if is_first:
        return SOMETHING if is_last else _optional(*SOMETHING, SLASH)
    return (SLASH, *ANYTHING) if is_last else _optional(SLASH, *SOMETHING)


def _segment(segment: str) -> Iterator[_Place]:
    position = 0
    while position < len(segment):
        character = segment[position]
        position += 1
        if character == "\\":
            if position == len(segment):
                raise ValueError("a backslash escapes nothing")
            yield _Place(segment[position])
            position += 1
        elif character == "*":
            yield NAME_PART
        elif character == "?":
            yield _Place(IN_NAME)
        elif character == "[":
            takes, position = _bracket(segment, position)
            yield _Place(takes)
        else:
            yield _Place(character)


def _bracket(segment: str, start: int) -> tuple[str | re.Pattern[str], int]:
    """Return what the bracket expression whose content starts at `start` takes, and the position after it."""
    first = start + (segment[start : start + 1] == "!")
    end = segment.find("]", first + 1 if segment[first : first + 1] == "]" else first)
    if end < 0:
        return "[", start
    content = _PLAIN_IN_BRACKETS.sub(r"\\\g<0>", segment[start:end]) + "]"
    if content.startswith("!"):
        content = f"^{content[1:]}"
    elif content.startswith("^"):
        content = f"\\{content}"
    with warnings.catch_warnings():  # Python's, of sets that it may know some day
        warnings.simplefilter("ignore")
        return re.compile(f"[{content}"), end + 1

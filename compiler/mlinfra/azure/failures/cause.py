"""The contract of a cause: how an error of Azure is known by its text, why it comes, and what helps."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from mlinfra.azure.failures.literals import Expression, Text

LEARN = "https://learn.microsoft.com/azure/"
ARM = f"{LEARN}azure-resource-manager/troubleshooting/"
ML = f"{LEARN}machine-learning/"
DEVOPS = f"{LEARN}devops/pipelines/"
ENDPOINTS = f"{ML}how-to-troubleshoot-online-endpoints"


class Cause(NamedTuple):
    """An error of Azure. A text that several causes fit has the first one of the list."""

    key: str
    title: str
    pattern: str  # a regular expression over the text in one line, whatever its case; `at` is what the error is about
    why: str
    do: str
    source: str
    about: tuple[str, ...] = ()  # how the types of resources end that it is about, in the order of likelihood


class Found(NamedTuple):
    """Where a text says a cause, and what of it the groups of the expression are."""

    cause: Cause
    start: int
    end: int
    named: tuple[str, ...]
    is_sure: bool = True  # its own words, or a code, say so; not what stands near it


class Words(NamedTuple):
    """Words of a list that mean a cause."""

    cause: str  # the key of it
    pattern: str  # as that of a cause


class Passage(NamedTuple):
    """Where words are listed."""

    address: str
    words: tuple[Words, ...]


class Near(NamedTuple):
    """Something that a text speaks of, beside what is wrong with it."""

    cause: str
    start: int
    end: int


class Subjects:
    """What texts speak of, and what can be wrong with it."""

    def __init__(
        self,
        subjects: tuple[tuple[str, Mapping[str, str]], ...],
        kinds: Mapping[str, str],
        summaries: str,
        max_characters: int,
    ) -> None:
        """`summaries` are sentences that say of everything that it failed."""
        self._subjects, self._kinds, self._max_characters = subjects, kinds, max_characters
        self._summaries = re.compile(summaries)

    @cached_property
    def _expressions(self) -> tuple[tuple[Expression, Mapping[str, str]], ...]:
        return tuple((Expression(bounded(pattern)), causes) for pattern, causes in self._subjects)

    @cached_property
    def _wrongs(self) -> tuple[tuple[str, Expression], ...]:
        return tuple((kind, Expression(bounded(pattern))) for kind, pattern in self._kinds.items())

    def nearest(self, lower: str) -> Near | None:
        """The nearest pair of both; of equally near ones the first of the tables."""
        text = Text(self._summaries.sub(lambda match: " " * len(match[0]), lower))
        wrongs = sorted(
            (match.start(), match.end(), kind) for kind, each in self._wrongs for match in text.matches(each)
        )
        starts = [start for start, _, _ in wrongs]
        best: tuple[int, Near] | None = None
        for subject, causes in self._expressions if wrongs else ():
            for match in text.matches(subject):
                first = bisect_left(starts, match.start() - 2 * self._max_characters)
                last = bisect_left(starts, match.end() + self._max_characters)
                for start, end, kind in wrongs[first:last]:
                    between = max(start - match.end(), match.start() - end)  # negative where one holds the other
                    if kind in causes and 0 <= between <= self._max_characters and (best is None or between < best[0]):
                        best = between, Near(causes[kind], min(start, match.start()), max(end, match.end()))
        return best[1] if best else None


class Known:
    """Causes with their expressions, in lower case as is the text: Python looks for those three times as fast."""

    def __init__(
        self,
        causes: tuple[Cause, ...],
        general: tuple[Cause, ...] = (),
        little: tuple[Cause, ...] = (),
        codes: Mapping[str, str] | None = None,
        wider: tuple[tuple[Words, ...], ...] = (),
        subjects: Subjects | None = None,
        outcomes: frozenset[str] = frozenset(),
    ) -> None:
        """`general` are those of all services, and `little` those that only count where no other fits: a status
        beside a reason is no second reason.

        `codes` have the key of what they mean; they count as they are written, as words of a sentence look like some.
        `wider` are further words, asked rank after rank where nothing fits but what is general; of `subjects` the
        nearest to what is wrong with it counts where nothing fits but what is little. `outcomes` are causes that only
        say where something ended: what the text says beside them is why.
        """
        self.causes = causes
        self._codes, self._wider, self._subjects, self._outcomes = codes or {}, wider, subjects, outcomes
        self._little = {cause.key for cause in little}
        self._general = {cause.key for cause in general} | self._little

    @cached_property
    def expressions(self) -> tuple[tuple[Cause, Expression], ...]:
        return tuple((cause, _compiled(cause.pattern)) for cause in self.causes)

    @cached_property
    def _ranks(self) -> tuple[tuple[tuple[Cause, Expression], ...], ...]:
        order = {cause.key: (place, cause) for place, cause in enumerate(self.causes)}
        ranks = (sorted(rank, key=lambda words: order[words.cause][0]) for rank in self._wider)
        return tuple(tuple((order[words.cause][1], _compiled(words.pattern)) for words in rank) for rank in ranks)

    def found(self, text: str, foreign: frozenset[str] = frozenset()) -> list[Found]:
        """The causes that fit, the likeliest first; what is `foreign` to the text and the platform, last."""
        lower, by_code = Text(_of_same_length(text)), self._by_code(text)
        matches = (
            (cause, _first(expression, lower, text) or by_code.get(cause.key)) for cause, expression in self.expressions
        )
        found = [_found(cause, match, text) for cause, match in matches if match]
        if all(each.cause.key in self._general | foreign for each in found):
            found = [*self._found_wider(lower, text), *found]
        if self._subjects and all(each.cause.key in self._little | foreign for each in found):
            near = self._subjects.nearest(lower.text)
            found = [Found(self._by_key[near.cause], near.start, near.end, (), False), *found] if near else found
        nearer = [each for each in found if each.cause.key not in self._little] or found
        once: dict[str, Found] = {}
        for each in sorted(nearer, key=lambda each: (each.cause.key in foreign, self._is_outcome(each))):
            once.setdefault(each.cause.key, each)
        return list(once.values())

    def _is_outcome(self, found: Found) -> bool:
        return found.cause.key in self._outcomes

    @cached_property
    def _by_key(self) -> dict[str, Cause]:
        return {cause.key: cause for cause in self.causes}

    def _found_wider(self, lower: Text, text: str) -> list[Found]:
        """What the first rank says that says anything."""
        for rank in self._ranks:
            matches = ((cause, _first(expression, lower, text)) for cause, expression in rank)
            if found := [_found(cause, match, text, is_sure=False) for cause, match in matches if match]:
                return found
        return []

    def _by_code(self, text: str) -> dict[str, re.Match[str]]:
        """Where a code stands first, by what it means."""
        found: dict[str, re.Match[str]] = {}
        for match in _WORD.finditer(text):
            if key := self._codes.get(match[0]):
                found.setdefault(key, match)
        return found


# Numbers that count something and are no status: lines of a traceback, parts of a second, what was sent so far.
_COUNTS = re.compile(
    r"\bline:? \d+|\.(?:py|js|ts|go|cs|java|scala|tf|sh):\d+|-> ?\d+ |\d\d:\d\d:\d\d[.,]\d+|"
    r"\d+(?:\.\d+)?(?=/\d| ?(?:it/s|[kmg]i?b\b|bytes\b|ms\b|rows\b|files\b))"
)
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"\b[A-Z]\w{5,}\b")
_KEPT = re.compile(r"\\.|\(\?P<|[A-Z]")  # an escape and the name of a group are not of the text
# A word, or what stands between blanks, that is longer is data: whoever looks through it to its end does so from each
# of its places.
MAX_OF_A_WORD = 500
_ENDLESS = re.compile(r"(\\[wWsSdD]|(?<!\\)[.\]])([*+])")


def _compiled(pattern: str) -> Expression:
    return Expression(bounded(_KEPT.sub(_lower, pattern)))


def bounded(pattern: str) -> str:
    """The same expression, that looks through no word to its end.

    >>> bounded(r"name \\w+: [a-z]*x")
    'name \\w{1,500}: [a-z]{0,500}x'
    """
    return _ENDLESS.sub(lambda match: f"{match[1]}{{{'1' if match[2] == '+' else '0'},{MAX_OF_A_WORD}}}", pattern)


def _lower(match: re.Match[str]) -> str:
    return match[0].lower() if len(match[0]) == 1 else match[0]


def _of_same_length(text: str) -> str:
    """A text in lower case without counts, letter by letter: a few letters become two, and move what follows."""
    lower = text.lower()
    same = lower if len(lower) == len(text) else "".join(one if len(one.lower()) > 1 else one.lower() for one in text)
    return _COUNTS.sub(lambda match: _DIGIT.sub("#", match[0]), same)


def _first(expression: Expression, lower: Text, text: str) -> re.Match[str] | None:
    """The first match that begins where a word of the text begins: FileNotFoundError is no ENOTFOUND."""
    return next((match for match in lower.matches(expression) if _begins_a_word(text, match.start())), None)


def _begins_a_word(text: str, at: int) -> bool:
    """Whether a word, or a part of one in capitals and small letters, begins there; what is no letter always does."""
    before, one, after = text[max(0, at - 1) : at], text[at : at + 1], text[at + 1 : at + 2]
    if not (before.isalpha() and one.isalpha()):
        return True
    return one.isupper() and (before.islower() or after.islower())


def _found(cause: Cause, match: re.Match[str], text: str, is_sure: bool = True) -> Found:
    spans = (match.span(group) for group in match.re.groupindex)
    named = tuple(text[start:end] for start, end in spans if start >= 0 and end > start)
    return Found(cause, *match.span(), named, is_sure)

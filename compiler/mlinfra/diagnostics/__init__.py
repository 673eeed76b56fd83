"""What the compiler says of a spec: a code that explains itself, a place, a sentence and what would be right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from mlinfra.diagnostics.characters import LITERAL_MARK, UNKNOWN_MARK, one_line
from mlinfra.diagnostics.secrecy import masked

MAX_SENTENCE_CHARACTERS = 500  # of a message or a help; the longest that we wrote ourselves has 300
MAX_QUOTED_CHARACTERS = 100  # of a text of the spec inside of one

Severity = Literal["error", "warning", "info"]


class Span(NamedTuple):
    """A stretch of a source file; lines and columns count characters from 1, the end is exclusive."""

    file: str  # absolute, with "/" as separator
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True, eq=False)
class Code:
    """One kind of finding, of which there is one object; `explain`, SARIF and the README's list are printed from it."""

    id: str  # MLI and three digits, never given to another meaning
    severity: Severity
    title: str
    why: str
    fix: str
    source: str
    comes_first: bool = False  # its findings stand before all others, as they say that nothing else of it matters
    message_says_it: bool = False  # what would be right is another thing at each place, and the message says it
    misses: tuple[
        str, ...
    ] = ()  # sections, keys, NAMES, ITSELF: where one is half read, nobody knows whether it is broken
    misses_a_name: bool = False  # what it quotes may be an entry that could not be read


UNREAD = ".*"  # in `misses`, behind a section: where nothing is known of some of its entries
NAMES = "names of "  # in `misses`, before a section: where a name that leads nowhere may be that of one of its entries
ITSELF = "."  # in `misses`: the entry that a finding is about; with a name behind it, a field of that


@dataclass(frozen=True, slots=True)
class Related:
    message: str
    span: Span


class Cause(NamedTuple):
    """What several findings of one code share: one change fixes them all, and one of them reports it."""

    key: str
    weight: int = 0  # the finding with the greatest says what to change


@dataclass(frozen=True, slots=True)
class Diagnostic:
    code: Code
    message: str
    span: Span
    help: str | None = None
    address: str | None = None
    targets: tuple[str, ...] | None = None  # None: the spec itself, whatever the target
    related: tuple[Related, ...] = ()
    severity: Severity = field(default="error")
    follows: bool = False  # from another finding: it is about what that one says is wrong, so nobody is shown it
    is_guess: bool = False  # an error that a person may silence with a reason, as only its place makes it one
    cause: Cause | None = None

    @property
    def advice(self) -> str | None:
        """What would be right: here, or else wherever the code is found; an info asks for nothing."""
        if self.help is not None or self.code.message_says_it or self.severity == "info":
            return self.help
        return sentence(self.code.fix[:1].lower() + self.code.fix[1:])


@dataclass(frozen=True, slots=True)
class Where:
    """The place that a finding is shown at, and the entry that it is about."""

    span: Span
    address: str | None = None
    used_at: tuple[Related, ...] = ()  # where a value that is written elsewhere takes effect
    is_said: bool = False  # that something is wrong here


def finding(
    code: Code, message: str, where: Where | Span, help: str | None = None, related: Iterable[Related] = ()
) -> Diagnostic:
    """A diagnostic with the severity of its code; what it quotes is cut, on one line, and no secret.

    One that shows something unknown follows from what is said of that.
    """
    place = where if isinstance(where, Where) else Where(where)
    return Diagnostic(
        code,
        sentence(message),
        place.span,
        None if help is None else sentence(help),
        place.address,
        None,
        tuple(Related(sentence(other.message), other.span) for other in (*place.used_at, *related)),
        code.severity,
        place.is_said or UNKNOWN_MARK in message,
    )


def sentence(text: str) -> str:
    """Return a text on one line, without anything invisible, with stars for secrets, and with its quotations cut.

    >>> sentence('"' + 200 * "x" + '" is\\nlong') == '"' + 99 * "x" + '…" is\\\\nlong'
    True
    """
    shown = one_line(masked(text.replace(LITERAL_MARK, "")))
    if len(shown) > MAX_QUOTED_CHARACTERS:
        shown = _QUOTED.sub(_cut, shown)
    return shown if len(shown) <= MAX_SENTENCE_CHARACTERS else shown[: MAX_SENTENCE_CHARACTERS - 1] + "…"


_QUOTED = re.compile('"([^"]*)"')


def _cut(match: re.Match[str]) -> str:
    return match.group() if len(match[1]) <= MAX_QUOTED_CHARACTERS else f'"{match[1][: MAX_QUOTED_CHARACTERS - 1]}…"'


class Problem(Exception):
    """Diagnostics that end the phase that raises it; `texts` are the files it read, where there is no source yet."""

    def __init__(self, diagnostics: Iterable[Diagnostic], texts: Mapping[str, str] | None = None) -> None:
        self.diagnostics = tuple(diagnostics)
        self.texts = texts or {}
        super().__init__("; ".join(diagnostic.message for diagnostic in self.diagnostics))


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    return any(diagnostic.severity == "error" for diagnostic in diagnostics)

"""The findings of several targets as one list: what is said of all of them is said once."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeVar

from mlinfra.diagnostics import Code, Diagnostic, Related, Severity, Span, finding

T = TypeVar("T", bound=Hashable)
_OF_A_TARGET = re.compile(r'"[^"]*"|\b\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?')  # what is quoted, and ranges of networks
MAX_SHOWN = 1_000  # findings of a run; nobody reads more, and code scanning takes 5,000 of a file
MAX_FOUND = 2_000  # errors of one kind; each takes up to half a millisecond to put into words
MAX_PLACES_OF_A_CAUSE = 3  # that are shown; its one change fixes the others, too
MAX_SAID_OF_A_TEXT = 10  # mistakes; a text may hold a million, and each takes longer to say than to find

NOT_SHOWN = Code(
    "MLI144",
    "info",
    "More findings than are shown",
    "A report of tens of thousands of findings is read by nobody, and takes long to print",
    "Mend what is shown, and run again",
    "https://docs.github.com/code-security/reference/code-scanning/sarif-support-for-code-scanning",
)
CODES = (NOT_SHOWN,)


def merge(
    shared: Iterable[Diagnostic], by_target: Mapping[str, Iterable[Diagnostic]], targets: Collection[str]
) -> tuple[Diagnostic, ...]:
    """Return every finding once, in the order of the files.

    `shared` are findings about the spec whatever the target, `by_target` those of each target that was compiled.
    What follows from another finding is not said.
    The same code with the same message at the same place is one finding, of an error whatever it quotes of each
    target; it names its targets unless they are all of `targets`.
    """
    found: dict[tuple[str, Severity, str, Span], tuple[Diagnostic, list[str]]] = {}
    order = [*by_target]
    for diagnostic in shared:
        found.setdefault(_identity(diagnostic), (diagnostic, list(targets)))
    for target, diagnostics in by_target.items():
        for diagnostic in diagnostics:
            if diagnostic.follows:
                continue
            _, named = found.setdefault(_identity(diagnostic), (diagnostic, []))
            if target not in named:
                named.append(target)
    merged = (
        replace(diagnostic, targets=tuple(sorted(named, key=order.index)) if set(targets) - set(named) else None)
        for diagnostic, named in _quoting_the_first(found.values())
    )
    return in_order(merged)


def _quoting_the_first(
    found: Iterable[tuple[Diagnostic, list[str]]],
) -> Iterator[tuple[Diagnostic, Sequence[str]]]:
    """The findings with their targets: of errors of other targets that differ in quotes and ranges alone, one.

    An address that is filled in has another name in each target, and what is wrong with it is written once. Warnings
    may be about what lies in each target, and is told of by its name.
    """
    alike: dict[tuple[str, Severity, str, Span], list[tuple[Diagnostic, list[str]]]] = {}
    for diagnostic, named in found:
        code, severity, message, span = _identity(diagnostic)
        alike.setdefault((code, severity, _OF_A_TARGET.sub("", message), span), []).append((diagnostic, named))
    for same in alike.values():
        every = [target for _, named in same for target in named]
        if same[0][0].severity == "error" and len(every) == len(set(every)):
            yield same[0][0], every
        else:
            yield from same


def of_one_cause(diagnostics: Iterable[Diagnostic], targets: Collection[str]) -> tuple[Diagnostic, ...]:
    """The findings, and of those that share a cause one, which names the places of the others."""
    alone: list[Diagnostic] = []
    shared: dict[tuple[str, Severity, str], list[Diagnostic]] = {}
    for item in diagnostics:
        same = alone if item.cause is None else shared.setdefault((item.code.id, item.severity, item.cause.key), [])
        same.append(item)
    return in_order((*alone, *(_heaviest(same, targets) for same in shared.values())))


def _heaviest(same: Sequence[Diagnostic], targets: Collection[str]) -> Diagnostic:
    first = max(same, key=lambda item: item.cause.weight if item.cause else 0)
    others = {item.span: Related(f"it holds here, too: {item.message}", item.span) for item in in_order(same)}
    others.pop(first.span, None)
    left = len(others) - MAX_PLACES_OF_A_CAUSE
    related = (*first.related, *islice(others.values(), MAX_PLACES_OF_A_CAUSE))
    every = any(item.targets is None for item in same)
    named = [target for target in targets if every or any(target in (item.targets or ()) for item in same)]
    message = first.message + (f" (and {left} more places have the same cause)" if left > 0 else "")
    return replace(first, message=message, related=related, targets=tuple(named) if len(named) < len(targets) else None)


def first_few(mistakes: Iterable[T], more: Callable[[T, str], T]) -> Iterator[T]:
    """The mistakes of one text, each once, as many as anybody mends at a time; `more` makes one of the last that says
    that there are others."""
    said: dict[T, None] = {}
    for mistake in mistakes:
        if len(said) == MAX_SAID_OF_A_TEXT and mistake not in said:
            yield more(mistake, MORE)
            return
        if mistake not in said:
            said[mistake] = None
            yield mistake


def at_most(findings: Iterable[Diagnostic], limit: int = MAX_FOUND) -> Iterator[Diagnostic]:
    """Findings as they are made, up to the error after `limit` others: one more says that there are others."""
    errors = 0
    for item in findings:
        errors += item.severity == "error"
        if errors > limit:
            yield left_out(item.span, limit)
            return
        yield item


def left_out(span: Span, limit: int = MAX_FOUND) -> Diagnostic:
    """What says that no more was looked for after so many findings."""
    return finding(
        NOT_SHOWN, f"more is wrong than the {limit:,} errors before", span, "mend what is shown, and run again"
    )


def shown(diagnostics: Sequence[Diagnostic], limit: int = MAX_SHOWN) -> tuple[Diagnostic, ...]:
    """Return the diagnostics that a report shows, in their order: errors first where there are more than `limit`.

    One more says how many are left out, at the place of the first of them.
    """
    if len(diagnostics) <= limit:
        return tuple(diagnostics)
    numbers = sorted(range(len(diagnostics)), key=lambda number: _SEVERITIES.index(diagnostics[number].severity))
    kept, left_out = sorted(numbers[:limit]), sorted(numbers[limit:])
    counts = {
        severity: sum(diagnostics[number].severity == severity for number in left_out) for severity in _SEVERITIES
    }
    said = ", ".join(f"{_NAMES[severity]}: {count:,}" for severity, count in counts.items() if count)
    message = f"{len(left_out):,} more findings are not shown ({said})"
    rest = finding(NOT_SHOWN, message, diagnostics[left_out[0]].span, "mend what is shown, and run again")
    return (*(diagnostics[number] for number in kept), rest)


MORE = "more is wrong in this text than is said here"
_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
_NAMES: Mapping[Severity, str] = {"error": "errors", "warning": "warnings", "info": "infos"}


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the diagnostics by file, line, column and code, those first that say what is not compiled at all."""
    return tuple(sorted(diagnostics, key=_position))


def _identity(diagnostic: Diagnostic) -> tuple[str, Severity, str, Span]:
    return diagnostic.code.id, diagnostic.severity, diagnostic.message, diagnostic.span


def _position(diagnostic: Diagnostic) -> tuple[bool, str, int, int, str, str]:
    span = diagnostic.span
    return not diagnostic.code.comes_first, span.file, span.line, span.column, diagnostic.code.id, diagnostic.message

"""`# mlinfra: ignore MLI123 because …`: a finding that was looked at and accepted, silenced where it arises."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from mlinfra.diagnostics import Code, Diagnostic, Span, finding, has_errors
from mlinfra.diagnostics.lines import split_lines
from mlinfra.diagnostics.merge import in_order
from mlinfra.source.tree import Node, scalars

NO_REASON = Code(
    "MLI131",
    "warning",
    "Finding is silenced without a reason",
    "Who reads the line in a year has to know why the finding does not matter here, or can't tell whether it still "
    "doesn't",
    "Write the reason after the code: # mlinfra: ignore MLI123 because …",
    "docs/language.md#silencing-a-finding",
)
IGNORES_ERROR = Code(
    "MLI132",
    "warning",
    "An error can't be silenced",
    "An error is something that would fail or be unsafe on Azure; a comment does not change that. The exception is a "
    "guess: a secret (MLI219) that mlinfra sees by its name or its place only",
    "Mend what the error says, and delete the comment",
    "docs/language.md#silencing-a-finding",
)
IGNORES_NOTHING = Code(
    "MLI133",
    "info",
    "Comment silences nothing",
    "A comment that outlives its finding would silence the next one at that place, unseen",
    "Delete the comment",
    "docs/language.md#silencing-a-finding",
)
NOT_UNDERSTOOD = Code(
    "MLI134",
    "warning",
    "Comment is not one that mlinfra reads",
    "A comment that was meant to silence a finding and does not is noticed by nobody",
    "Write # mlinfra: ignore MLI123 because …",
    "docs/language.md#silencing-a-finding",
)
CODES = (NO_REASON, IGNORES_ERROR, IGNORES_NOTHING, NOT_UNDERSTOOD)

_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#\s*mlinfra:\s*(?P<order>.*)")
_ORDER = re.compile(r"ignore\s+(?P<codes>MLI\d{3}(?:\s*,\s*MLI\d{3})*)(?:\s+because\b\s*(?P<reason>.*))?")


class Suppression(NamedTuple):
    code: str
    file: str
    line: int  # the line whose findings it silences
    span: Span  # of the comment
    reason: str | None


def suppressions(file: str, text: str, root: Node) -> tuple[list[Suppression], list[Diagnostic]]:
    """Return the ignore comments of a file, one for each code they name, and what is wrong with others."""
    if "mlinfra:" not in text:
        return [], []
    lines = split_lines(text)
    next_with_content = _next_with_content(lines)
    inside_texts = _lines_inside_texts(root, file)
    found: list[Suppression] = []
    wrong: list[Diagnostic] = []
    for number, line in enumerate(lines, start=1):
        match = _COMMENT.search(line)
        if match is None or number in inside_texts:
            continue
        span = Span(file, number, match.start() + 1, number, len(line.rstrip()) + 1)
        order = _ORDER.fullmatch(match["order"].rstrip())
        if order is None:
            help = "write # mlinfra: ignore MLI123 because …"
            wrong.append(finding(NOT_UNDERSTOOD, "the comment is not one that mlinfra reads", span, help))
            continue
        applies_to = number if line[: match.start()].strip() else next_with_content[number]
        codes = [code.strip() for code in order["codes"].split(",")]
        found += [Suppression(code, file, applies_to, span, order["reason"] or None) for code in codes]
    return found, wrong


def apply_suppressions(
    diagnostics: Iterable[Diagnostic], suppressions: Iterable[Suppression]
) -> tuple[Diagnostic, ...]:
    """Return the diagnostics that are not silenced, and what is to be said about the comments themselves."""
    comments = tuple(suppressions)
    places: dict[tuple[str, str, int], list[Suppression]] = {}
    for comment in comments:
        places.setdefault((comment.code, comment.file, comment.line), []).append(comment)
    kept: list[Diagnostic] = []
    used: set[Suppression] = set()
    for diagnostic in diagnostics:
        here = places.get((diagnostic.code.id, diagnostic.span.file, diagnostic.span.line), [])
        used.update(here)
        if not here or diagnostic.severity == "error":
            kept.append(diagnostic)
            kept += [
                _of(IGNORES_ERROR, f"{comment.code} is an error, which can't be ignored", comment)
                for comment in here
                if not diagnostic.is_guess
            ]
    kept += [
        _of(NO_REASON, f"{comment.code} is ignored without a reason", comment, "add `because …` with the reason")
        for comment in comments
        if comment.reason is None
    ]
    if not has_errors(kept):  # what a comment silences may be found again once these are mended
        kept += [
            _of(IGNORES_NOTHING, f"there is no {comment.code} to ignore here", comment, "delete the comment")
            for comment in comments
            if comment not in used
        ]
    return in_order(kept)


def _of(code: Code, message: str, comment: Suppression, help: str | None = None) -> Diagnostic:
    return finding(code, message, comment.span, help)


def _next_with_content(lines: list[str]) -> dict[int, int]:
    """For each line the first below it that is neither blank nor a comment, or itself where there is none."""
    following: dict[int, int] = {}
    below: int | None = None
    for number in range(len(lines), 0, -1):
        following[number] = below or number
        line = lines[number - 1].lstrip()
        if line and not line.startswith("#"):
            below = number
    return following


def _lines_inside_texts(root: Node, file: str) -> set[int]:
    """The lines below the first of each text that runs over several: a `#` there is part of the text."""
    return {
        line
        for _, scalar in scalars(root)
        if scalar.span.file == file and scalar.span.end_line > scalar.span.line
        for line in range(scalar.span.line + 1, scalar.span.end_line + (scalar.span.end_column > 1))
    }

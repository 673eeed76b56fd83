"""What the compiler says of a spec: a code that explains itself, a place, a sentence and what would be right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Severity = Literal["error", "warning", "info"]


class Span(NamedTuple):
    """A stretch of a source file; lines and columns count characters from 1, the end is exclusive."""

    file: str  # absolute, with "/" as separator
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding; `explain`, SARIF and the README's list are printed from it."""

    id: str  # MLI and three digits, never given to another meaning
    severity: Severity
    title: str
    why: str
    fix: str
    source: str


@dataclass(frozen=True, slots=True)
class Related:
    message: str
    span: Span


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

    @staticmethod
    def of(
        code: Code,
        message: str,
        span: Span,
        help: str | None = None,
        address: str | None = None,
        related: Iterable[Related] = (),
    ) -> Diagnostic:
        """A finding with the severity of its code."""
        return Diagnostic(code, message, span, help, address, None, tuple(related), code.severity)


class Problem(Exception):
    """Diagnostics that end the phase that raises it; `texts` are the files it read, where there is no source yet."""

    def __init__(self, diagnostics: Iterable[Diagnostic], texts: Mapping[str, str] | None = None) -> None:
        self.diagnostics = tuple(diagnostics)
        self.texts = texts or {}
        super().__init__("; ".join(diagnostic.message for diagnostic in self.diagnostics))


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    return any(diagnostic.severity == "error" for diagnostic in diagnostics)

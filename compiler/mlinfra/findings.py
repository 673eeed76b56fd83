"""The findings of several targets as one list: what is said of all of them is said once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from mlinfra.diagnostics import Diagnostic, Severity, Span


def merge(
    shared: Iterable[Diagnostic], by_target: Mapping[str, Iterable[Diagnostic]], targets: Collection[str]
) -> tuple[Diagnostic, ...]:
    """Return every finding once, in the order of the files.

    `shared` are findings about the spec whatever the target, `by_target` those of each target that was compiled.
    The same code with the same message at the same place is one finding; it names its targets unless they are all
    of `targets`.
    """
    found: dict[tuple[str, Severity, str, Span], tuple[Diagnostic, list[str]]] = {}
    for diagnostic in shared:
        found.setdefault(_identity(diagnostic), (diagnostic, list(targets)))
    for target, diagnostics in by_target.items():
        for diagnostic in diagnostics:
            _, named = found.setdefault(_identity(diagnostic), (diagnostic, []))
            if target not in named:
                named.append(target)
    merged = (
        replace(diagnostic, targets=tuple(named) if set(targets) - set(named) else None)
        for diagnostic, named in found.values()
    )
    return in_order(merged)


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the diagnostics by file, line, column and code."""
    return tuple(sorted(diagnostics, key=_position))


def _identity(diagnostic: Diagnostic) -> tuple[str, Severity, str, Span]:
    return diagnostic.code.id, diagnostic.severity, diagnostic.message, diagnostic.span


def _position(diagnostic: Diagnostic) -> tuple[str, int, int, str, str]:
    span = diagnostic.span
    return span.file, span.line, span.column, diagnostic.code.id, diagnostic.message

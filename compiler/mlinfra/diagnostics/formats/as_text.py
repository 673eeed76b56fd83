"""Diagnostics for people: one clickable place, one sentence, the line itself, and what would be right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import overload

from mlinfra.diagnostics import Diagnostic, Severity, Span
from mlinfra.diagnostics.formats.display import one_line, shown_path
from mlinfra.diagnostics.formats.excerpt import excerpt
from mlinfra.diagnostics.lines import split_lines
from mlinfra.diagnostics.merge import shown
from mlinfra.diagnostics.secrecy import masked

_COLORS: dict[str, str] = {"error": "31", "warning": "33", "info": "36", "caret": "32", "note": "1"}  # ECMA-48 SGR


def text(diagnostics: Sequence[Diagnostic], texts: Mapping[str, str], folder: Path, color: bool = False) -> str:
    """Return the diagnostics in the given order, each with its excerpt from `texts`, and a line that counts all.

    Paths are relative to `folder`. Nothing at all where there are no diagnostics.
    """
    page = Page(texts, folder, color)
    blocks = [page.block(diagnostic) for diagnostic in shown(diagnostics)]
    if blocks:
        blocks.append(summary(diagnostics))
    return "".join(f"{block}\n" for block in blocks)


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """Return how many there are of each severity.

    >>> summary([])
    'no errors'
    """
    severities = [diagnostic.severity for diagnostic in diagnostics]
    names: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "info"}
    counts = [(severities.count(severity), name) for severity, name in names.items()]
    return ", ".join(f"{count} {name}{'s' * (count > 1)}" for count, name in counts if count) or "no errors"


class _Lines(Sequence[str]):
    """The lines of a text, those that are shown freed of secrets, once each: of a long text few are."""

    def __init__(self, text: str) -> None:
        self._written = split_lines(text)
        self._masked: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self._written)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        if place not in self._masked:
            self._masked[place] = masked(self._written[place])
        return self._masked[place]


class Page:
    """Blocks of diagnostics that share the lines of their files: each file is split once."""

    def __init__(self, texts: Mapping[str, str], folder: Path, color: bool = False) -> None:
        self.texts = texts
        self.folder = folder
        self.color = color
        self.lines: dict[str, _Lines] = {}  # of each file that was shown

    def block(self, diagnostic: Diagnostic) -> str:
        """A diagnostic with its excerpts, without a line break at its end."""
        return "\n".join(self._block(diagnostic))

    def _block(self, diagnostic: Diagnostic) -> Iterator[str]:
        severity = self._painted(f"{diagnostic.severity}[{diagnostic.code.id}]", diagnostic.severity)
        message = self._painted(one_line(diagnostic.message), "note")
        yield f"{self._place(diagnostic.span)}: {severity}: {message}"
        yield from self._excerpt(diagnostic.span)
        for related in diagnostic.related:
            yield f"   note: {self._place(related.span)}: {one_line(related.message)}"
            yield from self._excerpt(related.span)
        if diagnostic.advice is not None:
            yield f"   help: {one_line(diagnostic.advice)}"
        if diagnostic.targets is not None:
            yield f"   targets: {', '.join(diagnostic.targets)}"

    def _place(self, span: Span) -> str:
        return f"{shown_path(span.file, self.folder)}:{span.line}:{span.column}"

    def _excerpt(self, span: Span) -> Iterator[str]:
        if span.file not in self.texts:
            return
        if span.file not in self.lines:
            self.lines[span.file] = _Lines(self.texts[span.file])
        for number, line in enumerate(excerpt(self.lines[span.file], span)):
            gutter, bar, shown = line.partition("|")
            yield line if number == 0 else f"{gutter}{bar}{self._painted(shown, 'caret')}"

    def _painted(self, shown: str, role: str) -> str:
        return f"\x1b[{_COLORS[role]}m{shown}\x1b[0m" if self.color else shown

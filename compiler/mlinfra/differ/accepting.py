"""What the lines of `accept` say of a difference, and what is to be said of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from mlinfra.diagnostics import Diagnostic, finding
from mlinfra.diagnostics.suggest import closest_name, question
from mlinfra.differ.model import Accepted, Difference, Found
from mlinfra.differ.spec import Spec
from mlinfra.header.accept import Acceptance, Class
from mlinfra.header.codes import ACCEPTS_ANOTHER, ACCEPTS_NOTHING


def accepted(found: Difference, spec: Spec) -> tuple[Difference, tuple[Diagnostic, ...]]:
    """The difference with what was accepted of it, and the lines that accept nothing."""
    lines = spec.header.accepts
    changes = tuple(replace(each, accepted=dict(_of(each, lines, spec))) for each in found.changes)
    return replace(found, changes=changes), tuple(_said(lines, found.changes, spec))


def _of(found: Found, lines: Iterable[Acceptance], spec: Spec) -> Iterator[tuple[Class, Accepted]]:
    for line in lines:
        if _fits(line, found) and line.change == found.change:
            yield line.class_, Accepted(line.because, line.date, spec.path(line.span.file), line.span.line)


def _fits(line: Acceptance, found: Found) -> bool:
    return line.is_about(found.address, found.target) and line.class_ in found.classes


def _said(lines: Iterable[Acceptance], changes: Collection[Found], spec: Spec) -> Iterator[Diagnostic]:
    for line in lines:
        due = dict.fromkeys(each.change for each in changes if _fits(line, each))
        if not due:
            message = f"{line.address} has no difference of the class {line.class_} to accept"
            help = question(_meant(line, changes, spec), "take the line out once the change is merged")
            yield finding(ACCEPTS_NOTHING, message, line.span, help)
        elif line.change not in due:
            what = f"change {line.change}" if line.change else "no change in particular"
            message = f"{line.address} differs by change {', '.join(due)}, and {what} is accepted"
            help = f"look at it, then write change: {next(iter(due))}"
            yield finding(ACCEPTS_ANOTHER, message, line.span, help)


def _meant(line: Acceptance, changes: Iterable[Found], spec: Spec) -> str | None:
    """The address that differs so, where that of the line is none of the spec's."""
    if any(line.address in graph.entries for graph in spec.graphs.values()):
        return None
    return closest_name(line.address, {each.address for each in changes if line.class_ in each.classes})


def unaccepted(found: Difference, classes: Collection[str]) -> list[tuple[Found, list[Class]]]:
    """The changes with one of these classes that no line accepts."""
    due = []
    for each in found.changes:
        names = [name for name in each.classes if name in classes and name not in each.accepted]
        due += [(each, names)] if names else []
    return due

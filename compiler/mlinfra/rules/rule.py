"""A rule: a code that explains itself, and the function that finds where a platform breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeVar

from pydantic import BaseModel

from mlinfra.diagnostics import Code, Diagnostic
from mlinfra.graph import Entry, Graph

M = TypeVar("M", bound=BaseModel)


class Rule(NamedTuple):
    code: Code
    check: Callable[[Graph], Iterable[Diagnostic]]


def owned(graph: Graph, section: str, model: type[M]) -> Iterator[tuple[Entry, M]]:
    """The entries of a section that this platform creates, with their bodies."""
    for entry in graph.section(section):
        if isinstance(entry.model, model) and not entry.existing:
            yield entry, entry.model

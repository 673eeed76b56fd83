"""Rules over one target, and over all of them together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from pydantic import BaseModel

from mlinfra.diagnostics import Code, Diagnostic
from mlinfra.graph import Entry, Graph
from mlinfra.languages.rule import Rule

M = TypeVar("M", bound=BaseModel)


def over_graph(code: Code, check: Callable[[Graph], Iterable[Diagnostic]]) -> Rule:
    """A rule over all of one target."""
    return Rule((code,), "graph", check)


def over_whole_graph(code: Code, check: Callable[[Graph], Iterable[Diagnostic]]) -> Rule:
    """A rule over all of one target, once nothing is wrong with it."""
    return Rule((code,), "whole", check)


def over_targets(code: Code, check: Callable[[Sequence[Graph]], Iterable[Diagnostic]]) -> Rule:
    """A rule over all targets together, in promotion order."""
    return Rule((code,), "targets", check)


def owned(graph: Graph, section: str, model: type[M]) -> Iterator[tuple[Entry, M]]:
    """The entries of a section that this platform creates, with their bodies."""
    for entry in graph.section(section):
        if isinstance(entry.model, model) and not entry.existing:
            yield entry, entry.model

"""A rule: the codes that explain what it finds, what it is looked for over, and the function that looks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal, NamedTuple, TypeAlias

from mlinfra.diagnostics import Code

# one body, all of one target, the same once nothing is wrong with it, all targets together
Over: TypeAlias = Literal["body", "graph", "whole", "targets"]


class Rule(NamedTuple):
    """Over a body, `check` is a function of its language; over the rest, it gives diagnostics of a graph or graphs."""

    codes: tuple[Code, ...]
    over: Over
    check: Callable[..., Iterable[Any]]

"""What is wrong with one body: pure data, before anyone knows which line it stands on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from mlinfra.diagnostics import Code
from mlinfra.diagnostics.suggest import closest_name, is_slip

BodyPath = tuple[str | int, ...]
"""The way from the root of a body to one of its values: keys and list indexes."""


class RelatedPlace(NamedTuple):
    """Another place of the same body that belongs to a problem, such as the other steps of a cycle."""

    message: str
    path: BodyPath


class Near(NamedTuple):
    """A name that is written, and of which one that leads nowhere is a slip."""

    name: str
    under: str  # the key of the mapping in which it is declared: inputs, outputs, jobs
    within: BodyPath  # what has that mapping, or lies in what has it
    named_at: BodyPath = ()  # where the body is named that has it instead, such as the component of a step


def nearly(word: str, known: Iterable[str], under: str, within: BodyPath, named_at: BodyPath = ()) -> Near | None:
    """The name that a word is a slip of, if it is one."""
    name = closest_name(word, known)
    return Near(name, under, within, named_at) if name is not None and is_slip(word, name) else None


class BodyProblem(NamedTuple):
    """One finding in a body.

    `path` may end in a key that the body lacks (a required field): the place is then its deepest parent that exists.
    `on_key` says that the key is what is wrong, not the value under it.
    """

    code: Code
    path: BodyPath
    message: str
    help: str | None = None
    related: tuple[RelatedPlace, ...] = ()
    on_key: bool = False
    near: Near | None = None

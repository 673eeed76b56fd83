"""What is wrong with one body: pure data, before anyone knows which line it stands on."""

from __future__ import annotations

from typing import NamedTuple

from mlinfra.diagnostics import Code

BodyPath = tuple[str | int, ...]
"""The way from the root of a body to one of its values: keys and list indexes."""


class RelatedPlace(NamedTuple):
    """Another place of the same body that belongs to a problem, such as the other steps of a cycle."""

    message: str
    path: BodyPath


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

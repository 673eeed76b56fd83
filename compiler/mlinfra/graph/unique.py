"""Things by a key that only one of them may have: what would take the place of another is an error of ours."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from typing import TypeVar

T = TypeVar("T")


class NotUnique(Exception):
    """Two things of one key, where no spec can cause it: the compiler is at fault."""


def by_key(
    things: Iterable[T], key: Callable[[T], str], what: str, taken: Container[str] = frozenset()
) -> dict[str, T]:
    """The things by their keys, in their order; raises NotUnique where two have the same one, or one that is taken.

    >>> by_key(["a.yml", "b.yml"], str.upper, "files")
    {'A.YML': 'a.yml', 'B.YML': 'b.yml'}
    """
    found: dict[str, T] = {}
    for thing in things:
        own = key(thing)
        if own in taken or found.setdefault(own, thing) is not thing:
            raise NotUnique(f'two {what} are "{own}"')
    return found

"""The error for an output that mlinfra did not write: it is in a folder or a revision, and may be from anybody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

_OF_ANOTHER_SHAPE = (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError)


class NotRead(Exception):
    """A file of an output is not one that mlinfra wrote; the text says which."""


@contextmanager
def as_not_read() -> Iterator[None]:
    """Within it, a value of another shape than mlinfra writes raises NotRead."""
    try:
        yield
    except _OF_ANOTHER_SHAPE as error:
        raise NotRead("the output holds values that no release of mlinfra writes there") from error

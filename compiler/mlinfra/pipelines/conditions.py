"""Conditions of stages, jobs and steps, put together."""

from __future__ import annotations

from collections.abc import Sequence


def any_of(conditions: Sequence[str]) -> str:
    """The condition that one of these holds at least; there is one.

    >>> any_of(["succeeded()"]), any_of(["a", "b"])
    ('succeeded()', 'or(a, b)')
    """
    return f"or({', '.join(conditions)})" if len(conditions) > 1 else conditions[0]

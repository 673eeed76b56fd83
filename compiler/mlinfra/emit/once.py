"""What follows from a plan is worked out once, and kept as long as the plan is."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

from mlinfra.plan import Plan

T = TypeVar("T")


def once(work: Callable[[Plan], T]) -> Callable[[Plan], T]:
    """The same function, asked once of each plan; what it raises is not kept."""
    found: WeakKeyDictionary[Plan, T] = WeakKeyDictionary()

    @wraps(work)
    def kept(plan: Plan) -> T:
        if plan not in found:
            found[plan] = work(plan)
        return found[plan]

    return kept

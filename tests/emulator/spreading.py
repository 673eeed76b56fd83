"""What was made just now is not known everywhere at once: roles, who has them, and identities.

A test orders it: from then on, a thing of a kind is unknown to the first requests that need one of its kind, whichever:
time passes for all of them.
"""

from __future__ import annotations

from typing import Literal

from tests.emulator.ids import key
from tests.emulator.state import State

Kind = Literal["assignments", "roles", "principals"]
KINDS: tuple[Kind, ...] = ("assignments", "roles", "principals")


def order(state: State, requests: int, *kinds: Kind) -> None:
    """What is made from now on, of these kinds or of all, is unknown to so many requests."""
    for kind in kinds or KINDS:
        state.table("orders")[kind] = requests


def begin(state: State, kind: Kind, identifier: str) -> None:
    """Something is made: it begins to spread, if that was ordered."""
    if requests := state.table("orders").get(kind):
        state.table("spreading", kind)[key(identifier)] = requests


def is_known(state: State, kind: Kind, identifier: str) -> bool:
    """Whether it has spread; where it has not, time passes."""
    left = state.table("spreading", kind)
    if key(identifier) not in left:
        return True
    for each, requests in list(left.items()):
        if requests > 1:
            left[each] = requests - 1
        else:
            del left[each]
    return False

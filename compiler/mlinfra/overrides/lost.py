"""What is written and can't be read, so that nobody knows whether a target has it."""

from __future__ import annotations

from collections.abc import Collection


def is_lost(address: str, lost: Collection[str]) -> bool:
    """Whether an address, or what it lies in, is among those that are lost.

    >>> is_lost("storage_accounts.lake.containers.raw", {"storage_accounts.lake.containers"})
    True
    """
    steps = address.split(".") if lost else ()
    return any(".".join(steps[: count + 1]) in lost for count in range(len(steps)))

"""Management locks: what they keep from being deleted or written."""

from __future__ import annotations

from tests.emulator.ids import covers
from tests.emulator.protocol import refuse
from tests.emulator.resources import of_type
from tests.emulator.state import State

LOCKS = "Microsoft.Authorization/locks"


def require_unlocked(state: State, identifier: str, change: str) -> None:
    """Refuses to "delete" or "write" what a lock holds: one on it or above it, and for deleting one below it too."""
    if identifier.lower().rpartition("/providers/")[2].startswith(f"{LOCKS}/".lower()):
        return  # a lock is changed by whoever may
    for lock in of_type(state, LOCKS):
        scope = lock["id"].lower().rpartition(f"/providers/{LOCKS}/".lower())[0]
        if change == "write" and lock["properties"]["level"] != "ReadOnly":
            continue
        if covers(scope, identifier) or (change == "delete" and covers(identifier, scope)):
            message = (
                f"The scope '{identifier}' cannot perform {change} operation because following scope(s) are locked: "
                f"'{scope}'. Please remove the lock and try again."
            )
            refuse(409, "ScopeLocked", message)

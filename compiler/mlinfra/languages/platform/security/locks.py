"""A lock against deletion, on what holds data or can't be replaced."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.bodies.body import Body
from mlinfra.graph import Entry, Graph
from mlinfra.languages.changes import TERRAFORM, changes
from mlinfra.languages.platform.kind import Kind
from mlinfra.languages.resource import Resource

SECTION = "locks"
MAX_NOTES_CHARACTERS = 512  # BT: ManagementLockProperties.notes


class Lock(Body):
    locked: str  # address of the entry that can't be deleted


def lock_address(locked: str) -> str:
    return f"{locked}.lock"


def resources(lock: Lock, entry: Entry, graph: Graph) -> Iterator[Resource]:
    yield Resource(
        address=entry.address,
        type=LOCKS.resource_type,
        names=(f"lock-{graph.entries[lock.locked].azure_name}",),
        body={"properties": {"level": "CanNotDelete", "notes": (entry.because or "")[:MAX_NOTES_CHARACTERS]}},
        owner=entry.address,
        scope=lock.locked,
        because=entry.because,
    )


LOCKS = Kind(
    name=SECTION,
    is_derived=True,
    is_only_counted=True,
    noun="lock",
    model=Lock,
    resource_type="Microsoft.Authorization/locks",
    api_version="2020-05-01",
    resources=resources,
    described="Locks against deletion",
    changes=(*changes("create_only", TERRAFORM, "properties.level", "properties.notes"),),
)

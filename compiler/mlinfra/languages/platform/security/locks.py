"""A lock against deletion, on what holds data or can't be replaced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from mlinfra.bodies.altering import Altering, ExtensionName
from mlinfra.bodies.body import Body
from mlinfra.graph import Entry, Graph
from mlinfra.languages.changes import TERRAFORM, changes
from mlinfra.languages.platform.kind import Kind
from mlinfra.languages.resource import Resource

SECTION = "locks"
MAX_NOTES_CHARACTERS = 512  # BT: ManagementLockProperties.notes


Level = Literal["can_not_delete", "read_only"]
_LEVELS: Mapping[Level, str] = {"can_not_delete": "CanNotDelete", "read_only": "ReadOnly"}


class Lock(Body):
    locked: str  # address of the entry that can't be deleted
    level: Level = "can_not_delete"
    notes: str | None = None  # by default the reason
    azure_name: str | None = None


class AlteringLock(Altering):
    azure_name: Annotated[ExtensionName | None, Field(description="Its name on Azure")] = None
    level: Annotated[Level | None, Field(description="read_only: nothing can be changed either")] = None
    notes: Annotated[
        str | None, Field(max_length=MAX_NOTES_CHARACTERS, description="What stands beside it on Azure")
    ] = None


def lock_address(locked: str) -> str:
    return f"{locked}.lock"


def resources(lock: Lock, entry: Entry, graph: Graph) -> Iterator[Resource]:
    yield Resource(
        address=entry.address,
        type=LOCKS.resource_type,
        names=(lock.azure_name or f"lock-{graph.entries[lock.locked].azure_name}",),
        body={"properties": {"level": _LEVELS[lock.level], "notes": _notes(lock, entry)}},
        owner=entry.address,
        scope=lock.locked,
        because=entry.because,
    )


def _notes(lock: Lock, entry: Entry) -> str:
    return (lock.notes or entry.because or "")[:MAX_NOTES_CHARACTERS]


LOCKS = Kind(
    name=SECTION,
    is_derived=True,
    is_only_counted=True,
    noun="lock",
    model=Lock,
    altering=AlteringLock,
    resource_type="Microsoft.Authorization/locks",
    api_version="2020-05-01",
    resources=resources,
    described="Locks against deletion",
    changes=(*changes("create_only", TERRAFORM, "properties.level", "properties.notes"),),
)

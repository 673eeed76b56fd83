"""locks: against deletion, of what holds data or can't be replaced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from mlinfra.azure.name_rules import EXTENSION, NameRule
from mlinfra.bodies.altering import Altering, ExtensionName
from mlinfra.bodies.azure_words import AzureWords
from mlinfra.bodies.body import Body, ReferenceTo
from mlinfra.bodies.fields import Properties
from mlinfra.graph import Entry, Graph
from mlinfra.languages.changes import changes
from mlinfra.languages.platform.kind import Kind
from mlinfra.languages.platform.outside import extended
from mlinfra.languages.resource import RESOURCE_GROUP, Resource, merged

MAX_NOTES_CHARACTERS = 512  # BT: ManagementLockProperties.notes

Level: TypeAlias = Annotated[Literal["cannot_delete", "read_only"], AzureWords((("cannot_delete", "CanNotDelete"),))]
_LEVELS: Mapping[str, str] = {"cannot_delete": "CanNotDelete", "read_only": "ReadOnly"}


class Lock(Body):
    of: Annotated[
        str,
        ReferenceTo(or_a_group=True),
        Field(
            description="What is locked: the address of an entry, resource_group, or an id",
            examples=["container_registries.main"],
        ),
    ]
    level: Annotated[
        Level, Field(description="cannot_delete; or read_only: nothing can be changed either, by the platform neither")
    ] = "cannot_delete"
    notes: (
        Annotated[str, Field(max_length=MAX_NOTES_CHARACTERS, description="What stands beside it on Azure")] | None
    ) = None
    azure_name: Annotated[str, Field(description="Its name on Azure; by default the entry's")] | None = None
    properties: Annotated[Properties, Field(description="Merged into the lock's properties as written")] = {}
    targets: Annotated[list[str], Field(description="Targets in which it exists; by default all")] | None = None


class DerivedLock(Body):
    of: str  # address of the entry that can't be deleted
    level: Level = "cannot_delete"
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
    properties: dict[str, Any] = {"level": _LEVELS[lock.level], **({"notes": lock.notes} if lock.notes else {})}
    of = extended(lock.of, graph)
    yield _resource(of, entry.azure_name, merged(properties, lock.properties), entry, bool(lock.properties))


def derived_resources(lock: DerivedLock, entry: Entry, graph: Graph) -> Iterator[Resource]:
    name = lock.azure_name or f"lock-{graph.entries[lock.of].azure_name}"
    notes = (lock.notes or entry.because or "")[:MAX_NOTES_CHARACTERS]
    yield _resource(lock.of, name, {"level": _LEVELS[lock.level], "notes": notes}, entry, False)


def _resource(of: str, name: str, properties: dict[str, Any], entry: Entry, is_written: bool) -> Resource:
    return Resource(
        address=entry.address,
        type=LOCKS.resource_type,
        names=(name,),
        body={"properties": properties},
        owner=entry.address,
        scope=None if of == RESOURCE_GROUP else of,
        because=entry.because,
        properties_written=is_written,
    )


LOCKS = Kind(
    name="locks",
    noun="lock",
    extends="of",
    called_elsewhere={
        "scope": "write of: <the address of an entry>",
        "resource": "write of: <the address of an entry>",
        "locklevel": "write level: cannot_delete or read_only",
        "kind": "write level: cannot_delete or read_only",
    },
    model=Lock,
    resource_type="Microsoft.Authorization/locks",
    api_version="2020-05-01",
    name_rule=NameRule("a lock", 1, 90, EXTENSION, "resource"),  # NR
    resources=resources,
    symbol="lock",
    group="Security",
    described="Locks against deletion or change, beside those that production derives",
    changes=(  # Set-AzResourceLock "modifies a resource lock": its level and its notes, by the same PUT
        *changes(
            "weakens",
            "https://learn.microsoft.com/powershell/module/az.resources/set-azresourcelock",
            "properties.level",
            towards="CanNotDelete",
        ),
    ),
    plain=("properties.notes", "properties.owners"),
)

DERIVED_LOCKS = Kind(
    name="derived_locks",
    is_derived=True,
    is_only_counted=True,
    noun="lock",
    model=DerivedLock,
    altering=AlteringLock,
    resource_type=LOCKS.resource_type,
    resources=derived_resources,
    described="Locks against deletion",
    changes=LOCKS.changes,
    plain=("properties.notes",),
)

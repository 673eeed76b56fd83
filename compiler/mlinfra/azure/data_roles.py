"""What roles let their holders do with data, and with what leads to data: keys, roles, jobs.

Source: Azure RBAC, Azure built-in roles, https://learn.microsoft.com/azure/role-based-access-control/built-in-roles,
with the page of each group of services, which lists the operations of each role.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal, TypeAlias

from mlinfra.azure.built_in_roles import BUILT_IN_ROLES

Holding: TypeAlias = Literal["blobs", "files", "queues", "tables", "secrets", "images"]
Deed: TypeAlias = Literal["read", "write"]
Way: TypeAlias = Literal["keys", "grants", "jobs"]
READ: frozenset[Deed] = frozenset(("read",))
WRITE: frozenset[Deed] = frozenset(("read", "write"))

_STORAGE = "Microsoft.Storage/storageAccounts"
_IMAGES = "Microsoft.ContainerRegistry/registries"
# Of each kind of data, the operation that reads it, the one that writes it, and whether they are operations with data.
# Images have two of each: a registry asks for the second where it goes by repositories.
OPERATIONS: tuple[tuple[Holding, str, str, bool], ...] = (
    (
        "blobs",
        f"{_STORAGE}/blobServices/containers/blobs/read",
        f"{_STORAGE}/blobServices/containers/blobs/write",
        True,
    ),
    (
        "files",
        f"{_STORAGE}/fileServices/fileshares/files/read",
        f"{_STORAGE}/fileServices/fileshares/files/write",
        True,
    ),
    (
        "queues",
        f"{_STORAGE}/queueServices/queues/messages/read",
        f"{_STORAGE}/queueServices/queues/messages/write",
        True,
    ),
    (
        "tables",
        f"{_STORAGE}/tableServices/tables/entities/read",
        f"{_STORAGE}/tableServices/tables/entities/write",
        True,
    ),
    (
        "secrets",
        "Microsoft.KeyVault/vaults/secrets/getSecret/action",
        "Microsoft.KeyVault/vaults/secrets/setSecret/action",
        True,
    ),
    ("images", f"{_IMAGES}/pull/read", f"{_IMAGES}/push/write", False),
    ("images", f"{_IMAGES}/repositories/content/read", f"{_IMAGES}/repositories/content/write", True),
)
# What leads to data in another way, by the operation that opens it: the keys of an account, which open all of it;
# roles, that one gives oneself; jobs, which act as their compute.
WAYS: Mapping[Way, str] = {
    "keys": f"{_STORAGE}/listKeys/action",
    "grants": "Microsoft.Authorization/roleAssignments/write",
    "jobs": "Microsoft.MachineLearningServices/workspaces/jobs/write",
}


HOLDINGS: tuple[Holding, ...] = tuple(dict.fromkeys(row[0] for row in OPERATIONS))


@dataclass(frozen=True, slots=True)
class Powers:
    """What a role opens."""

    data: Mapping[Holding, frozenset[Deed]] = field(default_factory=dict)
    ways: frozenset[Way] = frozenset()


def powers_of(role: str) -> Powers | None:
    """What a built-in role opens, by its name; None of one that nobody here knows."""
    built_in = BUILT_IN_ROLES.get(role)
    if built_in is None or built_in.opens is None:
        return None
    found = {
        holding: frozenset(deed for deed in WRITE if f"{holding}:{deed}" in built_in.opens) for holding in HOLDINGS
    }
    data = {holding: deeds for holding, deeds in found.items() if deeds}
    return Powers(data, frozenset(way for way in WAYS if way in built_in.opens))


def powers(
    actions: Iterable[str], not_actions: Iterable[str], data_actions: Iterable[str], not_data_actions: Iterable[str]
) -> Powers:
    """What a role opens that consists of these operations, where `*` stands for any part."""
    control = (tuple(actions), tuple(not_actions))
    data = (tuple(data_actions), tuple(not_data_actions))
    found: dict[Holding, frozenset[Deed]] = {}
    for holding, read, write, is_of_data in OPERATIONS:
        lists = data if is_of_data else control
        named: tuple[tuple[Deed, str], ...] = (("read", read), ("write", write))
        if deeds := frozenset(deed for deed, name in named if _has(lists, name)):
            found[holding] = found.get(holding, frozenset()) | deeds
    return Powers(found, frozenset(way for way, name in WAYS.items() if _has(control, name)))


def _has(lists: tuple[tuple[str, ...], tuple[str, ...]], operation: str) -> bool:
    has, lacks = lists
    return covers(has, operation) and not covers(lacks, operation)


def covers(patterns: Iterable[str], operation: str) -> bool:
    """Whether an operation is one of these, where `*` stands for any part."""
    return any(fnmatchcase(operation.lower(), pattern.lower()) for pattern in patterns)

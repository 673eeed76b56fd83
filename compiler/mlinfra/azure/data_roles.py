"""What roles let their holders do with data, and with what leads to data: keys, roles, jobs.

Source: Azure RBAC, Azure built-in roles, https://learn.microsoft.com/azure/role-based-access-control/built-in-roles,
with the page of each group of services, which lists the operations of each role.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal, TypeAlias

Holding: TypeAlias = Literal["blobs", "files", "queues", "tables", "secrets", "images"]
Deed: TypeAlias = Literal["read", "write"]
Way: TypeAlias = Literal["keys", "grants", "jobs"]
READ: frozenset[Deed] = frozenset(("read",))
WRITE: frozenset[Deed] = frozenset(("read", "write"))

_STORAGE = "Microsoft.Storage/storageAccounts"
# Of each kind of data, the operation that reads it, the one that writes it, and whether they are operations with data.
OPERATIONS: Mapping[Holding, tuple[str, str, bool]] = {
    "blobs": (
        f"{_STORAGE}/blobServices/containers/blobs/read",
        f"{_STORAGE}/blobServices/containers/blobs/write",
        True,
    ),
    "files": (
        f"{_STORAGE}/fileServices/fileshares/files/read",
        f"{_STORAGE}/fileServices/fileshares/files/write",
        True,
    ),
    "queues": (
        f"{_STORAGE}/queueServices/queues/messages/read",
        f"{_STORAGE}/queueServices/queues/messages/write",
        True,
    ),
    "tables": (
        f"{_STORAGE}/tableServices/tables/entities/read",
        f"{_STORAGE}/tableServices/tables/entities/write",
        True,
    ),
    "secrets": (
        "Microsoft.KeyVault/vaults/secrets/getSecret/action",
        "Microsoft.KeyVault/vaults/secrets/setSecret/action",
        True,
    ),
    "images": (
        "Microsoft.ContainerRegistry/registries/pull/read",
        "Microsoft.ContainerRegistry/registries/push/write",
        False,
    ),
}
# What leads to data in another way, by the operation that opens it: the keys of an account, which open all of it;
# roles, that one gives oneself; jobs, which act as their compute.
WAYS: Mapping[Way, str] = {
    "keys": f"{_STORAGE}/listKeys/action",
    "grants": "Microsoft.Authorization/roleAssignments/write",
    "jobs": "Microsoft.MachineLearningServices/workspaces/jobs/write",
}


@dataclass(frozen=True, slots=True)
class Powers:
    """What a role opens."""

    data: Mapping[Holding, frozenset[Deed]] = field(default_factory=dict)
    ways: frozenset[Way] = frozenset()


_BLOBS_AND_FILES: dict[str, Powers] = {
    "Storage Blob Data Owner": Powers({"blobs": WRITE}),
    "Storage Blob Data Contributor": Powers({"blobs": WRITE}),
    "Storage Blob Data Reader": Powers({"blobs": READ}),
    "Storage File Data Privileged Contributor": Powers({"files": WRITE}),
    "Storage File Data Privileged Reader": Powers({"files": READ}),
    "Storage Queue Data Contributor": Powers({"queues": WRITE}),
    "Storage Queue Data Reader": Powers({"queues": READ}),
    "Storage Table Data Contributor": Powers({"tables": WRITE}),
    "Storage Table Data Reader": Powers({"tables": READ}),
}
_OTHERS: dict[str, Powers] = {
    "Owner": Powers({"images": WRITE}, frozenset(("keys", "grants", "jobs"))),
    "Contributor": Powers({"images": WRITE}, frozenset(("keys", "jobs"))),
    "Reader": Powers({"images": READ}),
    "Role Based Access Control Administrator": Powers({"images": READ}, frozenset(("grants",))),
    "User Access Administrator": Powers({"images": READ}, frozenset(("grants",))),
    "Key Vault Administrator": Powers({"secrets": WRITE}),
    "Key Vault Secrets Officer": Powers({"secrets": WRITE}),
    "Key Vault Secrets User": Powers({"secrets": READ}),
    "AcrPull": Powers({"images": READ}),
    "AcrPush": Powers({"images": WRITE}),
    "Container Registry Repository Reader": Powers({"images": READ}),
    "Container Registry Repository Writer": Powers({"images": WRITE}),
    "AzureML Data Scientist": Powers({}, frozenset(("jobs",))),
    "Azure AI Developer": Powers({}, frozenset(("jobs",))),
    "Azure AI Administrator": Powers({"images": WRITE}, frozenset(("jobs",))),
}
# Built-in roles that `roles.ROLES` names and that open none of it: a new one there needs its place here.
OPEN_NOTHING = frozenset(
    (
        "AzureML Compute Operator",
        "AzureML Registry User",
        "AzureML Metrics Writer",
        "Azure Machine Learning Workspace Connection Secrets Reader",
        "Azure AI Enterprise Network Connection Approver",
        "Key Vault Reader",
        "Key Vault Crypto Officer",
        "Key Vault Crypto Service Encryption User",
        "Managed Identity Operator",
        "Network Contributor",
        "Private DNS Zone Contributor",
        "Log Analytics Reader",
        "Monitoring Metrics Publisher",
        "Monitoring Reader",
        "Cognitive Services User",
        "Cognitive Services OpenAI User",
        "Cognitive Services OpenAI Contributor",
        "Search Index Data Reader",
        "Search Index Data Contributor",
        "Search Service Contributor",
    )
)
BUILT_IN: Mapping[str, Powers] = {**_BLOBS_AND_FILES, **_OTHERS, **dict.fromkeys(OPEN_NOTHING, Powers())}


def powers(
    actions: Iterable[str], not_actions: Iterable[str], data_actions: Iterable[str], not_data_actions: Iterable[str]
) -> Powers:
    """What a role opens that consists of these operations, where `*` stands for any part."""
    control = (tuple(actions), tuple(not_actions))
    data = (tuple(data_actions), tuple(not_data_actions))
    found: dict[Holding, frozenset[Deed]] = {}
    for holding, (read, write, is_of_data) in OPERATIONS.items():
        lists = data if is_of_data else control
        named: tuple[tuple[Deed, str], ...] = (("read", read), ("write", write))
        if deeds := frozenset(deed for deed, name in named if _has(lists, name)):
            found[holding] = deeds
    return Powers(found, frozenset(way for way, name in WAYS.items() if _has(control, name)))


def _has(lists: tuple[tuple[str, ...], tuple[str, ...]], operation: str) -> bool:
    has, lacks = lists
    return covers(has, operation) and not covers(lacks, operation)


def covers(patterns: Iterable[str], operation: str) -> bool:
    """Whether an operation is one of these, where `*` stands for any part."""
    return any(fnmatchcase(operation.lower(), pattern.lower()) for pattern in patterns)

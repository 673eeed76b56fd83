"""Addresses of Azure Resource Manager. They are compared without regard to case."""

from __future__ import annotations

import uuid

# What a workspace of Databricks calls the identities that Azure makes with it.
MANAGED_DISK_IDENTITY, STORAGE_ACCOUNT_IDENTITY = "managedDiskIdentity", "storageAccountIdentity"
GROUP_TYPE = "Microsoft.Resources/subscriptions/resourceGroups"
SUBSCRIPTION_TYPE = "Microsoft.Resources/subscriptions"


def key(identifier: str) -> str:
    """What an address is found under."""
    return identifier.rstrip("/").lower()


def made_id(purpose: str, identifier: str) -> str:
    """An id that Azure makes; the same for the same resource, so that the state can be compared."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{purpose} {key(identifier)}"))


def type_of(identifier: str) -> str:
    """The type of a resource, of a collection of them, of a resource group or of a subscription.

    >>> type_of("/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a/blobServices/default")
    'Microsoft.Storage/storageAccounts/blobServices'
    """
    _, found, own = identifier.rstrip("/").rpartition("/providers/")
    if found:
        namespace, *words = own.split("/")
        return "/".join([namespace, *words[::2]])
    return GROUP_TYPE if len(identifier.split("/")) > 4 else SUBSCRIPTION_TYPE


def namespace_of(identifier: str) -> str:
    """The resource provider of a resource."""
    return type_of(identifier).partition("/")[0]


def subscription_of(identifier: str) -> str:
    """The id of the subscription that an address lies in."""
    return identifier.split("/")[2]


def group_of(identifier: str) -> str:
    """The address of the resource group that an address lies in."""
    return "/".join(identifier.split("/")[:5])


def parent_of(identifier: str) -> str:
    """What a resource stands in or extends: a resource, or its resource group.

    >>> parent_of("/subscriptions/s/resourceGroups/g/providers/A.B/c/d/providers/E.F/g/h")
    '/subscriptions/s/resourceGroups/g/providers/A.B/c/d'
    """
    before, _, own = identifier.rstrip("/").rpartition("/providers/")
    words = own.split("/")
    inner = words[: -1 if is_collection(identifier) else -2]
    return before if len(inner) <= 1 else f"{before}/providers/{'/'.join(inner)}"


def is_collection(identifier: str) -> bool:
    """Whether an address ends in a type, and so names all of that type which stand there."""
    return len(identifier.rpartition("/providers/")[2].split("/")) % 2 == 0


def covers(scope: str, identifier: str) -> bool:
    """Whether what holds at a scope holds at an address."""
    return scope == "/" or f"{key(identifier)}/".startswith(f"{key(scope)}/")

"""ARM ids as literals: what Azure will call a thing is known before anything is deployed."""

from __future__ import annotations

import re
from hashlib import sha1
from uuid import UUID

# Parts of an id, as ECMA's and Python's expressions alike; none is a way out of a folder.
GUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
GROUP = "[A-Za-z0-9_().-]{0,89}[A-Za-z0-9_()-]"  # Azure resource name rules, Microsoft.Resources/resourcegroups
PROVIDER = "[A-Za-z][A-Za-z0-9.]*"
TYPE = "[A-Za-z][A-Za-z0-9]*"
NAME = r"(?!\.{1,2}(?:/|$))[^\x00-\x1f\x7f%&\\?/#]+"  # the widest of the resource name rules
GROUP_ID = rf"/subscriptions/{GUID}/resourceGroups/{GROUP}"
RESOURCE_ID = rf"{GROUP_ID}/providers/{PROVIDER}(/{TYPE}/{NAME})+"

REGISTRIES = "azureml://registries/"  # how the address of what lies in a registry begins

_RESOURCE_ID = re.compile(RESOURCE_ID, re.IGNORECASE)  # Resource Manager tells ids not apart by case
_GROUP_ID = re.compile(GROUP_ID, re.IGNORECASE)
_PROVIDERS = re.compile("/providers/", re.IGNORECASE)
_ARM_GUIDS = UUID("11fb06fb-712d-4ddd-98c7-e71bbd588830")  # the namespace of ARM's guid(); tried against bicep snapshot


def is_resource_id(text: str) -> bool:
    """Whether a text is the whole id of a resource in a resource group, however it is spelled.

    >>> group = "/subscriptions/11111111-1111-1111-1111-111111111111/resourcegroups/rg"
    >>> is_resource_id(f"{group}/providers/Microsoft.Storage/storageAccounts/stlake"), is_resource_id(group)
    (True, False)
    """
    return _RESOURCE_ID.fullmatch(text) is not None


def is_group_id(text: str) -> bool:
    """Whether a text is the id of a resource group, however it is spelled.

    >>> is_group_id("/subscriptions/11111111-1111-1111-1111-111111111111/resourcegroups/rg")
    True
    """
    return _GROUP_ID.fullmatch(text) is not None


def group_in(identifier: str) -> tuple[str, str]:
    """Subscription and resource group in the id of a group, or of what lies in one.

    >>> group_in("/subscriptions/S/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/stlake")
    ('s', 'rg')
    """
    _, _, subscription, _, group, *_ = identifier.split("/")
    return subscription.lower(), group


def names_in(identifier: str) -> tuple[str, ...]:
    """The names in the id of a resource, the outermost first.

    >>> names_in("/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v/subnets/a")
    ('v', 'a')
    """
    return tuple(_PROVIDERS.split(identifier)[-1].split("/")[2::2])


def resource_group_id(subscription: str, resource_group: str) -> str:
    """The id of a resource group."""
    return f"/subscriptions/{subscription}/resourceGroups/{resource_group}"


def is_same_group(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two resource groups, each with its subscription, are one: case tells neither apart.

    >>> is_same_group(("s", "rg-churn"), ("S", "RG-churn"))
    True
    """
    return one == other or [part.lower() for part in one] == [part.lower() for part in other]


def resource_id(subscription: str, resource_group: str, resource_type: str, *names: str) -> str:
    """The id of a resource: one name a segment of its type, the outermost first.

    >>> resource_id("s", "rg", "Microsoft.Storage/storageAccounts/blobServices", "stlake", "default")
    '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/stlake/blobServices/default'
    """
    return extension_id(resource_group_id(subscription, resource_group), resource_type, *names)


def extension_id(scope: str, resource_type: str, *names: str) -> str:
    """The id of a role assignment, a lock or diagnostic settings on the resource that has the id `scope`."""
    provider, *segments = resource_type.split("/")
    return f"{scope}/providers/{provider}{_path(segments, names, resource_type)}"


def type_of(identifier: str) -> str:
    """The type of the resource that an id is of.

    >>> type_of("/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v/subnets/a")
    'Microsoft.Network/virtualNetworks/subnets'
    """
    provider, *rest = _PROVIDERS.split(identifier)[-1].split("/")
    return "/".join((provider, *rest[::2]))


def _path(segments: list[str], names: tuple[str, ...], resource_type: str) -> str:
    if len(segments) != len(names):
        raise ValueError(f"{resource_type} takes {len(segments)} names and got {len(names)}: {', '.join(names)}")
    return "".join([f"/{segment}/{name}" for segment, name in zip(segments, names, strict=True)])


def guid(*parts: str) -> str:
    """What `guid(…)` gives in Bicep and in ARM templates for the same texts: a UUID of version 5, RFC 9562."""
    digest = sha1(_ARM_GUIDS.bytes + "-".join(parts).encode(), usedforsecurity=False).digest()
    return str(UUID(bytes=digest[:16], version=5))  # as uuid5 makes it, in half of its time

"""Built-in roles: the names that people know and the GUIDs that Azure takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from mlinfra.azure.built_in_roles import BUILT_IN_ROLES

ROLE_ASSIGNMENTS_TYPE = "Microsoft.Authorization/roleAssignments"
ROLES: Mapping[str, str] = MappingProxyType({name: role.guid for name, role in BUILT_IN_ROLES.items()})

# By one of these who has a role gives himself another, makes one that he has wider, or takes a lock away. Source: docs,
# "Azure permissions for Management and governance".
_AUTHORIZATION = "Microsoft.Authorization"
RULES_OVER_RIGHTS: Mapping[str, str] = MappingProxyType(
    {
        f"{_AUTHORIZATION}/roleAssignments/write": "give roles",
        f"{_AUTHORIZATION}/roleAssignmentScheduleRequests/write": "give roles",
        f"{_AUTHORIZATION}/roleEligibilityScheduleRequests/write": "give roles",
        f"{_AUTHORIZATION}/roleDefinitions/write": "define roles",
        f"{_AUTHORIZATION}/locks/delete": "take locks away",
    }
)

_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_GUIDS = {name.casefold(): guid for name, guid in ROLES.items()}
_NAMES = {
    guid: name for name, guid in ROLES.items()
}  # of a role that was renamed: the later line's, which is its new one


def role_guid(role: str) -> str | None:
    """The GUID of a role that is named, in any case and with or without "(preview)", or given by its GUID already."""
    folded = role.casefold()
    return _GUIDS.get(folded.removesuffix(" (preview)")) or (folded if _GUID.fullmatch(folded) else None)


def provider_of(role: str) -> str | None:
    """The provider of the only resources at which a built-in role lets do something, in lower case.

    >>> provider_of("AcrPull"), provider_of("7f951dda-4ed3-4680-a7ca-43fe172d538d"), provider_of("Reader")
    ('microsoft.containerregistry/', 'microsoft.containerregistry/', None)
    """
    built_in = BUILT_IN_ROLES.get(role_name(role_guid(role) or "") or "")
    return built_in.provider if built_in else None


def ruled_over(role: str) -> str | None:
    """What a built-in role lets do with the rights of others, or its own; None: nothing, or nobody here knows it.

    >>> ruled_over("Owner"), ruled_over("Locks Contributor"), ruled_over("Contributor")
    ('give roles', 'take locks away', None)
    """
    built_in = BUILT_IN_ROLES.get(role_name(role_guid(role) or "") or "")
    opens = (built_in and built_in.opens) or frozenset()
    return next((does for does in RULES_OVER_RIGHTS.values() if does.replace(" ", "-") in opens), None)


def spoken_role(role: str) -> str:
    """A role as people know it: by its name where it is a built-in one, written by its GUID or its id.

    >>> spoken_role("acdd72a7-3385-48ef-bd42-f606fba81ae7")
    'Reader'
    """
    return role_name(role_guid(role.rpartition("/")[2]) or "") or role


def role_name(guid: str) -> str | None:
    """The name of a built-in role of the table; None for any other, such as a custom role."""
    return _NAMES.get(guid.lower())

"""What an entry becomes on Azure: resources as plain data, before they have a symbol, a file or a line of Bicep.

A body is dict, list, str, int, float, bool and None; where it needs another resource it holds `Of`, for the value of a
secret `SecretOf`, and `Location` and `Tags` where every resource of a module says the same. The plan turns those into
Bicep expressions. What the linter would misjudge is wrapped in `formats.bicep.Exempt`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeAlias

Layer: TypeAlias = Literal["foundation", "storage", "workspace", "compute", "serving"]
RESOURCE_GROUP = "resource_group"  # the address of what every resource lives in: `Of(RESOURCE_GROUP)` is its id
PREPARED = "prepared"  # the parameter of templates that hold an `OncePrepared`
LAYERS: tuple[Layer, ...] = ("foundation", "storage", "workspace", "compute", "serving")  # in order of deployment


@dataclass(frozen=True, slots=True)
class Of:
    """A property of the resource at an address: `Of("key_vaults.main")` is its id; also usable as a key of a body."""

    address: str
    property: str = "id"  # a dotted path: id, name, properties.principalId


@dataclass(frozen=True, slots=True)
class SecretOf:
    """The value of a secret in the vault at an address, which Resource Manager fetches when it deploys."""

    vault: str
    secret: str


@dataclass(frozen=True, slots=True)
class VersionOf(Of):
    """The version of the key at an address that is its newest one when the template is deployed."""

    property: str = "properties.keyUriWithVersion"  # which ends in it


class OncePrepared(dict[str, Any]):
    """The value of a field that Azure takes once the resource was made with all the others, and never before.

    Whoever deploys says so by the parameter `PREPARED` of the template, which lists the names of such resources.
    """


@dataclass(frozen=True, slots=True)
class Location:
    """The region of the resource group, or of the entry where it is written."""

    region: str | None = None


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of the platform, and those of the entry over them."""

    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RoleDefinition:
    """The id of a built-in role, by its name in `azure.roles`, or of any role by its GUID."""

    role: str


@dataclass(frozen=True, slots=True)
class TenantId:
    """The tenant of the deployment, known when it runs."""


class Resource(NamedTuple):
    """One Azure resource of one target."""

    address: str  # unique in a target: storage_accounts.lake.containers.raw
    type: str  # Microsoft.Storage/storageAccounts/blobServices/containers
    names: tuple[str, ...]  # one per segment of the type: ("stlake", "default", "raw")
    body: Mapping[Any, Any]  # what stands beside `name`, in the order in which it is printed
    owner: str  # address of the entry of the spec or of what was derived
    parent: str | None = None  # address of the resource that this one lives in
    scope: str | None = None  # address or id of what this one extends (roles, locks, diagnostic settings)
    name_parts: tuple[Of | str, ...] | None = None  # the name is guid(…) of these; `names` holds its value
    depends_on: tuple[str, ...] = ()  # addresses, where no reference in the body says so already
    because: str | None = None
    layer: Layer | None = None  # None: the last one of what it extends and refers to
    exceptions: tuple[tuple[str, str], ...] = ()  # linter rule, the reason why it is off here
    properties_written: bool = False  # the spec's own `properties:` were merged in: an extension, listed in the README


_MAY_REFER = (dict, list, Of)  # of the values of a body


def addresses_in(body: Any) -> list[str]:
    """The addresses of the resources that a body refers to."""
    found: list[str] = []
    _collect_addresses(body, found)
    return found


def _collect_addresses(part: Any, found: list[str]) -> None:
    if isinstance(part, dict):
        for key, value in part.items():
            if not isinstance(key, str):
                _collect_addresses(key, found)
            if isinstance(value, _MAY_REFER):
                _collect_addresses(value, found)
    elif isinstance(part, list):
        for value in part:
            if isinstance(value, _MAY_REFER):
                _collect_addresses(value, found)
    elif isinstance(part, Of):
        found.append(part.address)


class Replaced(NamedTuple):
    """A value that would stand in a resource, and what the spec's own `properties:` put in its place."""

    path: tuple[str, ...]  # below `properties`, as the spec writes it
    value: Any
    by: Any


class Merged(dict[str, Any]):
    """Properties with others merged into them, which remember what these replaced."""

    replaced: tuple[Replaced, ...] = ()


def merged(properties: Mapping[str, Any], written: Mapping[str, Any]) -> Merged:
    """Properties with the spec's own `properties:` over them: maps merge, all else is replaced.

    Resource Manager compares names of properties without regard to case: a name that is there in another one is that.

    >>> done = merged({"acls": {"bypass": "None", "rules": [1]}}, {"Acls": {"rules": [2]}})
    >>> done, done.replaced
    ({'acls': {'bypass': 'None', 'rules': [2]}}, (Replaced(path=('Acls', 'rules'), value=[1], by=[2]),))
    """
    result, replaced = Merged(properties), list[Replaced]()
    if not written:
        return result
    names = {key.lower(): key for key in result}
    for name, value in written.items():
        key = names.get(name.lower(), name)
        below = result.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            inner = merged(below, value)
            replaced += (each._replace(path=(name, *each.path)) for each in inner.replaced)
            result[key] = inner
        else:
            result[key] = value
            if below not in (None, [], {}) and _folded(below) != _folded(value):
                replaced.append(Replaced((name,), below, value))
    result.replaced = tuple(replaced)
    return result


def _folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value

"""Every type of what lies in resource groups, as Bicep knows it: how it is spelled, and its newest stable version.

`resource_types.txt` has a line for each version of a provider, with the types that have it: BT, as the Bicep CLI 0.49
judges them, written by `python -m tools.resource_types`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

_TABLE = Path(__file__).with_name("resource_types.txt")


def spelled(resource_type: str) -> str | None:
    """A type as Bicep spells it; None of one that it does not know.

    >>> spelled("microsoft.sql/SERVERS/databases"), spelled("Microsoft.Sql/server")
    ('Microsoft.Sql/servers/databases', None)
    """
    return _spellings().get(resource_type.lower())


def newest_version(resource_type: str) -> str:
    """The API version of a type that is known.

    >>> newest_version("Microsoft.EventHub/namespaces")
    '2026-01-01'
    """
    return known_types()[_spellings()[resource_type.lower()]]


@cache
def known_types() -> Mapping[str, str]:
    """From each type to its version."""
    found: dict[str, str] = {}
    for line in _TABLE.read_text(encoding="utf-8").splitlines():
        provider, version, *types = line.split()
        found |= {f"{provider}/{each}": version for each in types}
    return MappingProxyType(found)


@cache
def _spellings() -> Mapping[str, str]:
    return MappingProxyType({each.lower(): each for each in known_types()})

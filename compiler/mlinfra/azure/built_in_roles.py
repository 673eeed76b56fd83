"""Every built-in role of Azure: its name, its GUID, and what of its operations is asked for here.

`built_in_roles.txt` has a line for each, sorted by name, with tabs between: the GUID, the name, the provider at whose
resources alone it lets do something ("-": it is no single one), and what it opens ("-": none of it, "?": unknown).
RB: names and GUIDs as Resource Manager lists them, operations as its definitions do; written by
`python -m tools.built_in_roles`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

_TABLE = Path(__file__).with_name("built_in_roles.txt")
UNKNOWN = "?"
NOTHING = "-"


@dataclass(frozen=True, slots=True)
class BuiltInRole:
    guid: str
    name: str
    provider: str | None  # such as "microsoft.storage/": of the only resources at which it lets do something
    opens: frozenset[str] | None  # such as "blobs:read", "keys", "grants"; None where nobody here knows


def _role(line: str) -> BuiltInRole:
    guid, name, provider, opens = line.split("\t")
    opened = None if opens == UNKNOWN else frozenset(each for each in opens.split(",") if each != NOTHING)
    return BuiltInRole(guid, name, None if provider == NOTHING else provider, opened)


# From each name to its role; a role that Azure renamed has a line for each of its names.
BUILT_IN_ROLES: Mapping[str, BuiltInRole] = MappingProxyType(
    {role.name: role for role in map(_role, _TABLE.read_text(encoding="utf-8").splitlines())}
)

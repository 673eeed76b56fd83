"""Rights that permissions and grants of Databricks give, and which of them holds which other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

# docs, "Access control lists": who manages may do all but own, and all others may see.
_OWNS, _MANAGES, _SEES = "IS_OWNER", "CAN_MANAGE", frozenset({"CAN_VIEW", "CAN_READ"})
# docs, "Unity Catalog privileges": what ALL PRIVILEGES leaves out.
_ALL, _NOT_OF_ALL = "ALL_PRIVILEGES", frozenset({"MANAGE", "EXTERNAL_USE_LOCATION", "EXTERNAL_USE_SCHEMA"})
_WHO = ("principal", "user_name", "group_name", "service_principal_name")


class Held(NamedTuple):
    """One right of somebody."""

    who: str
    right: str

    def holds(self, other: Held) -> bool:
        if self.who != other.who:
            return False
        if self.right == other.right or self.right == _OWNS:
            return True
        if self.right == _ALL:
            return other.right not in _NOT_OF_ALL
        return other.right in _SEES or (self.right == _MANAGES and other.right != _OWNS)


def held(items: Iterable[Any]) -> list[Held] | None:
    """What a list of permissions or of grants gives; None where it holds anything else."""
    found: list[Held] = []
    for item in items:
        rights = list(_of(item)) if isinstance(item, Mapping) else []
        if not rights:
            return None
        found.extend(rights)
    return found


def _of(item: Mapping[str, Any]) -> Iterator[Held]:
    who = next((f"{key} {item[key]}" for key in _WHO if key in item), "")
    rights = [item["level"]] if "level" in item else item.get("privileges")
    if who and isinstance(rights, list):
        yield from (Held(who, str(right).replace(" ", "_").upper()) for right in rights)

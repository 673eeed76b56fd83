"""Who can reach what, before and after: by a role, and from where by network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mlinfra.azure.roles import ROLE_ASSIGNMENTS_TYPE, role_name
from mlinfra.differ.exposure import exposure
from mlinfra.differ.model import Grant, Reach
from mlinfra.differ.side import Thing
from mlinfra.differ.things import Pair

_ASSIGNMENT = f"/providers/{ROLE_ASSIGNMENTS_TYPE}/".lower()


@dataclass(frozen=True)
class Names:
    """What ids and object ids are called in the spec, on one side or the other."""

    by_id: Mapping[str, str]  # in lower case -> address
    by_object: Mapping[str, str]  # object id of a principal -> its address

    def of_id(self, identifier: str) -> str:
        return self.by_id.get(identifier.lower(), identifier.rpartition("/")[2] or identifier)

    def of_principal(self, written: str) -> str:
        """Of what stands in `principalId`: an object id, or a property of an identity."""
        if written.startswith("${"):
            return self.of_id(written[2:].partition(".properties.")[0].partition(".identity.")[0])
        return self.by_object.get(written.lower(), written)


def grants(pairs: Iterable[Pair], names: Names) -> Iterator[Grant]:
    """Every role that somebody gains, or that leaves the spec: that one stays granted until somebody takes it away."""
    gained: dict[tuple[str, str, str, str], None] = {}
    left: dict[tuple[str, str, str, str], None] = {}
    for pair in pairs:
        old, new = _grant(pair.before, names), _grant(pair.after, names)
        if pair.there.type != ROLE_ASSIGNMENTS_TYPE or old == new:
            continue
        if new:
            gained[new] = None
        if old:
            left[old] = None
    for target, principal, scope, role in sorted({**gained, **left}):
        place = (target, principal, scope, role)
        if place not in left:
            yield Grant(principal, scope, None, role, target, remains=False)
        elif place not in gained:
            yield Grant(principal, scope, role, None, target, remains=True)


def _grant(thing: Thing | None, names: Names) -> tuple[str, str, str, str] | None:
    if thing is None or thing.body is None or thing.id is None or thing.type != ROLE_ASSIGNMENTS_TYPE:
        return None
    properties: Mapping[str, Any] = thing.body.get("properties", {})
    at = thing.id.lower().rfind(_ASSIGNMENT)
    principal = names.of_principal(str(properties.get("principalId")))
    return thing.target, principal, names.of_id(thing.id[:at]), _role(thing, str(properties.get("roleDefinitionId")))


def _role(thing: Thing, definition: str) -> str:
    guid = definition.rpartition("/")[2]
    derived = thing.address.partition(".")[2].split("/")
    return role_name(guid) or (derived[1] if len(derived) > 2 else guid)  # assignee, role, scope


def reaches(pairs: Iterable[Pair]) -> Iterator[Reach]:
    """What can be reached from elsewhere than before."""
    for pair in pairs:
        if pair.before is None or pair.after is None:
            continue
        old, new = (exposure((thing.body or {}).get("properties") or {}) for thing in (pair.before, pair.after))
        if old and new and old != new and old.said() != new.said():
            yield Reach(pair.after.address, pair.after.target, old.said(), new.said())

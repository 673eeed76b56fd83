"""Who can reach what, before and after: by a role, and from where by network."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from mlinfra.azure.exposure import exposure
from mlinfra.azure.roles import ROLE_ASSIGNMENTS_TYPE, role_name
from mlinfra.differ.model import Grant, Reach
from mlinfra.differ.side import Thing
from mlinfra.differ.things import Pair

_ASSIGNMENT = f"/providers/{ROLE_ASSIGNMENTS_TYPE}/".lower()


@dataclass(frozen=True)
class Names:
    """What ids and object ids are called in the spec, on one side or the other."""

    by_id: Mapping[str, str]  # in lower case -> address
    by_object: Mapping[str, str]  # object id of a principal -> its address
    of_others: Container[str] = frozenset()  # ids of what exists, in lower case

    def of_id(self, identifier: str) -> str:
        return self.by_id.get(identifier.lower(), identifier.rpartition("/")[2] or identifier)

    def of_principal(self, written: str) -> str:
        """Of what stands in `principalId`: an object id, or a property of an identity."""
        if written.startswith("${"):
            return self.of_id(written[2:].partition(".properties.")[0].partition(".identity.")[0])
        return self.by_object.get(written.lower(), written)


def grants(pairs: Iterable[Pair], names: Names) -> Iterator[Grant]:
    """Every role that somebody gains, or that leaves the spec: that one stays granted until somebody takes it away."""
    gained: dict[_Place, None] = {}
    left: dict[_Place, None] = {}
    for pair in pairs:
        old, new = _grant(pair.before, names), _grant(pair.after, names)
        if pair.there.type != ROLE_ASSIGNMENTS_TYPE or old == new:
            continue
        if new:
            gained[new] = None
        if old:
            left[old] = None
    several = _told_apart({**gained, **left})
    for place in sorted({**gained, **left}):
        principal = f"{place.principal} ({place.object})" if place.principal in several else place.principal
        if place not in left:
            yield Grant(principal, place.scope, None, place.role, place.target, remains=False)
        elif place not in gained:
            yield Grant(principal, place.scope, place.role, None, place.target, remains=True)


class _Place(NamedTuple):
    """One role of one principal somewhere."""

    target: str
    principal: str  # as the spec calls it
    scope: str
    role: str
    object: str  # of Entra: another one under the same name is somebody else
    id: str  # of a scope of somebody else's: another one under the same address is somewhere else


def _told_apart(places: Iterable[_Place]) -> set[str]:
    """The principals of a target that are two of Entra, before and after."""
    objects: dict[tuple[str, str], set[str]] = {}
    for place in places:
        objects.setdefault((place.target, place.principal), set()).add(place.object)
    return {principal for (_, principal), found in objects.items() if len(found) > 1}


def _grant(thing: Thing | None, names: Names) -> _Place | None:
    if thing is None or thing.body is None or thing.id is None or thing.type != ROLE_ASSIGNMENTS_TYPE:
        return None
    properties: Mapping[str, Any] = thing.body.get("properties", {})
    at = thing.id.lower().rfind(_ASSIGNMENT)
    written = str(properties.get("principalId"))
    role = _role(thing, str(properties.get("roleDefinitionId")))
    entra = "" if written.startswith("${") else written.lower()
    scope = thing.id[:at]
    theirs = scope.lower() if scope.lower() in names.of_others else ""
    return _Place(thing.target, names.of_principal(written), names.of_id(scope), role, entra, theirs)


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

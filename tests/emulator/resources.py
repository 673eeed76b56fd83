"""The resources of Azure, as Resource Manager shows them: the table `resources` of the state."""

from __future__ import annotations

from collections.abc import Iterator

from tests.emulator.ids import key, type_of
from tests.emulator.protocol import Json, refuse
from tests.emulator.state import State


def find(state: State, identifier: str) -> Json | None:
    """The resource at an address, or None."""
    found: Json | None = state.table("resources").get(key(identifier))
    return found


def need(state: State, identifier: str) -> Json:
    """The resource at an address; refuses with 404."""
    found = find(state, identifier)
    if found is not None:
        return found
    if "/providers/" not in identifier:
        name = identifier.rpartition("/")[2]
        refuse(404, "ResourceGroupNotFound", f"Resource group '{name}' could not be found.")
    short = "/".join(identifier.rpartition("/providers/")[2].split("/"))
    message = f"The Resource '{short}' under resource group '{identifier.split('/')[4]}' was not found."
    return refuse(404, "ResourceNotFound", message)


def keep(state: State, identifier: str, body: Json) -> Json:
    """Puts a resource in its place, with what its address says."""
    kept = {**body, "id": identifier, "name": identifier.rpartition("/")[2], "type": type_of(identifier)}
    state.table("resources")[key(identifier)] = kept
    return kept


def below(state: State, identifier: str) -> list[Json]:
    """All that stands in or extends a resource, in the order of the addresses."""
    prefix = f"{key(identifier)}/"
    return [body for place, body in sorted(state.table("resources").items()) if place.startswith(prefix)]


def members(state: State, collection: str) -> list[Json]:
    """The resources of a collection."""
    depth = key(collection).count("/") + 1
    return [body for body in below(state, collection) if key(body["id"]).count("/") == depth]


def of_type(state: State, resource_type: str) -> Iterator[Json]:
    """All resources of a type, in the order of the addresses."""
    for _, body in sorted(state.table("resources").items()):
        if body["type"].lower() == resource_type.lower():
            yield body


def remove(state: State, identifier: str) -> None:
    """Takes away a resource with all that stands in or extends it."""
    for body in [*below(state, identifier), {"id": identifier}]:
        state.table("resources").pop(key(body["id"]), None)
        state.table("sent").pop(key(body["id"]), None)

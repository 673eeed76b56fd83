"""Who may do what where: role assignments with their conditions, as far as they have spread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tests.emulator.builtin_roles import built_in_role
from tests.emulator.conditions import Attributes, Subject, parse, wildcard
from tests.emulator.ids import MANAGED_DISK_IDENTITY, STORAGE_ACCOUNT_IDENTITY, covers
from tests.emulator.protocol import Json, refuse
from tests.emulator.resources import of_type
from tests.emulator.spreading import is_known
from tests.emulator.state import State
from tests.emulator.tokens import Caller

_ASSIGNMENTS = "Microsoft.Authorization/roleAssignments"
_DEFINITIONS = "Microsoft.Authorization/roleDefinitions"


ON_RESOURCES, ON_DATA = ("actions", "notActions"), ("dataActions", "notDataActions")


class About(NamedTuple):
    """What conditions can ask beside the action: what is asked for, and what is there."""

    request: Attributes
    resource: Attributes


NOTHING = About({}, {})


def require(state: State, caller: Caller, action: str, scope: str, about: About = NOTHING) -> None:
    """Refuses, as Resource Manager does, what the caller may not do at a scope."""
    if not allows(state, caller.object_id, action, scope, about):
        message = (
            f"The client '{caller.client_id}' with object id '{caller.object_id}' does not have authorization to "
            f"perform action '{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, "
            "please refresh your credentials."
        )
        refuse(403, "AuthorizationFailed", message)


def allows(
    state: State,
    object_id: str,
    action: str,
    scope: str,
    about: About = NOTHING,
    lists: tuple[str, str] = ON_RESOURCES,
) -> bool:
    """Whether a principal may: by a role at the scope or above it, under its condition.

    `lists` are those of a role that hold the action, and what is taken off.

    A role assignment that has not spread yet is passed by, and nearer to being seen afterwards.
    """
    for assignment in _assignments(state, object_id, scope):
        role = definition(state, assignment["properties"]["roleDefinitionId"])
        if role is None or not permits(role, action, lists) or not _holds(assignment, action, about):
            continue
        if is_known(state, "assignments", assignment["id"]):
            return True
    return False


def permits_somehow(state: State, object_id: str, action: str, scope: str) -> bool:
    """Whether a principal may do this there at least under some condition, which is judged when he does it."""
    roles = (
        definition(state, found["properties"]["roleDefinitionId"]) for found in _assignments(state, object_id, scope)
    )
    return any(role is not None and permits(role, action) for role in roles)


def sees(state: State, object_id: str, scope: str) -> bool:
    """Whether a principal has any role at a scope, above or below it: then lists show it to him."""
    return any(
        covers(scope, assignment["properties"]["scope"]) or covers(assignment["properties"]["scope"], scope)
        for assignment in of_type(state, _ASSIGNMENTS)
        if assignment["properties"]["principalId"].lower() == object_id.lower()
    )


def definition(state: State, role_id: str) -> Json | None:
    """A role's definition by its id, whatever scope that names, or None."""
    guid = role_id.rpartition("/")[2]
    custom = (role for role in of_type(state, _DEFINITIONS) if role["name"].lower() == guid.lower())
    return built_in_role(guid) or next(custom, None)


def permits(role: Json, action: str, lists: tuple[str, str] = ON_RESOURCES) -> bool:
    """Whether a role's definition holds an action in one of its lists, and not in the other one."""
    return any(
        _matches(permission.get(lists[0], ()), action) and not _matches(permission.get(lists[1], ()), action)
        for permission in role["properties"]["permissions"]
    )


def _matches(patterns: Iterable[str], action: str) -> bool:
    return any(wildcard(pattern).fullmatch(action) for pattern in patterns)


def _assignments(state: State, object_id: str, scope: str) -> Iterator[Json]:
    for assignment in of_type(state, _ASSIGNMENTS):
        properties = assignment["properties"]
        if properties["principalId"].lower() == object_id.lower() and covers(properties["scope"], scope):
            yield assignment


def _holds(assignment: Json, action: str, about: About) -> bool:
    condition = assignment["properties"].get("condition")
    return not condition or parse(condition)(Subject(action, about.request, about.resource))


def principal_type(state: State, object_id: str) -> str | None:
    """What kind of principal an object id is of, or None where the directory knows none."""
    wanted = object_id.lower()
    if known := state.table("directory").get(wanted):
        return str(known)
    applications = (application["object_id"] for application in state.table("applications").values())
    identities = (
        principal
        for body in state.table("resources").values()
        for principal in ((body.get("identity") or {}).get("principalId"), *_principals_made_with(body))
    )
    return "ServicePrincipal" if wanted in {*applications, *identities} else None


def _principals_made_with(body: Json) -> Iterator[str]:
    """An identity is one itself; a workspace of Databricks has some that read keys."""
    properties = body.get("properties") or {}
    if body["type"].lower() == "microsoft.managedidentity/userassignedidentities":
        yield properties["principalId"]
    for name in (MANAGED_DISK_IDENTITY, STORAGE_ACCOUNT_IDENTITY):
        if name in properties:
            yield properties[name]["principalId"]

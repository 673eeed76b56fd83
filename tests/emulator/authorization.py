"""Definitions and assignments of roles."""

from __future__ import annotations

import re

from tests.emulator.builtin_roles import built_in_roles
from tests.emulator.conditions import ConditionError, parse
from tests.emulator.ids import covers, key, subscription_of
from tests.emulator.protocol import Json, Request, Response, refuse
from tests.emulator.resources import find, keep, of_type, remove
from tests.emulator.rights import About, definition, principal_type, require
from tests.emulator.spreading import begin, is_known
from tests.emulator.state import State
from tests.emulator.tokens import Caller

ASSIGNMENTS = "Microsoft.Authorization/roleAssignments"
DEFINITIONS = "Microsoft.Authorization/roleDefinitions"
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


def definitions(request: Request, state: State, caller: Caller, scope: str, name: str) -> Response:
    """Reads, lists, puts and deletes definitions. A custom one has one place, whatever scope it is asked for at."""
    identifier = f"/subscriptions/{subscription_of(scope)}/providers/{DEFINITIONS}/{name}"
    match request.method:
        case "GET" if not name:
            require(state, caller, f"{DEFINITIONS}/read", scope)
            custom = [role for role in of_type(state, DEFINITIONS) if _is_assignable(role, scope)]
            return Response(200, {"value": _named([*built_in_roles(), *custom], request.query.get("$filter", ""))})
        case "GET":
            require(state, caller, f"{DEFINITIONS}/read", scope)
            found = definition(state, name)
            if found is None:
                refuse(
                    404, "RoleDefinitionDoesNotExist", f"The specified role definition with ID '{name}' was not found."
                )
            return Response(200, found)
        case "PUT":
            return Response(201, _define(request.json(), state, caller, identifier))
        case "DELETE":
            require(state, caller, f"{DEFINITIONS}/delete", scope)
            if any(_role_of(assignment) == name.lower() for assignment in of_type(state, ASSIGNMENTS)):
                refuse(400, "RoleDefinitionHasAssignments", "There are existing role assignments referencing role.")
            found = find(state, identifier)
            remove(state, identifier)
            return Response(200 if found else 204, found)
    return refuse(405, "MethodNotAllowed", f"{request.method} is not played by the emulator")


def _define(body: Json, state: State, caller: Caller, identifier: str) -> Json:
    properties = body.get("properties") or {}
    scopes = properties.get("assignableScopes") or []
    for field in ("roleName", "permissions", "assignableScopes"):
        if not properties.get(field):
            refuse(400, "RoleDefinitionInvalid", f"The role definition has no {field}.")
    if not _GUID.fullmatch(identifier.rpartition("/")[2]):
        refuse(400, "InvalidRoleDefinitionId", "The role definition ID must be a GUID.")
    for scope in scopes:
        require(state, caller, f"{DEFINITIONS}/write", scope)
    for other in (*built_in_roles(), *of_type(state, DEFINITIONS)):
        if other["properties"]["roleName"] == properties["roleName"] and key(other["id"]) != key(identifier):
            message = f"A custom role with the same name already exists in this directory: {other['name']}."
            refuse(409, "RoleDefinitionWithSameNameExists", message)
    lists = ("actions", "notActions", "dataActions", "notDataActions")
    permissions = [{name: part.get(name, []) for name in lists} for part in properties["permissions"]]
    is_new = find(state, identifier) is None
    kept = keep(state, identifier, {"properties": {"type": "CustomRole", **properties, "permissions": permissions}})
    if is_new:
        begin(state, "roles", kept["name"])
    return kept


def _named(roles: list[Json], text: str) -> list[Json]:
    named = re.search(r"roleName eq '([^']+)'", text)
    return [role for role in roles if named is None or role["properties"]["roleName"] == named[1]]


def _is_assignable(role: Json, scope: str) -> bool:
    return any(
        covers(assignable, scope) or covers(scope, assignable) for assignable in role["properties"]["assignableScopes"]
    )


def assignments(request: Request, state: State, caller: Caller, scope: str, name: str) -> Response:
    """Reads, lists, puts and deletes assignments."""
    identifier = f"{scope}/providers/{ASSIGNMENTS}/{name}"
    found = find(state, identifier)
    match request.method:
        case "GET" if not name:
            require(state, caller, f"{ASSIGNMENTS}/read", scope)
            return Response(200, {"value": _listed(state, scope, request.query.get("$filter", ""))})
        case "GET":
            require(state, caller, f"{ASSIGNMENTS}/read", identifier)
            if found is None:
                refuse(404, "RoleAssignmentNotFound", f"The role assignment '{name}' is not found.")
            return Response(200, found)
        case "PUT":
            kept = assign(state, caller, identifier, request.json().get("properties") or {})
            return Response(200 if found else 201, kept)
        case "DELETE":
            about = About({}, _attributes(found["properties"]) if found else {})
            require(state, caller, f"{ASSIGNMENTS}/delete", identifier, about)
            remove(state, identifier)
            return Response(200 if found else 204, found)
    return refuse(405, "MethodNotAllowed", f"{request.method} is not played by the emulator")


def assign(state: State, caller: Caller, identifier: str, properties: Json) -> Json:
    """Gives a role, if the caller may give this one to this principal."""
    scope, name = identifier.rpartition("/providers/")[0], identifier.rpartition("/")[2]
    if not _GUID.fullmatch(name):
        refuse(400, "InvalidRoleAssignmentId", f"The role assignment ID '{name}' is not valid. It must be a GUID.")
    for field in ("roleDefinitionId", "principalId"):
        if not properties.get(field):
            refuse(400, "BadRequestFormat", f"The request was incorrectly formatted: no {field}.")
    found = find(state, identifier)
    about = About(_attributes(properties), _attributes(found["properties"]) if found else {})
    require(state, caller, f"{ASSIGNMENTS}/write", identifier, about)
    _require_role(state, properties["roleDefinitionId"], scope)
    kind = _require_principal(state, properties)
    _require_condition(properties)
    same = ("principalId", "roleDefinitionId")
    if found and any(key(found["properties"][field]) != key(properties[field]) for field in same):
        message = "Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
        refuse(400, "RoleAssignmentUpdateNotPermitted", message)
    for other in of_type(state, ASSIGNMENTS):
        if _is_same(other["properties"], properties, scope) and key(other["id"]) != key(identifier):
            message = f"The role assignment already exists. The ID of the existing role assignment is {other['name']}."
            refuse(409, "RoleAssignmentExists", message)
    kept = keep(state, identifier, {"properties": {**properties, "principalType": kind, "scope": scope}})
    if found is None:
        begin(state, "assignments", identifier)
    return kept


def _require_role(state: State, role_id: str, scope: str) -> None:
    guid, role = role_id.rpartition("/")[2].lower(), definition(state, role_id)
    known = role is not None and is_known(state, "roles", guid)
    if role is None or not known or not any(covers(one, scope) for one in role["properties"]["assignableScopes"]):
        refuse(400, "RoleDefinitionDoesNotExist", f"The specified role definition with ID '{guid}' does not exist.")


def _require_principal(state: State, properties: Json) -> str:
    principal, kind = properties["principalId"], principal_type(state, properties["principalId"])
    # Who says the type does not have to wait: learn.microsoft.com/azure/role-based-access-control/role-assignments-rest
    if kind is None or not (properties.get("principalType") or is_known(state, "principals", principal)):
        message = (
            f"Principal {principal} does not exist in the directory. Check that you have the correct principal ID. If "
            "you are creating this principal and then immediately assigning a role, this error might be related to a "
            "replication delay."
        )
        refuse(400, "PrincipalNotFound", message)
    if (asked := properties.get("principalType") or kind) != kind:
        refuse(400, "UnmatchedPrincipalType", f"The PrincipalId '{principal}' has type '{kind}', not '{asked}'.")
    return kind


def _require_condition(properties: Json) -> None:
    if not properties.get("condition"):
        return
    if properties.get("conditionVersion", "2.0") != "2.0":
        refuse(400, "InvalidConditionVersion", "The condition version must be 2.0.")
    try:
        parse(properties["condition"])
    except ConditionError as error:
        refuse(400, "InvalidRoleAssignmentCondition", f"The condition is not valid: {error}.")


def _attributes(properties: Json) -> dict[str, str]:
    values = {
        "RoleDefinitionId": properties["roleDefinitionId"].rpartition("/")[2],
        "PrincipalId": properties["principalId"],
        "PrincipalType": properties.get("principalType"),
    }
    return {f"{ASSIGNMENTS}:{name}": value for name, value in values.items() if value}


def _role_of(assignment: Json) -> str:
    return str(assignment["properties"]["roleDefinitionId"]).rpartition("/")[2].lower()


def _is_same(one: Json, other: Json, scope: str) -> bool:
    roles = {key(each["roleDefinitionId"]).rpartition("/")[2] for each in (one, other)}
    principals = {each["principalId"].lower() for each in (one, other)}
    return len(roles) == len(principals) == 1 and key(one["scope"]) == key(scope)


def _listed(state: State, scope: str, text: str) -> list[Json]:
    """Those at and above a scope, and below it without `atScope()`; of one principal where one is named."""
    principal = re.search(r"(?:principalId eq|assignedTo\()\s*'([^']+)'", text)
    return [
        found
        for found in of_type(state, ASSIGNMENTS)
        if (
            covers(found["properties"]["scope"], scope)
            or ("atscope()" not in text.lower() and covers(scope, found["properties"]["scope"]))
        )
        and (principal is None or found["properties"]["principalId"].lower() == principal[1].lower())
    ]

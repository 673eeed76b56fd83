"""Subscriptions, the tenant, resource groups and tags."""

from __future__ import annotations

from tests.emulator.ids import GROUP_TYPE, SUBSCRIPTION_TYPE, type_of
from tests.emulator.locks import require_unlocked
from tests.emulator.protocol import Json, Request, Response, refuse
from tests.emulator.resources import find, keep, need, of_type, remove
from tests.emulator.rights import require, sees
from tests.emulator.state import State
from tests.emulator.tokens import TENANT, Caller


def add_subscription(state: State, identifier: str, name: str) -> str:
    """A subscription; returns its scope."""
    scope = f"/subscriptions/{identifier}"
    more = {"subscriptionId": identifier, "tenantId": TENANT, "displayName": name, "state": "Enabled"}
    keep(state, scope, {**more, "authorizationSource": "RoleBased", "managedByTenants": [], "subscriptionPolicies": {}})
    return scope


def tenants() -> Response:
    """The one that there is."""
    tenant = {
        "id": f"/tenants/{TENANT}",
        "tenantId": TENANT,
        "displayName": "Emulated",
        "defaultDomain": "emulated.example",
    }
    return Response(200, {"value": [tenant]})


def subscriptions(state: State, caller: Caller) -> Response:
    """Those in which the caller has any role."""
    found = of_type(state, SUBSCRIPTION_TYPE)
    return Response(200, {"value": [one for one in found if sees(state, caller.object_id, one["id"])]})


def subscription(state: State, caller: Caller, scope: str) -> Response:
    """One of them; whoever has no role in it learns nothing of it."""
    found = find(state, scope)
    if found is None or not sees(state, caller.object_id, scope):
        refuse(404, "SubscriptionNotFound", f"The subscription '{scope.rpartition('/')[2]}' could not be found.")
    return Response(200, found)


def listed_groups(state: State, caller: Caller, scope: str) -> Response:
    """The resource groups that the caller may read."""
    groups = [group for group in of_type(state, GROUP_TYPE) if group["id"].lower().startswith(scope.lower())]
    return Response(200, {"value": [group for group in groups if sees(state, caller.object_id, group["id"])]})


def group(request: Request, state: State, caller: Caller, scope: str) -> Response:
    """Reads, makes, changes or deletes a resource group."""
    found = find(state, scope)
    match request.method:
        case "PUT" | "PATCH":
            require(state, caller, f"{GROUP_TYPE}/write", scope)
            return Response(200 if found else 201, _put(request, state, scope, found))
        case "GET" | "HEAD":
            require(state, caller, f"{GROUP_TYPE}/read", scope)
            kept = need(state, scope)
            return Response(200, kept) if request.method == "GET" else Response(204)
        case "DELETE":
            require(state, caller, f"{GROUP_TYPE}/delete", scope)
            require_unlocked(state, scope, "delete")
            need(state, scope)
            remove(state, scope)
            return Response(200)
    return refuse(405, "MethodNotAllowed", f"{request.method} is not played by the emulator")


def _put(request: Request, state: State, scope: str, found: Json | None) -> Json:
    body = request.json()
    name = scope.rpartition("/")[2]
    if request.method == "PATCH":
        body = {**need(state, scope), **body}
    location = body.get("location")
    if not location:
        refuse(400, "LocationRequired", "The location property is required for this definition.")
    if found and found["location"] != location:
        message = (
            f"Invalid resource group location '{location}'. The Resource group already exists in location "
            f"'{found['location']}'."
        )
        refuse(409, "InvalidResourceGroupLocation", message)
    if found is None and name.lower() in state.table("deprovisioning"):
        refuse(409, "ResourceGroupBeingDeleted", f"The resource group '{name}' is in deprovisioning state.")
    properties = {"provisioningState": "Succeeded"}
    return keep(state, scope, {"location": location, "tags": body.get("tags") or {}, "properties": properties})


def tags(request: Request, state: State, caller: Caller, scope: str) -> Response:
    """Reads or changes the tags of a subscription, a group or a resource as a whole."""
    kind = "Microsoft.Resources/tags"
    changes = request.method in ("PUT", "PATCH")
    require(state, caller, f"{kind}/{'write' if changes else 'read'}", scope)
    body = need(state, scope)
    have = body.setdefault("tags", {})
    if changes:
        asked = request.json()
        given = (asked.get("properties") or {}).get("tags") or {}
        operation = asked.get("operation") if request.method == "PATCH" else "Replace"
        require_unlocked(state, scope, "write")
        body["tags"] = _changed(str(operation), have, given)
    identifier = f"{scope}/providers/{kind}/default"
    properties = {"tags": find(state, scope)["tags"]}  # type: ignore[index] # it was needed above
    return Response(200, {"id": identifier, "name": "default", "type": type_of(identifier), "properties": properties})


def _changed(operation: str, have: dict[str, str], given: dict[str, str]) -> dict[str, str]:
    """Names of tags keep the case in which they were first given, and are compared without it."""
    names = {name.lower(): name for name in have}
    match operation:
        case "Merge":
            return have | {names.get(name.lower(), name): value for name, value in given.items()}
        case "Replace":
            return dict(given)
        case "Delete":
            gone = {name.lower() for name in given}
            return {name: value for name, value in have.items() if name.lower() not in gone}
    return refuse(400, "InvalidTagsOperation", f"The operation '{operation}' is not Merge, Replace or Delete.")

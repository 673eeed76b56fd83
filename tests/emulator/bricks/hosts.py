"""The hosts of Databricks: who may ask them, and as what.

A workspace knows whom the account has let in. Whoever may assign its administrators in Azure, as a Contributor may,
becomes one at the first call that says of which resource of Azure the workspace is. Source: docs, "Authenticate with
Microsoft Entra service principals", headers of Azure.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.emulator.bricks import account, things, unity
from tests.emulator.bricks.asked import ADMIN, APPLICATION, USER, Asked, denied, refuse, routed
from tests.emulator.protocol import Json, Request, Response
from tests.emulator.resources import of_type
from tests.emulator.rights import allows
from tests.emulator.state import State
from tests.emulator.tokens import Caller, caller_of

ACCOUNTS = "accounts.azuredatabricks.net"
WORKSPACES = "Microsoft.Databricks/workspaces"
ASSIGNS = f"{WORKSPACES}/assignWorkspaceAdmin/action"
OF_AZURE, MANAGEMENT = "x-databricks-azure-workspace-resource-id", "x-databricks-azure-sp-management-token"


@dataclass(frozen=True)
class Workspace:
    """All workspaces: which of them is asked, the host says."""

    pattern: str = "adb-*.azuredatabricks.net"

    def answer(self, request: Request, state: State) -> Response:
        resource = next(
            (one for one in of_type(state, WORKSPACES) if one["properties"]["workspaceUrl"] == request.host), None
        )
        if resource is None:
            refuse(404, "ENDPOINT_NOT_FOUND", f"There is no workspace {request.host}")
        number = str(resource["properties"]["workspaceId"])
        at = state.table("databricks", "workspaces", number)
        at["number"] = number
        caller = _caller(request, state)
        level = _level(state, caller, number) or _by_azure(request, state, caller, resource, at)
        return routed({**unity.ROUTES, **things.ROUTES}, Asked(request, state, caller, level, at))


@dataclass(frozen=True)
class Account:
    """The account, which its administrators alone may ask."""

    pattern: str = ACCOUNTS

    def answer(self, request: Request, state: State) -> Response:
        at, caller = state.table("databricks", "account"), _caller(request, state)
        if f"/accounts/{at.get('id')}/" not in f"{request.path}/":
            denied("This account is not yours.")
        if caller.client_id not in at.get("admins", ()):
            denied("This API is only accessible by account admins.")
        for resource in of_type(state, WORKSPACES):  # all of the tenant are in its account
            number = str(resource["properties"]["workspaceId"])
            state.table("databricks", "workspaces", number)["number"] = number
        return routed(account.ROUTES, Asked(request, state, caller, ADMIN, at))


def _caller(request: Request, state: State) -> Caller:
    caller = caller_of(request, state)
    if caller.audience != APPLICATION:
        refuse(401, "UNAUTHENTICATED", f"Invalid access token. The audience is {caller.audience}")
    return caller


def _level(state: State, caller: Caller, number: str) -> str:
    """As what the account, or an earlier call, has let somebody in."""
    at = state.table("databricks", "account")
    assigned = at.get("assigned", {}).get(number, {})
    member = next((one for one in at.get("service_principals", ()) if one["applicationId"] == caller.client_id), None)
    levels = assigned.get(member["id"], ()) if member else ()
    if caller.client_id in state.table("databricks", "workspaces", number).get("admins", ()):
        return ADMIN
    return next((level for level in (ADMIN, USER) if level in levels), "")


def _by_azure(request: Request, state: State, caller: Caller, resource: Json, at: Json) -> str:
    said, token = request.headers.get(OF_AZURE, ""), request.headers.get(MANAGEMENT, "")
    of_management = Request(request.host, "GET", "", {}, {"authorization": f"Bearer {token}"})
    if said.lower() == resource["id"].lower() and token:
        asking = caller_of(of_management, state)
        if asking.object_id == caller.object_id and allows(state, caller.object_id, ASSIGNS, resource["id"]):
            at.setdefault("admins", []).append(caller.client_id)
            return ADMIN
    return denied(f"The service principal {caller.client_id} is not a member of this workspace.")

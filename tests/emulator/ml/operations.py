"""What takes a while: an operation on a resource, which goes on whether somebody waits for it or not."""

from __future__ import annotations

from tests.emulator.ids import key, subscription_of
from tests.emulator.ml.asked import PROVIDER, Asked
from tests.emulator.protocol import Json, Request, Response, refuse
from tests.emulator.resources import find, remove
from tests.emulator.state import State

WORKING = ("Creating", "Updating", "Deleting", "Scaling")
_PAUSE = {"retry-after-ms": "1"}  # azure-core reads it where Azure sends Retry-After, in seconds


def begin(asked: Asked, state: str, *, looks: int = 1, error: str = "", deletes: bool = False) -> dict[str, str]:
    """Begins to work on what is asked for; returns the headers that say where to look.

    `looks` at it, or at the operation, and it is done: as Failed where there is an error, else as Succeeded.
    """
    if made := find(asked.state, asked.identifier):
        made["properties"]["provisioningState"] = state
    kept = asked.state.table("ml_operations")
    name = f"op-{len(kept) + 1}"
    kept[name] = {"resource": key(asked.identifier), "left": looks, "error": error, "deletes": deletes, "ends_as": ""}
    base = f"https://management.azure.com/subscriptions/{subscription_of(asked.workspace)}/providers/{PROVIDER}"
    base, query = f"{base}/locations/westeurope", f"{name}?api-version={asked.request.query['api-version']}"
    return {
        "Azure-AsyncOperation": f"{base}/mfeOperationsStatus/{query}",
        "Location": f"{base}/mfeOperationResults/{query}",
        **_PAUSE,
    }


def look(state: State, identifier: str) -> None:
    """Somebody looks at a resource: time passes for what is done to it, and to what stands in it."""
    wanted = key(identifier)
    for operation in state.table("ml_operations").values():
        if operation["resource"] == wanted or operation["resource"].startswith(f"{wanted}/"):
            _pass_time(state, operation)


def is_worked_on(state: State, identifier: str) -> bool:
    """Whether something is being done to a resource."""
    return any(
        operation["resource"] == key(identifier) and not operation["ends_as"]
        for operation in state.table("ml_operations").values()
    )


def require_settled(state: State, identifier: str) -> None:
    """Refuses to change what is worked on."""
    if is_worked_on(state, identifier):
        name = identifier.rpartition("/")[2]
        refuse(409, "Conflict", f"Another operation is in progress on {name}: try again when it is over.")


def answer(request: Request, state: State, name: str, part: str) -> Response:
    """What has become of an operation: its state, or what it made."""
    operation = state.table("ml_operations").get(name)
    if operation is None:
        refuse(404, "NotFound", f"The operation {name} was not found.")
    _pass_time(state, operation)
    if part.lower() == "mfeoperationresults":
        if not operation["ends_as"]:
            return Response(202, None, {"Location": f"https://{request.host}{request.path}", **_PAUSE})
        made = find(state, operation["resource"])
        return Response(200, made) if made else Response(204)
    told: Json = {"id": request.path, "name": name, "status": operation["ends_as"] or "InProgress"}
    if operation["ends_as"] == "Failed":
        told["error"] = {"code": "DeploymentFailed", "message": operation["error"]}
    return Response(200, told, _PAUSE)


def _pass_time(state: State, operation: Json) -> None:
    if operation["ends_as"]:
        return
    operation["left"] -= 1
    if operation["left"] > 0:
        return
    operation["ends_as"] = "Failed" if operation["error"] else "Succeeded"
    if operation["deletes"]:
        remove(state, operation["resource"])
    elif made := find(state, operation["resource"]):
        made["properties"]["provisioningState"] = operation["ends_as"]

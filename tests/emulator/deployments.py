"""Deployments of a resource group: checked before, made resource by resource while somebody looks, what-if."""

from __future__ import annotations

import json
import math
import uuid
from typing import Any

from tests.emulator.ids import key
from tests.emulator.making import make
from tests.emulator.prediction import predict, resolve
from tests.emulator.protocol import Json, Refusal, Request, Response, refuse
from tests.emulator.providers import require_registered
from tests.emulator.resources import find, keep, members, need
from tests.emulator.rights import permits_somehow, require
from tests.emulator.state import State
from tests.emulator.tokens import Caller
from tests.emulator.what_if import differences

TYPE = "Microsoft.Resources/deployments"
_LOOKS = 2  # at one that runs, until it has ended
# Source: azure-core's get_retry_after. Without it, az waits 30 seconds between two looks.
SOON = {"x-ms-retry-after-ms": "20"}


def answer(request: Request, state: State, caller: Caller, group: str, rest: str) -> Response:
    """`rest` is what stands behind the type: nothing, a name, or a name and an action or a part."""
    name, _, action = rest.partition("/")
    identifier = f"{group}/providers/{TYPE}/{name}"
    found = need(state, group)
    match request.method, action.partition("/")[0].lower():
        case "GET", "" if not name:
            require(state, caller, f"{TYPE}/read", group)
            return Response(200, {"value": members(state, f"{group}/providers/{TYPE}")})
        case (("GET" | "HEAD"), ""):
            require(state, caller, f"{TYPE}/read", identifier)
            return Response(200, _looked_at(state, identifier))
        case "GET", "operationstatuses":
            return _status(state, identifier)
        case "GET", "operations":
            require(state, caller, f"{TYPE}/operations/read", identifier)
            return Response(200, {"value": []})
        case "POST", "validate":
            require(state, caller, f"{TYPE}/validate/action", identifier)
            resources = _checked(_read(request), state, caller, found, name)
            properties = {
                "provisioningState": "Succeeded",
                "validatedResources": [{"id": one["id"]} for one in resources],
            }
            return Response(200, {"id": identifier, "name": name, "type": TYPE, "properties": properties})
        case "POST", "whatif":
            require(state, caller, f"{TYPE}/whatIf/action", identifier)
            return _what_if(_read(request), state, caller, found, name)
        case "PUT", "":
            require(state, caller, f"{TYPE}/write", identifier)
            return _begin(_read(request), state, caller, found, identifier)
    return refuse(404, "NotFound", f"{request.method} {request.path} is not played by the emulator")


def _checked(body: Json, state: State, caller: Caller, group: Json, name: str) -> list[Json]:
    """The resources of a template, once everything is checked that Azure checks before it begins."""
    properties = body["properties"]
    if len(name) > 64:
        refuse(400, "InvalidDeploymentName", f"The deployment name '{name}' must not be longer than 64 characters.")
    resources = predict(properties.get("template") or {}, properties.get("parameters") or {}, group)
    level = properties.get("validationLevel", "Provider")
    for resource in resources:
        if level == "Template":
            break
        require_registered(state, resource["id"])
        verb = "read" if level == "ProviderNoRbac" else "write"
        action = f"{resource['type']}/{verb}"
        if not permits_somehow(state, caller.object_id, action, resource["id"]):
            message = (
                f"Deployment failed with multiple errors: 'Authorization failed for template resource "
                f"'{resource['name']}' of type '{resource['type']}'. The client '{caller.client_id}' with object id "
                f"'{caller.object_id}' does not have permission to perform action '{action}' at scope "
                f"'{resource['id']}'.'"
            )
            refuse(403, "InvalidTemplateDeployment", message)
    return resources


def _read(request: Request) -> Json:
    """The body of a request. az sets a template into it under a key without quotes (JsonCTemplatePolicy)."""
    before, found, template = request.body.decode().partition(", template:")
    if not found:
        return request.json()
    try:
        read: Json = json.loads(f'{before}, "template":{template}')
    except ValueError as error:
        refuse(400, "InvalidRequestContent", f"The request content was invalid and could not be read: {error}")
    return read


def _begin(body: Json, state: State, caller: Caller, group: Json, identifier: str) -> Response:
    found = find(state, identifier)
    name = identifier.rpartition("/")[2]
    if found and found["properties"]["provisioningState"] == "Running":
        _looked_at(state, identifier)  # time passes for who tries again
        message = f"Unable to edit or replace deployment '{name}': the previous deployment is still active."
        refuse(409, "DeploymentActive", message)
    resources = _checked(body, state, caller, group, name)
    kept = {
        "mode": body["properties"]["mode"],
        "parameters": body["properties"].get("parameters") or {},
        "provisioningState": "Running",
        "correlationId": str(uuid.uuid4()),
        "timestamp": "2026-01-01T00:00:00.0000000Z",
        "duration": "PT1S",
        "providers": [],
        "dependencies": [],
        "outputs": {},
    }
    shown = keep(state, identifier, {"properties": kept})
    asked_by = [caller.client_id, caller.object_id, caller.audience]
    state.table("running")[key(identifier)] = {"left": resources, "looks": _LOOKS, "caller": asked_by}
    where = f"https://management.azure.com{identifier}/operationStatuses/{uuid.uuid4()}?api-version=2024-11-01"
    return Response(201 if found is None else 200, shown, {"Azure-AsyncOperation": where, **SOON})


def _looked_at(state: State, identifier: str) -> Json:
    """A deployment after the next part of its work. Who began it may be gone: Azure goes on alone."""
    found = find(state, identifier)
    if found is None:
        name = identifier.rpartition("/")[2]
        refuse(404, "DeploymentNotFound", f"Deployment '{name}' could not be found.")
    work = state.table("running").get(key(identifier))
    if work is None:
        return found
    caller = Caller(*work["caller"])
    part = math.ceil(len(work["left"]) / work["looks"])
    error = _make_all(state, caller, work["left"][:part])
    work["left"], work["looks"] = work["left"][part:], work["looks"] - 1
    if error:
        found["properties"] |= {"provisioningState": "Failed", "error": _failed(error)}
    elif not work["left"]:
        found["properties"]["provisioningState"] = "Succeeded"
    else:
        return found
    del state.table("running")[key(identifier)]
    return found


def _make_all(state: State, caller: Caller, resources: list[Json]) -> Json | None:
    """Makes them one after the other; the error of the first that is refused."""
    for resource in resources:
        body = {name: value for name, value in resource.items() if name not in ("id", "name", "type", "apiVersion")}
        try:
            make(state, caller, resource["id"], resolve(body, state))
        except Refusal as refusal:
            said: Any = refusal.response.body
            return {**said["error"], "target": resource["id"]}
    return None


def _failed(error: Json) -> Json:
    message = (
        "At least one resource deployment operation failed. Please list deployment operations for details. "
        "Please see https://aka.ms/arm-deployment-operations for usage details."
    )
    return {"code": "DeploymentFailed", "message": message, "details": [error]}


def _status(state: State, identifier: str) -> Response:
    properties = _looked_at(state, identifier)["properties"]
    answer: Json = {"status": properties["provisioningState"]}
    if error := properties.get("error"):
        answer["error"] = error
    return Response(200, answer, SOON)


def _what_if(body: Json, state: State, caller: Caller, group: Json, name: str) -> Response:
    """Begins a what-if; its result is ready at the first look."""
    resources = _checked(body, state, caller, group, name)
    result = {"status": "Succeeded", "properties": differences(state, group, resources)}
    operation = str(uuid.uuid4())
    state.table("what_if")[operation] = result
    subscription = "/".join(group["id"].split("/")[:3])
    where = f"https://management.azure.com{subscription}/operationresults/{operation}?api-version=2024-11-01"
    return Response(202, None, {"Location": where, **SOON})


def what_if_result(state: State, operation: str) -> Response:
    """What a what-if found out; each is read once."""
    result = state.table("what_if").pop(operation, None)
    if result is None:
        refuse(404, "OperationNotFound", f"The operation '{operation}' was not found.")
    return Response(200, result)

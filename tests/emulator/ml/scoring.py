"""Endpoints as their callers see them: an online one answers, a batch one starts a job."""

from __future__ import annotations

from collections.abc import Iterator

from tests.emulator.ids import key
from tests.emulator.ml import orders, runs
from tests.emulator.ml.asked import PROVIDER, Asked, tick
from tests.emulator.ml.datastores import path_in
from tests.emulator.ml.references import require_references
from tests.emulator.protocol import Json, Request, Response, refuse
from tests.emulator.resources import find, keep, of_type
from tests.emulator.rights import allows
from tests.emulator.state import State
from tests.emulator.tokens import Caller, caller_of


class Scoring:
    """`*.inference.ml.azure.com`."""

    pattern = "*.inference.ml.azure.com"

    def answer(self, request: Request, state: State) -> Response:
        name = request.host.partition(".")[0]
        kind = "batchEndpoints" if request.path == "/jobs" else "onlineEndpoints"
        endpoint = next((one for one in _endpoints(state, kind) if key(one["name"]) == key(name)), None)
        if endpoint is None or request.method != "POST":
            refuse(404, "NotFound", f"There is no endpoint {name}.")
        if kind == "batchEndpoints":
            return _start(request, state, endpoint)
        _require_caller(request, state, endpoint)
        slot = request.headers.get("azureml-model-deployment") or _heaviest(endpoint)
        deployment = find(state, f"{endpoint['id']}/deployments/{slot}")
        if deployment is None or deployment["properties"]["provisioningState"] != "Succeeded":
            refuse(404, "NotFound", f"The deployment {slot} of endpoint {name} does not answer.")
        state.table("ml_calls").setdefault(name, []).append(slot)
        status, text = orders.answered(state, slot)
        return Response(status, text.encode(), {"Content-Type": "application/json"})


def _endpoints(state: State, kind: str) -> Iterator[Json]:
    return of_type(state, f"{PROVIDER}/workspaces/{kind}")


def _heaviest(endpoint: Json) -> str:
    traffic: dict[str, int] = endpoint["properties"]["traffic"]
    return max(traffic, key=lambda name: traffic[name], default="")


def _require_caller(request: Request, state: State, endpoint: Json) -> None:
    """By key: whoever knows one. By token: whoever may score this endpoint."""
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if endpoint["properties"].get("authMode") == "Key":
        if given not in (f"key of {endpoint['name']}", f"other key of {endpoint['name']}"):
            refuse(401, "Unauthorized", "The key is not one of this endpoint.")
        return
    caller = caller_of(request, state)
    action = f"{PROVIDER}/workspaces/onlineEndpoints/score/action"
    if caller.audience != "https://ml.azure.com" or not allows(state, caller.object_id, action, endpoint["id"]):
        refuse(403, "Forbidden", f"{caller.client_id} may not {action} on {endpoint['id']}.")


def _start(request: Request, state: State, endpoint: Json) -> Response:
    """A job of a batch endpoint: a pipeline with one step, which writes `score`. It runs as who asked for it."""
    caller: Caller = caller_of(request, state)
    workspace = endpoint["id"].rpartition("/batchEndpoints/")[0]
    if not allows(state, caller.object_id, f"{PROVIDER}/workspaces/batchEndpoints/write", workspace):
        refuse(403, "Forbidden", f"{caller.client_id} may not call {endpoint['id']}.")
    slot = request.headers.get("azureml-model-deployment") or endpoint["properties"]["defaults"]["deploymentName"]
    if find(state, f"{endpoint['id']}/deployments/{slot}") is None:
        refuse(404, "UserError", f"The deployment {slot} was not found.")
    asked = request.json()["properties"]
    require_references(Asked(request, state, caller, workspace, ("batchEndpoints", endpoint["name"])), asked)
    outputs = {"score": {"jobOutputType": "uri_folder"}}
    if written := next(iter((asked.get("outputData") or {}).values()), None):
        if path_in(written["uri"]) is None:
            refuse(400, "UserError", f"The output {written['uri']} is no path in a datastore.")
        outputs["score"]["uri"] = written["uri"]
    number = len(state.table("ml_runs")) + 1
    name = asked.get("name") or f"batchjob-{number}"
    if find(state, f"{workspace}/jobs/{name}") is not None:
        refuse(409, "UserError", f"A job with the name {name} already exists.")
    properties: Json = {
        "jobType": "Pipeline",
        "status": "NotStarted",
        "services": {},
        "tags": {"azureml.batchrun": "true", "azureml.jobtype": "azureml.batchjob", "azureml.deploymentname": slot},
        "properties": {},
        "jobs": {},
        "inputs": {},
        "outputs": outputs,
        "settings": {},
    }
    job = keep(state, f"{workspace}/jobs/{name}", {"properties": properties, "systemData": {"createdAt": tick(state)}})
    runs.begin(state, workspace, job, [])
    return Response(200, {"id": job["id"], "name": name, "type": job["type"], "properties": {"status": "NotStarted"}})

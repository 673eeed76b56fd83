"""The services of a region beside Resource Manager: discovery, run history, and where unregistered outputs lie."""

from __future__ import annotations

import re

from tests.emulator.ml import runs
from tests.emulator.ml.asked import PROVIDER, workspace_of
from tests.emulator.ml.registries import AUDIENCES, discover
from tests.emulator.protocol import Json, Request, Response, refuse
from tests.emulator.resources import find
from tests.emulator.rights import require
from tests.emulator.state import State
from tests.emulator.tokens import caller_of

_PATH = re.compile(
    r"/(?P<service>history|data|modelregistry)/v1\.0"
    r"(?P<workspace>/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.MachineLearningServices/workspaces/[^/]+)"
    r"/(?P<rest>.+)",
    re.IGNORECASE,
)
_OUTPUT = re.compile(r"azureml://locations/.+/data/azureml_(?P<job>.+)_output_data_(?P<output>[^/]+)/versions/1")


class DataPlane:
    """`*.api.azureml.ms`."""

    pattern = "*.api.azureml.ms"

    def answer(self, request: Request, state: State) -> Response:
        if request.path == "/discovery":  # asked by everybody, without a token
            services = ("api", "history", "experimentation", "modelmanagement", "pipelines")
            return Response(200, dict.fromkeys(services, f"https://{request.host}"))
        if (found := discover(request, state)) is not None:
            return found
        match = _PATH.fullmatch(request.path)
        if match is None:
            refuse(404, "NotFound", f"{request.method} {request.path} is not played by the emulator")
        caller = caller_of(request, state)
        if caller.audience not in AUDIENCES:
            refuse(401, "InvalidAuthenticationTokenAudience", f"The audience '{caller.audience}' is not this one's.")
        workspace = workspace_of(state, match["workspace"])
        require(state, caller, f"{PROVIDER}/workspaces/jobs/read", workspace)
        return Response(200, _answer(request, state, workspace, match["rest"].lower().split("/")))


def _answer(request: Request, state: State, workspace: str, parts: list[str]) -> Json:
    match request.method, parts:
        case "POST", ["rundata"]:
            return _run_data(state, workspace, _job(state, workspace, str(request.json()["runId"])))
        case "GET", ["runs", name, "children"]:
            return {"value": runs.step_runs(state, workspace, _job(state, workspace, name))}
        case "POST", ["dataversion" | "models", "batchgetresolveduris"]:
            return {"values": dict(_resolved(state, workspace, str(asset)) for asset in request.json()["values"])}
    return refuse(404, "NotFound", f"{request.method} {request.path} is not played by the emulator")


def _job(state: State, workspace: str, name: str) -> Json:
    job = find(state, f"{workspace}/jobs/{name}")
    if job is None:
        refuse(404, "UserError", f"Run {name} was not found.")
    return job


def _run_data(state: State, workspace: str, job: Json) -> Json:
    run = runs.run_of(state, job["id"])
    assert run is not None
    outputs = {name: runs.asset_of(state, workspace, job["name"], name) for name in run["written"]}
    told = {"runId": job["name"], "status": job["properties"]["status"], "outputs": outputs}
    return {"runMetadata": told}


def _resolved(state: State, workspace: str, asset: str) -> tuple[str, Json]:
    match = _OUTPUT.fullmatch(asset)
    run = runs.run_of(state, f"{workspace}/jobs/{match['job']}") if match else None
    if match is None or run is None or match["output"] not in run["written"]:
        refuse(404, "UserError", f"The asset {asset} was not found.")
    return asset, {"uri": run["written"][match["output"]], "type": "UriFolder"}

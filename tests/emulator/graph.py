"""Microsoft Graph: applications of Azure's own, to who may read the directory, which whoever deploys may not."""

from __future__ import annotations

import re
import uuid

from mlinfra.azure.clouds import DATABRICKS_APPLICATION
from tests.emulator.protocol import Json, Request, Response, refuse
from tests.emulator.state import State
from tests.emulator.tokens import TENANT, caller_of

COSMOS = "a232010e-820c-4083-83bb-3ace5fc29d0b"
_APPLICATIONS = {
    COSMOS: "Azure Cosmos DB",
    DATABRICKS_APPLICATION: "AzureDatabricks",
}  # of Azure's own, that a directory has
_FILTER = re.compile(r"appId eq '([0-9a-f-]{36})'")


class Graph:
    """graph.microsoft.com."""

    pattern = "graph.microsoft.com"

    def answer(self, request: Request, state: State) -> Response:
        caller = caller_of(request, state)
        if caller.object_id not in state.table("readers_of_the_directory"):
            return refuse(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
        match = _FILTER.fullmatch(request.query.get("$filter", ""))
        if (request.method, request.path) != ("GET", "/v1.0/servicePrincipals") or match is None:
            return refuse(400, "Request_UnsupportedQuery", f"{request.path} is not played by the emulator")
        return Response(200, {"value": [_service(match[1])] if match[1] in _APPLICATIONS else []})


def object_id_of(application: str) -> str:
    """Of an application of Azure's own: another one in each directory."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{TENANT} {application}"))


def _service(application: str) -> Json:
    return {"id": object_id_of(application), "appId": application, "displayName": _APPLICATIONS[application]}

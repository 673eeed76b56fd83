"""Datastores: those that a template made, those that every workspace has, and where a path in one of them lies."""

from __future__ import annotations

import re
from typing import NamedTuple

from tests.emulator.ids import group_of, key
from tests.emulator.ml.asked import PROVIDER, Asked, absent, wrong
from tests.emulator.protocol import Json, Response, refuse
from tests.emulator.resources import find, members, need
from tests.emulator.state import State

# azureml://datastores/NAME/paths/PATH, alone or behind the address of its workspace (azure-ai-ml: _storage_utils)
_PATH = re.compile(
    r"azureml:/+(?:subscriptions/.+?/workspaces/[^/]+/)?datastores/(?P<name>[^/]+)/paths/(?P<path>.*)", re.I
)
DEFAULT = "workspaceblobstore"
# Source: docs, "Data in Azure Machine Learning", default datastores: name, type, container or share.
_BUILT_IN = {
    DEFAULT: ("AzureBlob", "containerName", "azureml-blobstore"),
    "workspaceartifactstore": ("AzureBlob", "containerName", "azureml"),
    "workspacefilestore": ("AzureFile", "fileShareName", "azureml-filestore"),
    "workspaceworkingdirectory": ("AzureFile", "fileShareName", "code"),
}


class Place(NamedTuple):
    """A place in an account: the blob service keeps what a data lake holds too."""

    account: str
    container: str
    path: str


def datastore(state: State, workspace: str, name: str) -> Json | None:
    """The datastore of that name, or None."""
    made = find(state, f"{workspace}/datastores/{name}")
    return made or next((one for one in _built_in(state, workspace) if key(one["name"]) == key(name)), None)


def answer(asked: Asked) -> Response | None:
    """What is read of datastores, and what is asked for their secrets; the rest is of the resources of a template."""
    if asked.parts[-1].lower() == "listsecrets":
        asked.may("datastores", "listSecrets/action")
        refuse(400, "UserError", "No secrets for credentialless datastore")
    if asked.method != "GET":
        return None
    asked.may("datastores", "read")
    if len(asked.parts) == 1:
        found = [*members(asked.state, asked.identifier), *_built_in(asked.state, asked.workspace)]
        if asked.request.query.get("isDefault", "").lower() == "true":
            found = [one for one in found if one["properties"].get("isDefault")]
        return Response(200, {"value": found})
    shown = datastore(asked.state, asked.workspace, asked.parts[1])
    if shown is None:
        absent(f"Datastore {asked.parts[1]}")
    return Response(200, shown)


def place_of(state: State, workspace: str, uri: str) -> Place:
    """Where a path in a datastore lies; refuses one whose datastore isn't there."""
    match = _PATH.fullmatch(uri)
    if match is None:
        wrong(f"{uri} is no path in a datastore.")
    found = datastore(state, workspace, match["name"])
    if found is None:
        wrong(f"The datastore {match['name']} of {uri} was not found.")
    properties = found["properties"]
    container = properties.get("containerName") or properties.get("filesystem") or properties.get("fileShareName")
    return Place(properties["accountName"], container, match["path"])


def path_in(uri: str) -> re.Match[str] | None:
    """The name of the datastore (`name`) and the path that a URI has, if it is one in a datastore."""
    return _PATH.fullmatch(uri)


def uri_of(workspace: str, name: str, path: str) -> str:
    """The long form, as Azure Machine Learning gives it back."""
    place = workspace.replace(f"/providers/{PROVIDER}", "")
    return f"azureml:/{place}/datastores/{name}/paths/{path}"


def _built_in(state: State, workspace: str) -> list[Json]:
    account = need(state, workspace)["properties"].get("storageAccount", f"{group_of(workspace)}/x/stemulated")
    return [
        {
            "id": f"{workspace}/datastores/{name}",
            "name": name,
            "type": f"{PROVIDER}/workspaces/datastores",
            "properties": {
                "datastoreType": kind,
                "accountName": account.rpartition("/")[2],
                container: value,
                "endpoint": "core.windows.net",
                "protocol": "https",
                "isDefault": name == DEFAULT,
                "credentials": {"credentialsType": "None"},
                "tags": {},
                "properties": {},
            },
        }
        for name, (kind, container, value) in _BUILT_IN.items()
    ]

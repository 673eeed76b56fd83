"""An Azure ML registry: models that several workspaces take, found by its name, and kept where only it may write.

Source: azure-ai-ml, `_utils/_registry_utils.py` and ModelOperations: a registry is looked up by name, and asked at the
host of its region; files go to, and come from, addresses that it signs.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any, NoReturn

from tests.emulator.ids import group_of, subscription_of
from tests.emulator.ml import assets
from tests.emulator.ml.asked import PROVIDER, Asked, absent
from tests.emulator.protocol import Json, Request, Response, refuse
from tests.emulator.resources import find, members, of_type
from tests.emulator.rights import require
from tests.emulator.state import State
from tests.emulator.tokens import Caller, caller_of

REGISTRIES = f"{PROVIDER}/registries"
AUDIENCES = ("https://ml.azure.com", "https://management.azure.com", "https://management.core.windows.net")
_DISCOVERY = re.compile(r"/registrymanagement/v1\.0/registries/(?P<name>[^/]+)/discovery", re.IGNORECASE)
_MODEL = re.compile(r"azureml://registries/(?P<registry>[^/]+)/models/(?P<name>[^/]+)/versions/(?P<version>[^/]+)")
_PATH = re.compile(
    r"/mferp/managementfrontend(?P<registry>/subscriptions/[^/]+/resourceGroups/[^/]+/providers/"
    r"Microsoft\.MachineLearningServices/registries/[^/]+)/(?P<rest>.+)",
    re.IGNORECASE,
)


class AskedOfRegistry(Asked):
    """A request about an asset of a registry, in the place of a workspace: its rights are those of assets."""

    def may(self, kind: str, verb: str) -> None:
        require(self.state, self.caller, f"{REGISTRIES}/assets/{verb}", self.workspace)


class RegistryPlane:
    """`cert-<region>.experiments.azureml.net`."""

    pattern = "cert-*.experiments.azureml.net"

    def answer(self, request: Request, state: State) -> Response:
        match = _PATH.fullmatch(request.path)
        if match is None:
            _unknown(request)
        caller = _caller(request, state)
        registry = _named(state, match["registry"].rpartition("/")[2])
        if registry["id"].lower() != match["registry"].lower():
            absent(f"The registry {match['registry']}")
        asked = AskedOfRegistry(request, state, caller, registry["id"], tuple(match["rest"].split("/")))
        return _answer(asked)


def discover(request: Request, state: State) -> Response | None:
    """Where a registry is, by its name alone; None where something else is asked for."""
    match = _DISCOVERY.fullmatch(request.path)
    if match is None:
        return None
    caller = _caller(request, state)
    registry = _named(state, match["name"])
    require(state, caller, f"{REGISTRIES}/read", registry["id"])
    told = {
        "registryName": registry["name"],
        "primaryRegion": registry["location"],
        "primaryRegionResourceProviderUri": f"https://cert-{registry['location']}.experiments.azureml.net/",
        "resourceGroup": group_of(registry["id"]).rpartition("/")[2],
        "subscriptionId": subscription_of(registry["id"]),
    }
    return Response(200, told)


def shared_model(asked: Asked, address: str) -> Json | None:
    """The model of a registry that a deployment names, for who may read there; None where it names another one."""
    match = _MODEL.fullmatch(address)
    if match is None:
        return None
    registry = _named(asked.state, match["registry"])
    require(asked.state, asked.caller, f"{REGISTRIES}/assets/read", registry["id"])
    found = find(asked.state, f"{registry['id']}/models/{match['name']}/versions/{match['version']}")
    if found is None:
        absent(address)
    return found


def _answer(asked: Asked) -> Response:
    match asked.method, tuple(part.lower() for part in asked.parts):
        case "PUT", ("tempdatarefs", *_):
            asked.may("", "write")
            return Response(200, _place(asked, asked.request.json()["assetId"]))
        case "POST", ("datarefs", *_):
            asked.may("", "read")
            return Response(200, _signed(asked.request.json()["blobUri"]))
        case "GET", (kind, _, "versions") if kind in assets.KINDS and not members(asked.state, asked.identifier):
            asked.may("", "read")
            return Response(200, {"value": []})  # azure-ai-ml asks before a first version, and takes no 404 there
        case _, (kind, *_) if kind in assets.KINDS and (found := assets.answer(asked)):
            return Response(found.status, _by_name(found.body), found.headers)
    return _unknown(asked.request)


def _by_name(told: Any) -> Any:
    """As a registry tells it: the ids of what is in it are made of its name alone."""
    if isinstance(told, dict) and "value" in told:
        return {**told, "value": [_by_name(one) for one in told["value"]]}
    _, registry, *path = re.split(r"/registries/([^/]+)/", str(told["id"]), maxsplit=1, flags=re.IGNORECASE)
    return {**told, "id": f"azureml://registries/{registry}/{path[0]}"}


def _place(asked: Asked, asset: str) -> Json:
    """A container of its own for the files of a version; a version that is there is not written again."""
    _, kind, name, _, version = asset.rsplit("/", 4)
    if asked.find(kind, name, "versions", version) is not None:
        refuse(409, "Conflict", f"{asset} already exists.")
    account = f"st{hashlib.sha256(asked.workspace.lower().encode()).hexdigest()[:20]}"
    container = hashlib.sha256(asset.lower().encode()).hexdigest()[:20]
    return _signed(f"https://{account}.blob.core.windows.net/{container}")


def _signed(uri: str) -> Json:
    """The address of a container for who has no role on what Azure keeps for a registry, which nobody has.

    Of a container, whatever lies in it: the client takes the end of the address for its name.
    """
    uri = "/".join(uri.split("/")[:4])
    credential = {"credentialType": "SAS", "sasUri": f"{uri}?sv=2026-01-01&sr=c&sig=emulated"}
    return {"blobReferenceForConsumption": {"blobUri": uri, "credential": credential}}


def _caller(request: Request, state: State) -> Caller:
    caller = caller_of(request, state)
    if caller.audience not in AUDIENCES:
        refuse(401, "InvalidAuthenticationTokenAudience", f"The audience '{caller.audience}' is not this one's.")
    return caller


def _named(state: State, name: str) -> Json:
    """A registry, whose name is its own in the tenant."""
    found = next((one for one in of_type(state, REGISTRIES) if one["name"].lower() == name.lower()), None)
    if found is None:
        absent(f"The registry {name}")
    return found


def _unknown(request: Request) -> NoReturn:
    refuse(404, "NotFound", f"{request.method} {request.path} is not played by the emulator")

"""Versions of data, environments, components, models and code: written once, read by version or by label."""

from __future__ import annotations

import hashlib
import json
from typing import Any, NamedTuple

from tests.emulator.ids import key, type_of
from tests.emulator.images import unknown_image
from tests.emulator.ml.asked import PROVIDER, Asked, absent, put, wrong
from tests.emulator.ml.datastores import DEFAULT, datastore, place_of, uri_of
from tests.emulator.ml.references import require_references, run_output
from tests.emulator.ml.runs import run_of
from tests.emulator.protocol import Json, Response, refuse
from tests.emulator.resources import find, members, of_type


class Kind(NamedTuple):
    """What is fixed once a version is there, what all versions have in common, and how a change is refused."""

    fixed: tuple[str, ...]
    common: str = ""
    status: int = 400
    message: str = "Asset paths cannot be updated."  # azure-ai-ml: ASSET_PATH_ERROR


# Source: azure-ai-ml, EnvironmentOperations: a changed environment is a conflict; the properties are those of its PUT.
KINDS = {
    "data": Kind(("dataUri", "dataType"), "dataType"),
    "environments": Kind(("image", "condaFile", "build"), status=409, message="An environment is immutable."),
    "components": Kind(("componentSpec",), message="A component is immutable, but for description, tags and state."),
    "models": Kind(("modelUri", "modelType")),
    "codes": Kind(("codeUri",)),
}


def answer(asked: Asked) -> Response | None:
    """A version, a container, the list of versions, or the place where the files of one are to go.

    None where a container is written, which is a resource as any other.
    """
    kind, parts = asked.parts[0], asked.parts
    if parts[-1].lower() == "startpendingupload":
        asked.may(f"{kind}/versions", "write")
        return Response(200, _pending_upload(asked))
    if asked.method == "PUT" and len(parts) == 4:
        asked.may(f"{kind}/versions", "write")
        existed = asked.find(*parts) is not None
        return Response(200 if existed else 201, _put(asked, KINDS[kind.lower()]))
    if len(parts) == 2 and asked.method == "PUT":
        return None
    if asked.method != "GET":
        refuse(405, "MethodNotAllowed", f"{asked.method} {asked.identifier} is not played by the emulator")
    asked.may(f"{kind}/versions" if len(parts) > 2 else kind, "read")
    if len(parts) == 4:
        found = asked.find(*parts)
        if found is None:
            absent(f"{kind} {parts[1]}:{parts[3]}")
        return Response(200, found)
    return Response(200, _containers(asked) if len(parts) == 1 else _container(asked))


def _put(asked: Asked, kind: Kind) -> Json:
    body = asked.request.json()
    properties: Json = {"tags": {}, "properties": {}, "isArchived": False, "isAnonymous": False}
    properties |= {name: value for name, value in (body.get("properties") or {}).items() if value is not None}
    require_references(asked, properties)
    if asked.parts[0].lower() == "environments" and (said := unknown_image(properties)):
        refuse(400, "ImageNotFound", said)
    if asked.parts[0].lower() == "models":
        properties.setdefault("flavors", {})
        _resolve_run(asked, properties)
    before = asked.find(*asked.parts)
    if before and "jobName" in before["properties"]:  # the client does not send it; whether Azure keeps it is not known
        properties.setdefault("jobName", before["properties"]["jobName"])
    for name in kind.fixed:
        if before and _plain(before["properties"].get(name)) != _plain(properties.get(name)):
            refuse(kind.status, "UserError" if kind.status == 400 else "Conflict", kind.message)
    if kind.common:
        _require_common(asked, kind.common, properties.get(kind.common))
    return put(asked, properties | {"provisioningState": "Succeeded"})


def _require_common(asked: Asked, name: str, value: object) -> None:
    """A name has one type, in all of its versions."""
    others = members(asked.state, asked.at(*asked.parts[:3]))
    taken = next((one["properties"][name] for one in others), value)
    if taken != value:
        wrong(f"{asked.parts[1]} has the {name} {taken} in its other versions, and can't have {value}.")


def _plain(value: Any) -> Any:
    """As it is compared: without case, no path ends in a slash, no text of a file in a line end."""
    return value.rstrip("/\n").lower() if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _resolve_run(asked: Asked, properties: Json) -> None:
    """A model made of what a job wrote lies where the job wrote it, and names the job."""
    run = run_output(properties.get("modelUri", ""))
    if run is None:
        return
    known = run_of(asked.state, asked.at("jobs", run["job"])) or {"written": {}}
    if run["output"] not in known["written"]:
        wrong(f"The run {run['job']} has no output {run['output']}.")
    properties["modelUri"] = f"{known['written'][run['output']].rstrip('/')}/{run['path'] or ''}"
    properties["jobName"] = run["job"]


def _container(asked: Asked) -> Json:
    """All versions of a name, newest first; or the container itself, which counts them."""
    kind, name = asked.parts[:2]
    versions = sorted(
        members(asked.state, asked.at(kind, name, "versions")),
        key=lambda one: one["systemData"]["createdAt"],
        reverse=True,
    )
    if not versions and kind.lower() != "codes":
        absent(f"{kind} container {name}")
    if len(asked.parts) == 3:
        if wanted := asked.request.query.get("hash"):  # azure-ai-ml, CodeOperations: of whatever name
            versions = [one for one in _all(asked) if one["properties"]["properties"].get("hash_sha256") == wanted]
        view = asked.request.query.get("listViewType", "ActiveOnly")
        shown = [
            one for one in versions if view == "All" or one["properties"]["isArchived"] == (view == "ArchivedOnly")
        ]
        return {"value": shown[: int(asked.request.query.get("$top", len(shown)))]}
    return _counted(asked, name, versions)


def _containers(asked: Asked) -> Json:
    names = dict.fromkeys(one["id"].split("/")[-3] for one in _all(asked))
    found = [(name, members(asked.state, asked.at(asked.parts[0], name, "versions"))) for name in names]
    return {"value": [_counted(asked, name, versions) for name, versions in found]}


def _all(asked: Asked) -> list[Json]:
    """All versions of a kind."""
    kind = f"{PROVIDER}/workspaces/{asked.parts[0]}/versions"
    return [one for one in of_type(asked.state, kind) if key(one["id"]).startswith(f"{key(asked.workspace)}/")]


def _counted(asked: Asked, name: str, versions: list[Json]) -> Json:
    numbers = [int(one["name"]) for one in versions if one["name"].isdecimal()]
    properties: Json = {
        "latestVersion": versions[0]["name"] if versions else None,
        "nextVersion": str(max(numbers, default=0) + 1),
        "isArchived": False,
        "tags": {},
        "properties": {},
    }
    identifier = versions[0]["id"].rpartition("/versions/")[0] if versions else asked.at(asked.parts[0], name)
    return {
        "id": identifier,
        "name": identifier.rpartition("/")[2],
        "type": type_of(identifier),
        "properties": properties,
    }


def _pending_upload(asked: Asked) -> Json:
    """A container of its own for the files of a version, with an address that lets them in."""
    store = datastore(asked.state, asked.workspace, DEFAULT)
    assert store is not None
    account = place_of(asked.state, asked.workspace, uri_of(asked.workspace, DEFAULT, "")).account
    name = hashlib.sha256(asked.identifier.lower().encode()).hexdigest()[:20]
    uri = f"https://{account}.blob.core.windows.net/{name}"
    workspace = find(asked.state, asked.workspace)
    assert workspace is not None
    return {
        "pendingUploadId": name,
        "pendingUploadType": "TemporaryBlobReference",
        "blobReferenceForConsumption": {
            "blobUri": uri,
            "storageAccountArmId": workspace["properties"].get("storageAccount"),
            "credential": {"credentialType": "SAS", "sasUri": f"{uri}?sv=2026-01-01&sr=c&sig=emulated"},
        },
    }

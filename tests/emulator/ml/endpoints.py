"""Online and batch endpoints: their traffic, their default, and what becomes of them."""

from __future__ import annotations

import re

from tests.emulator.ids import key, type_of
from tests.emulator.ml import deployments, orders
from tests.emulator.ml.asked import Asked, absent, put, wrong
from tests.emulator.ml.operations import begin, look, require_settled
from tests.emulator.ml.references import require_identities, require_references
from tests.emulator.protocol import Json, Response, refuse
from tests.emulator.resources import members, of_type

# Source: docs, "CLI (v2) managed online endpoint YAML schema": 3 to 32 characters, unique in a region.
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,30}[A-Za-z0-9]")
_FIXED = ("authMode",)


def answer(asked: Asked) -> Response:
    """An endpoint, or one of its deployments."""
    if len(asked.parts) > 2 and asked.parts[2].lower() == "deployments":
        return deployments.answer(asked)
    kind = asked.parts[0]
    if asked.method == "POST":
        asked.may(kind, f"{asked.parts[-1]}/action")
        return Response(200, _secret(asked))
    if asked.method == "GET":
        asked.may(kind, "read")
        if len(asked.parts) == 1:
            return Response(200, {"value": members(asked.state, asked.identifier)})
        look(asked.state, asked.identifier)
        return Response(200, need_endpoint(asked))
    if asked.method == "DELETE":
        asked.may(kind, "delete")
        if asked.find(*asked.parts) is None:
            return Response(204)
        return Response(202, None, begin(asked, "Deleting", deletes=True))
    asked.may(kind, "write")
    return _put(asked)


def need_endpoint(asked: Asked) -> Json:
    """The endpoint in which something is asked for; refuses with 404."""
    found = asked.find(*asked.parts[:2])
    if found is None:
        absent(f"Endpoint {asked.parts[1]}")
    return found


def _put(asked: Asked) -> Response:
    body = asked.request.json()
    name, before = asked.parts[1], asked.find(*asked.parts)
    properties: Json = {key: value for key, value in (body.get("properties") or {}).items() if value is not None}
    if not _NAME.fullmatch(name):
        wrong(f"Endpoint name {name} is not 3 to 32 letters, digits and hyphens, a letter first and no hyphen last.")
    _require_free(asked, name)
    require_settled(asked.state, asked.identifier)
    require_identities(asked.state, body)
    require_references(asked, properties)
    for fixed in _FIXED:
        if before and before["properties"].get(fixed) != properties.get(fixed):
            wrong(f"The {fixed} of endpoint {name} can't change from {before['properties'].get(fixed)}.")
    properties |= _settle(asked, properties)
    ordered = orders.fate(asked.state, name)
    if ordered["how"] == "refused":
        wrong(ordered["message"])
    more = {name: value for name, value in body.items() if name in ("identity", "kind", "sku", "tags", "location")}
    put(asked, properties, **more)
    error = ordered["message"] if ordered["how"] == "failed" else ""
    looks = ordered["looks"] if ordered["how"] == "slow" else 1
    headers = begin(asked, "Updating" if before else "Creating", looks=looks, error=error)
    return Response(200 if before else 201, asked.find(*asked.parts), headers)


def _settle(asked: Asked, properties: Json) -> Json:
    """What Azure adds; refuses a split, or a default, that names what can't serve."""
    name = asked.parts[1]
    if asked.parts[0].lower() == "batchendpoints":
        default = (properties.get("defaults") or {}).get("deploymentName")
        if default and asked.find(*asked.parts, "deployments", default) is None:
            wrong(f"The deployment {default} does not exist in endpoint {name}.")
        return {"scoringUri": f"https://{name}.westeurope.inference.ml.azure.com/jobs", "swaggerUri": None}
    _require_split(asked, properties.get("traffic") or {}, properties.get("mirrorTraffic") or {})
    return {
        "traffic": properties.get("traffic") or {},
        "mirrorTraffic": properties.get("mirrorTraffic") or {},
        "scoringUri": f"https://{name}.westeurope.inference.ml.azure.com/score",
        "swaggerUri": f"https://{name}.westeurope.inference.ml.azure.com/swagger.json",
        "publicNetworkAccess": properties.get("publicNetworkAccess", "Enabled"),
    }


def _require_split(asked: Asked, traffic: Json, mirror: Json) -> None:
    """Source: docs, "Perform safe rollout of new deployments": mirror at most 50 %, to one, which has no other."""
    for deployment, share in {**traffic, **mirror}.items():
        if not isinstance(share, int) or not 0 <= share <= 100:
            wrong(f"The traffic of {deployment} is {share!r}, not 0 to 100.")
        made = asked.find(*asked.parts, "deployments", deployment)
        if share and (made is None or made["properties"]["provisioningState"] != "Succeeded"):
            wrong(f"The deployment {deployment} is absent or not ready, and can't have traffic.")
    if sum(traffic.values()) not in (0, 100):
        wrong(f"The sum of the traffic is {sum(traffic.values())}, not 0 or 100.")
    mirrored = {name: share for name, share in mirror.items() if share}
    if len(mirrored) > 1 or any(share > 50 for share in mirrored.values()):
        wrong("Mirrored is the traffic of one deployment, and at most 50 % of it.")
    if {name for name, share in traffic.items() if share} & mirrored.keys():
        wrong("A deployment has live or mirrored traffic, not both.")


def _require_free(asked: Asked, name: str) -> None:
    """A name is unique in its region, over all workspaces and both kinds of endpoints."""
    for kind in ("onlineEndpoints", "batchEndpoints"):
        for other in of_type(asked.state, f"{type_of(asked.workspace)}/{kind}"):
            if key(other["name"]) == key(name) and key(other["id"]) != key(asked.identifier):
                refuse(409, "UserError", f"The endpoint name {name} is already in use in this region.")


def _secret(asked: Asked) -> Json:
    endpoint = need_endpoint(asked)
    if asked.parts[-1].lower() == "listkeys":
        if endpoint["properties"].get("authMode") != "Key":
            wrong(f"Endpoint {asked.parts[1]} does not use keys.")
        return {"primaryKey": f"key of {asked.parts[1]}", "secondaryKey": f"other key of {asked.parts[1]}"}
    return refuse(404, "NotFound", f"POST {asked.identifier} is not played by the emulator")

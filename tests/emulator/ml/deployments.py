"""Deployments of endpoints: refused, made, failed or slow."""

from __future__ import annotations

import re

from tests.emulator.ids import key
from tests.emulator.ml import orders
from tests.emulator.ml.asked import Asked, absent, put, wrong
from tests.emulator.ml.operations import begin, look, require_settled
from tests.emulator.ml.references import require_references
from tests.emulator.ml.registries import shared_model
from tests.emulator.protocol import Json, Response
from tests.emulator.resources import members

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,30}[A-Za-z0-9]")
_MOST = 20  # source: docs, "Manage and increase quotas": deployments of an endpoint


def answer(asked: Asked) -> Response:
    """Makes, shows, lists, deletes deployments, and gives the logs of one."""
    kind, endpoint = asked.parts[0], asked.find(*asked.parts[:2])
    action = f"{kind}/deployments"
    if endpoint is None:
        absent(f"Endpoint {asked.parts[1]}")
    if asked.method == "GET":
        asked.may(action, "read")
        look(asked.state, "/".join([asked.workspace, *asked.parts[:2]]))
        if len(asked.parts) == 3:
            return Response(200, {"value": members(asked.state, asked.identifier)})
        return Response(200, _need(asked))
    if asked.method == "POST":
        asked.may(action, "logs/action")
        return Response(200, {"content": f"logs of {_need(asked)['name']}\n"})
    if asked.method == "DELETE":
        asked.may(action, "delete")
        return _delete(asked, endpoint)
    asked.may(action, "write")
    return _put(asked, endpoint)


def _need(asked: Asked) -> Json:
    found = asked.find(*asked.parts[:4])
    if found is None:
        absent(f"Deployment {asked.parts[3]}")
    return found


def _put(asked: Asked, endpoint: Json) -> Response:
    body = asked.request.json()
    before, name = asked.find(*asked.parts), asked.parts[3]
    if asked.method == "PATCH":
        properties: Json = {**_need(asked)["properties"]}
        more: Json = {"sku": body.get("sku") or _need(asked).get("sku"), "tags": body.get("tags") or {}}
    else:
        properties = {name: value for name, value in (body.get("properties") or {}).items() if value is not None}
        more = {name: value for name, value in body.items() if name in ("sku", "tags", "location", "kind", "identity")}
    if not _NAME.fullmatch(name):
        wrong(f"Deployment name {name} is not 3 to 32 letters, digits and hyphens, a letter first and no hyphen last.")
    require_settled(asked.state, asked.identifier)
    require_references(asked, properties)
    others = members(asked.state, asked.at(*asked.parts[:3]))
    if before is None and len(others) >= _MOST:
        wrong(f"Endpoint {endpoint['name']} has {_MOST} deployments already.")
    (_require_batch if asked.parts[0].lower() == "batchendpoints" else _require_online)(asked, properties, more)
    ordered = orders.fate(asked.state, name)
    if ordered["how"] == "refused":
        wrong(ordered["message"])
    put(asked, properties, **more)
    error = ordered["message"] if ordered["how"] == "failed" else ""
    looks = ordered["looks"] if ordered["how"] == "slow" else 1
    headers = begin(asked, "Updating" if before else "Creating", looks=looks, error=error)
    return Response(200 if before else 201, asked.find(*asked.parts), headers)


def _require_online(asked: Asked, properties: Json, more: Json) -> None:
    name, model = asked.parts[3], _model(asked, properties.get("model"))
    kind = str(properties.get("endpointComputeType", "Managed"))
    if kind == "Managed" and not properties.get("instanceType"):
        wrong(f"Deployment {name} has no instance type.")
    if not (more.get("sku") or {}).get("capacity"):
        wrong(f"Deployment {name} has no instance count.")
    needs_code = model is None or str(model["properties"].get("modelType")) == "custom_model"
    for part in ("environmentId", "codeConfiguration"):
        if needs_code and not properties.get(part):
            wrong(f"Deployment {name} has no {part}, which a model that is no MLflow or Triton model needs.")
    properties.setdefault("scaleSettings", {"scaleType": "Default"})
    for collection in ((properties.get("dataCollector") or {}).get("collections") or {}).values():
        collection["dataCollectionMode"] = collection["dataCollectionMode"].capitalize()  # as it is given back


def _require_batch(asked: Asked, properties: Json, more: Json) -> None:
    name, configuration = asked.parts[3], properties.get("deploymentConfiguration") or {}
    if str(configuration.get("deploymentConfigurationType", "Model")) == "PipelineComponent":
        if not (configuration.get("componentId") or {}).get("assetId"):
            wrong(f"Deployment {name} has no component.")
        return
    if not properties.get("compute"):
        wrong(f"Deployment {name} has no compute.")
    model = _model(asked, (properties.get("model") or {}).get("assetId"))
    if model is None:
        wrong(f"Deployment {name} has no model.")
    if str(model["properties"].get("modelType")) != "mlflow_model" and not properties.get("codeConfiguration"):
        wrong(f"Deployment {name} has no codeConfiguration, which a model that is no MLflow model needs.")


def _model(asked: Asked, identifier: str | None) -> Json | None:
    """The model that a deployment names by its address; it is there, as all references were looked for."""
    address = (identifier or "").removeprefix("azureml:")
    if not address:
        return None
    if shared := shared_model(asked, identifier or ""):
        return shared
    prefix = f"{key(asked.workspace)}/"
    if not key(address).startswith(prefix):
        wrong(f"{identifier} is no model of this workspace.")
    return asked.find(*address[len(prefix) :].split("/"))


def _delete(asked: Asked, endpoint: Json) -> Response:
    if asked.find(*asked.parts) is None:
        return Response(204)
    properties, name = endpoint["properties"], asked.parts[3]
    served = {**(properties.get("traffic") or {}), **(properties.get("mirrorTraffic") or {})}
    if any(share and key(other) == key(name) for other, share in served.items()):
        wrong(f"Deployment {name} can't be deleted while it has traffic.")
    if key((properties.get("defaults") or {}).get("deploymentName") or "") == key(name):
        wrong(f"Deployment {name} can't be deleted while it is the default of its endpoint.")
    require_settled(asked.state, asked.identifier)
    return Response(202, None, begin(asked, "Deleting", deletes=True))

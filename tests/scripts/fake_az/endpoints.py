"""Online and batch endpoints with their deployments."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.scripts.fake_az.assets import load, named_model, workspace
from tests.scripts.fake_az.generic_update import CannotSet, lay_over
from tests.scripts.fake_az.parse import Call, Refused
from tests.scripts.fake_az.world import Json, ServiceError, World, not_found


def online_endpoint_show(world: World, call: Call) -> Any:
    """The client shows deployments without any traffic with none."""
    endpoints = workspace(world, call, "online_endpoints")
    if call.get("--name") not in endpoints:
        raise not_found(f"Endpoint '{call.get('--name')}'")
    shown = _online_dump(world, endpoint := endpoints[call.get("--name")])
    idle = [name for name in endpoint["slots"] if name not in endpoint["mirror_traffic"]]
    return shown | {"traffic": dict.fromkeys(idle, 0) | endpoint["traffic"]}


def online_endpoint_create(world: World, call: Call) -> Any:
    """Looks first, and refuses a name that exists."""
    body = load(call)
    endpoints = workspace(world, call, "online_endpoints")
    if body["name"] in endpoints:
        raise ServiceError(1, "(UserError) An endpoint with this name already exists.")
    endpoint = {"name": body["name"], "tags": body.get("tags", {}), "traffic": {}, "mirror_traffic": {}, "slots": {}}
    endpoints[body["name"]] = endpoint | {"body": _without(body, "tags"), "provisioning_state": "Succeeded"}
    world.begin(endpoints[body["name"]], "Creating")
    return _online_dump(world, endpoints[body["name"]])


def online_endpoint_update(world: World, call: Call) -> Any:
    """With a file, the whole endpoint is sent: what neither file nor flags say is dropped, the traffic included."""
    kept = online_endpoint(world, call)
    _require_settled(world, kept)
    endpoint = kept | {"tags": dict(kept["tags"])}
    if "--file" in call.one:
        body = load(call._replace(several={}))
        endpoint |= {"body": _without(body, "tags"), "tags": body.get("tags", {}), "traffic": {}, "mirror_traffic": {}}
    if "--traffic" in call.one:
        endpoint["traffic"] = {name: share for name, share in _split(call.get("--traffic")).items() if share}
    if "--mirror-traffic" in call.one:
        endpoint["mirror_traffic"] = {n: share for n, share in _split(call.get("--mirror-traffic")).items() if share}
    _lay_over(call, endpoint)
    _check_split(endpoint)
    kept |= endpoint | {"provisioning_state": "Succeeded"}
    world.begin(kept, "Updating")
    return _online_dump(world, kept)


def online_endpoint_invoke(world: World, call: Call) -> Any:
    """An answer may be anything; an error text with status 200 is exit 0."""
    slots = online_endpoint(world, call)["slots"]
    name = call.need("--deployment-name")
    if name not in slots:
        raise ServiceError(1, f"Deployment name {name} not found for this endpoint")
    try:
        json.loads(Path(call.need("--request-file")).read_text())
    except (OSError, ValueError) as error:
        raise ServiceError(1, f"request file: {error}") from error
    answer = world.script["answers"].get(name.rpartition("-")[0], world.script["answer"])
    if answer is None:
        raise ServiceError(1, "(BadArgument) upstream request failed")
    world.log("invoked.jsonl", {"slot": name, "traffic": online_endpoint(world, call)["traffic"].get(name, 0)})
    return answer


def online_endpoint_get_credentials(world: World, call: Call) -> Any:
    """Of an endpoint with keys; one whose body says nothing has them."""
    endpoint = online_endpoint(world, call)
    name = endpoint["name"]
    if str(endpoint.get("body", {}).get("auth_mode", "key")).lower() != "key":
        raise ServiceError(1, f"Endpoint {name} does not use keys.")
    return {"primaryKey": f"key of {name}", "secondaryKey": f"other key of {name}"}


def online_deployment_list(world: World, call: Call) -> Any:
    slots = online_endpoint(world, call, "--endpoint-name")["slots"]
    for name in [name for name, slot in slots.items() if world.settle(slot)["provisioning_state"] is None]:
        del slots[name]
    return [_deployment(call, name, slot) for name, slot in sorted(slots.items())]


def online_deployment_show(world: World, call: Call) -> Any:
    """Its 404 becomes another error, so that it ends with 1."""
    slots = online_endpoint(world, call, "--endpoint-name")["slots"]
    if call.get("--name") not in slots or world.settle(slots[call.get("--name")])["provisioning_state"] is None:
        raise ServiceError(1, "Deployment does not exist.")
    return _deployment(call, call.get("--name"), slots[call.get("--name")])


def _deployment(call: Call, name: str, slot: Json) -> Json:
    """As the client writes it."""
    kept = {key: slot["body"].get(key) for key in ("instance_type", "environment", "code_configuration")}
    return kept | {
        "name": name,
        "endpoint_name": call.get("--endpoint-name"),
        "provisioning_state": slot["provisioning_state"],
        "instance_count": slot.get("instances", 1),
        "model": _model_id(call, slot),
        "tags": slot["body"].get("tags", {}),
        "type": "managed",
    }


def online_deployment_create(world: World, call: Call) -> Any:
    """Looks first, and leaves a failed deployment behind; somebody else may move the traffic meanwhile."""
    endpoint = online_endpoint(world, call, "--endpoint-name")
    endpoint |= world.script["meanwhile"]
    body = load(call)
    if body["name"] in endpoint["slots"]:
        raise ServiceError(1, "(UserError) A deployment with this name already exists.")
    _require_model(world, call, body)
    failure = world.failure or _failure(world, body["name"])
    if len(endpoint["slots"]) >= world.script["room"]:
        failure = "OutOfQuota"
    state = "Failed" if failure else "Succeeded"
    endpoint["slots"][body["name"]] = {"body": body, "provisioning_state": state}
    world.begin(endpoint["slots"][body["name"]], "Creating")
    if failure:
        raise ServiceError(1, f"({failure}) the user container crashed")
    return {"name": body["name"], "provisioning_state": state}


def online_deployment_update(world: World, call: Call) -> Any:
    """With a file the whole is sent, and --set is laid over name and endpoint alone; a missing one is exit 1."""
    slots = online_endpoint(world, call, "--endpoint-name")["slots"]
    if "--file" in call.one:
        known = {"name": call.get("--name"), "endpoint_name": call.get("--endpoint-name")}
        _lay_over(call, known)
        world.sent = body = load(call._replace(several={})) | known
    slot = slots.get(call.get("--name"))
    if slot is None:
        raise ServiceError(1, "Deployment does not exist.")
    if "--file" in call.one:
        _require_model(world, call, body)
        slot["body"] = body | {"instance_type": slot["body"].get("instance_type")}
    else:
        _set_in_place(world, call, slot)
    failure = "--file" in call.one and (world.failure or _failure(world, f"{call.get('--name')}-"))
    slot["provisioning_state"] = "Failed" if failure else "Succeeded"
    world.begin(slot, "Updating")
    if failure:
        raise ServiceError(1, f"({failure}) the user container crashed")
    return {"name": call.get("--name")}


def _set_in_place(world: World, call: Call, slot: Json) -> None:
    """What is there with --set over it. Azure counts in whole numbers, and takes no text for one."""
    body = {"instance_count": slot.get("instances", 1), "tags": {}, **copy.deepcopy(slot["body"])}
    _lay_over(call, body)
    if body.get("model") != slot["body"].get("model"):
        named_model(world, call, str(body["model"]))
    count = body.pop("instance_count")
    if not isinstance(count, int):
        raise ServiceError(1, f"instance_count: {count!r} is no integer.")
    slot |= {"instances": count, "body": body}


def online_deployment_delete(world: World, call: Call) -> Any:
    endpoint = online_endpoint(world, call, "--endpoint-name")
    name = call.get("--name")
    if "--yes" not in call.switches:
        raise ServiceError(1, "Unable to prompt for confirmation as no tty available. Use --yes.")
    if name not in endpoint["slots"]:
        raise not_found(f"Deployment '{name}'")
    if endpoint["traffic"].get(name) or endpoint["mirror_traffic"].get(name):
        raise ServiceError(1, f"(UserError) Deployment {name} has traffic and cannot be deleted.")
    if world.interrupted:
        endpoint["slots"][name] |= {"provisioning_state": None}
        world.begin(endpoint["slots"][name], "Deleting")
    else:
        del endpoint["slots"][name]


def online_deployment_get_logs(world: World, call: Call) -> Any:
    """The log of a container, as a text; a test may say that it can't be read."""
    name = call.get("--name")
    if name not in online_endpoint(world, call, "--endpoint-name")["slots"]:
        raise not_found(f"Deployment '{name}'")
    if world.script.get("no_logs"):
        raise ServiceError(1, "(InternalServerError) the logs are not available")
    return f"logs of {name}\n"


def batch_endpoint_show(world: World, call: Call) -> Any:
    endpoints = workspace(world, call, "batch_endpoints")
    if call.get("--name") not in endpoints:
        raise not_found(f"Endpoint '{call.get('--name')}'")
    return _without(world.settle(endpoints[call.get("--name")]), "slots")


def batch_endpoint_create(world: World, call: Call) -> Any:
    """An upsert without a look: the default of an endpoint that exists is lost."""
    body = load(call)
    endpoints = workspace(world, call, "batch_endpoints")
    endpoint = endpoints.setdefault(body["name"], {"slots": {}})
    endpoint |= {"tags": body.get("tags", {}), "defaults": None, "body": _without(body, "tags")}
    endpoint["provisioning_state"] = "Succeeded"
    world.begin(endpoint, "Creating")
    return endpoint


def batch_endpoint_update(world: World, call: Call) -> Any:
    """With a file, the default and the tags are those of the file."""
    endpoints = workspace(world, call, "batch_endpoints")
    endpoint: Json = endpoints[call.need("--name")]
    _require_settled(world, endpoint)
    if "--file" in call.one:
        body = load(call._replace(several={}))
        endpoint |= {"tags": body.get("tags", {}), "defaults": body.get("defaults"), "body": _without(body, "tags")}
    changed = {"tags": dict(endpoint["tags"]), "defaults": dict(endpoint["defaults"]) if endpoint["defaults"] else None}
    _lay_over(call, changed)
    default = (changed["defaults"] or {}).get("deployment_name")
    if default and default not in endpoint["slots"]:
        raise ServiceError(1, f"(UserError) Deployment {default} does not exist.")
    endpoint |= {"tags": changed["tags"], "defaults": changed["defaults"] or None}
    endpoint["provisioning_state"] = "Succeeded"
    world.begin(endpoint, "Updating")
    return endpoint


def batch_deployment_show(world: World, call: Call) -> Any:
    slots = _batch_slots(world, call)
    if call.get("--name") not in slots:
        raise not_found(f"Deployment '{call.get('--name')}'")
    return _batch_deployment(call, call.get("--name"), slots[call.get("--name")])


def batch_deployment_list(world: World, call: Call) -> Any:
    return [_batch_deployment(call, name, slot) for name, slot in sorted(_batch_slots(world, call).items())]


def _batch_deployment(call: Call, name: str, slot: Json) -> Json:
    """As the client writes it."""
    kept = {key: slot["body"].get(key) for key in ("environment", "compute", "code_configuration")}
    state, tags = slot["provisioning_state"], slot["body"].get("tags", {})
    return kept | {"name": name, "model": _model_id(call, slot), "tags": tags, "provisioning_state": state}


def batch_deployment_create(world: World, call: Call) -> Any:
    """An upsert without a look."""
    slots = _batch_slots(world, call)
    body = load(call)
    _require_model(world, call, body)
    state = "Failed" if _failure(world, body["name"]) else "Succeeded"
    slots[body["name"]] = {"body": body, "provisioning_state": state}
    world.begin(slots[body["name"]], "Creating")
    if state == "Failed":
        raise ServiceError(1, "(UserError) the deployment failed")
    return slots[body["name"]]


def batch_deployment_delete(world: World, call: Call) -> Any:
    slots = _batch_slots(world, call)
    if "--yes" not in call.switches:
        raise ServiceError(1, "Unable to prompt for confirmation as no tty available. Use --yes.")
    if call.get("--name") not in slots:
        raise not_found(f"Deployment '{call.get('--name')}'")
    defaults = workspace(world, call, "batch_endpoints")[call.get("--endpoint-name")].get("defaults") or {}
    if defaults.get("deployment_name") == call.get("--name"):
        raise ServiceError(1, f"(UserError) Deployment {call.get('--name')} is the default and cannot be deleted.")
    if world.interrupted:
        slots[call.get("--name")] |= {"provisioning_state": None}
        world.begin(slots[call.get("--name")], "Deleting")
    else:
        del slots[call.get("--name")]


def _model_id(call: Call, slot: Json) -> str | None:
    """As az prints the model of a deployment: by its id."""
    if "printed" in slot:
        return str(slot["printed"])
    model = slot["body"].get("model")
    if not isinstance(model, str):
        return None
    if model.startswith("azureml:/"):
        return model
    group = f"azureml:/subscriptions/{call.subscription}/resourceGroups/{call.get('--resource-group')}"
    _, name, version = model.split(":")
    place = f"providers/Microsoft.MachineLearningServices/workspaces/{call.get('--workspace-name')}"
    return f"{group}/{place}/models/{name}/versions/{version}"


def _failure(world: World, slot: str) -> str:
    return "ImageBuildFailure" if slot.rpartition("-")[0] in world.script["failing_slots"] else ""


def online_endpoint(world: World, call: Call, flag: str = "--name") -> Json:
    """The endpoint; 404 where it is missing, which `update` turns into exit 1."""
    endpoints = workspace(world, call, "online_endpoints")
    if call.get(flag) not in endpoints:
        missing = not_found(f"Endpoint '{call.get(flag)}'")
        raise ServiceError(1, "Endpoint does not exist.") if call.name.endswith("update") else missing
    endpoint: Json = endpoints[call.get(flag)]
    return endpoint


def _online_dump(world: World, endpoint: Json) -> Json:
    """What `show` prints; some versions of the extension print the state as the name of an enumeration's member."""
    world.settle(endpoint)
    state = f"EndpointProvisioningState.{endpoint['provisioning_state'].upper()}"
    address = f"https://{endpoint['name']}.westeurope.inference.ml.azure.com/score"
    return _without(endpoint, "slots", "body") | {"provisioning_state": state, "scoring_uri": address}


def _batch_slots(world: World, call: Call) -> Json:
    endpoints = workspace(world, call, "batch_endpoints")
    if call.need("--endpoint-name") not in endpoints:
        raise not_found(f"Endpoint '{call.get('--endpoint-name')}'")
    slots: Json = endpoints[call.get("--endpoint-name")]["slots"]
    for name in [name for name, slot in slots.items() if world.settle(slot)["provisioning_state"] is None]:
        del slots[name]
    return slots


def _require_settled(world: World, endpoint: Json) -> None:
    if world.settle(endpoint)["provisioning_state"] in ("Creating", "Updating"):
        raise ServiceError(1, "(Conflict) the endpoint is being worked on")


def _require_model(world: World, call: Call, body: Json) -> None:
    """All but a pipeline serve a model: one that is registered, or one that stands in the file itself."""
    if body.get("type") == "pipeline" or isinstance(body.get("model"), dict):
        return
    named_model(world, call, str(body.get("model", "::")))


def _split(text: str) -> dict[str, int]:
    """Blanks between; a comma is no delimiter."""
    split = {}
    for pair in text.split():
        name, _, share = pair.partition("=")
        if not share.isnumeric():
            raise ServiceError(1, "Do not add a delimiter between traffic variables")
        split[name] = int(share)
    return split


def _lay_over(call: Call, instance: Json) -> None:
    """What --set says, over what the getter returned. A tag that came to be a number no script may write."""
    for setting in call.several.get("--set", []):
        try:
            lay_over(instance, setting, is_text="--force-string" in call.switches)
        except CannotSet as error:
            raise ServiceError(1, str(error)) from error
    for name, value in instance.get("tags", {}).items():
        if not isinstance(value, str):
            raise Refused(f"{call.name}: the tag {name} is read as JSON")


def _check_split(endpoint: Json) -> None:
    for name in [*endpoint["traffic"], *endpoint["mirror_traffic"]]:
        if endpoint["slots"].get(name, {}).get("provisioning_state") != "Succeeded":
            raise ServiceError(1, f"(UserError) traffic for {name}, which is not there or not ready")
    if sum(endpoint["traffic"].values()) not in (0, 100):
        raise ServiceError(1, f"(UserError) the sum of the traffic is {sum(endpoint['traffic'].values())}")
    if len(endpoint["mirror_traffic"]) > 1 or any(share > 50 for share in endpoint["mirror_traffic"].values()):
        raise ServiceError(1, "(UserError) mirror traffic: one deployment, at most 50")
    if endpoint["traffic"].keys() & endpoint["mirror_traffic"].keys():
        raise ServiceError(1, "(UserError) a deployment has live or mirrored traffic, not both")


def _without(table: Json, *keys: str) -> Json:
    return {key: value for key, value in table.items() if key not in keys}


HANDLERS: dict[str, Callable[[World, Call], Any]] = {
    "ml online-endpoint show": online_endpoint_show,
    "ml online-endpoint create": online_endpoint_create,
    "ml online-endpoint update": online_endpoint_update,
    "ml online-endpoint get-credentials": online_endpoint_get_credentials,
    "ml online-endpoint invoke": online_endpoint_invoke,
    "ml online-deployment list": online_deployment_list,
    "ml online-deployment show": online_deployment_show,
    "ml online-deployment create": online_deployment_create,
    "ml online-deployment update": online_deployment_update,
    "ml online-deployment get-logs": online_deployment_get_logs,
    "ml online-deployment delete": online_deployment_delete,
    "ml batch-endpoint show": batch_endpoint_show,
    "ml batch-endpoint create": batch_endpoint_create,
    "ml batch-endpoint update": batch_endpoint_update,
    "ml batch-deployment show": batch_deployment_show,
    "ml batch-deployment list": batch_deployment_list,
    "ml batch-deployment create": batch_deployment_create,
    "ml batch-deployment delete": batch_deployment_delete,
}

"""Resource groups, deployments, rights: what the core of az answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.scripts.fake_az.parse import Call, Refused
from tests.scripts.fake_az.world import Crash, Json, ServiceError, World, not_found

_GROUP_URL = re.compile(r"/subscriptions/(?P<subscription>[^/]+)/resourceGroups/(?P<group>[^/?]+)(?P<rest>[/?].*)")


def version(world: World, call: Call) -> Any:
    return {"azure-cli": world.script["az"], "extensions": {"ml": world.script["ml"]} if world.script["ml"] else {}}


def account_show(world: World, call: Call) -> Any:
    if call.subscription not in world.script["subscriptions"]:
        raise ServiceError(
            1, f"Subscription '{call.subscription}' not found. Check the spelling and casing and try again."
        )
    return {"id": call.subscription}


def group_show(world: World, call: Call) -> Any:
    return _group(world, call.subscription, call.get("--name"))


def provider_show(world: World, call: Call) -> Any:
    state = world.table("providers", call.subscription).get(call.get("--namespace"), "NotRegistered")
    return {"registrationState": state}


def provider_register(world: World, call: Call) -> Any:
    """Returns before it is done."""
    world.table("providers", call.subscription)[call.get("--namespace")] = "Registering"


def deployment_show(world: World, call: Call) -> Any:
    deployments = _deployments(world, call)
    if call.get("--name") not in deployments:
        raise not_found(f"Deployment '{call.get('--name')}'")
    state = world.settle(deployments[call.get("--name")])["provisioning_state"]
    return {"properties": {"provisioningState": state}}


def deployment_create(world: World, call: Call) -> Any:
    """Validates first; waits for its end, unless the process is killed: then Azure goes on alone."""
    try:
        deployments = _deployments(world, call)
    except ServiceError as missing:
        code, message = str(missing).removeprefix("(").split(") ", 1)
        raise ServiceError(1, json.dumps({"code": code, "message": message})) from missing
    name = call.need("--name")
    if len(name) > 64:
        message = "The deployment name must not be longer than 64 characters."
        raise ServiceError(1, json.dumps({"code": "InvalidDeploymentName", "message": message}))
    running = deployments.get(name)
    if running is not None and world.settle(running)["provisioning_state"] == "Running":
        raise Crash("DeploymentActive", f"Unable to edit or replace deployment '{name}': it is still active.")
    failure = world.failure
    if any(f"-{unit}-" in name for unit in world.script["failing_units"]):
        failure = "Conflict"
    deployments[name] = {"content": _parameters(call), "provisioning_state": "Failed" if failure else "Succeeded"}
    world.begin(deployments[name], "Running")
    if failure:
        message = "At least one resource deployment operation failed. Please list deployment operations for details."
        error = {"code": "DeploymentFailed", "message": message, "details": [{"code": failure, "message": "no"}]}
        raise ServiceError(1, json.dumps({"status": "Failed", "error": error}, separators=(",", ":")))
    return deployments[name]


def deployment_what_if(world: World, call: Call) -> Any:
    try:
        _deployments(world, call)
    except ServiceError as missing:
        code, message = str(missing).removeprefix("(").split(") ", 1)
        raise Crash(code, message) from missing
    _parameters(call)
    if "--no-pretty-print" not in call.switches:
        raise Refused("what-if without --no-pretty-print prints text")
    if call.get("--validation-level") not in ("Provider", "ProviderNoRbac", "Template"):
        raise Refused(f"--validation-level {call.get('--validation-level')!r}")
    answer = world.script["what_if"]
    if answer.get("status") == "Failed":
        raise ServiceError(1, f"{answer['error']['code']} - {answer['error']['message']}")
    return answer


def rest(world: World, call: Call) -> Any:
    """Puts the group itself, whose tags are replaced; merges tags; puts role definitions and assignments.

    Every HTTP error exits 1.
    """
    match = _GROUP_URL.fullmatch(call.get("--url"))
    if match is None:
        raise Refused(f"az rest --url {call.get('--url')!r}")
    group_id = _group_id(match["subscription"], match["group"])
    body = json.loads(call.get("--body"))
    path, _, api_version = match["rest"].partition("?api-version=")
    if (call.get("--method"), path, api_version) == ("put", "", "2021-04-01"):
        world.table("groups")[group_id] = {"location": body["location"], "tags": body["tags"]}
        return body
    if group_id not in world.table("groups"):
        error = {"code": "ResourceGroupNotFound", "message": f"Resource group '{match['group']}' could not be found."}
        raise ServiceError(1, f"Not Found({json.dumps({'error': error})})")
    match call.get("--method"), path.split("/")[2:]:
        case "patch", ["Microsoft.Resources", "tags", "default"] if api_version == "2021-04-01":
            if body["operation"] != "Merge":
                raise Refused(f"tags: operation {body['operation']!r}")
            world.table("groups")[group_id].setdefault("tags", {}).update(body["properties"]["tags"])
        case "put", ["Microsoft.Authorization", "roleDefinitions", name] if api_version == "2022-04-01":
            world.table("roles", group_id)[name] = body["properties"]
        case "put", ["Microsoft.Authorization", "roleAssignments", name] if api_version == "2022-04-01":
            world.table("assignments", group_id)[name] = body["properties"]
        case method, _:
            raise Refused(f"az rest --method {method} --url {call.get('--url')!r}")
    return body


def role_definition_list(world: World, call: Call) -> Any:
    roles = world.table("roles", call.need("--scope"))
    return [{"name": name, **role} for name, role in roles.items() if name == call.get("--name")]


def role_assignment_list(world: World, call: Call) -> Any:
    if call.get("--fill-principal-name") != "false":
        raise Refused("role assignment list asks Graph without --fill-principal-name false")
    wanted = (call.need("--assignee-object-id"), call.need("--role"))
    return [
        {"name": name, "condition": assignment.get("condition")}
        for name, assignment in world.table("assignments", call.need("--scope")).items()
        if (assignment["principalId"], assignment["roleDefinitionId"].rpartition("/")[2]) == wanted
    ]


def role_assignment_create(world: World, call: Call) -> Any:
    if call.need("--assignee-principal-type") != "ServicePrincipal":
        raise Refused("--assignee-principal-type")
    scope, role, principal = call.get("--scope"), call.get("--role"), call.need("--assignee-object-id")
    definitions = f"/subscriptions/{call.subscription}/providers/Microsoft.Authorization/roleDefinitions"
    assignment: Json = {
        "roleDefinitionId": f"{definitions}/{role}",
        "principalId": principal,
        "principalType": "ServicePrincipal",
    }
    if "--condition" in call.one:
        assignment |= {"condition": call.get("--condition"), "conditionVersion": call.need("--condition-version")}
    return world.table("assignments", scope).setdefault(f"{role}-of-{principal}", assignment)


def identity_show(world: World, call: Call) -> Any:
    identities = world.table("identities", call.get("--resource-group"))
    if call.get("--name") not in identities:
        raise not_found(f"Identity '{call.get('--name')}'")
    return identities[call.get("--name")]


def identity_create(world: World, call: Call) -> Any:
    identity = {"principalId": f"principal-of-{call.get('--name')}"}
    return world.table("identities", call.get("--resource-group")).setdefault(call.get("--name"), identity)


def credential_show(world: World, call: Call) -> Any:
    credentials = world.table("credentials", call.get("--identity-name"))
    if call.get("--name") not in credentials:
        raise not_found(f"Federated credential '{call.get('--name')}'")
    return {"name": call.get("--name"), **credentials[call.get("--name")]}


def credential_create(world: World, call: Call) -> Any:
    credential = {
        "issuer": call.need("--issuer"),
        "subject": call.need("--subject"),
        "audiences": call.several["--audiences"],
    }
    world.table("credentials", call.get("--identity-name"))[call.get("--name")] = credential
    return credential


def _group_id(subscription: str, group: str) -> str:
    return f"/subscriptions/{subscription}/resourceGroups/{group}"


def _group(world: World, subscription: str, name: str) -> Json:
    groups = world.table("groups")
    if (group_id := _group_id(subscription, name)) not in groups:
        raise ServiceError(3, f"(ResourceGroupNotFound) Resource group '{name}' could not be found.")
    group: Json = groups[group_id]
    return group


def _deployments(world: World, call: Call) -> Json:
    _group(world, call.subscription, call.get("--resource-group"))
    return world.table("deployments", _group_id(call.subscription, call.get("--resource-group")))


def _parameters(call: Call) -> str:
    """The text of the parameter file."""
    files = call.several.get("--parameters", [])
    if len(files) != 1 or not files[0].endswith(".bicepparam"):
        raise Refused(f"--parameters {files}")
    path = Path(files[0])
    if not path.is_file():
        raise ServiceError(1, f"Unable to find {path}")
    return path.read_text()


HANDLERS: dict[str, Callable[[World, Call], Any]] = {
    "version": version,
    "account show": account_show,
    "group show": group_show,
    "provider show": provider_show,
    "provider register": provider_register,
    "deployment group show": deployment_show,
    "deployment group create": deployment_create,
    "deployment group what-if": deployment_what_if,
    "rest": rest,
    "role definition list": role_definition_list,
    "role assignment list": role_assignment_list,
    "role assignment create": role_assignment_create,
    "identity show": identity_show,
    "identity create": identity_create,
    "identity federated-credential show": credential_show,
    "identity federated-credential create": credential_create,
}

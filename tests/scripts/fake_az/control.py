"""Resource groups, deployments, rights: what the core of az answers."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.scripts.fake_az import devops
from tests.scripts.fake_az.assets import schedule_rest
from tests.scripts.fake_az.networks import subnet_create, subnet_update, subnets
from tests.scripts.fake_az.parse import Call, Refused
from tests.scripts.fake_az.world import Crash, Json, ServiceError, World, not_found

ASSIGNMENTS = "Microsoft.Authorization/roleAssignments"
TENANT = "99999999-9999-9999-9999-999999999999"
_REGISTERED = ("Microsoft.Authorization", "microsoft.insights")  # in every subscription, and not as we write it
_GROUP_URL = re.compile(r"/subscriptions/(?P<subscription>[^/]+)/resourceGroups/(?P<group>[^/?]+)(?P<rest>[/?].*)")

_SCHEDULE_URL = re.compile(
    r"/providers/Microsoft\.MachineLearningServices/workspaces/(?P<workspace>[^/]+)/schedules/(?P<name>[^/?]+)"
    r"\?api-version=2023-06-01-preview"
)


def version(world: World, call: Call) -> Any:
    return {"azure-cli": world.script["az"], "extensions": {"ml": world.script["ml"]} if world.script["ml"] else {}}


def account_show(world: World, call: Call) -> Any:
    if call.subscription not in world.script["subscriptions"]:
        raise ServiceError(
            1, f"Subscription '{call.subscription}' not found. Check the spelling and casing and try again."
        )
    return {"id": call.subscription, "tenantId": world.script["tenant"], "user": world.script["signed_in"]}


def account_get_access_token(world: World, call: Call) -> Any:
    return {"accessToken": f"token for {call.need('--resource')}", "tokenType": "Bearer"}


def group_show(world: World, call: Call) -> Any:
    return _group(world, call.subscription, call.get("--name"))


def provider_list(world: World, call: Call) -> Any:
    """What is being registered is so at the next look."""
    states = world.table("providers", call.subscription)
    known = dict.fromkeys(_REGISTERED, "Registered") | {"Microsoft.Quantum": "NotRegistered"} | states
    rows = [{"namespace": name, "registrationState": state} for name, state in sorted(known.items())]
    states |= {name: "Registered" for name, state in states.items() if state == "Registering"}
    return rows


def provider_register(world: World, call: Call) -> Any:
    """Returns before it is done."""
    world.table("providers", call.subscription)[call.need("--namespace")] = "Registering"


def deployment_show(world: World, call: Call) -> Any:
    deployments = _deployments(world, call)
    if call.get("--name") not in deployments:
        raise not_found(f"Deployment '{call.get('--name')}'", "DeploymentNotFound")
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
    """Puts the group itself, whose tags are replaced; merges tags; puts role definitions, assignments, schedules.

    Every HTTP error exits 1.
    """
    if call.get("--url").startswith(devops.SITES):
        return devops.rest(world, call)
    match = _GROUP_URL.fullmatch(call.get("--url"))
    if match is None:
        raise Refused(f"az rest --url {call.get('--url')!r}")
    if schedule := _SCHEDULE_URL.fullmatch(match["rest"]):
        place = {"--subscription": match["subscription"], "--resource-group": match["group"]}
        place["--workspace-name"] = schedule["workspace"]
        return schedule_rest(world, call._replace(one=call.one | place), schedule["name"])
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
            have = world.table("groups")[group_id].setdefault("tags", {})
            names = {name.lower(): name for name in have}  # they keep the case in which they were first given
            have.update({names.get(name.lower(), name): value for name, value in body["properties"]["tags"].items()})
        case "put", ["Microsoft.Authorization", "roleDefinitions", name] if api_version == "2022-04-01":
            world.table("roles", group_id)[name] = body["properties"]
        case "put", ["Microsoft.Authorization", "roleAssignments", name] if api_version == "2022-04-01":
            world.table("assignments", group_id)[name] = body["properties"]
        case "put", ["Microsoft.ManagedIdentity", "userAssignedIdentities", name]:
            return world.table("identities", group_id).setdefault(name, _new_identity(group_id, name, body["location"]))
        case method, _:
            raise Refused(f"az rest --method {method} --url {call.get('--url')!r}")
    return body


def role_definition_list(world: World, call: Call) -> Any:
    """Those of the tenant's own, or the one that is named, which may be Azure's."""
    wanted, own = call.get("--name"), call.get("--custom-role-only") == "true"
    if not (wanted or own):
        raise Refused("role definition list gives all of Azure's own roles without --custom-role-only true or --name")
    lists: Json = {"actions": [], "notActions": [], "dataActions": [], "notDataActions": []}
    found = world.table("roles", call.need("--scope")) | ({} if own else _OF_AZURE)
    return [
        {"name": name, **role, "permissions": [lists | permission for permission in role["permissions"]]}
        for name, role in found.items()
        if wanted in ("", name)
    ]


# Reader and Key Vault Data Access Administrator. Source: docs, "Azure built-in roles".
_GIVES = ["Microsoft.Authorization/*/read", "Microsoft.Authorization/roleAssignments/write"]
_OF_AZURE: dict[str, Json] = {
    "acdd72a7-3385-48ef-bd42-f606fba81ae7": {"permissions": [{"actions": ["*/read"]}]},  # Reader
    "8b54135c-b56d-4d72-a534-26097cfdc8d8": {
        "permissions": [{"actions": _GIVES}]
    },  # Key Vault Data Access Administrator
}


def ad_sp_list(world: World, call: Call) -> Any:
    """By the id of the application, as an object id is another one in each directory."""
    match = re.fullmatch(r"appId eq '([^']+)'", call.need("--filter"))
    if match is None:
        raise Refused(f"ad sp list --filter {call.get('--filter')!r}")
    if world.script.get("directory") == "closed":
        raise ServiceError(1, "Insufficient privileges to complete the operation.")
    known = world.table("directory")
    return [{"id": known[match[1]], "appId": match[1]}] if match[1] in known else []


def role_assignment_list(world: World, call: Call) -> Any:
    if call.get("--fill-principal-name") != "false":
        raise Refused("role assignment list asks Graph without --fill-principal-name false")
    if "--scope" in call.one:
        return [{"name": name, **assignment} for name, assignment in _assigned_on(world, call).items()]
    if "--all" not in call.switches:
        raise Refused("role assignment list knows no scopes without --all")
    return [
        {"name": name, "scope": scope, "condition": None} | assignment
        for scope, assignments in world.table("assignments").items()
        for name, assignment in assignments.items()
        if assignment["principalId"] == call.need("--assignee-object-id")
    ]


def _assigned_on(world: World, call: Call) -> Json:
    """What is assigned on one thing, for those who may see that."""
    scope = call.get("--scope")
    if scope in world.script.get("unseen", ()):
        message = f"The client does not have authorization to perform action '{ASSIGNMENTS}/read' over scope '{scope}'."
        raise ServiceError(1, f"(AuthorizationFailed) {message}\nCode: AuthorizationFailed\nMessage: {message}")
    assigned: Json = world.table("assignments", scope)
    return assigned


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
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"{scope}/{role}/{principal}")
    return world.table("assignments", scope).setdefault(str(name), assignment)


def role_assignment_delete(world: World, call: Call) -> Any:
    """By their ids, of which none has to be there: azure-cli's delete_by_id takes the 204 of Resource Manager."""
    for identifier in call.several["--ids"]:
        scope, _, name = identifier.rpartition("/providers/Microsoft.Authorization/roleAssignments/")
        world.table("assignments", scope).pop(name, None)


def identity_list(world: World, call: Call) -> Any:
    return [{"name": name} | identity for name, identity in _identities(world, call).items()]


def identity_show(world: World, call: Call) -> Any:
    return _identity(world, call, call.get("--name"))


def identity_create(world: World, call: Call) -> Any:
    name = call.get("--name")
    group_id = _group_id(call.subscription, call.get("--resource-group"))
    return _identities(world, call).setdefault(name, _new_identity(group_id, name, call.need("--location")))


def _new_identity(group_id: str, name: str, location: str) -> Json:
    parts = (*group_id.split("/")[2:5:2], name)
    ids = {key: str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join((*parts, key)))) for key in ("principalId", "clientId")}
    return ids | {"location": location, "credentials": {}}


def resource_show(world: World, call: Call) -> Any:
    """What a deployment of somebody made; nobody keeps a list of that here but the test."""
    identifier = call.several["--ids"][0]
    call.need("--api-version")
    if identifier in subnets(world):
        return {"id": identifier, "properties": subnets(world)[identifier]}
    if identifier not in world.script.get("resources", ()):
        raise not_found(f"Resource '{identifier}'")
    return {"id": identifier, "properties": world.script.get("properties", {}).get(identifier, {})}


def private_endpoint_connection_list(world: World, call: Call) -> Any:
    return world.script.get("waiting", {}).get(call.get("--id"), [])


def private_endpoint_connection_approve(world: World, call: Call) -> Any:
    """Databricks knows of it a while later: at once, here."""
    for rules in world.table("account").get("endpoints", {}).values():
        for rule in rules:
            if call.get("--id").endswith(rule["endpoint_name"]):
                rule["connection_state"] = "ESTABLISHED"
    return {"id": call.get("--id")}


def keyvault_secret_show(world: World, call: Call) -> Any:
    name = f"{call.get('--vault-name')}/{call.get('--name')}"
    if name not in world.script.get("secrets", {}):
        raise not_found(f"A secret {name}", "SecretNotFound")
    return {"value": world.script["secrets"][name]}


def credential_list(world: World, call: Call) -> Any:
    name = call.get("--identity-name")
    if name not in _identities(world, call):
        raise not_found(f"Parent resource '{name}'", "ParentResourceNotFound")
    credentials = _identity(world, call, name)["credentials"]
    return [{"name": name} | credential for name, credential in credentials.items()]


def credential_create(world: World, call: Call) -> Any:
    """A PUT, also over one that is there."""
    credential = {
        "issuer": call.need("--issuer"),
        "subject": call.need("--subject"),
        "audiences": call.several["--audiences"],
    }
    _identity(world, call, call.get("--identity-name"))["credentials"][call.get("--name")] = credential
    return credential


def _identities(world: World, call: Call) -> Json:
    group = call.need("--resource-group")
    _group(world, call.subscription, group)
    return world.table("identities", _group_id(call.subscription, group))


def _identity(world: World, call: Call, name: str) -> Json:
    identities = _identities(world, call)
    if name not in identities:
        raise not_found(f"Identity '{name}'")
    identity: Json = identities[name]
    return identity


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
    if not files or not files[0].endswith(".bicepparam") or not all("=" in each for each in files[1:]):
        raise Refused(f"--parameters {files}")
    path = Path(files[0])
    if not path.is_file():
        raise ServiceError(1, f"Unable to find {path}")
    return path.read_text()


HANDLERS: dict[str, Callable[[World, Call], Any]] = {
    "version": version,
    "account show": account_show,
    "account get-access-token": account_get_access_token,
    "group show": group_show,
    "provider list": provider_list,
    "provider register": provider_register,
    "deployment group show": deployment_show,
    "deployment group create": deployment_create,
    "deployment group what-if": deployment_what_if,
    "rest": rest,
    "ad sp list": ad_sp_list,
    "role definition list": role_definition_list,
    "role assignment list": role_assignment_list,
    "role assignment create": role_assignment_create,
    "role assignment delete": role_assignment_delete,
    "resource show": resource_show,
    "keyvault secret show": keyvault_secret_show,
    "network private-endpoint-connection list": private_endpoint_connection_list,
    "network private-endpoint-connection approve": private_endpoint_connection_approve,
    "network vnet subnet create": subnet_create,
    "network vnet subnet update": subnet_update,
    "identity list": identity_list,
    "identity show": identity_show,
    "identity create": identity_create,
    "identity federated-credential list": credential_list,
    "identity federated-credential create": credential_create,
}

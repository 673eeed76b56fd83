"""A platform whose infrastructure is there: what its plan says of each target, as if it had been deployed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlinfra.compile import compile_spec
from mlinfra.emit.elsewhere import hand_overs
from mlinfra.emit.platform import Place
from mlinfra.emit.script_targets import script_target
from mlinfra.languages.resource import Location, Of, Tags
from mlinfra.output import write
from mlinfra.output.local_disk import LocalDisk
from mlinfra.output.output import output
from mlinfra.pipelines.rights import Right
from mlinfra.plan import Plan
from tests.emulator.groups import add_subscription
from tests.emulator.ids import key
from tests.emulator.people import Somebody, add_somebody, give_role
from tests.emulator.platforms import lay_out
from tests.emulator.protocol import Json
from tests.emulator.providers import register
from tests.emulator.resources import keep
from tests.emulator.state import State
from tests.scripts.infra_hash import infra_hash

REGION = "westeurope"
# What a job, an endpoint or an asset can name of what templates make.
_TYPES = (
    "Microsoft.MachineLearningServices/workspaces",
    "Microsoft.MachineLearningServices/workspaces/datastores",
    "Microsoft.MachineLearningServices/workspaces/computes",
    "Microsoft.ManagedIdentity/userAssignedIdentities",
    "Microsoft.Storage/storageAccounts",
    "Microsoft.MachineLearningServices/registries",
)


@dataclass(frozen=True)
class Platform:
    """A compiled platform: where its output lies, and the plan of each target."""

    name: str
    output: Path
    plans: dict[str, Plan]


def compile_platform(spec: str, repository: Path) -> Platform:
    """Compiles a platform into a repository that holds nothing else."""
    lay_out(spec, repository)
    return compile_file(repository / "specs" / spec / "ml-platform.yaml", repository)


def compile_file(file: Path, repository: Path) -> Platform:
    """Compiles a spec of a repository."""
    (repository / ".git").mkdir()
    compiled = compile_spec(file, repository.resolve(), {})
    outdir = repository / "generated" / compiled.header.platform
    outdir.mkdir(parents=True)
    place = Place(file, repository, outdir)
    write(LocalDisk(outdir), output(compiled.header, compiled.plans, place), place)
    return Platform(compiled.header.platform, outdir, {plan.graph.target.name: plan for plan in compiled.plans})


def lay_ground(state: State, platform: Platform, target: str) -> Somebody:
    """The infrastructure of a target, and somebody who may release: Contributor of its group and of its data."""
    plan = platform.plans[target]
    about = plan.graph.target
    scope = add_subscription(state, about.subscription, target)
    register(state, about.subscription, "Microsoft.MachineLearningServices", "Microsoft.Storage")
    group = f"{scope}/resourceGroups/{about.resource_group.name}"
    folder = platform.output / target / "infra"
    tag = infra_hash({path.name: path.read_bytes() for path in folder.iterdir()})
    keep(state, group, {"location": REGION, "tags": {f"mlinfra-{platform.name}": tag}, "properties": {}})
    for planned in plan.resources:
        if planned.resource.type in _TYPES:
            body: Json = _known(plan, planned.resource.body)
            body["properties"] = {"provisioningState": "Succeeded", **body.get("properties", {}), **_extra(planned.id)}
            keep(state, planned.id, {"location": REGION, **body})
    caller = add_somebody(state, "release")
    for role in ("Contributor", "Storage Blob Data Contributor"):
        give_role(state, caller.object_id, role, group)
    return caller


def connect(state: State, platform: Platform, target: str) -> dict[str, Somebody]:
    """The service connections of a target by their names, each with the rights of bootstrap.sh and of hand-overs."""
    plan = platform.plans[target]
    context = script_target(plan, platform.output)
    callers = {connection.name: add_somebody(state, connection.name) for connection in context.connections}
    connected = ", ".join(caller.object_id for caller in callers.values())
    for connection in context.connections:
        for right in connection.rights:
            condition = right.condition.replace("<connections>", connected)
            _give(state, callers[connection.name], right, context.scope, context.scope, condition)
    names = {connection.use: connection.name for connection in context.connections}
    for handed in hand_overs(plan):
        subscription, group = handed.group
        for use, scope, right in handed.grants():
            defined_in = f"/subscriptions/{subscription}/resourceGroups/{group}"
            _give(state, callers[names[use]], right, scope, defined_in)
    return callers


def _give(state: State, caller: Somebody, right: Right, scope: str, defined_in: str, condition: str = "") -> None:
    """A role at a scope, which is defined in a group where it is one of ours."""
    role = f"{defined_in}/providers/Microsoft.Authorization/roleDefinitions/{right.role}"
    if right.is_ours:
        keep(state, role, {"properties": _role(right)})
    properties = {"roleDefinitionId": role, "principalId": caller.object_id, "scope": scope, "condition": condition}
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"{caller.object_id} {right.role} {scope}")
    keep(state, f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}", {"properties": properties})


def _role(right: Right) -> Json:
    permission = {
        "actions": list(right.actions),
        "notActions": list(right.not_actions),
        "dataActions": list(right.data_actions),
        "notDataActions": [],
    }
    return {"roleName": right.name, "type": "CustomRole", "permissions": [permission]}


def workspace_id(platform: Platform, target: str) -> str:
    """The address of the first workspace of a target."""
    return next(planned.id for planned in platform.plans[target].resources if planned.resource.type == _TYPES[0])


def _known(plan: Plan, value: Any) -> Any:
    """A body as Azure keeps it: what the plan leaves to the deployment is known by then."""
    if isinstance(value, dict):
        return {_known(plan, name): _known(plan, one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_known(plan, one) for one in value]
    if isinstance(value, Of):
        return _property(plan, value)
    if isinstance(value, Location):
        return value.region or REGION
    if isinstance(value, Tags):
        return dict(value.extra)
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def _property(plan: Plan, of: Of) -> str:
    planned = plan.by_address.get(of.address)
    if planned is None:
        return of.address
    return {"id": planned.id, "name": planned.id.rpartition("/")[2]}.get(of.property, _uuid(planned.id, of.property))


def _extra(identifier: str) -> Json:
    """What only Azure knows."""
    kind = key(identifier).split("/")[-2]
    if kind == "workspaces":
        return {"workspaceId": _uuid(identifier, "id"), "discoveryUrl": f"https://{REGION}.api.azureml.ms/discovery"}
    if kind == "userassignedidentities":
        return {name: _uuid(identifier, name) for name in ("principalId", "clientId")}
    return {}


def _uuid(identifier: str, purpose: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{key(identifier)} {purpose}"))

"""What `bootstrap.sh` prepares for one target, as it follows from the plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mlinfra.azure.conditions import MAX_BYTES, Assignable, Blobs
from mlinfra.azure.own_roles import name_of_role, written_role, written_role_name
from mlinfra.azure.roles import ROLE_ASSIGNMENTS_TYPE, role_guid
from mlinfra.derive import workspace as around
from mlinfra.derive.applications import Service, lies_in_the_group, without_service
from mlinfra.derive.models import evaluated
from mlinfra.diagnostics import Code, Problem, finding
from mlinfra.emit.bundles import bundle_contexts
from mlinfra.emit.once import once
from mlinfra.graph import Entry
from mlinfra.languages import ROWS
from mlinfra.languages.platform.identity.role_definitions import ROLE_DEFINITIONS
from mlinfra.languages.platform.identity.role_definitions import RoleDefinition as WrittenRole
from mlinfra.languages.resource import Resource, RoleDefinition
from mlinfra.overrides.pull_requests import jobs_of_pull_requests
from mlinfra.pipelines.rights import (
    CONNECTIONS,
    MAX_CONNECTIONS,
    SCORER,
    USES,
    Connection,
    Needs,
    Right,
    Use,
    connections,
    consumers_role,
    instances_role,
)
from mlinfra.plan import Plan
from mlinfra.resolve.naming import is_in_own_group
from mlinfra.rules.connections import unused
from mlinfra.versions import is_from_job

TOO_MANY_PRINCIPALS = Code(
    "MLI552",
    "error",
    "More people with roles than a condition can name",
    "Who deploys may give roles to those alone that the spec gives them to; the condition that names them is 8 KB long "
    "at most",
    "Give the roles to groups, in place of their members",
    "https://learn.microsoft.com/azure/role-based-access-control/conditions-faq",
)
_ID_CHARACTERS = len("00000000-0000-0000-0000-000000000000, ")


@once
def connections_of(plan: Plan) -> tuple[Connection, ...]:
    """The connections that the spec names for the target and some pipeline uses, with their rights.

    Where it has no pipelines, whoever runs the scripts may sign in as one that deploys and one that plans, by these
    names. Raises Problem where a condition would be longer than Azure takes.
    """
    names = _names(plan)
    platform, target = plan.graph.header.lasting_name, plan.graph.target.lasting_name
    made = connections(needs(plan, tuple(names)), platform, target, names)
    for right in (right for connection in made for right in connection.rights):
        known = right.condition.replace(SCORER, "x" * _ID_CHARACTERS)
        size = len(known.replace(CONNECTIONS, "x" * _ID_CHARACTERS * MAX_CONNECTIONS).encode())
        if size > MAX_BYTES:
            count = len(principals(plan))
            message = f"roles are given to {count} object ids, more than the 8 KB of a condition can name"
            raise Problem([finding(TOO_MANY_PRINCIPALS, message, plan.graph.target.span, "give them to groups")])
    return made


def _names(plan: Plan) -> Mapping[Use, str]:
    pipelines = plan.graph.header.pipelines
    if pipelines is None:
        return {"deploy": "deploy", "plan": "plan"}
    written = pipelines.service_connections[plan.graph.target.name]
    named = {use: getattr(written, use) for use in USES if use not in dict(unused(plan.graph))}
    return {use: name for use, name in named.items() if name}


def needs(plan: Plan, uses: tuple[Use, ...]) -> Needs:
    """What rights in the target follow from."""
    own, named = _assigned(plan)
    accounts = _accounts(plan)
    return Needs(
        scope=plan.graph.resource_group_id,
        own_roles=own,
        named=named,
        accounts=tuple(sorted({account.azure_name for account in accounts if account})),
        uploads=bool(accounts),
        scored=_places(plan, _scoring(plan), writes=False),
        results=_places(plan, _scoring(plan), writes=True),
        put_out=_places(plan, _downloaded(plan), writes=True),
        put_out_by_checks=_places(plan, _checked(plan), writes=True),
        has_locks=any(planned.resource.type == ROWS["locks"].resource_type for planned in plan.resources),
        has_batch_endpoints=any(plan.graph.section("batch_endpoints")),
        registers_models=around.trains(plan.graph) or not all(map(is_from_job, plan.graph.section("models"))),
        hands_secrets=any(each.secrets for each in bundle_contexts(plan.graph)),
        has_registries=any(not registry.existing for registry in plan.graph.section("registries")),
        uses=uses,
    )


def key_services(plan: Plan) -> Mapping[Service, tuple[str, ...]]:
    """The services that have to read a key in the target's own group, which nobody lets them, with the ids of the keys.

    Of a key that is named by its address, the id of its vault. Keys elsewhere are their owner's to give.
    """
    graph = plan.graph
    found: dict[Service, dict[str, None]] = {}
    for service, _, key in without_service(graph):
        if lies_in_the_group(graph, key):
            found.setdefault(service, {})[str(graph.entries[key].id)] = None
    return {service: tuple(ids) for service, ids in found.items()}


def principals(plan: Plan) -> tuple[str, ...]:
    """The object ids of Entra that the templates give roles to."""
    return tuple(sorted({each for assignable in _assigned(plan)[1] for each in assignable.objects}))


def custom_roles(plan: Plan) -> tuple[str, ...]:
    """The GUIDs of roles that are neither Azure's own nor ours and go to identities that the templates make."""
    group = plan.graph.resource_group_id
    defined = {right.role for right in roles_of_the_spec(plan)}
    return tuple(role for role in _assigned(plan)[0] if name_of_role(role, group) is None and role not in defined)


def roles_of_the_spec(plan: Plan) -> tuple[Right, ...]:
    """Those of `role_definitions`: whoever deploys can't define them, and may give them as the templates do."""
    graph = plan.graph
    return tuple(
        Right(
            written_role(graph.resource_group_id, entry.lasting_name),
            written_role_name(graph.header.lasting_name, entry.lasting_name, graph.resource_group_id),
            role.description or f"{entry.address} of {graph.header.lasting_name}",
            actions=tuple(sorted(role.actions)),
            not_actions=tuple(sorted(role.not_actions)),
            data_actions=tuple(sorted(role.data_actions)),
            not_data_actions=tuple(sorted(role.not_data_actions)),
        )
        for entry in graph.section(ROLE_DEFINITIONS.name)
        if isinstance(role := entry.model, WrittenRole)
    )


def roles_of_consumers(plan: Plan) -> tuple[Right, ...]:
    """The role of ours that templates and releases give: `bootstrap.sh` defines it, and gives it to nobody."""
    right = consumers_role(needs(plan, ()))
    return (right,) if _is_given(plan, right) or "score" in uses_of(plan) else ()


def roles_of_instances(plan: Plan) -> tuple[Right, ...]:
    """The role of ours that templates give to the identities of compute instances; `bootstrap.sh` defines it, too."""
    right = instances_role(needs(plan, ()))
    return (right,) if _is_given(plan, right) else ()


def _is_given(plan: Plan, right: Right) -> bool:
    own, named = _assigned(plan)
    return any(right.role in roles for roles in (own, *(each.roles for each in named)))


def uses_of(plan: Plan) -> tuple[Use, ...]:
    """What the connections of the target are for."""
    return tuple(_names(plan))


def accounts_elsewhere(plan: Plan) -> tuple[Entry, ...]:
    """The storage accounts of others that the workspaces of the target's own group keep code and models in."""
    target = plan.graph.target
    found = (
        plan.graph.entries.get(plan.graph.bound(workspace.address, "storage_account") or "")
        for workspace in plan.graph.section("workspaces")
        if is_in_own_group(workspace, target)
    )
    return tuple(account for account in found if account and not is_in_own_group(account, target))


def _accounts(plan: Plan) -> list[Entry | None]:
    """The storage accounts of the workspaces in the target's own group; None for one that is not known."""
    target, found = plan.graph.target, list[Entry | None]()
    for workspace in plan.graph.section("workspaces"):
        if not is_in_own_group(workspace, target):
            continue
        account = plan.graph.entries.get(plan.graph.bound(workspace.address, "storage_account") or "")
        if account is None or is_in_own_group(account, target):
            found.append(account)
    return [None] if None in found else found


def _scoring(plan: Plan) -> Iterator[str]:
    """The batch endpoints that score.yml calls."""
    settings = plan.graph.header.pipelines
    yield from (f"batch_endpoints.{name}" for name in (settings.score.endpoints if settings and settings.score else ()))


def _downloaded(plan: Plan) -> Iterator[str]:
    """The jobs of a target whose outputs scripts download: models with their numbers, and what a job measured."""
    settings = plan.graph.header.pipelines
    if settings and around.trains(plan.graph):
        yield from (f"jobs.{name}" for name in settings.train.jobs)
    if settings:
        yield from (job.address for _, job, _ in evaluated(plan.graph))


def _checked(plan: Plan) -> Iterator[str]:
    """The jobs of pull requests."""
    yield from (f"jobs.{name}" for name in jobs_of_pull_requests(plan.graph.header, plan.graph.target))


def _places(plan: Plan, addresses: Iterable[str], *, writes: bool) -> tuple[Blobs, ...]:
    """What these entries read, or write, in the target's own group."""
    target = plan.graph.target
    found = set[Blobs]()
    for address in addresses:
        entry = plan.graph.entries.get(address)
        for access in around.accesses(plan.graph, entry) if entry else ():
            scope = plan.graph.entries[access.scope]
            account = plan.graph.entries[scope.parent] if scope.parent else scope
            if access.writes is writes and is_in_own_group(account, target):
                found.add(Blobs(account.azure_name, scope.azure_name if scope.parent else ""))
    return tuple(sorted(found))


@once
def _assigned(plan: Plan) -> tuple[tuple[str, ...], tuple[Assignable, ...]]:
    """The roles of what the templates make in the target's own group: those of identities, and those of objects."""
    own: set[str] = set()
    of_objects: dict[str, set[str]] = {}
    for planned in plan.resources:
        if planned.resource.type != ROLE_ASSIGNMENTS_TYPE or planned.group is not None:
            continue
        role, who = _role(planned.resource), planned.resource.body["properties"]["principalId"]
        if isinstance(who, str):
            of_objects.setdefault(who.lower(), set()).add(role)
        else:
            own.add(role)
    objects: dict[tuple[str, ...], list[str]] = {}
    for each, roles in sorted(of_objects.items()):
        objects.setdefault(tuple(sorted(roles)), []).append(each)
    return tuple(sorted(own)), tuple(Assignable(roles, tuple(who)) for roles, who in sorted(objects.items()))


def _role(resource: Resource) -> str:
    definition = resource.body["properties"]["roleDefinitionId"]
    guid = role_guid(definition.role) if isinstance(definition, RoleDefinition) else None
    if guid is None:
        raise ValueError(f"{resource.address} assigns no role that is known here")
    return guid

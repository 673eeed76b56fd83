"""What is handed over to the owners of other resource groups: a page and a script beside the Bicep of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mlinfra.azure.ids import type_of
from mlinfra.azure.roles import ROLE_ASSIGNMENTS_TYPE
from mlinfra.emit.bootstrap import connections_of
from mlinfra.emit.elsewhere import ON_NETWORKS, HandOver, hand_overs
from mlinfra.emit.once import once
from mlinfra.emit.output_file import OutputFile
from mlinfra.emit.subnets_of_databricks import asked_of, rules_asked_of
from mlinfra.formats.jinja import render
from mlinfra.formats.markdown import markdown_code as code
from mlinfra.formats.markdown import markdown_comment, markdown_fence, table_or_nothing
from mlinfra.graph import Entry
from mlinfra.header import Target
from mlinfra.header.tags import tags_over
from mlinfra.languages import ROWS, api_version
from mlinfra.languages.resource import LAYERS, Of, Tags
from mlinfra.pipelines.handover import Given, HandOverContext, Made, OwnIdentity, When, run_script
from mlinfra.pipelines.rights import Use
from mlinfra.plan import ROLES_FILE, Group, Plan, Planned

_IDENTITIES = ROWS["identities"].resource_type
_SHOWN_REASONS = 3


def handover_files(plan: Plan, header: str) -> Iterator[OutputFile]:
    """README.md and run.sh of each hand-over of a target; `header` is the sentence of every generated file."""
    header_of_plan = plan.graph.header
    target, platform = plan.graph.target, header_of_plan.lasting_name
    connections = connections_of(plan)
    names = {connection.use: connection.name for connection in connections}
    identities_in = target.resource_group.of_connections if plan.graph.header.pipelines else ""
    for each, context in zip(hand_overs(plan), handover_contexts(plan), strict=True):
        subscription, group = each.group
        made = {item.resource.owner for item in each.resources}
        sources = tuple(sorted(made | {subnet.address for subnet in each.subnets}))
        late = [*(item.resource.address for item in each.resources if plan.waits(item)), *_later(each)]
        page = {
            "notice": markdown_comment(header),
            "platform": platform,
            "target": target.name,
            "group": group,
            "place": code(group),
            "subscription": code(subscription),
            "own_group": code(target.resource_group.name),
            "own_subscription": code(target.subscription),
            "identities_group": code(identities_in) if identities_in else "",
            "resources": table_or_nothing(
                ("Address", "Type", "Because"), (*map(_row, each.resources), *_rows_of_subnets(plan, each))
            ),
            "joined": table_or_nothing(("Subnet", "Gets", "Which is"), _rows_of_joints(each)),
            "taken": table_or_nothing(("Subnet", "Of", "Has to be"), asked_of(plan, each.group)),
            "rules": table_or_nothing(
                ("Rule", "Direction", "Protocol", "From", "To", "Ports"), rules_asked_of(plan, each.group)
            ),
            "rights": table_or_nothing(("Connection", "Right", "On", "What for"), _rights(each, names)),
            "own_roles": table_or_nothing(("Role", "May"), _roles(each)),
            "reads_identities": bool(context.identities or (identities_in and each.needed)),
            "gives": bool(each.needed) or any(item.resource.type == ROLE_ASSIGNMENTS_TYPE for item in each.resources),
            "late": "" if context.is_done_later else ", ".join(late),
            "on_ours": table_or_nothing(("Action", "On"), (tuple(map(code, pair)) for pair in on_ours(plan, each))),
            "lender": lender_of(header_of_plan.targets, each.group),
            "is_late": context.is_done_later,
            "objects": ", ".join(dict.fromkeys(names[use] for use, _ in each.roles)),
            "command": markdown_fence("bash run.sh\n", "console"),
        }
        yield OutputFile(f"{context.folder}/README.md", render("handover/README.md.j2", page), target.name, sources)
        script = run_script(header, target.name, target.resource_group.name, context, connections, identities_in)
        yield OutputFile(f"{context.folder}/run.sh", script, target.name, sources)


@once
def handover_contexts(plan: Plan) -> tuple[HandOverContext, ...]:
    """The hand-overs of a target, as the scripts know them."""
    return tuple(_context(plan, each) for each in hand_overs(plan))


def _context(plan: Plan, each: HandOver) -> HandOverContext:
    subscription, group = each.group
    files = dict.fromkeys("roles" if item.file == ROLES_FILE else "main" for item in each.resources)
    return HandOverContext(
        folder=f"{plan.graph.target.name}/{each.unit}",
        subscription=subscription,
        group=group,
        made=tuple(_made(plan, item) for item in each.resources),
        given=tuple(Given(*grant) for grant in each.grants()),
        identities=tuple(sorted({name.azure_name for name in _assignees(plan, each.resources)})),
        files=tuple(sorted(files)),
        needed_first=frozenset(need.scope for need in each.needed if need.is_used),
        subnets=each.subnets,
    )


def _made(plan: Plan, planned: Planned) -> Made:
    resource = planned.resource
    address, version = resource.address, api_version(resource.type)
    if plan.waits(planned) or resource.type != ROLE_ASSIGNMENTS_TYPE:
        return Made(planned.id, address, "after", version)
    scope = planned.id.rpartition("/providers/Microsoft.Authorization/")[0]
    return Made(planned.id, address, _when(plan, planned), version, role=resource.names[-1], scope=scope)


def _when(plan: Plan, planned: Planned) -> When:
    """First, what an identity needs while something that acts as it is made; clusters and later things act after."""
    whose = _identity_of(planned)
    acting = (
        item.resource
        for item in plan.resources
        if item.group is None and item.resource.type != ROLE_ASSIGNMENTS_TYPE and LAYERS.index(item.file) < _COMPUTE
    )
    return "first" if whose and any(_acts_as(resource.body, whose) for resource in acting) else "soon"


_COMPUTE = LAYERS.index("compute")


def _acts_as(body: Mapping[object, object], identity: str) -> bool:
    assigned = body.get("identity")
    theirs = assigned.get("userAssignedIdentities") if isinstance(assigned, Mapping) else None
    return isinstance(theirs, Mapping) and any(isinstance(key, Of) and key.address == identity for key in theirs)


def _identity_of(planned: Planned) -> str | None:
    """The address of the identity that a role assignment is for."""
    principal = planned.resource.body["properties"]["principalId"]
    return principal.address if isinstance(principal, Of) else None


def _assignees(plan: Plan, planned: Sequence[Planned]) -> Iterator[Entry]:
    """The identities of the platform's own to which roles are handed over before it is deployed."""
    for item in planned:
        if item.resource.type == ROLE_ASSIGNMENTS_TYPE and not plan.waits(item):
            identity = plan.by_address.get(_identity_of(item) or "")
            if identity and identity.group is None and identity.resource.type == _IDENTITIES:
                yield plan.graph.entries[identity.resource.owner]


def handed_over_to(plan: Plan) -> tuple[OwnIdentity, ...]:
    """What bootstrap.sh makes, for others to give roles to it."""
    found = {entry.azure_name: entry for each in hand_overs(plan) for entry in _assignees(plan, each.resources)}
    return tuple(_own_identity(plan, entry) for _, entry in sorted(found.items()))


def _own_identity(plan: Plan, entry: Entry) -> OwnIdentity:
    target = plan.graph.target
    body = plan.by_address[entry.address].resource.body
    tags = body["tags"].extra if isinstance(body["tags"], Tags) else {}
    path = f"/providers/{_IDENTITIES}/{entry.azure_name}?api-version={api_version(_IDENTITIES)}"
    merged = tuple(sorted(tags_over(target.tags, tags).items()))
    return OwnIdentity(entry.azure_name, path, body["location"].region or target.location, merged)


def handed_over(plans: Sequence[Plan]) -> Iterator[tuple[object, ...]]:
    """Rows of target, resource group, its subscription, resources, rights of connections, and the folder."""
    for plan in plans:
        for each in hand_overs(plan):
            subscription, group = each.group
            name = plan.graph.target.name
            rights = sum(1 for _ in each.grants())
            things = len(each.resources) + len(each.subnets)
            yield name, code(group), code(subscription), things, rights, code(f"{name}/{each.unit}")


def on_ours(plan: Plan, each: HandOver) -> list[tuple[str, str]]:
    """What its owner needs on networks, groups, tables of ours to make his side: actions, and the ids of what is ours.

    Source: docs, "Create, change, or delete a virtual network peering" and "Azure permissions for Networking"; a link
    of a zone takes the join.
    """
    joints = (joint for subnet in each.subnets for joint in subnet.joints if joint.is_ours)
    found = [(f"{type_of(joint.id)}/join/action", joint.id) for joint in joints]
    for item in each.resources:
        properties = item.resource.body.get("properties", {})
        for key, action in ON_NETWORKS.items():
            named = properties.get(key, {}).get("id") if isinstance(properties.get(key), Mapping) else None
            entry = plan.graph.entries.get(named.address) if isinstance(named, Of) else None
            if entry is not None and not entry.existing:
                found.append((action, str(entry.id)))
    return list(dict.fromkeys(found))


def lender_of(targets: Sequence[Target], group: Group) -> str:
    """The target of the platform whose group it is, if it is one's."""
    of = {(each.subscription, each.resource_group.name.lower()): each.name for each in targets}
    return of.get((group[0], group[1].lower()), "")


def _row(planned: Planned) -> tuple[object, ...]:
    resource = planned.resource
    return code(resource.address), code(resource.type), resource.because or "it is written in the spec"


def _later(each: HandOver) -> Iterator[str]:
    """What subnets get of ours once it is there."""
    for subnet in each.subnets:
        yield from (f"{joint.shown} on {subnet.address}" for joint in subnet.joints if joint.is_ours)


def _rows_of_subnets(plan: Plan, each: HandOver) -> Iterator[tuple[object, ...]]:
    for subnet in (subnet for subnet in each.subnets if subnet.options):
        because = plan.graph.entries[subnet.address].because or "it is written in the spec"
        yield code(subnet.address), code(ROWS["subnets"].resource_type), because


def _rows_of_joints(each: HandOver) -> Iterator[tuple[object, ...]]:
    for subnet in each.subnets:
        yield from ((code(subnet.address), code(joint.shown), code(joint.id)) for joint in subnet.joints)


def _rights(each: HandOver, names: Mapping[Use, str]) -> Iterator[tuple[object, ...]]:
    for use, scope, right in each.grants():
        yield names[use], right.name, code(scope), reasons(each, use, scope, right.name if not right.actions else "")


def reasons(each: HandOver, use: str, scope: str, role: str) -> str:
    """Why a connection gets a role on something: the first reasons, and how many more there are."""
    wanted = (need for need in each.needed if (need.use, need.scope, need.role) == (use, scope, role))
    found = list(dict.fromkeys(need.because for need in wanted))
    more = f"; and {len(found) - _SHOWN_REASONS} more" if len(found) > _SHOWN_REASONS else ""
    return "; ".join(found[:_SHOWN_REASONS]) + more


def _roles(each: HandOver) -> Iterator[tuple[object, ...]]:
    for right in each.roles.values():
        yield right.name, code(", ".join(right.actions))

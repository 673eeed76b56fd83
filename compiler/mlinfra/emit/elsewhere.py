"""What the connections of a target need on resources of others, which `bootstrap.sh` can't give: it is handed over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeAlias

from mlinfra.azure.ids import group_in, guid, is_resource_id, is_same_group, resource_group_id, type_of
from mlinfra.azure.roles import ROLE_ASSIGNMENTS_TYPE, ROLES
from mlinfra.derive.registries import FIELD
from mlinfra.emit.azureml import has_file
from mlinfra.emit.bootstrap import accounts_elsewhere, uses_of
from mlinfra.emit.once import once
from mlinfra.emit.secrets import ACTION, vaults_elsewhere
from mlinfra.emit.subnets import subnets_of_others
from mlinfra.graph import Entry, Graph
from mlinfra.languages import ROWS, rows_of_type
from mlinfra.languages.resource import Of, Resource
from mlinfra.pipelines.handover import SubnetOfOthers
from mlinfra.pipelines.rights import ON_REGISTRIES, UPLOADS, UPLOADS_BECAUSE, Right, Use
from mlinfra.plan import Group, Plan, Planned
from mlinfra.resolve.naming import resource_group_of
from mlinfra.versions import is_from_job

# Source: docs, "Azure permissions for Networking", "Grant access from an Azure virtual network" of Azure Storage, and
# "Secure training environments with virtual networks", which asks for a right on the network, too.
JOIN = "Microsoft.Network/virtualNetworks/subnets/join/action"
JOIN_BY_SERVICE_ENDPOINT = "Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action"
JOIN_NETWORK = "Microsoft.Network/virtualNetworks/join/action"
_RULES = "virtualNetworkRules"  # of what lets subnets in by their service endpoint
# Keys under which a peering and a link of a zone name a network, and what that takes there. Source: docs, "Create,
# change, or delete a virtual network peering", and "Azure permissions for Networking".
ON_NETWORKS = {
    "remoteVirtualNetwork": "Microsoft.Network/virtualNetworks/peer/action",
    "virtualNetwork": "Microsoft.Network/virtualNetworks/join/action",
}
# Rules of a namespace of event hubs: whoever sends logs there by one lists its keys. Source: docs, "Diagnostic settings
# in Azure Monitor", destination limitations.
_SENDING_RULES = "Microsoft.EventHub/namespaces/authorizationRules"
# Of a private endpoint that asks nobody: who makes it approves it on what it leads to. Source: docs, "Azure RBAC
# permissions for Azure Private Link".
_CONNECTIONS = "privateLinkServiceConnections"
_APPROVE = "privateEndpointConnectionsApproval/action"
_TELLING = frozenset({_RULES, _CONNECTIONS, *ON_NETWORKS})
_READS = tuple(action for action in ON_REGISTRIES if action.endswith("/read"))
_READING: Mapping[Use, str] = {  # what for, where nothing of ours is put there
    "deploy": "deploys what lies in",
    "run": "runs jobs with what lies in",
    "check": "runs jobs with what lies in",
    "plan": "compares new models with what serves from",
}
_NETWORKS = "Microsoft.Network/virtualNetworks"
_SUBNETS = f"{_NETWORKS}/subnets"
# What tells whether the hand-over was done, and so what whoever deploys asks before: see scripts/lib-handover.sh.
LOOK = "Microsoft.Authorization/roleAssignments/read"


@dataclass(frozen=True, slots=True)
class Needed:
    """What a connection needs on one resource of others: actions, or a role of Azure's own by its name."""

    use: Use
    group: Group
    scope: str  # the id of the resource
    actions: tuple[str, ...]
    role: str
    because: str

    @property
    def is_used(self) -> bool:
        """Whether a deployment does something with it, beside looking who has which roles there."""
        return self.use == "deploy" and self.actions != (LOOK,)


@dataclass(frozen=True, slots=True)
class HandOver:
    """What the owner of one group of others gets: the resources of its unit, and the rights of our connections.

    `roles` holds a role of our own for each use, whose actions matter only on the resources on which it is given; on
    networks it is another one, as what it gives there holds for all of their subnets.
    """

    unit: str
    group: Group
    resources: tuple[Planned, ...]
    needed: tuple[Needed, ...]
    roles: Mapping[tuple[Use, bool], Right]  # and whether it is for networks
    subnets: tuple[SubnetOfOthers, ...] = ()

    def grants(self) -> Iterator[tuple[Use, str, Right]]:
        """Each use with the id of a resource and the role that it gets there, once."""
        found: dict[tuple[Use, str, str], Right] = {}
        for each in self.needed:
            own = self.roles.get((each.use, _is_network(each.scope)))
            right = own if own and not each.role else Right(ROLES[each.role], each.role, each.because)
            found[each.use, each.scope, right.role] = right
        return ((use, scope, right) for (use, scope, _), right in sorted(found.items()))


@once
def hand_overs(plan: Plan) -> tuple[HandOver, ...]:
    """All of a target, sorted by unit."""
    return tuple(_found(plan))


def _found(plan: Plan) -> Iterator[HandOver]:
    """Groups and ids are as they are first spelled: case tells none apart."""
    needed: dict[str, list[Needed]] = {}
    groups = plan.handovers()
    units = {(subscription, name.lower()): unit for unit, (subscription, name) in groups.items()}
    scopes: dict[str, str] = {}
    for each in dict.fromkeys(_needed(plan)):
        subscription, name = each.group
        unit = units.setdefault((subscription, name.lower()), plan.unit_in(each.group))
        groups.setdefault(unit, each.group)
        scope = scopes.setdefault(each.scope.lower(), each.scope)
        needed.setdefault(unit, []).append(replace(each, scope=scope))
    subnets: dict[str, list[SubnetOfOthers]] = {}
    for (subscription, name), subnet in subnets_of_others(plan):
        unit = units.setdefault((subscription, name.lower()), plan.unit_in((subscription, name)))
        groups.setdefault(unit, (subscription, name))
        subnets.setdefault(unit, []).append(subnet)
    for unit, group in sorted(groups.items()):
        yield replace(_hand_over(plan, unit, group, needed.get(unit, [])), subnets=tuple(subnets.get(unit, ())))


def _hand_over(plan: Plan, unit: str, group: Group, needed: Sequence[Needed]) -> HandOver:
    resources = tuple(item for item in plan.resources if item.unit == unit)
    allowed: dict[tuple[Use, bool], set[str]] = {}
    for each in needed:
        if not each.role:
            allowed.setdefault((each.use, _is_network(each.scope)), set()).update(each.actions)
    roles = {key: _own_role(plan, group, *key, tuple(sorted(actions))) for key, actions in allowed.items()}
    return HandOver(unit, group, resources, tuple(sorted(needed, key=lambda each: (each.scope, each.use))), roles)


def _own_role(plan: Plan, group: Group, use: Use, for_networks: bool, actions: tuple[str, ...]) -> Right:
    name = f"mlinfra-handover-{use}{'-networks' if for_networks else ''}"
    role = guid(resource_group_id(*group), plan.graph.resource_group_id, name)
    because = f"what {plan.graph.header.lasting_name} needs to {_VERBS[use]} in {plan.graph.target.lasting_name}"
    return Right(role, f"mlinfra handover {role[:8]}", because, actions=actions)


_VERBS: Mapping[Use, str] = {
    "deploy": "deploy",
    "plan": "say what would change",
    "run": "run jobs",
    "check": "check pull requests",
    "score": "score",
}


def _needed(plan: Plan) -> Iterator[Needed]:
    """What each connection needs where; the one that plans looks wherever the one that deploys needs something."""
    uses = uses_of(plan)
    for each in (*_to_deploy(plan), *_to_look(plan)):
        yield each
        if "plan" in uses:
            read = tuple(action for action in each.actions if action.endswith("/read"))
            yield Needed("plan", each.group, each.scope, read, "", "sees whether the hand-over was done")
    for registry in plan.graph.section("registries"):
        group = resource_group_of(registry, plan.graph.target)
        for use, verb, actions in (
            _on_registry(plan, registry) if not is_same_group(group, plan.graph.target.group) else ()
        ):
            if use in uses:
                yield Needed(use, group, registry.id or "", actions, "", f"{verb} {registry.address}")
    for account in accounts_elsewhere(plan):
        group = resource_group_of(account, plan.graph.target)
        for use, because in UPLOADS_BECAUSE.items():
            if use in uses:
                yield Needed(use, group, account.id or "", (), UPLOADS, because)


def _on_registry(plan: Plan, registry: Entry) -> Iterator[tuple[Use, str, tuple[str, ...]]]:
    """Who writes in a registry of others is who puts something there: assets of the spec, or models of its runs."""
    kept = [
        asset for asset in plan.graph.entries.values() if plan.graph.bound(asset.address, FIELD) == registry.address
    ]
    of_runs = any(is_from_job(asset) for asset in kept)
    registered = any(not is_from_job(asset) for asset in kept)
    for use, verb in _READING.items():
        if (use == "run" and registered) or (use == "deploy" and kept):
            yield use, "registers assets in", ON_REGISTRIES
        elif use != "plan" or of_runs:
            yield use, verb, _READS


def _to_look(plan: Plan) -> Iterator[Needed]:
    """Where roles are handed over: whoever deploys sees before whether they are there."""
    for planned in plan.resources:
        if planned.group and planned.resource.type == ROLE_ASSIGNMENTS_TYPE and not plan.waits(planned):
            scope = planned.id.rpartition("/providers/Microsoft.Authorization/")[0]
            because = "sees whether the hand-over was done"
            yield Needed("deploy", planned.group, scope, (LOOK,), "", because)


def _to_deploy(plan: Plan) -> Iterator[Needed]:
    others = _Others(plan.graph)
    for entry, own in _ours(plan):
        for named in others.named(entry, own):
            for scope, actions in _asked(named):
                because = f"deploys {entry.address}, which names {others.shown(named.id)}"
                yield Needed("deploy", group_in(named.id), scope, (LOOK, *actions), "", because)
    for vault in vaults_elsewhere(plan):
        identifier, because = vault.id or "", f"takes secrets from {vault.address}"
        actions = (LOOK, f"{ROWS[vault.section].resource_type}/read", ACTION)
        yield Needed("deploy", group_in(identifier), identifier, actions, "", because)


def _ours(plan: Plan) -> Iterator[tuple[Entry, tuple[Resource, ...]]]:
    """The entries that whoever deploys makes, with their resources; those without are files of Azure ML."""
    made: dict[str, list[Resource]] = {}
    for planned in plan.resources:
        if planned.group is None:
            made.setdefault(planned.resource.owner, []).append(planned.resource)
    for entry in plan.graph.entries.values():
        if own := made.get(entry.address):
            yield entry, tuple(own)
        elif has_file(entry):
            yield entry, ()


class _Named(NamedTuple):
    """A resource of others that a deployment names."""

    id: str
    only_read: bool  # what is made has nothing of it but a property, as a role has of who gets it
    under: str  # the key of the body under which it stands, where that asks for another right: of _TELLING


class _Others:
    """What lies in another resource group than the target's."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._own_group = f"{graph.resource_group_id}/".lower()
        ids = ((entry.address, entry.id) for entry in graph.entries.values())
        self._ids = {address: identifier for address, identifier in ids if identifier and not self._is_own(identifier)}

    def named(self, entry: Entry, own: Sequence[Resource]) -> Iterator[_Named]:
        """What the resources of an entry name of it; where it is a file of Azure ML, what that uses."""
        for resource in own:
            for value, under in _values(resource.body):
                identifier = self._id_of(value)
                if identifier and (not _is_a_name(value) or type_of(identifier).lower() == _SUBNETS.lower()):
                    yield _Named(identifier, resource.type == ROLE_ASSIGNMENTS_TYPE, under)
        if not own:
            targets = (self._ids.get(edge.target) for edge in self._graph.edges_from(entry.address))
            texts = (self._id_of(value) for value, _ in _values(entry.body))
            for identifier in dict.fromkeys(each for each in (*targets, *texts) if each):
                yield _Named(identifier, False, "")

    def shown(self, identifier: str) -> str:
        """Its address, or its id."""
        return self._graph.addresses_by_id.get(identifier, identifier)

    def _id_of(self, value: Of | str) -> str | None:
        if isinstance(value, Of):
            return self._ids.get(value.address)
        return None if self._is_own(value) else value

    def _is_own(self, identifier: str) -> bool:
        return identifier.lower().startswith(self._own_group)


def _is_a_name(value: Of | str) -> bool:
    """Whether only a name is written, for which nobody is asked; Databricks names subnets so, and joins them."""
    return isinstance(value, Of) and value.property == "name"


_Value: TypeAlias = tuple[Of | str, str]  # and under which of the keys above it stands


def _values(body: object) -> list[_Value]:
    """The ids and references of a body, its keys among them."""
    found: list[_Value] = []
    _collect(body, "", found)
    return found


def _collect(value: Any, under: str, found: list[_Value]) -> None:
    if isinstance(value, str):
        if value.startswith("/") and is_resource_id(value):
            found.append((value, under))
    elif isinstance(value, Of):
        found.append((value, under))
    elif isinstance(value, dict):
        for key, below in value.items():
            if not isinstance(key, str) or key.startswith("/"):
                _collect(key, under, found)
            _collect(below, key if key in _TELLING else under, found)
    elif isinstance(value, list | tuple):
        for below in value:
            _collect(below, under, found)


def _asked(named: _Named) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What it takes to name a resource of others in a deployment, and on what; nothing where that is no resource to us.

    Whoever puts something into a subnet joins its network, too; who lets a subnet in does not.
    """
    kind = type_of(named.id)
    row = next(iter(rows_of_type(kind)), None)
    if named.under == _CONNECTIONS:
        yield named.id, (f"{kind}/read", f"{kind}/{_APPROVE}")
    elif kind.lower() == _NETWORKS.lower() and named.under in ON_NETWORKS:
        yield named.id, (f"{_NETWORKS}/read", ON_NETWORKS[named.under])
    elif kind.lower() == _SUBNETS.lower() and named.under == _RULES:
        yield named.id, (f"{_SUBNETS}/read", JOIN_BY_SERVICE_ENDPOINT)
    elif kind.lower() == _SUBNETS.lower():
        yield named.id, (f"{_SUBNETS}/read", JOIN)
        yield named.id.rsplit("/", 2)[0], (f"{_NETWORKS}/read", JOIN_NETWORK)
    elif kind.lower() == _SENDING_RULES.lower():
        yield named.id, (f"{_SENDING_RULES}/read", f"{_SENDING_RULES}/listkeys/action")
    elif row is not None and not row.is_in_a_workspace:
        yield named.id, (f"{row.resource_type}/read", *(() if named.only_read else row.rights_to_use))


def _is_network(identifier: str) -> bool:
    return type_of(identifier).lower() == _NETWORKS.lower()

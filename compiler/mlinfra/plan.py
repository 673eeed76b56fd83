"""plan: the Azure resources of one target with their ids, and the Bicep unit and file that each is printed in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeAlias

from mlinfra.azure.ids import extension_id, group_in, is_same_group, resource_id
from mlinfra.azure.roles import ROLE_ASSIGNMENTS_TYPE
from mlinfra.derive.altered import resources_of
from mlinfra.diagnostics import Code, Diagnostic, Where, finding
from mlinfra.diagnostics.outcome import Outcome
from mlinfra.graph import Entry, Graph
from mlinfra.graph.unique import NotUnique, by_key
from mlinfra.languages import LANGUAGES, ROWS, section_row
from mlinfra.languages.resource import LAYERS, Layer, Resource, addresses_in
from mlinfra.overrides.extent import MAX_RESOURCES
from mlinfra.resolve.naming import NAME_COLLISION, is_in_own_group, resource_group_of
from mlinfra.source.tree import key_span

TOO_MANY = Code(
    "MLI320",
    "error",
    "More resources than one deployment takes",
    "Azure Resource Manager refuses a template of more than 800 resources, and each unit is one",
    "Split the platform in two, or leave out what no target needs",
    "https://learn.microsoft.com/azure/azure-resource-manager/templates/best-practices#template-limits",
)
Group: TypeAlias = tuple[str, str]  # subscription, resource group
_TURN = {layer: turn for turn, layer in enumerate(LAYERS)}
_IDENTITIES = ROWS["identities"].resource_type


HANDED_OVER = "handover"
HANDED_OVER_FILE = "resources"  # the one file beside the main.bicep of a hand-over
ROLES_FILE = "roles"  # of a hand-over with more than roles: those that can be given before the first deployment


class Planned(NamedTuple):
    """A resource with its id and its place in the output."""

    resource: Resource
    id: str
    unit: str  # main, serving, handover/<owner>
    file: str  # name of the Bicep file without its suffix
    group: Group | None = None  # where it is deployed, if not in the target's own resource group: it is handed over

    @property
    def folder(self) -> str:
        """The folder of its unit in that of the target."""
        return "infra" if self.group is None else self.unit

    @property
    def path(self) -> str:
        """The path of its file in the folder of the target."""
        return f"{self.folder}/{self.file}.bicep"


@dataclass(frozen=True, eq=False)
class Plan:
    """What one target is made of; it is itself and no other, so that what follows from it can be kept beside it."""

    graph: Graph
    resources: tuple[Planned, ...]

    @cached_property
    def by_address(self) -> dict[str, Planned]:
        return by_key(self.resources, lambda planned: planned.resource.address, "resources")

    def units(self) -> list[str]:
        """Names of the units that have something in them and that we deploy, in the order of deployment."""
        found = {planned.unit for planned in self.resources}
        return [unit for unit in ("main", "serving") if unit in found]

    def handovers(self) -> dict[str, Group]:
        """The units that others deploy, each to a group of theirs, sorted."""
        return dict(sorted({planned.unit: planned.group for planned in self.resources if planned.group}.items()))

    def unit_in(self, group: Group) -> str:
        """What the unit is called of which the owner of a group has something to do."""
        return _unit_in(group, self.graph.target.subscription)

    def waits(self, planned: Planned) -> bool:
        """Whether what somebody else deploys needs what the first deployment makes, beside identities."""
        return planned.group is not None and planned.resource.address in self._waiting

    @cached_property
    def _waiting(self) -> frozenset[str]:
        return frozenset(_waiting(self.graph, self.resources))


def plan(graph: Graph) -> Outcome[Plan]:
    resources = list(by_key(_resources(graph), lambda resource: resource.address, "resources").values())
    groups = {resource.address: _group_of(graph, resource) for resource in resources}
    ids = _ids(graph, resources, groups)
    layers = {resource.address: resource.layer for resource in resources if resource.layer}
    for resource in resources:  # what one is made of comes before it
        layers[resource.address] = layer_of(resource, layers)
    own = graph.target.group
    planned = tuple(
        _planned(each, ids[each.address], layers[each.address], groups[each.address], own) for each in resources
    )
    if any(item.group for item in planned):
        planned = tuple(_in_time(graph, tuple(_told_apart(planned, own[0]))))
    planned, said = _without_second_ones(graph, planned)
    by_key(_one_of_each_file(planned), lambda item: item.path.lower(), "groups of a file")
    return Outcome(Plan(graph, planned), (*said, *_too_many(graph, planned)))


def _without_second_ones(
    graph: Graph, planned: tuple[Planned, ...]
) -> tuple[tuple[Planned, ...], tuple[Diagnostic, ...]]:
    """What is planned without what `derived` calls as something else is called, and what is said of that."""
    first: dict[str, Planned] = {}
    said: dict[str, Diagnostic] = {}
    for item in planned:
        other = first.setdefault(item.id.lower(), item)
        if other is item:
            continue
        pair = [each.resource.address for each in (item, other)]
        if named := [address for address in pair if address in graph.alterations]:
            alteration = graph.alterations[named[0]]
            message = f'{" and ".join(pair)} are both named "{item.resource.names[-1]}" on Azure'
            place = Where(key_span(alteration.tree, ("azure_name",)), named[0])
            said[pair[0]] = finding(NAME_COLLISION, message, place, "give one of them another azure_name:")
        else:
            raise NotUnique(f'two resources have the id "{item.id}"')
    return tuple(item for item in planned if item.resource.address not in said), tuple(said.values())


def _one_of_each_file(planned: Iterable[Planned]) -> Iterable[Planned]:
    """One of what is planned for each file in a group."""
    return {(item.unit, item.file, item.group): item for item in planned}.values()


def _resources(graph: Graph) -> Iterator[Resource]:
    for row in (row for language in LANGUAGES for row in language.deployed):
        for entry in graph.section(row.name):
            if not entry.existing:
                made = tuple(resources_of(entry, graph))
                if row.resource_type and not made:  # a type that its emitter doesn't know has to be refused by a rule
                    raise ValueError(f"{entry.address} becomes no resource, and no rule refuses it")
                yield from made
            elif row.in_others is not None:
                yield from row.in_others(entry, graph, is_in_own_group(entry, graph.target))


def _ids(graph: Graph, resources: list[Resource], groups: Mapping[str, Group]) -> dict[str, str]:
    """The id of each resource; extensions come after what they extend."""
    ids: dict[str, str] = {}
    extensions: list[Resource] = []
    for resource in resources:
        if _is_extension(resource):
            extensions.append(resource)
            continue
        ids[resource.address] = resource_id(*groups[resource.address], resource.type, *resource.names)
    for resource in extensions:
        ids[resource.address] = extension_id(_scope(graph, resource, ids), resource.type, *resource.names)
    return ids


def _scope(graph: Graph, resource: Resource, ids: Mapping[str, str]) -> str:
    """The id of what a resource extends: another one, an entry that exists, what lies outside, or the group."""
    if not resource.scope:
        return graph.resource_group_id
    if resource.scope.startswith("/"):
        return resource.scope
    return ids.get(resource.scope) or str(graph.entries[resource.scope].id)


def _is_extension(resource: Resource) -> bool:
    return resource.scope is not None or resource.type.startswith("Microsoft.Authorization/")


def _planned(resource: Resource, identifier: str, layer: Layer, group: Group, own: Group) -> Planned:
    if not is_same_group(group, own):
        return Planned(resource, identifier, HANDED_OVER, HANDED_OVER_FILE, group)
    return Planned(resource, identifier, "serving" if layer == "serving" else "main", layer)


def _group_of(graph: Graph, resource: Resource) -> Group:
    """Where it is deployed: with what it extends or lives in, which may be someone else's."""
    if resource.scope and resource.scope.startswith("/"):
        return group_in(resource.scope)
    scope = _root_of(graph, resource.scope or resource.parent)
    return resource_group_of(scope, graph.target) if scope else graph.target.group


def layer_of(resource: Resource, layers: Mapping[str, Layer]) -> Layer:
    """Where a resource is deployed: its own layer, or the last one of what it extends, lives in and refers to.

    `layers` are those of other resources by their address; of what is none of them, that of its section.
    """
    if resource.layer:
        return resource.layer
    needed = (resource.scope, resource.parent, *addresses_in(resource.body))
    turns = [_TURN[layers.get(each) or _layer_at(each)] for each in needed if each]
    return LAYERS[max(turns, default=0)]


def _layer_at(address: str) -> Layer:
    row = section_row(address)
    return row.layer if row else "foundation"


def _told_apart(planned: Iterable[Planned], own: str) -> Iterator[Planned]:
    """The same, where what is handed over has a unit for each group; case tells no groups apart.

    A unit is called as the group, with the subscription before it where that is another one than our `own`.
    """
    spelled: dict[tuple[str, str], Group] = {}  # subscription, name in lower case -> the group as first written
    for item in planned:
        if item.group is None:
            yield item
            continue
        subscription, name = spelled.setdefault((item.group[0], item.group[1].lower()), item.group)
        yield item._replace(unit=_unit_in((subscription, name), own), group=(subscription, name))


def _unit_in(group: Group, own: str) -> str:
    subscription, name = group
    return f"{HANDED_OVER}/{name if subscription == own else f'{subscription}-{name}'}"


def _in_time(graph: Graph, planned: tuple[Planned, ...]) -> Iterator[Planned]:
    """The same, where the roles of a hand-over that needs more than them have a file of their own: they come first."""
    waiting = set(_waiting(graph, planned))
    of_both = {item.unit for item in planned if item.group and item.resource.address in waiting}
    for item in planned:
        is_early = item.unit in of_both and item.resource.address not in waiting
        yield item._replace(file=ROLES_FILE) if is_early else item


def _waiting(graph: Graph, planned: tuple[Planned, ...]) -> Iterator[str]:
    """The addresses of what is handed over and can't be made before the first deployment of the target.

    That is all but roles on what is there already, of those who are there or identities: bootstrap.sh makes these.
    """
    handed_over = [item.resource for item in planned if item.group]
    if not handed_over:
        return
    there = {address for address in graph.entries if (root := _root_of(graph, address)) and root.existing}
    there |= {item.resource.address for item in planned if item.resource.type == _IDENTITIES}
    there |= {str(each.scope) for each in handed_over if str(each.scope).startswith("/")}  # outside of the spec
    for resource in handed_over:
        needed = {*addresses_in(resource.body), *([resource.scope] if resource.scope else [])}
        if resource.type != ROLE_ASSIGNMENTS_TYPE or not needed <= there:
            yield resource.address


def _root_of(graph: Graph, address: str | None) -> Entry | None:
    """The entry at an address, or the one that holds it: an account for its containers."""
    entry = graph.entries.get(address or "")
    while entry and entry.parent:
        entry = graph.entries[entry.parent]
    return entry


def _too_many(graph: Graph, planned: tuple[Planned, ...]) -> Iterator[Diagnostic]:
    for unit, count in sorted(Counter(item.unit for item in planned).items()):
        if count > MAX_RESOURCES:
            more = count - MAX_RESOURCES
            message = f"unit {unit} has {count} resources, {more} more than the {MAX_RESOURCES} of one deployment"
            yield finding(TOO_MANY, message, graph.target.span)


def file_order(file: str) -> int:
    """Layers in their order."""
    return LAYERS.index(file) if file in LAYERS else len(LAYERS)

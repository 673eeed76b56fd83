"""Private endpoints to what is closed to the internet, and the links by which their names are found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_address, ip_network

from mlinfra.azure.ids import resource_id
from mlinfra.azure.private_dns import DATABRICKS, ZONES_OF_GROUPS
from mlinfra.azure.traffic import CALLS, OF_DATA
from mlinfra.derive import workspace as around
from mlinfra.derive.entries import derived
from mlinfra.graph import Entries, Entry, Graph
from mlinfra.languages import ROWS, SECTIONS
from mlinfra.languages.language import Inner
from mlinfra.languages.platform.databricks.databricks_workspaces import SIGN_IN
from mlinfra.languages.platform.network import private_dns_zones, private_endpoints
from mlinfra.languages.platform.network.peering import layer_of_parts
from mlinfra.languages.platform.network.private_endpoints import OF_ITSELF, PrivateEndpoint
from mlinfra.languages.platform.network.virtual_networks import parts_made, resolvers_of
from mlinfra.languages.resource import Of
from mlinfra.resolve.naming import is_in_own_group
from mlinfra.source.tree import Scalar

# Zones of what agents and people call from networks of someone else's; queues and tables are for nodes only.
_ASKED_FROM_ELSEWHERE = frozenset(
    zone
    for call in CALLS
    for group in ((call.group,) if call.group else OF_DATA)
    for zone in (ZONES_OF_GROUPS[group] if call.caller in ("agents", "people") else ())
) | {DATABRICKS}
_ENDPOINTS, _LINKS = private_endpoints.DERIVED_PRIVATE_ENDPOINTS.name, private_dns_zones.DERIVED_LINKS.name
_WRITTEN = private_endpoints.PRIVATE_ENDPOINTS.name


def derived_endpoints(graph: Graph) -> Iterator[Entry]:
    """One to each part of each resource, in the subnet that the network names."""
    if not graph.network.is_private or lacks_subnet(graph):
        return
    subnet = graph.entries[graph.network.subnet_of_endpoints or ""]
    location = graph.entries[subnet.parent or ""].body.get("location")
    for entry, part in _parts_of_resources(graph):
        reached = entry.address if part.property == OF_ITSELF else f"{part.name} of {entry.address}"
        because = f"network.inbound is private: {reached} is reached in {subnet.address}, and nowhere else"
        if part.group == SIGN_IN:
            because += _for_others(graph, entry)
        asked = f"{graph.header.platform}: {reached}, in {graph.target.name}"
        model = private_endpoints.DerivedEndpoint(
            azure_name=f"pep-{entry.azure_name}-{part.name}",
            location=location,
            resource=entry.address,
            id_at=part.property,
            group=part.group,
            subnet=subnet.address,
            dns="policy" if graph.network.dns == "policy" else "here",
            also=list(graph.network.hub.also.get(entry.address, ())) if graph.network.hub else [],
            request_message=None if part.property == OF_ITSELF else asked[: private_endpoints.MAX_ASKED],
        )
        address = private_endpoints.derived_address(entry.address, part.name)
        made = derived(graph, entry.address, _ENDPOINTS, address, f"{entry.name}-{part.name}", model, because)
        yield replace(made, id=_id(graph, address, str(model.azure_name)))


def _id(graph: Graph, address: str, name: str) -> str:
    """The id by which roles are given on one, under the name that `derived` may give it."""
    alteration = graph.alterations.get(address)
    field = alteration.tree.fields.get("azure_name") if alteration else None
    named = str(field.value.value) if field and isinstance(field.value, Scalar) else name
    return resource_id(*graph.target.group, ROWS[_ENDPOINTS].resource_type, named)


def closed(graph: Graph) -> Iterator[Entry]:
    """What is closed to the internet where the network is private."""
    for row in SECTIONS:
        yield from (entry for entry in graph.section(row.name) if row.closed_as and not entry.existing)


def _parts_of_resources(graph: Graph) -> Iterator[tuple[Entry, Inner]]:
    """What is reached: groups of each resource, and what Azure makes for it, which its owner lets in by hand.

    Whoever deploys may do nothing in the group that Azure makes for that.
    """
    for row in SECTIONS:
        for entry in graph.section(row.name) if row.closed_as else ():
            if row.closed_as and (not entry.existing or has_its_own(graph, entry)):
                groups = (*row.closed_as(entry), *_of_batch(graph, entry))
                yield from ((entry, Inner(each, each, OF_ITSELF)) for each in groups if is_in_use(graph, entry, each))
                yield from ((entry, each) for each in (row.inner(entry, graph.target.location) if row.inner else ()))


def has_its_own(graph: Graph, entry: Entry) -> bool:
    """Whether what another target made has an endpoint in this one too.

    One that is registered in the zones of this target; in zones that targets share the second would write over the
    address of the first, which is reached over the peering.
    """
    return bool(entry.made_in) and graph.network.dns == "here"


def is_in_use(graph: Graph, entry: Entry, group: str) -> bool:
    """Of an account, whether shares are used: by a workspace, which keeps notebooks there, or what leads to one."""
    if group == SIGN_IN:  # one of a region and its zone serves all workspaces (docs: "Configure Inbound Private Link")
        region, others = _signs_in(graph, entry), graph.section(entry.section)
        alike = (each.address for each in others if region and _signs_in(graph, each) == region)
        return entry.address == next(alike, "")
    if group != "file" or entry.body.get("file_shares"):
        return True
    users = (edge for edge in graph.edges_to(entry.address) if edge.source in graph.entries)
    return any(
        edge.path == ("storage_account",) or around.data_service(graph.entries[edge.source]) == "file" for edge in users
    )


def _for_others(graph: Graph, entry: Entry) -> str:
    """Whom the endpoint of a region signs in, beside those of its own workspace (docs: "Private Link concepts")."""
    region, workspaces = _signs_in(graph, entry), graph.section(entry.section)
    others = [each.address for each in workspaces if each is not entry and _signs_in(graph, each) == region]
    named = f", such as {', '.join(others)}" if others else ""
    return (
        f"; people sign in by it to every Databricks workspace of {region} that is reached in this network{named}, "
        f"and to none of them once {entry.address} is deleted"
    )


def _signs_in(graph: Graph, entry: Entry) -> str | None:
    """The region in which people sign in to it by a private endpoint; None where they don't."""
    groups = ROWS[entry.section].closed_as
    if entry.existing or groups is None or SIGN_IN not in groups(entry):
        return None
    return str(entry.body.get("location") or graph.target.location)


def endpoints_in_turn(graph: Graph) -> Graph:
    """The same, each endpoint after the one before it, and after all parts of the network.

    Several at once in a subnet are refused now and then: ReferencedResourceNotProvisioned
    (https://github.com/Azure/bicep-ptn-aiml-landing-zone/issues/41).
    """
    if not graph.network.is_private or lacks_subnet(graph):
        return graph
    network = graph.entries[graph.entries[graph.network.subnet_of_endpoints or ""].parent or ""]
    last = {layer_of_parts(network): _parts(graph, network)}
    entries = Entries(graph.entries)
    for endpoint in graph.section(_ENDPOINTS):
        assert isinstance(endpoint.model, private_endpoints.DerivedEndpoint)
        layer = ROWS[graph.entries[endpoint.model.resource].section].layer
        after = list(last.get(layer, ()))
        entries[endpoint.address] = replace(endpoint, model=endpoint.model.model_copy(update={"after": after}))
        last[layer] = (endpoint.address,)
    return replace(graph, entries=entries)


def _parts(graph: Graph, network: Entry) -> tuple[str, ...]:
    """The last of its parts that we deploy, each of which waits for the one before it."""
    parts = list(parts_made(network, graph))
    if not network.existing:
        parts += (each for each in graph.section("peerings") if each.parent == network.address)
    elif not is_in_own_group(network, graph.target):
        parts = []
    return tuple(each.address for each in parts[-1:])


def _of_batch(graph: Graph, account: Entry) -> tuple[str, ...]:
    """Queues and tables of the storage of a workspace in which work is handed out through them."""
    for workspace in around.workspaces(graph):
        is_its = graph.bound(workspace.address, "storage_account") == account.address
        if is_its and around.hands_out_work(graph, workspace):
            return ROWS[account.section].closed_as_for_batch
    return ()


def lacks_subnet(graph: Graph) -> bool:
    """Whether a network is private and doesn't say where its endpoints are, of which a rule speaks."""
    return graph.network.is_private and graph.network.subnet_of_endpoints not in graph.entries


def reached(graph: Graph) -> frozenset[str]:
    """The addresses of what a private endpoint of the spec leads to."""
    endpoints = (*graph.section(_ENDPOINTS), *graph.section(private_endpoints.PRIVATE_ENDPOINTS.name))
    return frozenset(entry.model.resource for entry in endpoints if isinstance(entry.model, PrivateEndpoint))


def derived_links(graph: Graph) -> Iterator[Entry]:
    """Each network in which names are asked asks each zone in which a private endpoint is registered.

    A zone of someone else's is asked by networks of ours, unless they have a resolver, which knows the zones.
    """
    if not graph.network.is_private or lacks_subnet(graph) or graph.network.dns == "policy":
        return
    used = {
        address for entry in (*graph.section(_ENDPOINTS), *graph.section(_WRITTEN)) for address in _zones(entry, graph)
    }
    own = f"virtual_networks.{graph.network.virtual_network}"
    who = list(asking(graph, own))
    for zone in graph.section("private_dns_zones"):
        for network in who if zone.address in used else ():
            address = f"{zone.address}.links.{network.name}"
            is_answered = zone.existing and (network.existing or bool(resolvers_of(network)))
            asks_for_itself = network.address == own or _resolves_for(network, graph.entries.get(own))
            is_answered |= network.existing and not asks_for_itself and zone.name not in _ASKED_FROM_ELSEWHERE
            if address not in graph.entries and not is_answered:
                because = f"who asks in {network.address} is to find the private endpoints in {zone.azure_name}"
                model = private_dns_zones.DerivedLink(of=zone.address, network=network.name)
                yield derived(graph, zone.address, _LINKS, address, network.name, model, because)


def _resolves_for(network: Entry, own: Entry | None) -> bool:
    """Whether the servers that a network asks lie in another one; in one whose ranges nobody wrote they may."""
    written = network.body.get("address_space") or ()
    spaces = [ip_network(each, strict=False) for each in written if isinstance(each, str)]
    servers = [ip_address(each) for each in resolvers_of(own)]
    return any(not spaces or any(server in space for space in spaces) for server in servers)


def asking(graph: Graph, own: str) -> Iterator[Entry]:
    """The network of the endpoints, those of agents and peers, and those that are named."""
    pipelines = graph.header.pipelines
    inside = pipelines.pool.of_deployments.inside if pipelines else None
    named = (inside, *(graph.network.hub.links if graph.network.hub else ()))
    addresses = [own, *(f"virtual_networks.{name}" for name in named)]
    found = (graph.entries[address] for address in addresses if address in graph.entries)
    return iter({entry.address: entry for entry in (*found, *peers(graph, own))}.values())


def peers(graph: Graph, network: str) -> Iterator[Entry]:
    """The networks to which one is joined, on whichever side that is written."""
    for each in graph.section("peerings"):
        here, there = str(each.parent), f"virtual_networks.{each.name}"
        other = there if here == network else here if there == network else ""
        if other in graph.entries:
            yield graph.entries[other]


def _zones(entry: Entry, graph: Graph) -> tuple[str, ...]:
    """The addresses of the zones of the spec in which an endpoint is registered."""
    endpoint = entry.model if isinstance(entry.model, PrivateEndpoint) else None
    found = private_endpoints.zones_of(endpoint, graph).values() if endpoint else ()
    return tuple(zone.address for zone in found if isinstance(zone, Of))

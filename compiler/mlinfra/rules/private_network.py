"""Rules of what is reached by private endpoints only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.azure.private_dns import KNOWN, name_of_zone
from mlinfra.bodies.mending import UNKNOWN_NAME
from mlinfra.derive.nodes import subnets_of_nodes
from mlinfra.derive.private_endpoints import closed
from mlinfra.derive.security_rules import EVERYWHERE, HALVES, is_unread, next_hops
from mlinfra.diagnostics import Code, Diagnostic, Related, Span, Where, finding
from mlinfra.diagnostics.near import of_nearly_the_name
from mlinfra.diagnostics.suggest import closest_name, did_you_mean, is_slip
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.graph.half_read import PARTS_OF_NETWORKS, PLACES_OF_SUBNETS
from mlinfra.graph.near import address_near, entry_near
from mlinfra.graph.zones import dns_name
from mlinfra.header.network import ZonesOfHub
from mlinfra.languages import SECTIONS
from mlinfra.languages.platform.network.monitor_private_link_scopes import (
    MONITOR_PRIVATE_LINK_SCOPES,
    MonitorPrivateLinkScope,
)
from mlinfra.languages.platform.network.private_dns_zones import DERIVED_LINKS, DerivedLink
from mlinfra.languages.platform.network.virtual_networks import SUBNETS, Subnet, is_made
from mlinfra.reach.callers import callers
from mlinfra.reach.routes import WAYS_OUT
from mlinfra.rules.network import outside_of_networks, place_of
from mlinfra.rules.rule import over_graph, over_targets, owned
from mlinfra.source.tree import child, scalars

_TRAINING = "https://learn.microsoft.com/azure/machine-learning/how-to-secure-training-vnet"
_ISOLATION = "https://learn.microsoft.com/azure/machine-learning/how-to-network-security-overview"
NO_SUBNET = Code(
    "MLI380",
    "error",
    "Private platform without a place for its private endpoints",
    "Everything is closed to the internet, and reached by private endpoints, which lie in a subnet",
    "Write network: {inbound: private, virtual_network: <an entry>, endpoints_subnet: <a subnet of it>}",
    _ISOLATION,
    misses=(*PLACES_OF_SUBNETS, "network.endpoints_subnet"),
    misses_a_name=True,
)
DOOR_OPEN = Code(
    "MLI381",
    "warning",
    "Public access to what has a private endpoint",
    "The private endpoint is made, and the door to the internet stays open beside it: Entra alone guards it there",
    "Leave public_network_access out",
    _ISOLATION,
)
WITHOUT_EFFECT = Code(
    "MLI382",
    "warning",
    "Addresses let in to what is closed to all of them",
    "With inbound: private public access is off, and Azure then looks at no list of addresses",
    "Leave allowed_ips out",
    _ISOLATION,
)
NO_COMPUTE_SUBNET = Code(
    "MLI383",
    "error",
    "Computes in a network that is not named",
    "With outbound: vnet clusters and instances lie in a subnet of yours, and reach what they use by private endpoints",
    "Write network: {inbound: private, outbound: vnet, virtual_network: …, endpoints_subnet: …, compute_subnet: …}",
    _TRAINING,
    misses=(*PLACES_OF_SUBNETS, "network.outbound", "network.compute_subnet"),
    misses_a_name=True,
)
NO_WAY_OUT = Code(
    "MLI384",
    "error",
    "Computes in a subnet that nothing leaves",
    "Nodes without public addresses reach Azure ML, Batch and Entra by a NAT gateway, a firewall or an address that "
    "Azure gives the subnet. Without any of these they never start",
    "Give the subnet a nat_gateway, or a route_table whose default route leads to a firewall. With "
    "default_outbound_access: true nodes leave by an address of Azure's, which changes and is nobody's to let in",
    _TRAINING,
    misses=PARTS_OF_NETWORKS,
)
UNKNOWN_IN_DNS = Code(
    "MLI367",
    "error",
    "Name in network.dns that is nothing",
    "A network that is not linked and a zone that is not made leave names without an answer, and nobody is told",
    "Write entries of virtual_networks in links, and addresses of entries in also. A zone in here or also is called as "
    "its service, or as an entry of private_dns_zones, which has existing: true where the hub keeps the zone",
    "https://learn.microsoft.com/azure/private-link/private-endpoint-dns",
    misses=("network.dns",),
)
ZONES_TWICE = Code(
    "MLI390",
    "error",
    "Two targets whose zones are in each other's way",
    "A network asks one zone of each name: Azure refuses the link of the second, which the second target deploys. And "
    "a zone has one address of a name: of endpoints for signing in to Databricks, whose name is that of their region, "
    "people would find the one that was deployed last",
    "Let both targets use one set of zones: dns: {zones: {subscription: …, resource_group: …}}; of endpoints for "
    "signing in keep one",
    "https://learn.microsoft.com/azure/dns/private-dns-virtual-network-links",
    misses=("network.dns",),
)
_BOTH = "add virtual_network: <an entry of virtual_networks> and endpoints_subnet: <a subnet of it>"
_SCOPES = "https://learn.microsoft.com/azure/azure-monitor/logs/private-link-design"
MONITOR_OUTSIDE = Code(
    "MLI400",
    "error",
    "Private logs of a platform that is not private",
    "The private endpoint of the logs lies in the subnet of endpoints, and their names in zones of the network",
    "Write inbound: private with a network, or leave monitor out",
    _SCOPES,
)
SHUTS_OTHERS_OUT = Code(
    "MLI338",
    "warning",
    "Scope of logs that shuts other logs out",
    "Names of all logs lead through the zones of the scope: whoever shares these sends to no others and asks none",
    "Write open; or say that no other network shares the zones: # mlinfra: ignore MLI338 because …",
    _SCOPES,
)


def _endpoints_have_a_subnet(graph: Graph) -> Iterator[Diagnostic]:
    network = graph.network
    if not network.is_private or (graph.target.shared and not any(closed(graph))):
        return
    missing = [key for key in ("virtual_network", "endpoints_subnet") if not getattr(network, key)]
    of = f"virtual_networks.{network.virtual_network}"
    if missing:
        message = f"inbound is private, and network lacks {' and '.join(missing)}"
        yield _said(NO_SUBNET, graph, "inbound", message, _BOTH)
    elif of not in graph.entries:
        written = str(network.virtual_network)
        networks = {entry.name: entry.key for entry in graph.section("virtual_networks")}
        message = f'"{written}" is no entry of virtual_networks'
        help, near = did_you_mean(written, networks), of_nearly_the_name(written, networks, "virtual_networks")
        if of in graph.removed:
            needed = next(entry.address for entry in closed(graph))
            message = f"{of} is not in {graph.target.name}, where {needed} is closed and reached by private endpoints"
            help = f"add {graph.target.name} to the targets of {of}, or leave what is closed out of {graph.target.name}"
            near = ()
        yield _said(NO_SUBNET, graph, "virtual_network", message, help, near)
    elif network.subnet_of_endpoints not in graph.entries:
        subnets, written = _subnets_in(graph, of), str(network.endpoints_subnet)
        message = f'"{written}" is no subnet of {of}'
        bare = written.rpartition(".")[2]
        help = f"write {bare}" if bare in subnets else did_you_mean(written, subnets)
        near = of_nearly_the_name(written, subnets, f"{of}.{SUBNETS.name}")
        yield _said(NO_SUBNET, graph, "endpoints_subnet", message, help, near)


def _subnets_in(graph: Graph, network: str) -> dict[str, Span]:
    """The places of the subnets of a network, by their names."""
    return {entry.name: entry.key for entry in graph.section("subnets") if entry.parent == network}


def _said(
    code: Code, graph: Graph, key: str, message: str, help: str | None, related: tuple[Related, ...] = ()
) -> Diagnostic:
    """A finding at a key of the network."""
    return finding(code, message, Where(place_of(graph, key), "network"), help, related)


def _computes_have_a_subnet(graph: Graph) -> Iterator[Diagnostic]:
    network = graph.network
    of = f"virtual_networks.{network.virtual_network}"
    if network.outbound != "vnet":
        if network.subnet_of_computes and of in graph.entries and network.subnet_of_computes not in graph.entries:
            yield _no_such_subnet(graph, of)
    elif network.inbound != "private":
        message, help = "outbound is vnet, and inbound is not private", "write inbound: private, or another outbound"
        yield _said(NO_COMPUTE_SUBNET, graph, "outbound", message, help)
    elif not network.compute_subnet:
        if nowhere := next(outside_of_networks(graph), None):
            message = "outbound is vnet, and network lacks compute_subnet"
            help = "add compute_subnet: <a subnet of virtual_network>"
            related = (Related(f"{nowhere.address} lies in no subnet", at(nowhere).span),)
            yield _said(NO_COMPUTE_SUBNET, graph, "outbound", message, help, related)
    elif of in graph.entries and network.subnet_of_computes not in graph.entries:
        yield _no_such_subnet(graph, of)


def _no_such_subnet(graph: Graph, of: str) -> Diagnostic:
    written = str(graph.network.compute_subnet)
    subnets, message = _subnets_in(graph, of), f'"{written}" is no subnet of {of}'
    near = of_nearly_the_name(written, subnets, f"{of}.{SUBNETS.name}")
    return _said(NO_COMPUTE_SUBNET, graph, "compute_subnet", message, did_you_mean(written, subnets), near)


def _computes_have_a_way_out(graph: Graph) -> Iterator[Diagnostic]:
    """Of those in subnets of ours that have no addresses of their own; of other subnets nobody knows here."""
    for entry in subnets_of_nodes(graph):
        hidden = [each for each in callers(graph) if each.subnet is entry and not each.has_addresses]
        if hidden and lacks_way_out(graph, entry):
            message = f"nothing leaves {entry.address}, in which computes are"
            related = tuple(Related(f"{each.shown} is there", each.where.span) for each in hidden)
            yield finding(NO_WAY_OUT, message, at(entry, (), on_key=True), f"add {WAYS_OUT}", related)


def lacks_way_out(graph: Graph, entry: Entry) -> bool:
    """Whether nothing leaves a subnet that is made here but what has an address of its own."""
    subnet = entry.model
    if not is_made(entry, graph.entries[entry.parent or ""]) or not isinstance(subnet, Subnet):
        return False
    return not (subnet.nat_gateway or subnet.default_outbound_access or _is_led_out(graph, entry))


def _is_led_out(graph: Graph, subnet: Entry) -> bool:
    """Whether a table leads what leaves to an appliance or gateway; of a table of someone else's nobody knows here."""
    if "route_table" not in subnet.body:
        return False
    table = graph.entries.get(graph.bound(subnet.address, "route_table") or "")
    if table is None or table.existing or is_unread(graph, subnet.address):
        return True
    whole = next_hops(graph, subnet.address, (EVERYWHERE,))
    halves = [next_hops(graph, subnet.address, (half,)) or whole for half in HALVES]
    return all(any(map(_leads_out, hops)) for hops in halves)


def _leads_out(hop: str) -> bool:
    """Whether a hop leads past a network."""
    return hop[:1].isdigit() or hop.lower() == "gateway"


def _names_of_dns_are_known(graph: Graph) -> Iterator[Diagnostic]:
    hub = graph.network.hub
    if hub is None:
        return
    networks = [entry.name for entry in graph.section("virtual_networks")]
    named_zones = (*hub.here, *(name for names in hub.also.values() for name in names))
    owners = (address for address in hub.also if address not in graph.removed)
    zones = [*KNOWN, *(entry.name for entry in graph.section("private_dns_zones") if not entry.because)]
    named = [
        *(("network", name, networks, entry_near(graph, name, "virtual_networks")) for name in hub.links),
        *(("zone", name, zones, entry_near(graph, name, "private_dns_zones")) for name in named_zones),
        *(("entry", address, list(graph.entries), address_near(graph, address)) for address in owners),
    ]
    for what, name, known, near in named:
        if name not in known and not _stands_in(graph, name):
            message = f'"{name}", which network.dns names, is no {what}'
            help = _cure_of_zone(graph, hub, name) if what == "zone" and not near else None
            place = Where(_place_in_dns(graph, name), "network")
            yield finding(UNKNOWN_IN_DNS, message, place, help or did_you_mean(name, known), near)


def _place_in_dns(graph: Graph, name: str) -> Span:
    """Where a name is written in network.dns; a resource is a key there, at whose mapping its finding is."""
    for written in (graph.target.overrides and child(graph.target.overrides, "network"), graph.header.network):
        dns = child(written, "dns") if written else None
        for _, scalar in scalars(dns) if dns else ():
            if scalar.value == name:
                return scalar.span
    return place_of(graph, "dns")


def _cure_of_zone(graph: Graph, hub: ZonesOfHub, name: str) -> str | None:
    """What to write of a zone by its DNS name, or of one that no name of a service is a slip of."""
    if called := name_of_zone(name, graph.header.cloud) or _entry_of(graph, name):
        return f"write {called}"
    if (near := closest_name(name, KNOWN)) and is_slip(name, near):
        return None
    entry, zone = ("<name>", name) if "." in name else (name, "<the DNS name of the zone>")
    placed = f"existing: true, azure_name: {zone}, " if hub.is_elsewhere(name) else f"zone: {zone}"
    where = f"subscription: {hub.zones.subscription}, resource_group: {hub.zones.resource_group}"
    written = f"{{{placed}{where}}}" if hub.is_elsewhere(name) else f"{{{placed}}}"
    also = f", and write {entry} here" if "." in name else ""
    return f"add private_dns_zones: {{{entry}: {written}}}{also}"


def _entry_of(graph: Graph, zone: str) -> str | None:
    """The name of the entry that has this DNS name."""
    return next((each.name for each in graph.section("private_dns_zones") if dns_name(each) == zone.lower()), None)


def _stands_in(graph: Graph, name: str) -> bool:
    """Whether a name is the one in the place of what was written and is none, of which is spoken already."""
    written = child(graph.header.network, "dns") if graph.header.network else None
    return name == UNKNOWN_NAME and all(scalar.value != name for _, scalar in (scalars(written) if written else ()))


def _doors_are_shut(graph: Graph) -> Iterator[Diagnostic]:
    if not graph.network.is_private:
        return
    for row in SECTIONS:
        for entry in graph.section(row.name) if row.closed_as else ():
            if str(entry.body.get("public_network_access", "")).lower() == "enabled" and not entry.existing:
                message = f"{entry.address} is open to the internet, in a platform that is private"
                yield finding(DOOR_OPEN, message, at(entry, ("public_network_access",)), "leave it out")


def _lists_have_an_effect(graph: Graph) -> Iterator[Diagnostic]:
    if graph.network.is_private and graph.network.allowed_ips:
        message = "inbound is private, so nobody comes in from allowed_ips"
        related = (Related("inbound is written here", place_of(graph, "inbound")),)
        yield finding(
            WITHOUT_EFFECT, message, Where(place_of(graph, "allowed_ips"), "network"), "leave it out", related
        )


def _networks_have_one_set_of_zones(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    first: dict[tuple[str, str], tuple[Graph, Entry]] = {}
    said: set[tuple[str, str]] = set()
    for graph in graphs:
        for zone, network in _linked(graph):
            key = (zone.azure_name.lower(), str(network.id).lower())
            other, theirs = first.setdefault(key, (graph, zone))
            if other is graph or str(theirs.id).lower() == str(zone.id).lower() or (graph.target.name, key[1]) in said:
                continue
            said.add((graph.target.name, key[1]))
            message = (
                f"{graph.target.name} and {other.target.name} each make zones of the same names, and link them to "
                f"{network.address}"
            )
            help = "write network.dns: {zones: {subscription: …, resource_group: …}}, where one set of zones is"
            yield _said(ZONES_TWICE, graph, "virtual_network", message, help)


def _linked(graph: Graph) -> Iterator[tuple[Entry, Entry]]:
    """The zones that are made here, each with the networks of others that ask it."""
    derived = [each.model for each in graph.section(DERIVED_LINKS.name) if isinstance(each.model, DerivedLink)]
    written = [(str(each.parent), each.name) for each in graph.section("links")]
    for of, name in (*written, *((link.of, link.network) for link in derived)):
        zone, network = graph.entries.get(of), graph.entries.get(f"virtual_networks.{name}")
        if zone and network and not zone.existing and network.existing:
            yield zone, network


def _monitor_is_inside(graph: Graph) -> Iterator[Diagnostic]:
    if graph.network.monitor == "private" and not graph.network.is_private:
        message = "monitor is private, and inbound is not"
        yield _said(MONITOR_OUTSIDE, graph, "monitor", message, "write inbound: private, or leave monitor out")


def _scopes_shut_nobody_out(graph: Graph) -> Iterator[Diagnostic]:
    for entry, scope in owned(graph, MONITOR_PRIVATE_LINK_SCOPES.name, MonitorPrivateLinkScope):
        for key in ("ingestion", "query"):
            if getattr(scope, key) == "private_only":
                message = f"{key} of {entry.address} is private_only, for every network that shares its zones"
                yield finding(
                    SHUTS_OTHERS_OUT, message, at(entry, (key,)), "write open, or say that nobody shares them"
                )


RULES = (
    over_graph(MONITOR_OUTSIDE, _monitor_is_inside),
    over_graph(SHUTS_OTHERS_OUT, _scopes_shut_nobody_out),
    over_graph(NO_SUBNET, _endpoints_have_a_subnet),
    over_graph(NO_COMPUTE_SUBNET, _computes_have_a_subnet),
    over_graph(NO_WAY_OUT, _computes_have_a_way_out),
    over_graph(DOOR_OPEN, _doors_are_shut),
    over_graph(UNKNOWN_IN_DNS, _names_of_dns_are_known),
    over_graph(WITHOUT_EFFECT, _lists_have_an_effect),
)

RULES_OF_TARGETS = (over_targets(ZONES_TWICE, _networks_have_one_set_of_zones),)

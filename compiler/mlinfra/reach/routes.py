"""Whether packets find their way between subnets: peerings, and routes that lead elsewhere."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import replace

from mlinfra.azure.service_tags import INTERNET, tags_around
from mlinfra.diagnostics import Related
from mlinfra.graph import Entry, Graph
from mlinfra.languages.platform.network.network_security_groups import prefixes_of
from mlinfra.languages.platform.network.peering import FarSide, Peering
from mlinfra.languages.platform.network.route_tables import Route
from mlinfra.reach.gap import Gap
from mlinfra.reach.packets import Packets, for_endpoints, gaps_of_group, lies_in, ranges, spaces_of
from mlinfra.source.tree import holds_unknown

DROPS, _GATEWAY, INSIDE, TO_INTERNET = "none", "gateway", "virtual_network", "internet"  # next hops
_GATEWAYS = "gatewaysubnet"  # the subnet in which one lies
AZURES_ADDRESS = "default_outbound_access: true"
WAYS_OUT = f"nat_gateway, a route_table that leads to a firewall, or {AZURES_ADDRESS}"


def gaps_of_routes(graph: Graph, network: Entry, subnet: Entry | None, to: Entry) -> Iterator[Gap]:
    """Between where packets start, of which the subnet may be unknown, and the subnet of a private endpoint."""
    there = graph.entries[str(to.parent)]
    if there is not network:
        yield from _gaps_between(graph, network, subnet, there, to)
    elif subnet is not None:
        yield from _gaps_of_tables(graph, subnet, to)


def _gaps_between(graph: Graph, network: Entry, subnet: Entry | None, there: Entry, to: Entry) -> Iterator[Gap]:
    joined = peering_between(graph, network, there)
    if joined is not None:
        yield from _gaps_of_peering(*joined, subnet, to)
        if subnet is not None:
            yield from _gaps_of_tables(graph, subnet, to)
    elif network.existing and there.existing:
        return  # whether their owners joined them is for them to know
    elif not _is_led_through(graph, subnet, to, network, there):
        help = f"add peerings: {{{network.name}: {{}}}} to {there.address}"
        if there.existing:
            help = f"add peerings: {{{there.name}: {{}}}} to {network.address}"
        related = (Related(f"{there.address} is written here", there.key),)
        yield Gap(f"{network.address} and {there.address} are not joined", help, related)


def peering_between(graph: Graph, here: Entry, there: Entry) -> tuple[Entry, FarSide, FarSide] | None:
    """The entry that joins two networks, and what it allows on either side."""
    for one, other in ((here, there), (there, here)):
        entry = graph.entries.get(f"{one.address}.peerings.{other.name}")
        if entry is not None and isinstance(entry.model, Peering):
            return entry, entry.model, entry.model.remote
    return None


def _gaps_of_peering(entry: Entry, near: FarSide, far: FarSide, subnet: Entry | None, to: Entry) -> Iterator[Gap]:
    related = (Related(f"{entry.address} is written here", entry.key),)
    if near.use_remote_gateways and far.use_remote_gateways:
        what = f"both sides of {entry.address} use the gateway of the other one, which Azure makes of no peering"
        yield Gap(what, "leave use_remote_gateways out on the side that has the gateway", related)
    sides = ((near, entry.address), (far, f"{entry.address}.remote"))
    for (side, shown), (other, there) in (sides, sides[::-1]):
        if side.use_remote_gateways and other.allow_gateway_transit is False:
            what = f"{shown} uses the gateway of the other network, and {there} does not let it"
            yield Gap(what, "leave allow_gateway_transit out", related)
    for side, shown in sides:
        if not side.allow_virtual_network_access:
            what = f"{shown} lets nothing of the other network in"
            yield Gap(what, "leave allow_virtual_network_access out", related)
    for ours, field in ((near.local_subnets, "local_subnets"), (near.remote_subnets, "remote_subnets")):
        for each in (subnet, to) if not near.peer_complete else ():
            is_of_this_side = each is not None and (each.parent == entry.parent) == (field == "local_subnets")
            if each is not None and is_of_this_side and each.name not in ours:
                yield Gap(f"{entry.address} leaves {each.address} out", f"add {each.name} to {field}", related)


def _is_led_through(graph: Graph, subnet: Entry | None, to: Entry, here: Entry, there: Entry) -> bool:
    """Whether an appliance of a network that both are joined to leads from one to the other, and back."""
    between = any(
        peering_between(graph, here, hub) and peering_between(graph, there, hub)
        for hub in graph.section("virtual_networks")
        if hub not in (here, there)
    )
    if not between or (subnet is None and here.existing):
        return between
    starts = [subnet] if subnet else [each for each in graph.section("subnets") if each.parent == here.address]
    return any(_hop(graph, each, to) is not None and _hop(graph, to, each) is not None for each in starts)


def _hop(graph: Graph, source: Entry, to: Entry) -> str | None:
    """The appliance to which the table of a subnet leads what goes to another one."""
    route = leading(graph, source, to)
    hop = route[1].next_hop if route else ""
    return hop if hop[:1].isdigit() else None


def leading(graph: Graph, source: Entry, to: Entry) -> tuple[Entry, Route] | None:
    """The route of a subnet's table that counts for another subnet: the longest that holds all of it."""
    own = ranges(prefixes_of(to))
    best: tuple[int, Entry, Route] | None = None
    for entry, route in routes_of(graph, source) if own else ():
        for whole in ranges([route.address_prefix]):
            holds = all(part.subnet_of(whole) for part in own)
            if holds and (best is None or whole.prefixlen > best[0]):
                best = (whole.prefixlen, entry, route)
    return best[1:] if best else None


def _gaps_of_tables(graph: Graph, source: Entry, to: Entry) -> Iterator[Gap]:
    """Where routes hold for private endpoints, a table leads to them too; else each has a route of its own."""
    if for_endpoints(to, "routetable"):
        yield from _gaps_of_narrow_routes(graph, source, to)
    route = leading(graph, source, to)
    if route is None or not for_endpoints(to, "routetable") or not _counts(graph, route[1], to):
        return
    entry, model = route
    related = (Related(f"{entry.address} is written here", entry.key),)
    if model.next_hop.lower() == DROPS:
        yield dropping(entry)
    elif model.next_hop[:1].isdigit() and _hop(graph, to, source) != model.next_hop:
        what = f"{entry.address} leads there through {model.next_hop}, and answers come back another way"
        help = f"give {to.address} a route_table that leads back through {model.next_hop}"
        yield Gap(what, help, related, unless=f"{model.next_hop} translates addresses")


def dropping(route: Entry) -> Gap:
    """That a route leads to nothing."""
    related = (Related(f"{route.address} is written here", route.key),)
    return Gap(f"{route.address} drops what goes there", "leave the route out, or name a next hop", related)


def gives_addresses(subnet: Entry) -> bool:
    """Whether a subnet says what gives a public address to all that leaves it."""
    return bool(subnet.body.get("nat_gateway") or subnet.body.get("default_outbound_access"))


def _gaps_of_narrow_routes(graph: Graph, source: Entry, to: Entry) -> Iterator[Gap]:
    """Of routes to a part of the subnet of private endpoints, in which nobody sees whether one lies."""
    own = ranges(prefixes_of(to))
    for entry, route in routes_of(graph, source):
        parts = [part for part in ranges([route.address_prefix]) if any(_is_part(part, whole) for whole in own)]
        if parts and route.next_hop.lower() == DROPS:
            related = (Related(f"{entry.address} is written here", entry.key),)
            unless = f"what is called lies elsewhere than in {route.address_prefix}"
            what = f"{entry.address} drops what goes to {route.address_prefix}"
            yield Gap(what, "leave the route out, or name a next hop", related, unless=unless)


def _is_part(part: ipaddress.IPv4Network, whole: ipaddress.IPv4Network) -> bool:
    return part != whole and part.subnet_of(whole)


def _counts(graph: Graph, route: Route, to: Entry) -> bool:
    """Whether a route goes before the one that Azure has to all of a network: it is at least as long."""
    network = graph.entries[str(to.parent)]
    spaces = spaces_of(network)
    own = ranges(prefixes_of(to))
    around = [space for space in spaces if all(part.subnet_of(space) for part in own)]
    return all(whole.prefixlen >= space.prefixlen for whole in ranges([route.address_prefix]) for space in around)


def gaps_out(graph: Graph, subnet: Entry) -> Iterator[Gap]:
    """Of an appliance to which a subnet's default route leads: it lies in a network that is joined, and answers."""
    network = graph.entries[str(subnet.parent)]
    for entry, route in routes_of(graph, subnet) if not network.existing else ():
        if route.next_hop[:1].isdigit():
            yield from _gaps_of_leaving_out(graph, subnet, ipaddress.IPv4Address(route.next_hop))
        if route.next_hop.lower() == _GATEWAY and not has_a_gateway(graph, network):
            related = (Related(f"{entry.address} is written here", entry.key),)
            what = f"{entry.address} leads to a gateway, and {network.address} has none"
            yield Gap(what, "add a GatewaySubnet, or a peering with use_remote_gateways: true", related)
        if route.next_hop[:1].isdigit():
            yield from _gaps_of_appliance(graph, network, entry, ipaddress.IPv4Address(route.next_hop))
            yield from _gaps_at_appliance(graph, subnet, ipaddress.IPv4Address(route.next_hop))


def gaps_of_route_to(graph: Graph, subnet: Entry, to: str, *, has_addresses: bool) -> Iterator[Gap]:
    """Of what a subnet's table drops that goes to a service, by its tag, or to an address of a network.

    `has_addresses` is whether what leaves gets a public one.
    """
    if inside := ranges([to]):
        yield from _gaps_of_leaving_out(graph, subnet, inside[0][0])
    entry = _to_address(graph, subnet, to) if inside else to_tag(graph, subnet, to)
    route = entry.model if entry else None
    if entry is None or not isinstance(route, Route):
        return
    related = (Related(f"{entry.address} is written here", entry.key),)
    hop, stays = route.next_hop.lower(), (DROPS,) if ranges([to]) else (DROPS, INSIDE)
    if hop in stays:  # inside a network there is no service
        yield dropping(entry)
    elif hop == TO_INTERNET and not has_addresses and not ranges([to]):
        what = f"{entry.address} leads to the internet, where nothing of {subnet.address} has an address"
        help = f"let the route lead to a firewall, or add to {subnet.address} nat_gateway or {AZURES_ADDRESS}"
        yield Gap(what, help, related)


def to_tag(graph: Graph, subnet: Entry, tag: str) -> Entry | None:
    """The route of the narrowest tag that holds a service: one of a tag goes before one of a range around it.

    Source: docs, "Virtual network traffic routing", service tags for user-defined routes.
    """
    by_prefix = {route.address_prefix.lower(): entry for entry, route in routes_of(graph, subnet)}
    return next((by_prefix[each] for each in tags_around(tag) if each in by_prefix), None)


def _to_address(graph: Graph, subnet: Entry, to: str) -> Entry | None:
    """The longest route around an address, where it goes before the one that Azure has to each joined network."""
    (address,) = ranges([to])
    network = graph.entries[str(subnet.parent)]
    near = [each for each in graph.section("virtual_networks") if peering_between(graph, network, each)]
    own = [space.prefixlen for each in (network, *near) for space in spaces_of(each) if address.subnet_of(space)]
    found = [
        (whole.prefixlen, entry)
        for entry, route in routes_of(graph, subnet)
        for whole in ranges([route.address_prefix])
        if address.subnet_of(whole)
    ]
    longest = max(found, key=lambda each: each[0], default=None)
    return longest[1] if longest and own and longest[0] >= max(own) else None


def routes_of(graph: Graph, subnet: Entry) -> Iterator[tuple[Entry, Route]]:
    """What the table of a subnet says."""
    table = graph.bound(subnet.address, "route_table")
    for entry in graph.section("routes") if table else ():
        if entry.parent == table and isinstance(entry.model, Route):
            yield entry, entry.model


def has_a_gateway(graph: Graph, network: Entry) -> bool:
    """Whether a network has one of its own, or uses that of another one."""
    if any(each.name.lower() == _GATEWAYS for each in graph.section("subnets") if each.parent == network.address):
        return True
    sides = (
        peering.model if peering.parent == network.address else getattr(peering.model, "remote", None)
        for peering in graph.section("peerings")
        if network.address in (peering.parent, f"virtual_networks.{peering.name}")
    )
    return any(isinstance(side, FarSide) and side.use_remote_gateways for side in sides)


def _gaps_of_appliance(graph: Graph, network: Entry, route: Entry, hop: ipaddress.IPv4Address) -> Iterator[Gap]:
    related = (Related(f"{route.address} is written here", route.key),)
    if nowhere := holder_without_subnet(graph, hop):
        what = f"{route.address} leads to {hop}, which lies in no subnet of {nowhere.address}"
        yield Gap(what, "write the address of the appliance", related, unless="a subnet is made elsewhere")
    if _may_hold(network, hop) and network.body.get("address_space"):
        return
    joined = [(other, peering_between(graph, network, other)) for other in graph.section("virtual_networks")]
    holding = [(other, found) for other, found in joined if found and _may_hold(other, hop)]
    joins = [f"virtual_networks.{name}" for name in network.body.get("peerings") or ()]
    if not holding and any(each not in graph.entries for each in joins):
        return  # one of them names no network, of which a rule speaks
    if not holding:
        what = f"{route.address} leads to {hop}, and no network that holds it is joined to {network.address}"
        yield Gap(what, f"add a peering of {network.address} with the network of {hop}", related)
    elif all(_refuses_answers(network, found[0], found[1], found[2]) for _, found in holding):
        peering = holding[0][1][0]
        what = f"answers of {hop} are forwarded traffic, which {peering.address} does not let in"
        also = (Related(f"{peering.address} is written here", peering.key),)
        yield Gap(what, "write allow_forwarded_traffic: true there", also, is_forwarded=True)


def _gaps_of_leaving_out(graph: Graph, subnet: Entry, address: ipaddress.IPv4Address) -> Iterator[Gap]:
    """Of a peering of some subnets, which is the only one that leads to an address, and not of this one."""
    network = graph.entries[str(subnet.parent)]
    others = [
        other for other in graph.section("virtual_networks") if other is not network and _may_hold(other, address)
    ]
    joined = [found for other in others if (found := peering_between(graph, network, other))]
    if any(address in space for space in spaces_of(network)):
        return
    lists = [(entry, near, _side_of(entry, network)) for entry, near, _ in joined]
    if lists and all(not near.peer_complete and subnet.name not in getattr(near, side) for _, near, side in lists):
        entry, _, side = lists[0]
        related = (Related(f"{entry.address} is written here", entry.key),)
        yield Gap(f"{entry.address} leaves {subnet.address} out", f"add {subnet.name} to {side}", related)


def _side_of(peering: Entry, network: Entry) -> str:
    """The list of a peering in which the subnets of a network stand."""
    return "local_subnets" if peering.parent == network.address else "remote_subnets"


def _gaps_at_appliance(graph: Graph, subnet: Entry, hop: ipaddress.IPv4Address) -> Iterator[Gap]:
    """Of the group of a subnet of ours in which an appliance lies, which packets for others pass as well."""
    for each in graph.section("subnets"):
        if each is not subnet and lies_in(hop, each):
            yield from gaps_of_group(graph, each, Packets(subnet, INTERNET, "tcp", 443), "inbound")
            for gap in gaps_of_group(graph, each, Packets(each, INTERNET, "tcp", 443), "outbound"):
                yield replace(gap, unless=gap.unless or f"{hop} sends it on from another subnet", denied_by="")


def holder_without_subnet(graph: Graph, address: ipaddress.IPv4Address) -> Entry | None:
    """The network of ours around an address at which nothing is, as none of its subnets holds it."""
    for network in graph.section("virtual_networks"):
        if not network.existing and any(address in space for space in spaces_of(network)):
            subnets = [each for each in graph.section("subnets") if each.parent == network.address]
            is_known = all(ranges(prefixes_of(each)) and not holds_unknown(each.body) for each in subnets)
            held = any(lies_in(address, each) for each in subnets)
            return None if held or not is_known else network
    return None


def _may_hold(network: Entry, hop: ipaddress.IPv4Address) -> bool:
    """Of a network of someone else's whose ranges are not written nobody knows: it may."""
    spaces = spaces_of(network)
    return not spaces or any(hop in space for space in spaces)


def _refuses_answers(network: Entry, peering: Entry, near: FarSide, far: FarSide) -> bool:
    side = near if peering.parent == network.address else far
    return side.allow_forwarded_traffic is False

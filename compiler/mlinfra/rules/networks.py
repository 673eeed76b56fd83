"""Rules of networks of one's own: what Azure refuses of their parts, and what would lead nowhere."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence
from itertools import count

from mlinfra.azure.networks import UNGUARDED_SUBNETS
from mlinfra.azure.service_tags import SERVICE_TAGS
from mlinfra.bodies.fields import PLACEHOLDER
from mlinfra.diagnostics import ITSELF, Code, Diagnostic, Related, finding
from mlinfra.diagnostics.near import of_nearly_the_name
from mlinfra.diagnostics.suggest import Known, closest_name, did_you_mean, listed
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages import SECTIONS
from mlinfra.languages.platform.network.nat_gateways import NatGateway
from mlinfra.languages.platform.network.network_security_groups import (
    ANY,
    DERIVED_RULES,
    DerivedRule,
    SecurityRule,
    prefixes_of,
)
from mlinfra.languages.platform.network.peering import Peering
from mlinfra.languages.platform.network.public_ips import PublicIp
from mlinfra.languages.platform.network.virtual_networks import Subnet, VirtualNetwork, is_made
from mlinfra.resolve.naming import region_of
from mlinfra.rules.free_ranges import free_range
from mlinfra.rules.rule import over_graph, over_targets, owned
from mlinfra.rules.shared_ranges import above, ranges_in, shared_by, shared_by_two
from mlinfra.source.tree import holds_unknown, is_unknown

_SUBNETS = "https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-subnet"
_GROUPS = "https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview"
_PEERINGS = "https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering"

MAX_HELPED = 20  # subnets of a network for which a free range is looked for

NO_NETWORK = Code(
    "MLI370",
    "error",
    "Peering or link whose key is no network",
    "The key says which network is joined; one that is nowhere in the spec can't be named in what is deployed",
    "Use the name of an entry of virtual_networks; of someone else's, one with existing: true",
    "docs/language.md#references",
    misses_a_name=True,
)
ADDRESSES = Code(
    "MLI371",
    "error",
    "Network or subnet whose addresses don't go together",
    "Azure refuses a network without addresses, a subnet outside of them, and two subnets that share some",
    "Write address_space of the network, and a range of it for each subnet",
    _SUBNETS,
    misses=(f"{ITSELF}existing",),
)
PRIORITY_TWICE = Code(
    "MLI372",
    "error",
    "Two rules of a group with one priority",
    "Azure refuses a group in which two rules of one direction have the same priority, as neither would come first",
    "Give each rule a number of its own",
    _GROUPS,
    misses=(ITSELF,),
)
GUARDED_BY_AZURE = Code(
    "MLI373",
    "error",
    "Group on a subnet of a gateway or firewall",
    "Azure refuses a network security group on these subnets, or what is in them stops working",
    "Leave network_security_group out",
    "https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings",
)
WAY_OUT = Code(
    "MLI374",
    "error",
    "NAT gateway that has no address, or one that does not go with it",
    "A gateway without public addresses lets nothing out, and Azure refuses addresses of another sku, region or zone",
    "Name entries of public_ips of the same sku and region, and of its zone or of all",
    "https://learn.microsoft.com/azure/nat-gateway/nat-gateway-resource",
    misses=(ITSELF, "public_ips"),
)
OVERLAP = Code(
    "MLI375",
    "error",
    "Peering of two networks that share addresses",
    "Azure refuses to join networks whose ranges overlap: an address would be in both",
    "Give one of the two another address_space",
    _PEERINGS,
)
SIDE = Code(
    "MLI376",
    "error",
    "Security rule between what Azure takes for nothing",
    "A side of a rule is any, one service tag, one subnet, or a list of address ranges; Azure refuses a list of tags",
    "Write a rule for each tag, or a list of ranges",
    _GROUPS,
)
JOINED_TWICE = Code(
    "MLI387",
    "error",
    "Peering that is written in both networks",
    "Each makes both of its sides, and Azure refuses a second peering to the same network: "
    "AnotherPeeringAlreadyReferencesRemoteVnet",
    "Write the peering in one network, and the other side as its remote",
    _PEERINGS,
)
FAR_SIDE_FIRST = Code(
    "MLI379",
    "warning",
    "Gateway of a network whose side of the peering is someone else's",
    "Azure lets a network use a gateway over there only once the far side is made and allows it; that side is handed "
    "over, and made after the first deployment",
    "Deploy once without it, let the hand-over be run, then write it, with: # mlinfra: ignore MLI379 because …",
    _PEERINGS,
    misses=("virtual_networks.existing",),
)


_TAG = re.compile(r"[A-Z][A-Za-z0-9]*(\.[A-Za-z0-9]+)?")  # of a service: AzureMonitor, Storage.westeurope


def _keys_are_networks(graph: Graph) -> Iterator[Diagnostic]:
    for row in (row for row in SECTIONS if row.called_after):
        names = Known({entry.name: entry.key for entry in graph.section(row.called_after)})
        for entry in graph.section(row.name):
            made = graph.templates.instances.get(entry.address)
            is_named = made is None or made.is_known
            if is_named and entry.name not in names and not entry.existing:
                message = f'{entry.address} names no network: "{entry.name}" is no entry of {row.called_after}'
                near = of_nearly_the_name(entry.name, names, row.called_after)
                yield finding(NO_NETWORK, message, at(entry, (), on_key=True), did_you_mean(entry.name, names), near)


def _addresses_go_together(graph: Graph) -> Iterator[Diagnostic]:
    for entry, network in owned(graph, "virtual_networks", VirtualNetwork):
        if is_unknown(entry.body, ("address_space",)):
            continue
        if not network.address_space:
            help = "add address_space: [10.60.0.0/18]; or existing: true with id, if it is there already"
            yield finding(ADDRESSES, f"{entry.address} lacks address_space", at(entry, (), on_key=True), help)
            continue
        yield from _of_subnets(graph, network, entry, _parts(graph, entry))
    for theirs in graph.section("virtual_networks"):
        if theirs.existing and isinstance(theirs.model, VirtualNetwork):
            subnets = _parts(graph, theirs)
            made = [each for each in subnets if is_made(each, theirs)]
            yield from _of_subnets(graph, theirs.model, theirs, made, [each for each in subnets if each not in made])


def _parts(graph: Graph, network: Entry) -> list[Entry]:
    """The subnets of a network of which something is known."""
    return [each for each in graph.section("subnets") if each.parent == network.address and each.model is not None]


def _of_subnets(
    graph: Graph, network: VirtualNetwork, entry: Entry, subnets: list[Entry], beside: Sequence[Entry] = ()
) -> Iterator[Diagnostic]:
    """Of subnets that are made, and those of someone else's `beside` them."""
    space = _space(entry)
    is_known = space and None not in space and not holds_unknown(entry.body.get("address_space"))
    helped = count()
    wholes = {each for each in space if each}
    lengths = {each.prefixlen for each in wholes}
    ranges = {subnet.address: ranges_in(prefixes_of(subnet)) for subnet in (*beside, *subnets)}
    for subnet in subnets:
        if subnet.body.get("existing"):
            message = f"{subnet.address} is said to exist, in a network that is made here"
            yield finding(ADDRESSES, message, at(subnet, ("existing",), on_key=True), "leave existing out")
        if not ranges[subnet.address] and is_unknown(subnet.body, ("address_prefix",)):
            continue
        if not ranges[subnet.address]:
            message = f"{subnet.address} lacks address_prefix"
            free = free_range(graph, subnet) if next(helped) < MAX_HELPED else None
            help = f"add address_prefix: {free or 'a range of its network'}"
            yield finding(ADDRESSES, message, at(subnet, (), on_key=True), help)
        elif subnet.body.get("address_prefix") and subnet.body.get("address_prefixes"):
            message = f"{subnet.address} has address_prefix and address_prefixes"
            yield finding(ADDRESSES, message, at(subnet, ("address_prefixes",), on_key=True), "leave one of them out")
        for each in ranges[subnet.address] if is_known else ():
            if each and not any(wider in wholes for wider in above(each, lengths)):
                message = f"{each} of {subnet.address} is no part of {listed(network.address_space)}"
                yield finding(
                    ADDRESSES, message, at(subnet, ("address_prefix",)), _another(graph, subnet, next(helped))
                )
    every = (*beside, *subnets)
    for (first, second), both in shared_by([ranges[subnet.address] for subnet in every]):
        one, other = every[first], every[second]
        if second >= len(beside):
            message = f"{other.address} shares {both} with {one.address}"
            related = (Related(f"{one.address} is written here", one.key),)
            yield finding(
                ADDRESSES, message, at(other, ("address_prefix",)), _another(graph, other, next(helped)), related
            )


def _another(graph: Graph, subnet: Entry, helped: int) -> str:
    """What to write instead; `helped` is for how many a free range was looked for already."""
    if helped >= MAX_HELPED:
        return f"write another range of {subnet.parent}"
    free = free_range(graph, subnet)
    return f"write {free}, which is free" if free else f"write another range of {subnet.parent}, which has none free"


def _space(network: Entry) -> list[ipaddress.IPv4Network | None]:
    """None for a range that is wrong, which is said of its body."""
    return ranges_in(network.body.get("address_space") or ())


def _priorities_differ(graph: Graph) -> Iterator[Diagnostic]:
    first: dict[tuple[str, str, int], Entry] = {}
    for entry in (*graph.section(DERIVED_RULES.name), *graph.section("security_rules")):
        if isinstance(rule := entry.model, SecurityRule):
            group = rule.group if isinstance(rule, DerivedRule) else entry.parent or ""
            other = first.setdefault((group, rule.direction, rule.priority), entry)
            if other is not entry:
                message = f"{entry.address} and {other.address} are both {rule.direction} with priority {rule.priority}"
                related = (Related(f"{other.address} is written here", other.key),)
                help = "give one of them another number"
                yield finding(PRIORITY_TWICE, message, at(entry, ("priority",)), help, related)


def _sides_are_one_thing(graph: Graph) -> Iterator[Diagnostic]:
    subnets = [entry.address for entry in graph.section("subnets")]
    for entry in graph.section("security_rules"):
        rule = entry.model
        for key, side in (("from", rule.source), ("to", rule.to)) if isinstance(rule, SecurityRule) else ():
            for place, written in enumerate(side) if isinstance(side, list) else ():
                if not _is_range(written):
                    message = f'{key} of {entry.address} lists "{written}", which is no range of addresses'
                    is_tag = _TAG.fullmatch(written) or written == ANY
                    help = (
                        f"write {key}: {written}, in a rule of its own" if is_tag else "write one such as 10.0.0.0/24"
                    )
                    yield finding(SIDE, message, at(entry, (key, place)), help)
            if isinstance(side, str) and not _is_one_side(side):
                message = f'{key} of {entry.address} is "{side}", which is no range, service tag or subnet'
                meant = next((each for each in subnets if each.rpartition(".")[2] == side), None)
                meant = meant or closest_name(side, SERVICE_TAGS)
                help = f"write {meant}" if meant else "write any, a tag such as AzureMonitor, or 10.0.0.0/24"
                yield finding(SIDE, message, at(entry, (key,)), help)


def _is_one_side(text: str) -> bool:
    is_address = text.startswith("virtual_networks.")  # resolved elsewhere
    return is_address or text == ANY or _TAG.fullmatch(text) is not None or _is_range(text)


def _is_range(text: str) -> bool:
    try:
        ipaddress.IPv4Network(text)
    except ValueError:
        return PLACEHOLDER.search(text) is not None
    return True


def _subnets_of_azure_have_no_group(graph: Graph) -> Iterator[Diagnostic]:
    for entry in graph.section("subnets"):
        subnet = entry.model
        if entry.name.lower() in UNGUARDED_SUBNETS and isinstance(subnet, Subnet) and subnet.network_security_group:
            message = f"{entry.address} has a network security group, which Azure takes on no subnet of that name"
            yield finding(
                GUARDED_BY_AZURE, message, at(entry, ("network_security_group",), on_key=True), "leave it out"
            )


def _gateways_have_addresses(graph: Graph) -> Iterator[Diagnostic]:
    for entry, gateway in owned(graph, "nat_gateways", NatGateway):
        if not gateway.public_ips and not gateway.public_ip_prefixes:
            message = f"{entry.address} has no public address, so nothing leaves by it"
            yield finding(WAY_OUT, message, at(entry, (), on_key=True), "add public_ips: [<an entry of public_ips>]")
        for place in range(len(gateway.public_ips)):
            bound = graph.bound(entry.address, "public_ips", place)
            address = graph.entries[bound] if bound else None
            for what, help in _at_odds(graph, entry, gateway, address) if address else ():
                yield finding(WAY_OUT, what, at(entry, ("public_ips", place)), help)
        if gateway.sku == "standard_v2" and gateway.zones:
            message = f"{entry.address} is standard_v2, which is in all zones by itself"
            yield finding(WAY_OUT, message, at(entry, ("zones",), on_key=True), "leave zones out")


def _at_odds(graph: Graph, entry: Entry, gateway: NatGateway, address: Entry) -> Iterator[tuple[str, str]]:
    """What of an address keeps a gateway from taking it, and what would be right."""
    model = address.model
    if not isinstance(model, PublicIp) or address.existing:
        return
    if model.sku != gateway.sku:
        what = f"{entry.address} is {gateway.sku}, and {address.address} is {model.sku}"
        yield what, f"write sku: {gateway.sku} in {address.address}"
    here, there = (region_of(each, graph.entries, graph.target) for each in (entry, address))
    if here != there:
        what = f"{entry.address} is in {here}, and {address.address} in {there}"
        yield what, f"write location: {here} in {address.address}"
    if gateway.zones and model.zones and len(model.zones) == 1 and model.zones != gateway.zones:
        what = f"{entry.address} is in zone {gateway.zones[0]}, and {address.address} in zone {model.zones[0]}"
        yield what, f'write zones: ["{gateway.zones[0]}"] in {address.address}, or leave it out'


def _peered_networks_differ(graph: Graph) -> Iterator[Diagnostic]:
    yield from _two_that_are_joined_differ(graph)
    yield from _networks_joined_to_one_differ(graph)


def _two_that_are_joined_differ(graph: Graph) -> Iterator[Diagnostic]:
    for entry in graph.section("peerings"):
        here, there = graph.entries[entry.parent or ""], graph.entries.get(f"virtual_networks.{entry.name}")
        models = here.model, there.model if there else None
        if isinstance(models[0], VirtualNetwork) and isinstance(models[1], VirtualNetwork) and there:
            if there is here:
                both: object = "every address"
            else:
                both = shared_by_two(_space(here), _space(there))
            if both:
                message = f"{here.address} and {there.address}, which {entry.address} joins, share {both}"
                yield finding(OVERLAP, message, at(entry, (), on_key=True), "give one of them another address_space")


def _networks_joined_to_one_differ(graph: Graph) -> Iterator[Diagnostic]:
    """Azure refuses the second of two that share addresses: those would be in both."""
    for network in graph.section("virtual_networks"):
        names = [each.name for each in graph.section("peerings") if each.parent == network.address]
        joined = [other for name in names if (other := graph.entries.get(f"virtual_networks.{name}"))]
        for (first, second), both in shared_by([_space(each) for each in joined]):
            one, other = joined[first], joined[second]
            if isinstance(one.model, VirtualNetwork):
                message = f"{one.address} and {other.address}, both joined to {network.address}, share {both}"
                entry = graph.entries[f"{network.address}.peerings.{other.name}"]
                yield finding(OVERLAP, message, at(entry, (), on_key=True), "leave one of them out")


def _networks_are_joined_once(graph: Graph) -> Iterator[Diagnostic]:
    written = {(entry.parent, f"virtual_networks.{entry.name}"): entry for entry in graph.section("peerings")}
    for (here, there), entry in written.items():
        other = written.get((there, str(here)))
        if other and str(here) > there:
            message = f"{entry.address} and {other.address} are the two sides of one peering, and each makes both"
            related = (Related(f"{other.address} is written here", other.key),)
            help = f"write this side as remote: of {other.address}"
            yield finding(JOINED_TWICE, message, at(entry, (), on_key=True), help, related)


def _gateways_over_there_come_first(graph: Graph) -> Iterator[Diagnostic]:
    for entry in graph.section("peerings"):
        there = graph.entries.get(f"virtual_networks.{entry.name}")
        peering = entry.model
        if there and there.existing and isinstance(peering, Peering) and peering.use_remote_gateways:
            message = f"{entry.address} uses a gateway of {there.address}, whose side of it is handed over"
            yield finding(FAR_SIDE_FIRST, message, at(entry, ("use_remote_gateways",), on_key=True))


def _spokes_of_a_hub_differ(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    """Of networks of several targets that are joined to one and the same network of someone else's."""
    first: list[tuple[Graph, Entry, str, list[ipaddress.IPv4Network | None]]] = []
    for graph in graphs:
        for entry in graph.section("peerings"):
            hub, spoke = graph.entries.get(f"virtual_networks.{entry.name}"), graph.entries[entry.parent or ""]
            if hub is None or not hub.existing or spoke.existing or not isinstance(spoke.model, VirtualNetwork):
                continue
            ranges, identifier = _space(spoke), str(hub.id).lower()
            for other, theirs, at_hub, taken in first:
                both = shared_by_two(ranges, taken) if at_hub == identifier and other is not graph else None
                if both and theirs.id != spoke.id:
                    message = (
                        f"{spoke.address} of {graph.target.name} and of {other.target.name} share {both}, and both are "
                        f"joined to {hub.address}"
                    )
                    help = "give each target a range of its own, as by a variable"
                    yield finding(OVERLAP, message, at(spoke, ("address_space",)), help)
                    break
            first.append((graph, spoke, identifier, ranges))


RULES_OF_TARGETS = (over_targets(OVERLAP, _spokes_of_a_hub_differ),)
RULES = (
    over_graph(NO_NETWORK, _keys_are_networks),
    over_graph(ADDRESSES, _addresses_go_together),
    over_graph(PRIORITY_TWICE, _priorities_differ),
    over_graph(SIDE, _sides_are_one_thing),
    over_graph(GUARDED_BY_AZURE, _subnets_of_azure_have_no_group),
    over_graph(WAY_OUT, _gateways_have_addresses),
    over_graph(OVERLAP, _peered_networks_differ),
    over_graph(JOINED_TWICE, _networks_are_joined_once),
    over_graph(FAR_SIDE_FIRST, _gateways_over_there_come_first),
)

"""Whether the groups of subnets let a packet through: their rules by priority, and Azure's own below them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Literal, NamedTuple

from mlinfra.azure.service_tags import INTERNET, tags_around
from mlinfra.diagnostics import Related
from mlinfra.graph import Entry, Graph
from mlinfra.languages.platform.network.network_security_groups import (
    ANY,
    DERIVED_RULES,
    MAX_PORT,
    DerivedRule,
    SecurityRule,
    prefixes_of,
)
from mlinfra.reach.gap import Gap

_ALL = "0.0.0.0/0"
_INSIDE = "VirtualNetwork"
# Of 168.63.129.16, which answers where a network has no servers of its own. Source: docs, "Service tags overview".
PLATFORM_NAMES = "AzurePlatformDNS"
_FROM_PORTS = (32768, 60999)  # net.ipv4.ip_local_port_range of Linux; kernel.org, ip-sysctl


class Packets(NamedTuple):
    """From a subnet, or a network, to a subnet or a service tag."""

    source: Entry
    to: Entry | str
    protocol: str
    port: int | None  # None: of all ports


def gaps_of_groups(graph: Graph, packets: Packets) -> Iterator[Gap]:
    """What denies them where they leave, and where they arrive at private endpoints that rules hold for."""
    yield from gaps_of_group(graph, packets.source, packets, "outbound")
    yield from gaps_of_arrival(graph, packets)


def gaps_of_arrival(graph: Graph, packets: Packets) -> Iterator[Gap]:
    """What denies them where they arrive: all that is looked at of who comes from somewhere in a network."""
    if (
        isinstance(packets.to, Entry)
        and packets.to != packets.source
        and for_endpoints(packets.to, "networksecuritygroup")
    ):
        yield from gaps_of_group(graph, packets.to, packets, "inbound")


def for_endpoints(subnet: Entry, kind: Literal["networksecuritygroup", "routetable"]) -> bool:
    """Whether the rules, or the routes, of a subnet count for the private endpoints in it."""
    policies = str(subnet.body.get("private_endpoint_network_policies", "")).lower().replace("_", "")
    return policies in ("enabled", f"{kind}enabled")


def gaps_of_group(
    graph: Graph, subnet: Entry, packets: Packets, direction: Literal["inbound", "outbound"]
) -> Iterator[Gap]:
    group = graph.entries.get(graph.bound(subnet.address, "network_security_group") or "")
    if group is None or group.existing:
        return
    known = graph.once(_denials)
    packet = (group.address, _name(packets.source), _name(packets.to), packets.protocol, packets.port, direction)
    if packet not in known:
        known[packet] = _denial(graph, group, packets, direction)
    if gap := known[packet]:
        yield gap


def lets_through(graph: Graph, subnet: Entry, tag: str) -> bool:
    """Whether a rule of a subnet's group lets something out to a tag, or to a region of it."""
    group = graph.entries.get(graph.bound(subnet.address, "network_security_group") or "")
    allowed = (model for _, model in (_rules(graph, group) if group else ()) if model.access == "allow")
    return any(
        model.direction == "outbound"
        and isinstance(model.to, str)
        and model.to.lower().partition(".")[0] == tag.lower()
        for model in allowed
    )


def _denials(_: Graph) -> dict[tuple[str | int | None, ...], Gap | None]:
    """What groups are known to say of packets, empty at first: many computes of one subnet ask about the same."""
    return {}


def _name(side: Entry | str) -> str:
    return side if isinstance(side, str) else side.address


def _denial(graph: Graph, group: Entry, packets: Packets, direction: Literal["inbound", "outbound"]) -> Gap | None:
    """The first rule that denies any of them which no rule before lets through.

    Any address of a subnet may be that of a node; whether a part of one is that of a private endpoint nobody sees.
    """
    through: list[ipaddress.IPv4Network] = []  # from where rules have let them through already
    for rule, model in sorted(_rules(graph, group), key=lambda pair: pair[1].priority):
        if model.direction != direction or not _is_about(model, packets):
            continue
        near, far = _part(model.source, packets.source), _part(model.to, packets.to)
        if near == [] or far == [] or (near and all(_is_within(part, through) for part in near)):
            continue
        if model.access == "deny":
            related = (Related(f"{rule.address} is written here", rule.key),)
            help = "give it a higher number, or let through what is needed in a rule before it"
            unless = f"what is called lies elsewhere than in {_told(far)}" if far else ""
            what = f"{rule.address} denies it{f' to {_told(near)}' if near else ''}"
            return Gap(what, help, related, unless=unless, denied_by="" if near or far else rule.address)
        if far is None:
            through += near or _own(packets.source)
            if near is None or all(_is_within(part, through) for part in _own(packets.source)):
                return None
    return None


def _is_about(rule: SecurityRule, packets: Packets) -> bool:
    is_protocol = rule.protocol in (ANY, packets.protocol)
    return is_protocol and _takes(rule.ports, packets.port) and _is_from(rule)


def _is_from(rule: SecurityRule) -> bool:
    """Whether a rule is about packets by the ports that they come from, of which Linux takes any of a range.

    A rule that denies some of these stops some of all connections; one that allows has to take all of them.
    """
    first, last = _FROM_PORTS
    parts = [_ends(each) for each in _listed(rule.from_ports)]
    if rule.access == "deny":
        return any(low <= last and high >= first for low, high in parts)
    return any(low <= first and high >= last for low, high in parts)


def _part(written: str | list[str], side: Entry | str) -> list[ipaddress.IPv4Network] | None:
    """What a side of a rule takes of a subnet, a network, or a service tag: None for all of it."""
    if _holds(written, side):
        return None
    own, theirs = ([] if isinstance(side, str) else _own(side)), ranges(_listed(written))
    smaller = (
        min(part, other, key=lambda each: each.num_addresses)
        for part in own
        for other in theirs
        if part.overlaps(other)
    )
    return list(dict.fromkeys(smaller))


def _own(side: Entry | str) -> list[ipaddress.IPv4Network]:
    return [] if isinstance(side, str) else ranges(prefixes_of(side)) or spaces_of(side)


def _is_within(part: ipaddress.IPv4Network, wide: list[ipaddress.IPv4Network]) -> bool:
    return any(part.subnet_of(whole) for whole in ipaddress.collapse_addresses(wide))


def _told(parts: list[ipaddress.IPv4Network]) -> str:
    return " and ".join(map(str, parts))


def _rules(graph: Graph, group: Entry) -> Iterator[tuple[Entry, SecurityRule]]:
    for entry in (*graph.section("security_rules"), *graph.section(DERIVED_RULES.name)):
        model = entry.model
        of = model.group if isinstance(model, DerivedRule) else entry.parent
        if isinstance(model, SecurityRule) and of == group.address:
            yield entry, model


def _holds(written: str | list[str], side: Entry | str) -> bool:
    """Whether a side of a rule is all of a subnet, a network, or a service tag."""
    if side == PLATFORM_NAMES:  # no rule is about Azure's own server of names but one with its tag
        return isinstance(written, str) and written.lower() == PLATFORM_NAMES.lower()
    if written == ANY or _ALL in _listed(written):
        return True
    is_inside = isinstance(written, str) and written.lower() == _INSIDE.lower()
    if isinstance(side, str) and (known := ranges([side])):  # in a network that is known, or on the internet
        is_there = isinstance(written, str) and written.lower() == INTERNET.lower()
        return (is_there if known[0].is_global else is_inside) or _lie_in(known, written)
    if isinstance(side, str):
        return isinstance(written, str) and written.lower() in tags_around(side)
    if is_inside or written == side.address:
        return True
    return bool(own := _own(side)) and _lie_in(own, written)


def _lie_in(own: list[ipaddress.IPv4Network], written: str | list[str]) -> bool:
    wide = ranges(_listed(written))
    return all(any(part.subnet_of(whole) for whole in wide) for part in own)


def spaces_of(network: Entry) -> list[ipaddress.IPv4Network]:
    """The ranges of a network; none of one of someone else's that says none."""
    return ranges([each for each in network.body.get("address_space") or () if isinstance(each, str)])


def ranges(written: list[str]) -> list[ipaddress.IPv4Network]:
    """The ranges among texts of which some are tags."""
    found = []
    for text in written:
        try:
            found.append(ipaddress.IPv4Network(text, strict=False))
        except ValueError:
            continue
    return found


def lies_in(address: ipaddress.IPv4Address, subnet: Entry) -> bool:
    return any(address in part for part in ranges(prefixes_of(subnet)))


def _takes(ports: str | list[str], port: int | None) -> bool:
    """Whether it is about a port; of all of them, where that is None."""
    for first, last in map(_ends, _listed(ports)):
        if port is None and first <= 1 and last == MAX_PORT:
            return True
        if port is not None and first <= port <= last:
            return True
    return False


def _ends(ports: str) -> tuple[int, int]:
    first, _, last = ("0", "", str(MAX_PORT)) if ports == ANY else ports.partition("-")
    return int(first), int(last or first)


def _listed(written: str | list[str]) -> list[str]:
    return [written] if isinstance(written, str) else written

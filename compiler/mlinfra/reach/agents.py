"""Whether agents of pipelines that lie in a network of ours reach what they call on the internet.

In which subnet they are nobody says: they are stopped where each one that may hold them stops them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mlinfra.azure.networks import BASTION, HOLD_AGENTS, POOLS, UNGUARDED_SUBNETS
from mlinfra.azure.service_tags import AZURE
from mlinfra.azure.traffic import HTTPS, OF_AGENTS, PublicCall
from mlinfra.derive.security_rules import EVERYWHERE, HALVES, is_unread
from mlinfra.diagnostics import Related
from mlinfra.graph import Entry, Graph
from mlinfra.header.pipelines import Pipelines
from mlinfra.languages.platform.network.route_tables import Route
from mlinfra.languages.platform.network.virtual_networks import resolvers_of
from mlinfra.reach.callers import agents_inside
from mlinfra.reach.gap import Gap
from mlinfra.reach.packets import PLATFORM_NAMES, Packets, gaps_of_group, lets_through, ranges
from mlinfra.reach.resolvers import gaps_of_questions
from mlinfra.reach.routes import DROPS, INSIDE, TO_INTERNET, gaps_out, has_a_gateway, routes_of, to_tag


class Shut(NamedTuple):
    """What agents can't reach, from where they may be, and why."""

    called: str
    gap: Gap


def shut_off(graph: Graph) -> Iterator[Shut]:
    """Each service of the internet that agents don't reach from any subnet in which they may be."""
    agents = agents_inside(graph)
    pipelines = graph.header.pipelines
    if agents is None or pipelines is None or agents[2].existing:
        return  # of a network of someone else's nobody knows here what lies around it
    subnets = subnets_of_agents(graph, agents[2])
    for call in OF_AGENTS:
        if call.when == "" or _asks_the_internet(pipelines):
            found = [next(_gaps(graph, each, call), None) for each in subnets]
            yield from (Shut(call.called, gap) for gap in found[:1] if gap and all(found))


def subnets_of_agents(graph: Graph, network: Entry) -> list[Entry]:
    """Those of a network of ours in which agents may be; where some are for pools of agents alone, these."""
    subnets = [
        each
        for each in graph.section("subnets")
        if each.parent == network.address and each.name.lower() not in (*UNGUARDED_SUBNETS, BASTION)
    ]
    delegated = [(each, str(each.body.get("delegation") or "").lower()) for each in subnets]
    of_pools = [each for each, service in delegated if service == POOLS]
    found = of_pools or [each for each, service in delegated if service in HOLD_AGENTS]
    return sorted(found, key=lambda each: each.address == graph.network.subnet_of_endpoints)  # hardly there


def _asks_the_internet(pipelines: Pipelines) -> bool:
    """Whether what mlinfra requires comes from an index that nobody names, so from that of all."""
    return pipelines.install is not None and pipelines.install.index is None


def _gaps(graph: Graph, subnet: Entry, call: PublicCall) -> Iterator[Gap]:
    servers = resolvers_of(graph.entries[str(subnet.parent)])
    for to in call.to:
        if not (ranges([to]) and lets_through(graph, subnet, AZURE)):  # whether it lies there no page says
            packets = Packets(subnet, to, "tcp", HTTPS[0])
            yield from (gap for gap in gaps_of_group(graph, subnet, packets, "outbound") if gap.denied_by)
    yield from (gap for gap in gaps_of_questions(graph, subnet, servers or (PLATFORM_NAMES,)) if gap.denied_by)
    yield from _gaps_of_the_way(graph, subnet, call.to)


def _gaps_of_the_way(graph: Graph, subnet: Entry, to: tuple[str, ...]) -> Iterator[Gap]:
    table = graph.entries.get(graph.bound(subnet.address, "route_table") or "")
    if ("route_table" in subnet.body and (table is None or table.existing)) or is_unread(graph, subnet.address):
        return
    entry = _route(graph, subnet, to[0])
    hop = _hop(entry) if entry else ""
    related = (Related(f"{entry.address} is written here", entry.key),) if entry else ()
    if entry and hop in _NOWHERE:
        yield Gap(f"{entry.address} drops what goes there", "leave the route out, or name a next hop", related)
    elif hop in ("", TO_INTERNET) and not _has_addresses(graph, subnet, is_led=hop != ""):
        related = (Related(f"{subnet.address} is written here", subnet.key),)
        help = "add nat_gateway to a subnet for agents, or a route_table that leads to a firewall"
        yield Gap(f"nothing leaves {subnet.address}", help, related)
    elif hop not in ("", TO_INTERNET):
        yield from (gap for gap in gaps_out(graph, subnet) if not gap.unless)


def _has_addresses(graph: Graph, subnet: Entry, *, is_led: bool) -> bool:
    """Whether what leaves gets a public address; without a route a gateway may have learned one, which nobody sees."""
    has_own = bool(subnet.body.get("nat_gateway") or subnet.body.get("default_outbound_access"))
    return has_own or (not is_led and has_a_gateway(graph, graph.entries[str(subnet.parent)]))


def _route(graph: Graph, subnet: Entry, to: str) -> Entry | None:
    """The route that counts: of the narrowest tag, else the longest around the range; of a tag nobody knows ranges."""
    (own,) = ranges([to]) or ranges([EVERYWHERE])
    if own.prefixlen == 0 and (tagged := to_tag(graph, subnet, to)):
        return tagged
    around = [(whole, entry) for entry, route in routes_of(graph, subnet) for whole in ranges([route.address_prefix])]
    holding = [(whole.prefixlen, entry) for whole, entry in around if own.subnet_of(whole)]
    halves = [entry for whole, entry in around if own.prefixlen == 0 and str(whole) in HALVES]
    if len(halves) == len(HALVES):
        return next((each for each in halves if _hop(each) not in _NOWHERE), halves[0])
    return max(holding, key=_by_length, default=(0, None))[1]


def _hop(route: Entry) -> str:
    return route.model.next_hop.lower() if isinstance(route.model, Route) else ""


_NOWHERE = (DROPS, INSIDE)  # next hops of what goes to the internet and doesn't get there


def _by_length(pair: tuple[int, Entry]) -> int:
    return pair[0]

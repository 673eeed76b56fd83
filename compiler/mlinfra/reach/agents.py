"""Whether agents of pipelines that lie in a network of ours reach what they call on the internet.

In which subnet they are nobody says: they are stopped where each one that may hold them stops them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mlinfra.azure.networks import BASTION, HOLD_AGENTS, POOLS, UNGUARDED_SUBNETS
from mlinfra.azure.service_tags import AZURE
from mlinfra.azure.traffic import HTTPS, OF_AGENTS, PublicCall
from mlinfra.diagnostics import Related
from mlinfra.graph import Entry, Graph
from mlinfra.header.pipelines import Pipelines
from mlinfra.languages.platform.network.virtual_networks import resolvers_of
from mlinfra.reach.callers import agents_inside
from mlinfra.reach.gap import Gap
from mlinfra.reach.packets import PLATFORM_NAMES, Packets, gaps_of_group, lets_through, ranges
from mlinfra.reach.resolvers import gaps_of_questions
from mlinfra.reach.ways_out import gaps_of_way_out


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
            found = [next(_gaps(graph, each, call), None) for each in subnets] or _nowhere(agents[2])
            yield from (Shut(call.called, gap) for gap in found[:1] if gap and all(found))


def _nowhere(network: Entry) -> list[Gap | None]:
    """Of a network whose subnets are all of services; where it has none, somebody else may make them."""
    related = (Related(f"{network.address} is written here", network.key),)
    help = "add a subnet for agents, which is no other service's"
    return [Gap("none of its subnets may hold agents", help, related)] if network.body.get("subnets") else []


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
    return pipelines.install.index is None


def _gaps(graph: Graph, subnet: Entry, call: PublicCall) -> Iterator[Gap]:
    servers = resolvers_of(graph.entries[str(subnet.parent)])
    for to in call.to:
        if not (ranges([to]) and lets_through(graph, subnet, AZURE)):  # whether it lies there no page says
            packets = Packets(subnet, to, "tcp", HTTPS[0])
            yield from (gap for gap in gaps_of_group(graph, subnet, packets, "outbound") if gap.denied_by)
    yield from (gap for gap in gaps_of_questions(graph, subnet, servers or (PLATFORM_NAMES,)) if gap.denied_by)
    yield from gaps_of_way_out(graph, subnet, call.to[0])

"""Whether the servers of names that a network asks are there, and let in who asks."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator

from mlinfra.diagnostics import Related
from mlinfra.graph import Entry, Graph
from mlinfra.languages.platform.network.virtual_networks import resolvers_of
from mlinfra.reach.gap import Gap
from mlinfra.reach.packets import Packets, gaps_of_group, lies_in
from mlinfra.reach.routes import holder_without_subnet

DNS = 53


def gaps_of_questions(graph: Graph, subnet: Entry, servers: Iterable[str]) -> Iterator[Gap]:
    """Of questions for names, where they leave a subnet."""
    for server in servers:
        for protocol in ("tcp", "udp"):
            yield from gaps_of_group(graph, subnet, Packets(subnet, server, protocol, DNS), "outbound")


def gaps_of_resolvers(graph: Graph, network: Entry, subnet: Entry | None) -> Iterator[Gap]:
    """Of servers in networks of ours: of those of others nobody sees what lets in.

    One that answers is enough, but a resolver asks the next one only once the first has kept it waiting.
    """
    related = (Related(f"{network.address} is written here", network.key),)
    for server in resolvers_of(network):
        address = ipaddress.IPv4Address(server)
        if nowhere := holder_without_subnet(graph, address):
            what = f"{network.address} asks {server}, which lies in no subnet of {nowhere.address}"
            yield Gap(what, "write the address of the server of names", related, unless="a subnet is made elsewhere")
        for each in graph.section("subnets"):
            if each is not subnet and lies_in(address, each):
                for protocol in ("tcp", "udp"):
                    yield from gaps_of_group(graph, each, Packets(subnet or network, server, protocol, DNS), "inbound")

"""Rules of ways between targets: what one made for others is reached in its network, over what joins the two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from mlinfra.derive.grants_on_registries import may_use
from mlinfra.derive.nodes import subnets_of_nodes
from mlinfra.derive.private_endpoints import peers
from mlinfra.derive.registries import SECTION as REGISTRIES
from mlinfra.derive.security_rules import is_unread
from mlinfra.derive.workspace import workers
from mlinfra.diagnostics import Code, Diagnostic, Related, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.graph.half_read import PARTS_OF_NETWORKS
from mlinfra.reach.lent import endpoints_at, endpoints_of, is_closed_there, used_by_nodes
from mlinfra.reach.packets import Packets, gaps_of_group
from mlinfra.reach.routes import leading
from mlinfra.rules.lending import lent
from mlinfra.rules.rule import over_targets
from mlinfra.source.tree import holds_unknown

NOT_JOINED = Code(
    "MLI839",
    "warning",
    "Nodes whose network is not joined to that of what they use",
    "What another target made has its private endpoint there; a peering with a hub leads to the hub and no further, so "
    "nodes time out unless a route leads through it",
    "Join the networks, or lead the subnet through the hub's firewall; else: # mlinfra: ignore MLI839 because …",
    "https://learn.microsoft.com/azure/virtual-network/virtual-network-peering-overview",
    misses=PARTS_OF_NETWORKS,
)


SHUT_OFF = Code(
    "MLI840",
    "error",
    "Rule that shuts nodes off from what another target made",
    "The rules that are derived let computes through to the private endpoints of their own target; what another target "
    "made has its endpoint in that one's network, which a rule that denies the rest shuts off",
    "Let 443 to the subnet of endpoints of the other target through in a rule of your own",
    "https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview",
    misses=PARTS_OF_NETWORKS,
)


NOBODY_REACHES = Code(
    "MLI647",
    "warning",
    "Registry that people may use and can't reach",
    "People get a role on a registry of another target, which answers only by the private endpoint in that one's "
    "network. If neither a peering nor a hub leads from their network there, the studio and the CLI time out",
    "Peer both networks with one hub, or leave the registry out: registries: [] of the principal",
    "https://learn.microsoft.com/azure/machine-learning/how-to-registry-network-isolation",
    misses=PARTS_OF_NETWORKS,
)


def _people_reach_registries(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    for graph in graphs:
        own = graph.entries.get(f"virtual_networks.{graph.network.virtual_network}")
        for entry in graph.section(REGISTRIES) if own else ():
            found = endpoints_of(graphs, entry) if entry.made_in and is_closed_there(graph, entry) else None
            who = [address for address, model, _ in workers(graph) if may_use(model, entry)]
            if own and found and who and not _meet(graph, own, *found):
                lender, there = found
                message = (
                    f"{', '.join(who[:3])} of {graph.target.name} may use {entry.address}, and {own.address} is not "
                    f"joined to {there.address} of {lender.target.name}, in which it is reached"
                )
                help = "peer the two networks, or both with one hub; or write registries: [] in the principals"
                yield finding(NOBODY_REACHES, message, at(entry, ("made_in",)), help)


def _meet(graph: Graph, own: Entry, lender: Graph, there: Entry) -> bool:
    """Whether two networks are joined, or joined to one hub, from which people reach both."""
    theirs = lender.entries[str(there.parent)]
    ours = {str(each.id).lower() for each in (own, *peers(graph, own.address))}
    others = {str(each.id).lower() for each in (theirs, *peers(lender, theirs.address))}
    return own.existing or not ours.isdisjoint(others)


def _rules_let_nodes_through(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    for graph in graphs:
        for entry, subnet, ports in used_by_nodes(graph):
            for prefix, port in product(endpoints_at(graphs, entry), ports):
                for gap in gaps_of_group(graph, subnet, Packets(subnet, prefix, "tcp", port), "outbound"):
                    message = f"{subnet.address} of {graph.target.name} can't reach {entry.address}: {gap.what}"
                    rule = f"{{direction: outbound, access: allow, to: [{prefix}], ports: {port}, …}}"
                    help = f"add a rule before it: {rule}"
                    yield finding(SHUT_OFF, message, at(entry, ("made_in",)), help, gap.related)


def _nodes_reach_what_another_target_made(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    for graph in graphs:
        for entry in (entry for entry in lent(graph) if is_closed_there(graph, entry)):
            if found := endpoints_of(graphs, entry):
                for subnet in subnets_of_nodes(graph):
                    if not _is_joined(graph, subnet, *found):
                        yield _said(graph, entry, subnet, *found)


def _said(graph: Graph, entry: Entry, subnet: Entry, lender: Graph, there: Entry) -> Diagnostic:
    message = (
        f"{subnet.address} of {graph.target.name} and {there.address} of {lender.target.name}, in which"
        f" {entry.address} is reached, are not joined"
    )
    related = (Related(f"{subnet.address} is written here", subnet.key),)
    help = f"peer the two networks, or give {subnet.address} a route to the hub's firewall"
    return finding(NOT_JOINED, message, at(entry, ("made_in",)), help, related)


def _is_joined(graph: Graph, subnet: Entry, lender: Graph, there: Entry) -> bool:
    ours, theirs = graph.entries[str(subnet.parent)], lender.entries[str(there.parent)]
    joined = (str(each.id).lower() for each in (ours, *peers(graph, ours.address)))
    if is_unread(graph, subnet.address) or holds_unknown(subnet.body):
        return True
    led = leading(graph, subnet, there)
    return str(theirs.id).lower() in joined or (led is not None and led[1].next_hop[:1].isdigit()) or ours.existing


RULES_OF_TARGETS = (
    over_targets(NOT_JOINED, _nodes_reach_what_another_target_made),
    over_targets(SHUT_OFF, _rules_let_nodes_through),
    over_targets(NOBODY_REACHES, _people_reach_registries),
)

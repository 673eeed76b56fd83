"""Rules of ways: whoever must reach a resource can, and may."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import replace
from typing import NamedTuple

from mlinfra.derive.private_endpoints import lacks_subnet
from mlinfra.derive.workspace import workspaces
from mlinfra.diagnostics import Code, Diagnostic, Related, Where, finding
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.graph.half_read import PARTS_OF_NETWORKS
from mlinfra.languages.rule import Rule
from mlinfra.reach import stopped
from mlinfra.reach.agents import shut_off
from mlinfra.reach.callers import agents_inside
from mlinfra.reach.gap import Caller, Gap
from mlinfra.reach.roles import Missing, missing_roles
from mlinfra.rules.groups_of_computes import shutting
from mlinfra.rules.rule import over_graph

_TRAINING = "https://learn.microsoft.com/azure/machine-learning/how-to-secure-training-vnet"
NO_WAY = Code(
    "MLI401",
    "error",
    "Caller without a way to what it calls",
    "Nodes and agents reach what is closed by a private endpoint whose name resolves in their network, along routes "
    "and past rules that let them through: where one of these is missing, jobs and deployments time out",
    "Add what is missing",
    _TRAINING,
    misses=PARTS_OF_NETWORKS,
)
WAY_LEFT_OUT = Code(
    "MLI402",
    "warning",
    "Caller whose way was left out",
    "What is derived for it is left out or changed; unless somebody else makes it, jobs and deployments time out",
    "Take the address out of derived, or say who makes it: # mlinfra: ignore MLI402 because …",
    _TRAINING,
    misses=PARTS_OF_NETWORKS,
)
ROLE_MISSING = Code(
    "MLI403",
    "warning",
    "Work without the role that it takes",
    "What is derived for it is left out or changed; unless somebody gives the role elsewhere, Azure answers 403",
    "Take the address out of derived, or say who gives the role: # mlinfra: ignore MLI403 because …",
    "https://learn.microsoft.com/azure/machine-learning/how-to-identity-based-service-authentication",
)
AGENTS_SOMEWHERE = Code(
    "MLI404",
    "warning",
    "Agents of a private platform, and nobody says where they are",
    "They upload code, submit jobs and call endpoints by private endpoints; whether they reach these can't be told",
    "Write inside: <an entry of virtual_networks> beside the name of the pool",
    _TRAINING,
    misses=("network.inbound", "pipelines.pool"),
)
WAY_UNSURE = Code(
    "MLI406",
    "warning",
    "Way that only something unseen makes whole",
    "An appliance that keeps track of connections drops answers to what it did not see; one that puts its own address "
    "in the place of the caller's gets them. And of a part of a subnet nobody sees whether private endpoints lie in it",
    "Lead answers back the same way, let a rule take all of a subnet, or say what is so: # mlinfra: ignore MLI406 "
    "because …",
    "https://learn.microsoft.com/azure/private-link/inspect-traffic-with-azure-firewall",
    misses=PARTS_OF_NETWORKS,
)
FORWARDED = Code(
    "MLI899",
    "warning",
    "Peering that keeps forwarded traffic out",
    "A firewall answers for hosts of the internet, whose addresses are not those of its network. Azure calls that "
    "forwarded traffic, and may drop it where the peering of the subnet's network does not allow it",
    "Write allow_forwarded_traffic: true in the peering. If the firewall's answers arrive without it, say so: "
    "# mlinfra: ignore MLI899 because …",
    "https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering",
    misses=PARTS_OF_NETWORKS,
)
NO_INTERNET = Code(
    "MLI615",
    "warning",
    "Agents that don't reach what they call on the internet",
    "They ask Azure DevOps for jobs, sign in with Entra, call Resource Manager and install packages; where each subnet "
    "in which they may be drops or denies that, no job starts there, or it times out",
    "Let it out by a NAT gateway or a firewall, and past the rules of the subnet, or say what is so: # mlinfra: ignore "
    "MLI615 because they go through a proxy",
    "https://learn.microsoft.com/azure/devops/organizations/security/allow-list-ip-url",
    misses=(*PARTS_OF_NETWORKS, "pipelines.pool"),
)
MAX_OTHERS = 8  # callers that are shown beside the first one


class _Cause(NamedTuple):
    """What stops calls, with all that it stops."""

    gap: Gap
    callers: list[Caller]
    called: list[str]


def _ways_are_there(graph: Graph) -> Iterator[Diagnostic]:
    said = graph.once(shutting)
    causes = _causes(graph)
    for cause in causes:
        gap, alteration = cause.gap, graph.alterations.get(cause.gap.address)
        if alteration is not None:
            done = "changed" if alteration.left_out_because is None else "left out"
            yield _found(WAY_LEFT_OUT, cause, (Related(f"{alteration.address} is {done} here", alteration.key),))
        elif gap.denied_by not in said:
            yield _found(WAY_UNSURE if gap.unless else FORWARDED if gap.is_forwarded else NO_WAY, cause)

    of_agents = {cause.gap.denied_by for cause in causes if any(each.kind in _OF_POOLS for each in cause.callers)}
    yield from _agents_reach_the_internet(graph, of_agents.union(said))


_OF_POOLS = ("agents", "bundles")  # callers that are agents of pipelines


def _agents_reach_the_internet(graph: Graph, said: Set[str]) -> Iterator[Diagnostic]:
    """What stops them there and stops nothing else of which there is a word."""
    called: dict[Gap, list[str]] = {}
    for each in shut_off(graph):
        called.setdefault(each.gap, []).append(each.called)
    for gap, names in called.items():
        agents = agents_inside(graph)
        if agents and (not gap.denied_by or gap.denied_by not in said):
            shown, where, network = agents
            message = f"{shown} {_can_not(gap)} reach {_some(names)} from {network.address}: {gap.what}"
            yield finding(NO_INTERNET, message, where, gap.help, gap.related)


def _causes(graph: Graph) -> list[_Cause]:
    causes: dict[Gap, _Cause] = {}
    for caller, called, gap in stopped(graph):
        gap = gap if gap.address in graph.alterations else replace(gap, address="")
        cause = causes.setdefault(gap, _Cause(gap, [], []))
        if caller not in cause.callers:
            cause.callers.append(caller)
        if called not in cause.called:
            cause.called.append(called)
    return list(causes.values())


def _found(code: Code, cause: _Cause, related: tuple[Related, ...] = ()) -> Diagnostic:
    gap, first = cause.gap, cause.callers[0]
    shown = list(dict.fromkeys(caller.shown for caller in cause.callers))
    unless = f", unless {gap.unless}" if gap.unless else ""
    message = f"{_some(shown)} {_can_not(gap)} reach {_some(cause.called)}: {gap.what}{unless}"
    others = {caller.where.span: caller.shown for caller in cause.callers[1:] if caller.where.span != first.where.span}
    also = tuple(
        Related(f"nor {'might' if gap.is_forwarded else 'can'} {name}", span)
        for span, name in list(others.items())[:MAX_OTHERS]
    )
    help = gap.help if code is not WAY_LEFT_OUT else None
    return finding(code, message, first.where, help, (*gap.related, *related, *also))


def _can_not(gap: Gap) -> str:
    return "might not" if gap.is_forwarded else "can't"


def _some(named: list[str]) -> str:
    return named[0] if len(named) == 1 else f"{named[0]} and {len(named) - 1} more"


def _roles_are_there(graph: Graph) -> Iterator[Diagnostic]:
    for missing in missing_roles(graph):
        need = missing.need
        message = f"{need.principal} lacks {missing.spoken} on {need.scope}, and {need.because}"
        yield finding(ROLE_MISSING, message, at(graph.entries[need.cause]), None, _said(graph, missing))


def _said(graph: Graph, missing: Missing) -> tuple[Related, ...]:
    alteration = graph.alterations.get(missing.address)
    return (Related(f"{missing.address} is changed here", alteration.key),) if alteration else ()


def _agents_are_somewhere(graph: Graph) -> Iterator[Diagnostic]:
    pool = graph.header.pipelines.pool.of_deployments if graph.header.pipelines else None
    if pool is None or pool.name is None or not workspaces(graph):
        return
    if not graph.network.is_private or lacks_subnet(graph):
        return
    if pool.inside is None:
        message = f'nobody says where the agents of "{pool.name}" are, and network.inbound is private'
        networks = [entry.name for entry in graph.section("virtual_networks")]
        help = f"add inside: {networks[0]}, or the network in which they are" if networks else None
        yield finding(AGENTS_SOMEWHERE, message, _place(graph, "name"), help)


def _place(graph: Graph, key: str) -> Where:
    written = graph.header.pipelines
    before = written.pool.key_of_deployments if written else ("pool",)
    return Where(graph.header.value_at("pipelines", *before, key), "pipelines")


RULES = (
    Rule((NO_WAY, WAY_LEFT_OUT, WAY_UNSURE, FORWARDED, NO_INTERNET), "graph", _ways_are_there),
    over_graph(ROLE_MISSING, _roles_are_there),
    over_graph(AGENTS_SOMEWHERE, _agents_are_somewhere),
)

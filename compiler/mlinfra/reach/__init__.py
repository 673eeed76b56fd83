"""reach: whether whoever must reach a resource has a way there.

Who calls what is a table of facts (`azure/traffic.py`); the way is looked for in what the platform will be, written or
derived, and never in what would have been derived.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from mlinfra.azure.networks import OF_COMPUTES, SUBNET, TO_ENDPOINTS, TO_RESOLVERS, Needed
from mlinfra.azure.service_tags import INTERNET
from mlinfra.azure.traffic import CALLS, HTTPS, OF_DATABRICKS, Call
from mlinfra.derive import workspace as around
from mlinfra.derive.accounts import leads
from mlinfra.derive.package_hosts import of_unknown_hosts, package_hosts
from mlinfra.derive.private_endpoints import has_its_own, is_in_use, lacks_subnet
from mlinfra.derive.registries import uses
from mlinfra.derive.security_rules import is_needed
from mlinfra.diagnostics import Related
from mlinfra.graph import Entry, Graph
from mlinfra.languages import ROWS
from mlinfra.languages.bound import is_shut
from mlinfra.languages.language import Inner
from mlinfra.languages.platform.access import Acls, is_closed
from mlinfra.languages.platform.network.outbound_rules import FqdnRule, OutboundRule, PrivateEndpointRule
from mlinfra.languages.platform.network.private_endpoints import (
    DERIVED_PRIVATE_ENDPOINTS,
    PRIVATE_ENDPOINTS,
    PrivateEndpoint,
    derived_address,
)
from mlinfra.languages.platform.network.service_endpoint_policies import (
    ALIASES,
    MACHINE_LEARNING,
    ServiceEndpointPolicy,
)
from mlinfra.languages.platform.network.virtual_networks import SUBNETS, is_made, resolvers_of
from mlinfra.reach.agents import subnets_of_agents
from mlinfra.reach.callers import callers, keepers, who_asks
from mlinfra.reach.databricks import has_public_addresses, is_led_by_endpoints, lakes, public_services, vaults
from mlinfra.reach.gap import Caller, Gap
from mlinfra.reach.names import gaps_of_names
from mlinfra.reach.packets import PLATFORM_NAMES, Packets, gaps_of_arrival, gaps_of_group, gaps_of_groups, ranges
from mlinfra.reach.resolvers import gaps_of_questions, gaps_of_resolvers
from mlinfra.reach.routes import gaps_of_route_to, gaps_of_routes, gaps_out, gives_addresses
from mlinfra.reach.ways_out import gaps_of_way_out, is_dropped

Stopped = tuple[Caller, str, Gap]  # who, what it can't reach, why


@dataclass
class _Rules:
    """What a managed network lets out: endpoints by what they lead to, and hosts in lower case."""

    endpoints: set[tuple[str, str]] = field(default_factory=set)
    hosts: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class _Ways:
    """What leads anywhere: looked up by each call, so put in order once."""

    endpoints: Mapping[tuple[str, str], list[PrivateEndpoint]]  # by resource, which is an address or an id, and group
    rules: Mapping[str, _Rules]  # by address of the workspace

    def rules_of(self, workspace: Entry) -> _Rules:
        return self.rules.get(workspace.address, _Rules())


def _ways(graph: Graph) -> _Ways:
    endpoints: dict[tuple[str, str], list[PrivateEndpoint]] = {}
    for name in (DERIVED_PRIVATE_ENDPOINTS.name, PRIVATE_ENDPOINTS.name):
        for entry in graph.section(name):
            if isinstance(entry.model, PrivateEndpoint):
                endpoints.setdefault((entry.model.resource, entry.model.group), []).append(entry.model)
    rules: dict[str, _Rules] = {}
    for entry in graph.section("outbound_rules"):
        if isinstance(entry.model, OutboundRule):
            found = rules.setdefault(entry.model.workspace, _Rules())
            match entry.model.destination:
                case PrivateEndpointRule(resource=resource, subresource=subresource):
                    found.endpoints.add((resource, subresource))
                case FqdnRule(host=host):
                    found.hosts.add(host.lower())
    return _Ways(endpoints, rules)


def stopped(graph: Graph) -> Iterator[Stopped]:
    """Every call for which there is no way, with what is in the way."""
    ways = _ways(graph)
    left_out: set[str] = set()  # of which somebody speaks
    for found in _by_callers(graph, ways):
        left_out.add(found[2].address)
        yield found
    yield from (each for each in _of_names(graph, ways) if each[2].address not in left_out)


def _by_callers(graph: Graph, ways: _Ways) -> Iterator[Stopped]:
    seen: set[tuple[str, str]] = set()
    for caller in callers(graph):
        for called, group, ports in calls(graph, caller):
            shown = f"{group} of {called.address}"
            seen.add((called.address, group))
            yield from ((caller, shown, gap) for gap in _gaps(graph, ways, caller, called, (group, ports)))
        if caller.kind == "clusters" and caller.subnet is not None:
            yield from _gaps_of_clusters(graph, caller, caller.subnet)
        if caller.kind == "nodes" and caller.subnet is not None:
            yield from _gaps_of_public_services(graph, caller, caller.subnet)
            yield from _gaps_of_public_packages(graph, caller, caller.subnet)
        if caller.kind == "managed" and around.isolation_mode(caller.workspace) == around.APPROVED:
            yield from _gaps_of_packages(graph, ways, caller)
    yield from _of_what_nothing_calls(graph, ways, seen)


def _of_what_nothing_calls(graph: Graph, ways: _Ways, seen: set[tuple[str, str]]) -> Iterator[Stopped]:
    """Of what is closed and called by nobody in the platform, such as a vault of keys: by who looks after it."""
    for caller, entry in keepers(graph):
        row = ROWS[entry.section]
        groups = (*(row.closed_as(entry) if row.closed_as else ()), *(each.group for each in _inner(graph, entry)))
        for group in dict.fromkeys(groups):
            if (entry.address, group) not in seen and is_in_use(graph, entry, group):
                shown = f"{group} of {entry.address}"
                yield from ((caller, shown, gap) for gap in _gaps(graph, ways, caller, entry, (group, HTTPS)))


def _of_names(graph: Graph, ways: _Ways) -> Iterator[Stopped]:
    """Of zones and links that are left out, or changed, and serve nobody of whom the platform knows."""
    for (resource, group), endpoints in ways.endpoints.items() if graph.alterations else ():
        called = graph.entries.get(resource)
        for caller in who_asks(graph, called) if called else ():
            gaps = (gap for each in endpoints if caller.network for gap in gaps_of_names(graph, caller.network, each))
            yield from ((caller, f"{group} of {resource}", gap) for gap in gaps if gap.address in graph.alterations)


def calls(graph: Graph, caller: Caller) -> Iterator[tuple[Entry, str, tuple[int, ...]]]:
    """What somebody calls: the resource, the group of its private endpoint, and the ports."""
    for call in CALLS:
        if call.caller == caller.kind:
            for called, group in _called(graph, caller.workspace, call):
                if call.when == "" or around.hands_out_work(graph, caller.workspace):
                    yield called, group, call.ports


def _called(graph: Graph, workspace: Entry, call: Call) -> Iterator[tuple[Entry, str]]:
    if call.called == "":
        yield workspace, call.group
    elif call.called == "lakes":
        yield from ((lake, call.group) for lake in lakes(graph, workspace))
    elif call.called == "secrets":
        yield from ((vault, call.group) for vault in vaults(graph, workspace))
    elif call.called == "shared":
        for user, registries in uses(graph).items():
            for registry in registries if graph.entries[user].additions["workspace"] == workspace.name else ():
                yield registry, ROWS[registry.section].private_endpoint
                inner = _inner(graph, registry) if call.caller != "managed" else ()
                yield from ((registry, each.group) for each in inner)
    elif call.called != "data":
        if address := graph.bound(workspace.address, call.called):
            yield graph.entries[address], call.group
    else:
        own = graph.bound(workspace.address, "storage_account")
        seen: set[tuple[str, str]] = set()
        for lead in leads(graph, workspace):
            for group in lead.services if lead.account != own else ():
                if (lead.account, group) not in seen:
                    seen.add((lead.account, group))
                    yield graph.entries[lead.account], group


def _inner(graph: Graph, entry: Entry) -> tuple[Inner, ...]:
    """What Azure makes for a resource, and is reached beside it."""
    inner = ROWS[entry.section].inner
    return tuple(inner(entry, graph.target.location)) if inner else ()


def _gaps(graph: Graph, ways: _Ways, caller: Caller, called: Entry, call: tuple[str, tuple[int, ...]]) -> Iterator[Gap]:
    group, ports = call
    if caller.kind == "managed":
        yield from _gaps_of_managed(graph, ways, caller.workspace, called, group)
        return
    if caller.network is None:
        is_said = graph.network.outbound == "open" or _lacks_its_subnet(graph) or lacks_subnet(graph)
        if _is_closed(called) and not is_said:  # by another rule
            help = "write network.compute_subnet, or leave managed_network.isolation_mode: disabled out"
            yield Gap("it lies in no network of yours", help)
        return
    if called == caller.workspace and caller.kind in OF_DATABRICKS and not is_led_by_endpoints(graph, caller):
        return  # it is reached over the internet
    endpoints = [*ways.endpoints.get((called.address, group), ()), *ways.endpoints.get((str(called.id), group), ())]
    if not endpoints:
        yield from _gaps_without_endpoint(graph, ways, caller, called, group)
        return
    found = [list(_gaps_to(graph, caller, endpoint, ports)) for endpoint in endpoints]
    if all(found):
        yield from found[0]


def _gaps_without_endpoint(graph: Graph, ways: _Ways, caller: Caller, called: Entry, group: str) -> Iterator[Gap]:
    help = f"add private_endpoints: {{<name>: {{resource: {called.address}, group: {group}, subnet: …}}}}"
    is_closed = _is_closed(called) or (called == caller.workspace and is_led_by_endpoints(graph, caller))
    is_closed |= has_its_own(graph, called)
    address = _address_of(graph, called, group)
    if is_closed and not lacks_subnet(graph):
        yield Gap("it is closed, and no private endpoint leads there", help, (), address)
    elif address in graph.alterations:
        yield Gap("its names stand in private zones, and no private endpoint leads there", help, (), address)
    elif caller.subnet is not None and _lets_in_others(graph, called, caller.subnet):
        what = f"its network_acls let other subnets in, and not {caller.subnet.address}"
        yield Gap(what, f"add {caller.subnet.address} to network_acls.subnets of {called.address}, or {help[4:]}")
    elif called.existing and any(resource in (called.address, called.id) for resource, _ in ways.endpoints):
        yield Gap("private endpoints lead to other parts of it, and none to this one", help)


def _address_of(graph: Graph, called: Entry, group: str) -> str:
    """Of the endpoint that is missing; of several parts of one group that which is left out."""
    names = (group, *(each.name for each in _inner(graph, called) if each.group == group))
    addresses = [derived_address(called.address, name) for name in names]
    return next((each for each in addresses if each in graph.alterations), addresses[0])


def _lets_in_others(graph: Graph, called: Entry, subnet: Entry) -> bool:
    """Whether subnets are listed that come in, and this is none of them."""
    acls = getattr(called.model, "network_acls", None)
    if not isinstance(acls, Acls) or called.existing or not acls.subnets:
        return False
    turns_away = is_closed(acls, graph.network, getattr(called.model, "public_network_access", ""))
    return turns_away and not {subnet.address, subnet.id}.intersection(acls.subnets)


def _gaps_to(graph: Graph, caller: Caller, endpoint: PrivateEndpoint, ports: tuple[int, ...]) -> Iterator[Gap]:
    to = graph.entries.get(graph.addresses_by_id.get(endpoint.subnet, endpoint.subnet))
    if caller.network is None or to is None or to.section != SUBNETS.name:
        return
    yield from gaps_of_routes(graph, caller.network, caller.subnet, to)
    yield from gaps_of_names(graph, caller.network, endpoint)
    yield from gaps_of_resolvers(graph, caller.network, caller.subnet)
    if caller.subnet is not None:
        servers = resolvers_of(caller.network)
        asked = (servers if caller.kind == "clusters" else ()) if servers else (PLATFORM_NAMES,)
        yield from gaps_of_questions(graph, caller.subnet, asked)  # of nodes it is said with all else that they need
        address = f"{graph.bound(caller.subnet.address, 'network_security_group')}.rules.{TO_ENDPOINTS}"
        for port in ports:
            for gap in gaps_of_groups(graph, Packets(caller.subnet, to, "tcp", port)):
                yield replace(gap, address=address)
    else:
        for port in ports:
            yield from gaps_of_arrival(graph, Packets(caller.network, to, "tcp", port))
            yield from _gaps_wherever(graph, caller.network, to, port)


def _gaps_wherever(graph: Graph, network: Entry, to: Entry, port: int) -> Iterator[Gap]:
    """What denies those who are in some subnet of a network of ours, in whichever they are, and wherever in it."""
    subnets = [] if network.existing else subnets_of_agents(graph, network)
    found = [list(gaps_of_group(graph, each, Packets(each, to, "tcp", port), "outbound")) for each in subnets]
    if found and all(gap.denied_by or gap.unless for gaps in found for gap in gaps or [Gap("", "")]):
        yield found[0][0]


def _lacks_its_subnet(graph: Graph) -> bool:
    """Whether the header names no subnet of computes where one is due, or one that is not there."""
    network = graph.network
    is_there = network.subnet_of_computes is None or network.subnet_of_computes in graph.entries
    return (network.outbound == "vnet" and network.compute_subnet is None) or not is_there


def _is_closed(called: Entry) -> bool:
    return not called.existing and is_shut(called)


def _gaps_of_managed(graph: Graph, ways: _Ways, workspace: Entry, called: Entry, group: str) -> Iterator[Gap]:
    """A managed network reaches by its rules; one that lets out what goes to the internet, what is open besides."""
    is_approved = around.isolation_mode(workspace) == around.APPROVED
    is_led = (called.address, group) in ways.rules_of(workspace).endpoints
    left_out = _left_out(graph, workspace, called, group)
    is_due = bool(left_out) if called.existing else is_approved or _is_closed(called)
    if not is_led and is_due:
        what = f"no rule of the network of {workspace.address} leads there"
        rule = f"{{name: …, type: private_endpoint, destination: {{subresource_target: {group}, …}}}}"
        yield Gap(what, f"add to managed_network.outbound_rules: {rule}", (), left_out)


def _left_out(graph: Graph, workspace: Entry, called: Entry, group: str) -> str:
    """The address of a rule to it that is left out."""
    for address, alteration in graph.alterations.items():
        named = address.startswith(f"{workspace.address}.outbound_rules.")
        if named and alteration.left_out_because is not None and address.endswith(f"{called.name}-{group}"):
            return address
    return ""


def _gaps_of_packages(graph: Graph, ways: _Ways, caller: Caller) -> Iterator[Stopped]:
    if not any(".outbound_rules." in address for address in graph.alterations):
        return  # each host has the rule that follows from it
    let_through = ways.rules_of(caller.workspace).hosts
    for host in package_hosts(graph, caller.workspace):
        if host.name.lower() not in let_through:
            help = "add a rule of type fqdn to managed_network.outbound_rules"
            yield caller, host.name, Gap(f"no rule of its network names it, and {host.because}", help)


def _gaps_of_public_services(graph: Graph, caller: Caller, subnet: Entry) -> Iterator[Stopped]:
    group = graph.bound(subnet.address, "network_security_group")
    for needed in OF_COMPUTES:
        is_sought = needed.direction == "outbound" or needed.tag == SUBNET
        if not is_sought or needed.name == TO_ENDPOINTS or not is_needed(graph, needed, subnet.address):
            continue
        for to in _far_sides(graph, needed, subnet):
            if isinstance(to, str):
                has_addresses = _has_addresses(graph, caller, subnet)
                found = [*gaps_of_route_to(graph, subnet, to, has_addresses=has_addresses)]
                if has_addresses and not ranges([to]) and not found:  # without one nothing leaves: another rule
                    found += is_dropped(graph, subnet, to)
                yield from ((caller, to, gap) for gap in found)
            for protocol in ("tcp", "udp") if needed.protocol == "any" else (needed.protocol,):
                ports: list[int | None] = [int(each) for each in needed.ports]
                for port in ports or [None]:
                    shown = "one another" if port is None else f"port {port} of {to}"
                    packets = Packets(subnet, to, protocol, port)
                    for gap in gaps_of_group(graph, subnet, packets, needed.direction):
                        yield caller, shown, replace(gap, address=f"{group}.rules.{needed.name}")
    for gap in (*gaps_out(graph, subnet), *_gaps_of_policies(graph, subnet)):
        yield caller, "what is outside of its network", gap


def _gaps_of_policies(graph: Graph, subnet: Entry) -> Iterator[Gap]:
    """Of service endpoint policies that turn away what Azure ML keeps for its nodes, in accounts of its own.

    Source: docs, "Prevent data exfiltration" of Azure Machine Learning.
    """
    edges = (
        edge.target for edge in graph.edges_from(subnet.address) if edge.path[:1] == ("service_endpoint_policies",)
    )
    policies = [(graph.entries[each], graph.entries[each].model) for each in dict.fromkeys(edges)]
    for entry, policy in policies:
        aliases = policy.allow.get(ALIASES) if isinstance(policy, ServiceEndpointPolicy) else None
        if len(policies) == 1 and not entry.existing and aliases is not None and MACHINE_LEARNING not in aliases:
            related = (Related(f"{entry.address} is written here", entry.key),)
            what = f"{entry.address} turns away what Azure ML keeps for its nodes"
            yield Gap(what, f"add {MACHINE_LEARNING} to {ALIASES} in allow, or leave {ALIASES} out", related)


def _has_addresses(graph: Graph, caller: Caller, subnet: Entry) -> bool:
    """Whether something gives what leaves a subnet a public address; of a subnet of someone else's it may."""
    is_known = is_made(subnet, graph.entries[str(subnet.parent)])
    return caller.has_addresses or gives_addresses(subnet) or not is_known


def _gaps_of_clusters(graph: Graph, caller: Caller, subnet: Entry) -> Iterator[Stopped]:
    """What keeps clusters from what of the service has no private endpoint: it is reached by tags, past a way out."""
    group = graph.bound(subnet.address, "network_security_group")
    for needed in public_services(graph, caller):
        for port in (int(each.partition("-")[0]) for each in needed.ports):
            for gap in gaps_of_group(graph, subnet, Packets(subnet, needed.tag, "tcp", port), "outbound"):
                yield caller, f"port {port} of {needed.tag}", replace(gap, address=f"{group}.rules.{needed.name}")
        if is_made(subnet, graph.entries[str(subnet.parent)]):
            gaps = is_dropped if has_public_addresses(caller.workspace) else gaps_of_way_out
            yield from ((caller, needed.tag, gap) for gap in gaps(graph, subnet, needed.tag))
    for gap in gaps_out(graph, subnet):
        yield caller, "what is outside of its network", gap


def _gaps_of_public_packages(graph: Graph, caller: Caller, subnet: Entry) -> Iterator[Stopped]:
    """Where images are built: what conda files name lies on the internet, unless somebody says on which host."""
    if caller.shown != graph.bound(caller.workspace.address, "image_build_compute"):
        return
    group = graph.bound(subnet.address, "network_security_group")
    packets = Packets(subnet, INTERNET, "tcp", HTTPS[0])
    for source in of_unknown_hosts(graph, caller.workspace):
        for gap in gaps_of_group(graph, subnet, packets, "outbound"):
            rule = f"{{direction: outbound, access: allow, protocol: tcp, to: {INTERNET}, ports: 443, priority: …}}"
            help = f"add to {group} the rule {rule}, and let a firewall look at it; or name hosts of your own in "
            yield caller, source, replace(gap, help=f"{help}network.package_hosts")


def _far_sides(graph: Graph, needed: Needed, subnet: Entry) -> list[Entry | str]:
    """What nodes talk to: themselves, the servers of names of their network, or a service."""
    if needed.tag == SUBNET:
        return [subnet]
    servers = resolvers_of(graph.entries[str(subnet.parent)])
    if needed.name == TO_RESOLVERS and servers:
        return [*servers]
    region = graph.entries[str(subnet.parent)].body.get("location") or graph.target.location
    return [f"{needed.tag}.{region}" if needed.of_region else needed.tag.format(region=region)]

"""Rules of the groups of subnets in which computes are: what they have to reach, each with a number of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from mlinfra.azure.networks import (
    DATABRICKS,
    OF_COMPUTES,
    OF_DATABRICKS,
    SUBNET,
    TO_ENDPOINTS,
    TO_RESOLVERS,
    Needed,
    azure_name_of,
)
from mlinfra.derive.entries import derived
from mlinfra.derive.nodes import Nodes, nodes, subnets_of_nodes
from mlinfra.derive.workspace import unmanaged, workspaces
from mlinfra.graph import Entry, Graph
from mlinfra.languages.platform.databricks.databricks_workspaces import (
    DATABRICKS_WORKSPACES,
    SUBNETS,
    DatabricksWorkspace,
    rules_of,
)
from mlinfra.languages.platform.network import network_security_groups as kind
from mlinfra.languages.platform.network.private_endpoints import PRIVATE_ENDPOINTS
from mlinfra.languages.platform.network.virtual_networks import is_made, resolvers_of
from mlinfra.source.tree import holds_unknown

EVERYWHERE = "0.0.0.0/0"
_ANY = DatabricksWorkspace()  # of which nothing is written
HALVES = ("0.0.0.0/1", "128.0.0.0/1")  # two routes that are longer than one to everywhere


def derived_rules(graph: Graph) -> Iterator[Entry]:
    for address, subnets in _groups_of_computes(graph).items():
        group = graph.entries[address]
        for needed in OF_COMPUTES:
            rule = f"{address}.rules.{needed.name}"
            asking = [each for each in subnets if is_needed(graph, needed, each)]
            if rule not in graph.entries and asking:
                because = f"{_cause(graph, asking[0])}: computes in {' and '.join(asking)} {needed.why}"
                model = _rule(graph, needed, asking, group)
                yield derived(graph, address, kind.DERIVED_RULES.name, rule, needed.name, model, because)


def _groups_of_computes(graph: Graph) -> dict[str, list[str]]:
    """The groups to which rules can be added, each with the subnets of computes that have it."""
    header = [graph.network.subnet_of_computes] if graph.network.subnet_of_computes and has_computes(graph) else []
    groups: dict[str, list[str]] = {}
    for subnet in dict.fromkeys((*header, *(each.address for each in subnets_of_nodes(graph)))):
        if group := _group_of(graph, subnet):
            groups.setdefault(group.address, []).append(subnet)
    return groups


def has_computes(graph: Graph) -> bool:
    """Whether computes lie in the network's own subnet of computes, or will, where no workspace is there yet."""
    return bool(unmanaged(graph)) or (graph.network.outbound == "vnet" and not workspaces(graph))


def _cause(graph: Graph, subnet: str) -> str:
    if graph.network.outbound == "vnet" and subnet == graph.network.subnet_of_computes:
        return "network.outbound is vnet"
    inside = (each.workspace for each in nodes(graph) if each.subnet is not None and each.subnet.address == subnet)
    return f"nobody manages the network of {next(inside, unmanaged(graph)[0]).address}"


def rules_of_databricks(graph: Graph) -> Iterator[Entry]:
    """In the groups of subnets of Databricks, each once."""
    made: set[str] = set()
    for subnet, whose, due in _taken_by_databricks(graph):
        group = _group_of(graph, subnet)
        if group is None:
            continue
        for needed in due:
            address = f"{group.address}.rules.{needed.name}"
            if address not in graph.entries and address not in made:
                made.add(address)
                because = f"machines of {whose} {needed.why}, and Azure adds the rule by itself"
                rule = _between_ranges(needed, group)
                called = azure_name_of(needed)
                yield derived(graph, group.address, kind.DERIVED_RULES.name, address, called, rule, because)


def _taken_by_databricks(graph: Graph) -> Iterator[tuple[str, str, list[Needed]]]:
    """Each subnet with whose machines are in it, and the rules of these."""
    taken = set()
    for workspace in graph.section(DATABRICKS_WORKSPACES.name):
        model = workspace.model
        if workspace.existing or not isinstance(model, DatabricksWorkspace):
            continue
        for field in SUBNETS:
            subnet = graph.bound(workspace.address, field) or ""
            taken.add(subnet)
            yield subnet, workspace.address, list(rules_of_machines(model, graph))
    for entry in graph.section("subnets"):  # for a workspace of another target, as this one's would be
        is_delegated = str(entry.body.get("delegation")).lower() == DATABRICKS.lower()
        network = graph.entries[entry.parent or ""]
        if is_delegated and entry.address not in taken and not network.existing:
            yield entry.address, f"Databricks in {network.address}", list(rules_of_machines(_ANY, graph))


def rules_of_machines(workspace: DatabricksWorkspace, graph: Graph) -> Iterator[Needed]:
    """Those that Databricks adds by itself to the groups of the subnets of a workspace."""
    return (needed for needed in OF_DATABRICKS if _is_of(needed, workspace, graph))


def _is_of(needed: Needed, workspace: DatabricksWorkspace, graph: Graph) -> bool:
    match needed.when:
        case "databricks":
            return rules_of(workspace, graph) == "all_rules"
        case "public addresses":
            return not workspace.no_public_ip
        case _:
            return True


def _between_ranges(needed: Needed, group: Entry) -> kind.DerivedRule:
    here, there = ("to", "from") if needed.direction == "inbound" else ("from", "to")
    return _allowing(needed, group, {here: "VirtualNetwork", there: needed.tag}, "Machines of Databricks")


def _group_of(graph: Graph, subnet: str) -> Entry | None:
    """The group of a subnet, where rules can be added to it."""
    group = graph.entries.get(graph.bound(subnet, "network_security_group") or "")
    if group is None or not isinstance(group.model, kind.NetworkSecurityGroup):
        return None
    is_asked = group.body.get("derive") is True and not group.made_in if group.existing else group.model.derive
    return group if is_asked else None


def _rule(graph: Graph, needed: Needed, subnets: list[str], group: Entry) -> kind.DerivedRule:
    near, far = _near_side(graph, subnets), _far_side(graph, needed, subnets)
    sides = {"from": far, "to": near} if needed.direction == "inbound" else {"from": near, "to": far}
    return _allowing(needed, group, sides, "Computes")


def _near_side(graph: Graph, subnets: list[str], *, unknown: str = kind.ANY) -> str | list[str]:
    """A subnet, or the ranges of several; where nobody knows these, all that a group can be about: it is of subnets."""
    ranges = [kind.prefixes_of(graph.entries[each]) for each in subnets]
    if not all(ranges):
        return unknown
    return subnets[0] if len(subnets) == 1 else [each for of_one in ranges for each in of_one]


def _allowing(needed: Needed, group: Entry, sides: Mapping[str, str | list[str]], who: str) -> kind.DerivedRule:
    return kind.DerivedRule.model_validate(
        {
            "group": group.address,
            "priority": needed.priority,
            "direction": needed.direction,
            "access": "allow",
            "protocol": needed.protocol,
            "ports": list(needed.ports) or kind.ANY,
            "description": f"{who} {needed.why}",
            **sides,
        }
    )


def _far_side(graph: Graph, needed: Needed, subnets: list[str]) -> str | list[str]:
    """A tag, a subnet, or ranges: past a firewall the tag of the network holds all that a route leads there.

    Source: docs, "Virtual network service tags": VirtualNetwork holds the prefixes of routes, default ones too.
    """
    if needed.tag == SUBNET:
        return _near_side(graph, subnets, unknown="VirtualNetwork")
    networks = [graph.entries.get(subnet.partition(".subnets.")[0]) for subnet in subnets]
    if any(passes_a_firewall(graph, subnet) for subnet in subnets):
        servers = [server for network in networks for server in resolvers_of(network)]
        if needed.name == TO_RESOLVERS and servers:
            return [f"{server}/32" for server in dict.fromkeys(servers)]
        ranges = [each for address in _subnets_of_endpoints(graph) for each in kind.prefixes_of(graph.entries[address])]
        if needed.name == TO_ENDPOINTS and ranges:
            return list(dict.fromkeys(ranges))
    location = networks[0].body.get("location") if networks[0] else None
    return needed.tag.format(region=location or graph.target.location)


def _subnets_of_endpoints(graph: Graph) -> list[str]:
    """Where private endpoints lie; none, where any of them lies in a subnet whose ranges are not known."""
    written = (getattr(entry.model, "subnet", "") for entry in graph.section(PRIVATE_ENDPOINTS.name))
    found = [address for address in (graph.network.subnet_of_endpoints, *written) if address]
    known = all(address in graph.entries and kind.prefixes_of(graph.entries[address]) for address in found)
    return list(dict.fromkeys(found)) if known else []


def is_needed(graph: Graph, needed: Needed, subnet: str) -> bool:
    match needed.when:
        case "firewall":
            return passes_a_firewall(graph, subnet)
        case "public addresses":
            return any(each.have_addresses for each in nodes(graph) if _lies_in(each, subnet))
        case "public registry":
            return not graph.network.is_private
        case "high business impact":
            return any(entry.body.get("hbi_workspace") is True for entry in unmanaged(graph))
        case "own names":
            network = graph.entries.get(subnet.partition(".subnets.")[0])
            return bool(network and (network.existing or resolvers_of(network)))
        case "not china":
            return graph.header.cloud != "china"
        case _:
            return True


def _lies_in(nodes: Nodes, subnet: str) -> bool:
    return nodes.subnet is not None and nodes.subnet.address == subnet


def passes_a_firewall(graph: Graph, subnet: str) -> bool:
    """Whether a route of the subnet leads everything to an appliance, as far as its table can be read."""
    if is_unread(graph, subnet):
        return True
    whole = any(hop[:1].isdigit() for hop in next_hops(graph, subnet, (EVERYWHERE,)))
    return whole or all(any(hop[:1].isdigit() for hop in next_hops(graph, subnet, (half,))) for half in HALVES)


def leaves_unseen(graph: Graph, subnet: Entry) -> bool:
    """Whether what leaves a subnet goes to the internet by itself: past no appliance, no gateway, and not nowhere."""
    if passes_a_firewall(graph, subnet.address):
        return False
    has_exit = bool(subnet.body.get("nat_gateway") or subnet.body.get("default_outbound_access"))
    return has_exit or not is_made(subnet, graph.entries[str(subnet.parent)])


def next_hops(graph: Graph, subnet: str, prefixes: Collection[str]) -> list[str]:
    """Where the table of a subnet leads what goes to one of these ranges."""
    table = graph.bound(subnet, "route_table")
    routes = (graph.entries[table].body.get("routes") or {}).values() if table else ()
    return [str(route.get("next_hop")) for route in routes if str(route.get("address_prefix")) in prefixes]


def is_unread(graph: Graph, subnet: str) -> bool:
    """Whether something of the routes of a subnet is wrong, so that nobody knows where they lead."""
    table = graph.bound(subnet, "route_table")
    return table is not None and holds_unknown(graph.entries[table].body.get("routes"))

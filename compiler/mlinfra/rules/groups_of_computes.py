"""Rules of the groups in which the rules of computes stand: what shuts these out, and what leaves below them."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from mlinfra.azure.networks import OF_COMPUTES, is_of_databricks
from mlinfra.azure.service_tags import tags_around
from mlinfra.derive.nodes import subnets_of_nodes
from mlinfra.derive.security_rules import EVERYWHERE, passes_a_firewall
from mlinfra.diagnostics import Code, Diagnostic, Related, Where, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.graph.half_read import PARTS_OF_NETWORKS
from mlinfra.languages.platform.network.network_security_groups import (
    ANY,
    DERIVED_RULES,
    DerivedRule,
    SecurityRule,
)
from mlinfra.reach.callers import callers
from mlinfra.rules.network import place_of
from mlinfra.rules.rule import over_graph

_TRAINING = "https://learn.microsoft.com/azure/machine-learning/how-to-secure-training-vnet"
SHUT_IN = Code(
    "MLI385",
    "error",
    "Written rule that shuts out what computes need",
    "The rules that Azure ML needs are derived with priorities from 3900; a deny that comes first counts instead",
    "Give the deny a higher number, or let through what is needed in rules of your own with derive: false",
    _TRAINING,
    misses=PARTS_OF_NETWORKS,
)
ALL_LEAVES = Code(
    "MLI386",
    "warning",
    "Computes that reach all of the internet",
    "Below the rules of a group Azure has one that lets everything out, and data leaves by it",
    "Add a rule that denies the rest, or lead the traffic through a firewall",
    _TRAINING,
    misses=PARTS_OF_NETWORKS,
)


def _nothing_shuts_computes_in(graph: Graph) -> Iterator[Diagnostic]:
    for address, shut in graph.once(shutting).items():
        entry = graph.entries[address]
        inside = list(_shut_in(graph, address))
        who = inside[0][0] if inside else "computes"
        others = f" and {len(inside) - 1} more" if len(inside) > 1 else ""
        needed = f"{'needs' if len(inside) == 1 else 'need'}: {', '.join(each.name for each in shut)}"
        message = f"{address} comes first and shuts out what {who}{others} {needed}"
        help = f"give it a priority above {max(OF_COMPUTES, key=lambda needed: needed.priority).priority}"
        yield finding(SHUT_IN, message, at(entry, ("priority",)), help, [related for _, related in inside])


def shutting(graph: Graph) -> dict[str, list[Entry]]:
    """The written rules, by address, that come before derived ones and deny what these let through."""
    derived = [each for each in graph.section(DERIVED_RULES.name) if isinstance(each.model, DerivedRule)]
    written = [(each, each.model) for each in graph.section("security_rules") if isinstance(each.model, SecurityRule)]
    found: dict[str, list[Entry]] = {}
    for needed in derived:
        before = [(entry, rule) for entry, rule in written if _comes_before(rule, needed.model, entry.parent)]
        for entry, rule in sorted(before, key=lambda each: each[1].priority):
            if rule.access != "deny":
                break  # what it lets through needs no rule that comes later
            found.setdefault(entry.address, []).append(needed)
    return {entry.address: found[entry.address] for entry, _ in written if entry.address in found}


def _shut_in(graph: Graph, rule: str) -> Iterator[tuple[str, Related]]:
    """The computes whose subnet has the group of a rule, each with where it is said."""
    for caller in callers(graph):
        subnet = caller.subnet.address if caller.subnet else ""
        if graph.bound(subnet, "network_security_group") == graph.entries[rule].parent:
            yield caller.shown, Related(f"{caller.shown} is in {subnet}", caller.where.span)


def _comes_before(rule: SecurityRule, needed: BaseModel | None, group: str | None) -> bool:
    """Whether a rule is of all that one that is derived lets through, and counts first; a part is not looked at."""
    if not isinstance(needed, DerivedRule) or needed.group != group:
        return False
    far, theirs = (needed.to, rule.to) if needed.direction == "outbound" else (needed.source, rule.source)
    near, ours = (needed.source, rule.source) if needed.direction == "outbound" else (needed.to, rule.to)
    return (
        rule.direction == needed.direction
        and rule.priority < needed.priority
        and rule.protocol in (ANY, needed.protocol)
        and _holds(theirs, far)
        and _holds(ours, near)
        and _all_ports(rule.from_ports)
        and (_all_ports(rule.ports) or set(_listed(needed.ports)) <= set(_listed(rule.ports)))
    )


def _holds(side: str | list[str], what: str | list[str]) -> bool:
    """Whether a side of a rule is everything, or at least one tag or subnet."""
    if side == ANY or EVERYWHERE in _listed(side):
        return True
    if isinstance(what, str) and what.startswith("virtual_networks."):
        return side == what or str(side).lower() == "virtualnetwork"
    return isinstance(side, str) and isinstance(what, str) and side.lower() in tags_around(what)


def _all_ports(ports: str | list[str]) -> bool:
    return any(each in (ANY, "0-65535", "1-65535") for each in _listed(ports))


def _listed(written: str | list[str]) -> list[str]:
    return [written] if isinstance(written, str) else written


def _something_keeps_data_in(graph: Graph) -> Iterator[Diagnostic]:
    if not graph.network.is_private:
        return
    subnets = (graph.network.subnet_of_computes or "", *(each.address for each in subnets_of_nodes(graph)))
    seen = {graph.bound(each, "network_security_group") for each in subnets if passes_a_firewall(graph, each)}
    derived = (each.model for each in graph.section(DERIVED_RULES.name) if not is_of_databricks(each.name))
    groups = (model.group for model in derived if isinstance(model, DerivedRule) and model.group not in seen)
    for group in dict.fromkeys(groups):
        written = (each.model for each in graph.section("security_rules") if each.parent == group)
        denied = [rule for rule in written if isinstance(rule, SecurityRule) and rule.access == "deny"]
        if not any(rule.direction == "outbound" for rule in denied):
            message = f"no rule of {group} denies anything that leaves, so computes reach all of the internet"
            shut = "{shut: {priority: 4096, direction: outbound, access: deny}}"
            help = f"add to {group} rules: {shut}; a group knows no hosts: packages of the internet take a firewall"
            if group == graph.bound(graph.network.subnet_of_computes or "", "network_security_group"):
                yield finding(ALL_LEAVES, message, Where(place_of(graph, "outbound"), "network"), help)
            else:
                yield finding(ALL_LEAVES, message, at(graph.entries[group], (), on_key=True), help)


RULES = (
    over_graph(SHUT_IN, _nothing_shuts_computes_in),
    over_graph(ALL_LEAVES, _something_keeps_data_in),
)

"""Rules of managed networks: what an outbound rule can say, and what a build inside one needs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import filterfalse
from typing import Any

from mlinfra.azure.clouds import cloud
from mlinfra.azure.prices import CURRENCY, UNITS_A_MONTH, meter_price
from mlinfra.bodies.fields import HOST
from mlinfra.derive.grants import LINKED_BY_ENDPOINTS
from mlinfra.derive.workspace import APPROVED, has_system_identity, holders, isolation_mode, members
from mlinfra.diagnostics import Code, Diagnostic, Related, finding
from mlinfra.diagnostics.suggest import listed
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages.bound import is_shut
from mlinfra.languages.platform.network.outbound_rules import FqdnRule, OutboundRule, PrivateEndpointRule
from mlinfra.rules.rule import over_graph
from mlinfra.source.tree import Path, key_span

ONLY_WHERE_APPROVED = Code(
    "MLI470",
    "error",
    "Outbound rule for a host or service tag where the internet is open",
    "Only a network that lets approved traffic out has such rules; elsewhere the service refuses them",
    "Write isolation_mode: allow_only_approved_outbound, or leave the rule out",
    "https://learn.microsoft.com/azure/machine-learning/how-to-managed-network",
)
STORAGE_BY_HOST = Code(
    "MLI471",
    "error",
    "Outbound rule for the host of a storage account",
    "A rule for the host of an account lets data out to it over the internet; the service refuses it",
    "Write a rule of type private_endpoint; for a datastore of the spec it is derived",
    "https://learn.microsoft.com/azure/machine-learning/how-to-managed-network",
)
FQDN_PORT = Code(
    "MLI472",
    "error",
    "Port or address in an outbound rule for a host",
    "Rules for hosts let ports 80 and 443 through, and take neither a port nor a protocol or a path in the name",
    "Write only the host name",
    "https://learn.microsoft.com/azure/machine-learning/how-to-managed-network",
)
NO_PORT = Code(
    "MLI359",
    "error",
    "Port in an outbound rule that there is not",
    "Ports are numbers from 1 to 65535, and a range begins with the lower one; the service refuses others when the "
    "network is made",
    "Write ports and ranges with commas between them, such as 443 or 80,8080-8089",
    "https://learn.microsoft.com/azure/machine-learning/how-to-managed-network",
)
FIREWALL = Code(
    "MLI473",
    "info",
    "Azure Firewall is created for rules for hosts",
    "A firewall that the service makes keeps rules for hosts: it costs by the hour, used or not, and takes ten minutes "
    "to start",
    "Nothing, if that is what you want. firewall_sku: basic under managed_network costs less; packages from a private "
    "index inside Azure need no such rule",
    "https://learn.microsoft.com/azure/machine-learning/how-to-managed-network",
)
EGRESS_SETTING = Code(
    "MLI475",
    "warning",
    "egress_public_network_access of a deployment in a managed network",
    "Where the network is managed, its rules hold for deployments too, and this setting does nothing",
    "Leave egress_public_network_access out",
    "https://learn.microsoft.com/azure/machine-learning/concept-secure-online-endpoint",
)
NOBODY_APPROVES = Code(
    "MLI553",
    "error",
    "Private endpoints of a managed network that nobody may approve",
    "A workspace approves the private endpoints of its network itself, the first ones while it is made, with a role "
    "that Azure ML no longer gives it (since April 2025). Its own identity is not there before, and of an identity by "
    "its id nobody knows whom to give the role",
    "Leave identity out, or write a user-assigned one that is an entry as primary_user_assigned_identity. An identity "
    "of its own is enough with provision_network_now: false: the network is then made with the first compute",
    "https://learn.microsoft.com/azure/machine-learning/how-to-managed-network",
)
PRIMARY = "primary_user_assigned_identity"
_HOST = re.compile(HOST)

SAME_RULE = Code(
    "MLI476",
    "error",
    "Two outbound rules of one name",
    "The network keeps its rules by name, without regard to case: the second would take the place of the first",
    "Give one of the two another name",
    "https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/workspaces/outboundrules",
)
NOT_A_HOST = Code(
    "MLI477",
    "error",
    "A rule for a host that is no host name",
    "The firewall compares the names of hosts: what is none lets nothing through, and the service may refuse it",
    "Write a host name such as packages.contoso.com, or *.contoso.com for all below it",
    "https://learn.microsoft.com/azure/machine-learning/how-to-managed-network",
)


def _hosts_and_tags_need_an_approved_network(graph: Graph) -> Iterator[Diagnostic]:
    for workspace, index, rule in _written_rules(graph):
        kind = str(rule.get("type", "")).lower()
        if kind in ("fqdn", "service_tag") and isolation_mode(workspace) != APPROVED:
            message = (
                f"{workspace.address} has a rule of type {kind}, and its network is not limited to approved traffic"
            )
            yield finding(ONLY_WHERE_APPROVED, message, at(workspace, (*_RULES, index, "type")))


def _storage_is_reached_by_private_endpoints(graph: Graph) -> Iterator[Diagnostic]:
    suffix = cloud(graph.header.cloud).storage_suffix
    for workspace, index, rule in _written_rules(graph):
        host = str(rule.get("destination", "")).partition(":")[0].lower()
        if str(rule.get("type", "")).lower() == "fqdn" and host.endswith(suffix):
            message = f'"{host}" is a storage account, which an approved network reaches only over a private endpoint'
            yield finding(STORAGE_BY_HOST, message, at(workspace, (*_RULES, index, "destination")))


def _hosts_have_no_ports(graph: Graph) -> Iterator[Diagnostic]:
    for workspace, index, rule in _written_rules(graph):
        destination = rule.get("destination")
        if str(rule.get("type", "")).lower() == "fqdn" and isinstance(destination, str) and ":" in destination:
            host = destination.partition("://")[2].partition("/")[0] or destination
            what = "is an address" if "://" in destination else "names a port"
            message, help = f'"{destination}" {what}', f"write {host.partition(':')[0]}"
            yield finding(FQDN_PORT, message, at(workspace, (*_RULES, index, "destination")), help)


def _hosts_are_host_names(graph: Graph) -> Iterator[Diagnostic]:
    for workspace, index, rule in _written_rules(graph):
        destination = rule.get("destination")
        if str(rule.get("type", "")).lower() != "fqdn" or not isinstance(destination, str) or ":" in destination:
            continue
        if not _HOST.fullmatch(destination):
            message = f'"{destination}" is no host name'
            help = "write a host name such as packages.contoso.com"
            yield finding(NOT_A_HOST, message, at(workspace, (*_RULES, index, "destination")), help)


def _ports_are_ports(graph: Graph) -> Iterator[Diagnostic]:
    for workspace, place, destination in destinations(graph):
        ports = destination.get("port_ranges")
        for wrong in filterfalse(_is_a_range, str(ports).split(",") if ports is not None else ()):
            message = f'"{wrong.strip()}" is no port, and no range of ports'
            yield finding(NO_PORT, message, at(workspace, (*place, "port_ranges")))


def _is_a_range(text: str) -> bool:
    found = _PORTS.fullmatch(text.strip())
    ends = [int(port) for port in found.groups() if port] if found else []
    return found is not None and ends == sorted(ends) and all(0 < port < 65536 for port in ends)


def _rules_have_names_of_their_own(graph: Graph) -> Iterator[Diagnostic]:
    first: dict[tuple[str, str], int] = {}
    for workspace, index, rule in _written_rules(graph):
        name = str(rule.get("name"))
        other = first.setdefault((workspace.address, name.lower()), index)
        if other != index:
            related = (Related("the first is written here", key_span(workspace.tree, (*_RULES, other, "name"))),)
            message = f'{workspace.address} has two outbound rules called "{name}"'
            yield finding(SAME_RULE, message, at(workspace, (*_RULES, index, "name")), related=related)


STANDARD = "standard"  # as the SDK sends it where none is written


def _a_firewall_costs(graph: Graph) -> Iterator[Diagnostic]:
    for workspace in holders(graph) if graph.network_is_whole else ():
        hosts = [rule for rule in graph.section("outbound_rules") if _is_for_a_host(rule, workspace)]
        if hosts:
            names = listed(rule.name for rule in hosts)
            message = f"the network of {workspace.address} gets an Azure Firewall for its rules about hosts: {names}"
            yield finding(FIREWALL, f"{message}{_a_month(graph, workspace)}", at(workspace))


def _a_month(graph: Graph, workspace: Entry) -> str:
    """What the firewall costs, where this release knows the price."""
    sku = str((workspace.body.get("managed_network") or {}).get("firewall_sku") or STANDARD).lower()
    price = meter_price(f"firewall_{sku}", str(workspace.body.get("location") or graph.target.location))
    if price is None:
        return ""
    return f"; it costs ${price.dollars * UNITS_A_MONTH[price.unit]:,.2f} a month (list price in {CURRENCY})"


def _is_for_a_host(rule: Entry, workspace: Entry) -> bool:
    model = rule.model
    return (
        isinstance(model, OutboundRule)
        and model.workspace == workspace.address
        and isinstance(model.destination, FqdnRule)
    )


def _egress_is_a_matter_of_the_network(graph: Graph) -> Iterator[Diagnostic]:
    for workspace in holders(graph):
        if workspace.body.get("managed_network"):
            for deployment in members(graph, workspace, "online_deployments"):
                if "egress_public_network_access" in deployment.body:
                    message = f"egress_public_network_access does nothing in the managed network of {workspace.address}"
                    place = ("egress_public_network_access",)
                    yield finding(EGRESS_SETTING, message, at(deployment, place, on_key=True))


def _somebody_approves_endpoints(graph: Graph) -> Iterator[Diagnostic]:
    for workspace in holders(graph):
        if isolation_mode(workspace) == "disabled" or graph.bound(workspace.address, PRIMARY):
            continue
        if has_system_identity(workspace) and workspace.body.get("provision_network_now") is False:
            continue  # it has the role before there is a network
        if target := _first_endpoint(graph, workspace):
            message = f"{workspace.address} opens a private endpoint to {target}"
            if workspace.body.get(PRIMARY):
                message += ", and of the identity that has to approve it only the id is known"
                help = "write an entry of identities with existing: true and that id, and name the entry"
                yield finding(NOBODY_APPROVES, message, at(workspace, (PRIMARY,)), help)
            else:
                message += ", and its own identity, which has to approve it, gets the role for that too late"
                help = "leave identity out: a user-assigned one is made, with the role, before the workspace; or write "
                help += "provision_network_now: false, and the network is made with the first compute"
                yield finding(NOBODY_APPROVES, message, at(workspace, ("identity",), on_key=True), help)


def _first_endpoint(graph: Graph, workspace: Entry) -> str | None:
    """What a network opens its first private endpoint to; None where it opens none.

    Where only approved traffic gets out, to all that the workspace is linked to; else to what has no public access.
    Source: docs, "Workspace managed virtual network isolation", "List of required rules".
    """
    linked = [each for field in LINKED_BY_ENDPOINTS if (each := graph.bound(workspace.address, field))]
    if isolation_mode(workspace) == APPROVED:
        return linked[0] if linked else workspace.address
    closed = (each for each in linked if _is_closed(graph.entries[each]))
    return next(iter((*closed, *_endpoints_by_rule(graph, workspace))), None)


def _endpoints_by_rule(graph: Graph, workspace: Entry) -> Iterator[str]:
    models = (rule.model for rule in graph.section("outbound_rules"))
    for model in (each for each in models if isinstance(each, OutboundRule) and each.workspace == workspace.address):
        if isinstance(model.destination, PrivateEndpointRule):
            yield model.destination.resource


def _is_closed(linked: Entry) -> bool:
    return not linked.existing and is_shut(linked)


_PORTS = re.compile(r"\*|(\d{1,5})(?:\s*-\s*(\d{1,5}))?")
_RULES = ("managed_network", "outbound_rules")


def _written_rules(graph: Graph) -> Iterator[tuple[Entry, int, Mapping[str, Any]]]:
    for workspace in holders(graph):
        network = workspace.body.get("managed_network") or {}
        for index, rule in enumerate(network.get("outbound_rules") or ()):
            if isinstance(rule, Mapping):
                yield workspace, index, rule


def destinations(graph: Graph) -> Iterator[tuple[Entry, Path, Mapping[str, Any]]]:
    """What written rules lead to, where that is more than a host: with the workspace, and the place in its body."""
    for workspace, index, rule in _written_rules(graph):
        destination = rule.get("destination")
        if isinstance(destination, Mapping):
            yield workspace, (*_RULES, index, "destination"), destination


RULES = (
    over_graph(ONLY_WHERE_APPROVED, _hosts_and_tags_need_an_approved_network),
    over_graph(STORAGE_BY_HOST, _storage_is_reached_by_private_endpoints),
    over_graph(FQDN_PORT, _hosts_have_no_ports),
    over_graph(NOT_A_HOST, _hosts_are_host_names),
    over_graph(NO_PORT, _ports_are_ports),
    over_graph(SAME_RULE, _rules_have_names_of_their_own),
    over_graph(FIREWALL, _a_firewall_costs),
    over_graph(NOBODY_APPROVES, _somebody_approves_endpoints),
    over_graph(EGRESS_SETTING, _egress_is_a_matter_of_the_network),
)

"""Rules of managed networks: what the jobs and endpoints of a workspace reach, and nothing else.

What Azure adds itself for a workspace's own storage, vault and registry is not written: a second rule to the same place
is refused (D:how-to-managed-network).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from itertools import chain
from typing import Any, NamedTuple

from mlinfra.azure.casing import snake
from mlinfra.azure.clouds import cloud
from mlinfra.bodies.fields import HOST
from mlinfra.derive import workspace as around
from mlinfra.derive.accounts import leads
from mlinfra.derive.connected import connections_of, host_of, service_of
from mlinfra.derive.entries import derived
from mlinfra.derive.package_hosts import package_hosts
from mlinfra.derive.registries import uses
from mlinfra.graph import Entries, Entry, Graph
from mlinfra.languages import ROWS
from mlinfra.languages.forms import SECRET
from mlinfra.languages.platform.network import outbound_rules as kind
from mlinfra.languages.platform.storage.container_registries import ContainerRegistry
from mlinfra.source.tree import holds_unknown

OF_BLOBS = "blob"  # the group of what connections read in an account
WRITTEN = ""  # the reason of a rule that nobody derived

_SCHEME_AND_PATH = re.compile("^https?://|/.*$")
_HOST = re.compile(HOST)
NOT_IN_A_NAME = re.compile("[^A-Za-z0-9_-]")
MAX_RULE_NAME_CHARACTERS = 33  # BT: ^[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}$


class Rule(NamedTuple):
    name: str
    destination: kind.Destination
    because: str
    cause: str


def outbound_rules(graph: Graph) -> Iterator[Entry]:
    for workspace in around.holders(graph):
        mode = around.isolation_mode(workspace)
        if mode == "disabled":
            continue
        rules = {rule.name.lower(): rule for rule in _written(graph, workspace)}
        written = frozenset(rules)
        reached = {_reached(rule.destination) for rule in rules.values()}
        hosts = (
            chain(_to_packages(graph, workspace), _to_one_lakes(graph, workspace), _to_hosts(graph, workspace))
            if mode == around.APPROVED
            else ()
        )
        endpoints = (
            *(_to_accounts(graph, workspace), _to_queues(graph, workspace), _to_others(graph, workspace)),
            *(_to_registries(graph, workspace), _to_connected(graph, workspace)),
        )
        for rule in chain(*endpoints, hosts):
            place = _reached(rule.destination)
            if place not in reached and rule.name.lower() not in written:
                reached.add(place)
                named = rule if rule.name.lower() not in rules else rule._replace(name=_told_apart(rule.name, place))
                rules[named.name.lower()] = named
        yield from _entries(graph, workspace, sorted(rules.values()))


def _reached(destination: kind.Destination) -> tuple[str, ...]:
    """What a rule leads to: the service takes one rule for each."""
    match destination:
        case kind.PrivateEndpointRule(resource=resource, subresource=subresource):
            return resource, subresource
        case kind.FqdnRule(host=host):
            return (host.lower(),)
        case kind.ServiceTagRule(service_tag=tag, protocol=protocol, port_ranges=ports):
            return tag, protocol, ports


def _written(graph: Graph, workspace: Entry) -> Iterator[Rule]:
    """The rules in the workspace's own body, which go before what would be derived."""
    network = workspace.body.get("managed_network") or {}
    for index, rule in enumerate(network.get("outbound_rules") or ()):
        if holds_unknown(rule):
            continue
        place = ("managed_network", "outbound_rules", index, "destination", "service_resource_id")
        destination = _destination(rule, graph.bound(workspace.address, *place))
        yield Rule(str(rule["name"]), destination, WRITTEN, workspace.address)


def _destination(rule: Mapping[str, Any], bound: str | None) -> kind.Destination:
    destination = rule["destination"]
    match str(rule["type"]).lower():
        case "fqdn":
            return kind.FqdnRule(host=str(destination))
        case "service_tag":
            return kind.ServiceTagRule(
                service_tag=destination["service_tag"],
                protocol=destination["protocol"],
                port_ranges=destination["port_ranges"],
                address_prefixes=list(destination.get("address_prefixes") or ()),
            )
        case _:
            return kind.PrivateEndpointRule(
                resource=bound or destination["service_resource_id"],
                subresource=destination["subresource_target"],
                spark=bool(destination.get("spark_enabled")),
                fqdns=list(rule.get("fqdns") or ()),
            )


def _entries(graph: Graph, workspace: Entry, rules: list[Rule]) -> Iterator[Entry]:
    for rule in rules:
        address = kind.outbound_rule_address(workspace.address, rule.name)
        model = kind.OutboundRule(workspace=workspace.address, destination=rule.destination)
        because = None if rule.because == WRITTEN else rule.because
        yield derived(graph, rule.cause, kind.SECTION, address, rule.name, model, because)


def in_turn(graph: Graph) -> Graph:
    """The same, each rule after the one before it: a managed network takes one change at a time."""
    last: dict[str, str] = {}  # by workspace
    entries = Entries(graph.entries)
    for rule in graph.section(kind.SECTION):
        assert isinstance(rule.model, kind.OutboundRule)
        after = last.get(rule.model.workspace)
        entries[rule.address] = replace(rule, model=rule.model.model_copy(update={"after": after}))
        last[rule.model.workspace] = rule.address
    return replace(graph, entries=entries) if last else graph


def _to_accounts(graph: Graph, workspace: Entry) -> Iterator[Rule]:
    own = graph.bound(workspace.address, "storage_account")
    spark = runs_spark(graph, workspace)
    for lead in leads(graph, workspace):
        if lead.account != own:
            because = f"{lead.entry.address} leads to {lead.account}, which jobs reach over a private endpoint"
            for group in lead.services:
                destination = kind.PrivateEndpointRule(resource=lead.account, subresource=group, spark=spark)
                yield Rule(_rule_name(graph, lead.account, group), destination, because, lead.entry.address)


def _to_queues(graph: Graph, workspace: Entry) -> Iterator[Rule]:
    storage = graph.bound(workspace.address, "storage_account")
    runs = [*around.members(graph, workspace, "batch_deployments"), *around.parallel_runs(graph, workspace)]
    for run in runs[:1] if storage else ():
        because = f"{run.address} hands out its work through queues and tables of {storage}"
        for group in ("queue", "table"):
            destination = kind.PrivateEndpointRule(resource=str(storage), subresource=group)
            yield Rule(_rule_name(graph, str(storage), group), destination, because, run.address)


def _to_others(graph: Graph, workspace: Entry) -> Iterator[Rule]:
    own = {edge.target for edge in graph.edges_from(workspace.address)}
    for entry in graph.entries.values():
        if entry.holder != workspace.address:
            continue
        for edge in graph.edges_from(entry.address):
            target = graph.entries[edge.target]
            if edge.form == SECRET.name:  # Resource Manager reads it, nothing in the network
                continue
            group = ROWS[target.section].private_endpoint
            if group and target.address not in own and _takes_endpoints(target):
                destination = kind.PrivateEndpointRule(resource=target.address, subresource=group)
                because = f"{entry.address} uses {target.address}, which it reaches over a private endpoint"
                yield Rule(_rule_name(graph, target.address, group), destination, because, entry.address)


def _to_registries(graph: Graph, workspace: Entry) -> Iterator[Rule]:
    """Where a job, a deployment or a schedule runs with what lies in one (D:how-to-registry-network-isolation)."""
    for address, registries in uses(graph).items():
        for registry in registries if graph.entries[address].holder == workspace.address else ():
            group = ROWS[registry.section].private_endpoint
            destination = kind.PrivateEndpointRule(resource=registry.address, subresource=group)
            because = f"{address} takes from {registry.address}, which it reaches over a private endpoint"
            yield Rule(_rule_name(graph, registry.address, group), destination, because, address)


def _to_connected(graph: Graph, workspace: Entry) -> Iterator[Rule]:
    """Services, and accounts of blobs, to which connections lead."""
    own = graph.bound(workspace.address, "storage_account")
    for connection in connections_of(graph, workspace):
        service = service_of(graph, connection)
        group = (ROWS[service.section].private_endpoint or OF_BLOBS) if service else ""
        if service and service.address != own:
            because = f"{connection.address} leads to {service.address}, which is reached over a private endpoint"
            destination = kind.PrivateEndpointRule(resource=service.address, subresource=group)
            yield Rule(_rule_name(graph, service.address, group), destination, because, connection.address)


def _to_hosts(graph: Graph, workspace: Entry) -> Iterator[Rule]:
    """Hosts to which connections lead: what is no entry has no private endpoint."""
    of_storage = cloud(graph.header.cloud).storage_suffix  # which no rule by host leads to
    for connection in connections_of(graph, workspace):
        host = host_of(connection)
        if service_of(graph, connection) is None and _HOST.fullmatch(host) and not host.endswith(of_storage):
            because = f"{connection.address} leads to {host}, which is reached over the internet"
            name = _rule_name(graph, connection.address, "host")
            yield Rule(name, kind.FqdnRule(host=host), because, connection.address)


def _takes_endpoints(entry: Entry) -> bool:
    """A registry of images takes private endpoints in the SKU Premium alone; a rule says so where it does not."""
    return not isinstance(entry.model, ContainerRegistry) or entry.existing or entry.model.sku in (None, "premium")


def _to_packages(graph: Graph, workspace: Entry) -> Iterator[Rule]:
    for host in package_hosts(graph, workspace):
        name = _fitting("packages-" + NOT_IN_A_NAME.sub("-", host.name.replace("*", "any")))
        yield Rule(name, kind.FqdnRule(host=host.name), host.because, host.cause)


def _to_one_lakes(graph: Graph, workspace: Entry) -> Iterator[Rule]:
    """OneLake is no resource of Azure: no private endpoint of the network leads there, only its host does."""
    for datastore in around.members(graph, workspace, "datastores"):
        endpoint = datastore.body.get("endpoint")
        host = _SCHEME_AND_PATH.sub("", endpoint) if isinstance(endpoint, str) else ""
        if snake(str(datastore.body.get("type"))) == "one_lake" and _HOST.fullmatch(host):
            because = f"{datastore.address} leads to {host}, which jobs reach over the internet"
            name = _rule_name(graph, datastore.address, "onelake")
            yield Rule(name, kind.FqdnRule(host=host), because, datastore.address)


def _rule_name(graph: Graph, address: str, suffix: str) -> str:
    """After the name that what it leads to had first: a rule of another name would be another rule."""
    return _fitting(f"{graph.entries[address].lasting_name}-{suffix}")


def _fitting(name: str) -> str:
    """The name, or one that is as unique and fits."""
    if len(name) <= MAX_RULE_NAME_CHARACTERS:
        return name
    return _with_a_hash(name, name)


def _told_apart(name: str, reached: tuple[str, ...]) -> str:
    """Another name, for a rule that leads elsewhere than the one that has it: a.b.c and a-b.c are two hosts."""
    return _with_a_hash(name, " ".join((name, *reached)))


def _with_a_hash(name: str, hashed: str) -> str:
    return f"{name[: MAX_RULE_NAME_CHARACTERS - 7]}-{sha256(hashed.encode()).hexdigest()[:6]}"


def runs_spark(graph: Graph, workspace: Entry) -> bool:
    """Whether serverless Spark runs in the workspace: it reaches private endpoints only where a rule says so."""
    if any(around.members(graph, workspace, "monitors")):
        return True
    return around.runs_any(graph, workspace, "spark")

"""Rules of words that are Azure's own in rules of networks: service tags, protocols, parts of services."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlinfra.azure.ids import type_of
from mlinfra.azure.service_tags import GROUPS_OF_TYPES, PROTOCOLS, SERVICE_TAGS
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.diagnostics.suggest import closest_name, did_you_mean, question
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages import ROWS
from mlinfra.languages.platform.network.network_security_groups import ANY, SecurityRule
from mlinfra.languages.platform.network.private_endpoints import PRIVATE_ENDPOINTS, PrivateEndpoint
from mlinfra.languages.platform.network.route_tables import Route
from mlinfra.rules.managed_network import destinations
from mlinfra.rules.rule import over_graph, owned
from mlinfra.source.tree import Path

_MANAGED = "https://learn.microsoft.com/azure/machine-learning/how-to-managed-network"
NO_WORD = Code(
    "MLI356",
    "error",
    "Rule of a network that names a protocol, or a part of a service, that there is not",
    "Azure takes a rule's words only when the network is made, and refuses those that it doesn't know",
    "Write tcp, udp, icmp or any, and the part of the resource to which private endpoints lead, such as blob or vault",
    _MANAGED,
)
NO_TAG = Code(
    "MLI358",
    "warning",
    "Service tag that looks misspelt",
    "Azure refuses a tag that it doesn't know when the rule is made; tags are added, so another one may be right",
    "Write the tag as the page has it; # mlinfra: ignore MLI358 because … where it is a newer one",
    "https://learn.microsoft.com/azure/virtual-network/service-tags-overview",
)
_STEMS = frozenset(tag.partition(".")[0].lower() for tag in SERVICE_TAGS)  # behind it comes a region, or a part
_TAG = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+)?")


def _words_are_known(graph: Graph) -> Iterator[Diagnostic]:
    for workspace, place, destination in destinations(graph):
        protocol = destination.get("protocol")
        if isinstance(protocol, str) and protocol.lower() not in PROTOCOLS:
            message = f'"{protocol}" is no protocol of an outbound rule'
            yield finding(NO_WORD, message, at(workspace, (*place, "protocol")), did_you_mean(protocol, PROTOCOLS))
        key = "service_resource_id"
        named = graph.entries.get(graph.bound(workspace.address, *place, key) or "")
        written = destination.get("subresource_target")
        kind = ROWS[named.section].resource_type if named else _type_of(destination.get(key))
        yield from _no_part(workspace, (*place, "subresource_target"), written, kind)
    for entry, endpoint in owned(graph, PRIVATE_ENDPOINTS.name, PrivateEndpoint):
        to = graph.entries.get(endpoint.resource)
        if to is None or to.existing:  # of what is made here another rule knows more
            kind = ROWS[to.section].resource_type if to else _type_of(endpoint.resource)
            yield from _no_part(entry, ("group",), endpoint.group, kind)


def _no_part(entry: Entry, place: Path, written: object, kind: str) -> Iterator[Diagnostic]:
    groups = GROUPS_OF_TYPES.get(kind.lower())
    if groups and isinstance(written, str) and written.lower() not in (each.lower() for each in groups):
        message = f'no private endpoint leads to "{written}" of {kind}'
        yield finding(NO_WORD, message, at(entry, place), did_you_mean(written, groups))


def _type_of(identifier: object) -> str:
    return type_of(identifier) if isinstance(identifier, str) and identifier.startswith("/") else ""


def _tags_are_known(graph: Graph) -> Iterator[Diagnostic]:
    for entry, place, tag in _tags(graph):
        stem = tag.partition(".")[0]
        if _TAG.fullmatch(tag) and stem.lower() not in _STEMS and (near := closest_name(stem, SERVICE_TAGS)):
            region = tag[len(stem) :]
            message = f'"{tag}" is no service tag that is known'
            yield finding(NO_TAG, message, at(entry, place), question(f"{near}{region}"))


def _tags(graph: Graph) -> Iterator[tuple[Entry, Path, str]]:
    """The tags that are written, each with its place."""
    for workspace, place, destination in destinations(graph):
        if isinstance(tag := destination.get("service_tag"), str):
            yield workspace, (*place, "service_tag"), tag
    for entry in graph.section("security_rules"):
        if isinstance(rule := entry.model, SecurityRule):
            for key, side in (("from", rule.source), ("to", rule.to)):
                if isinstance(side, str) and side != ANY and side not in graph.entries:
                    yield entry, (key,), side
    for entry in graph.section("routes"):
        if isinstance(entry.model, Route):
            yield entry, ("address_prefix",), entry.model.address_prefix


RULES = (
    over_graph(NO_WORD, _words_are_known),
    over_graph(NO_TAG, _tags_are_known),
)

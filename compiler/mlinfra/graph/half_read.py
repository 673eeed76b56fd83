"""What of a platform could not be read, and which findings may be gone once that is right: these are not said."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from mlinfra.diagnostics import ITSELF, NAMES, UNREAD, Code, Diagnostic
from mlinfra.graph import Entry, Graph
from mlinfra.overrides.lost import is_lost
from mlinfra.source.tree import UNKNOWN, holds_unknown

# Where it is written that a platform is private, which network it lies in, and which subnets that has.
PLACES_OF_SUBNETS = (
    "network.inbound",
    "network.virtual_network",
    f"virtual_networks.subnets{UNREAD}",
)
_NOWHERE = "network.subnets"  # it names one that is not there, which is said
# Where the ways of a network are written: sections, and a key of the header.
PARTS_OF_NETWORKS = (
    *PLACES_OF_SUBNETS,
    "network.endpoints_subnet",
    "network.compute_subnet",
    f"virtual_networks{UNREAD}",
    "virtual_networks.address_space",
    "virtual_networks.existing",
    f"virtual_networks.peerings{UNREAD}",
    "subnets",
    "peerings",
    f"{NAMES}virtual_networks",
    _NOWHERE,
    "network.outbound",
    "network.dns",
    "network_security_groups",
    "route_tables",
    "nat_gateways",
    "private_dns_zones",
    "private_endpoints",
    "workspaces.managed_network",
    "storage_accounts.hierarchical_namespace",
)

_OF_A_SECTION = re.compile('([a-z_]+) "([^"]*)"')  # jobs "train"
_QUOTED = re.compile('"([^"]*)"')
_ADDRESS = re.compile(r"[a-z_]+(?:[.][A-Za-z0-9_-]+)+")


def sure(findings: Iterable[Diagnostic], graphs: Collection[Graph]) -> Iterator[Diagnostic]:
    """The findings of rules over these graphs without those that may follow from what could not be read of them."""
    for found in findings:
        if not any(_may_follow(found, graph) for graph in graphs):
            yield found


def half_read(graph: Graph) -> frozenset[str]:
    """The sections, keys of the header, entries and fields of all of a section's entries (`workspaces.name`) of which
    something was left out, as it is wrong; and the sections that have entries of which nothing is known
    (`workspaces.*`), fields in which nothing is (`virtual_networks.subnets.*`), and sections of which an entry may be
    meant by a name that leads nowhere (`names of principals`)."""
    entries = [each for each in graph.entries.values() if _is_half_read(each)]
    fields = {f"{of}.{key}" for each in entries for key in _unknown_in(each) for of in (each.section, each.address)}
    addresses = {*(_entry(each.address) for each in entries), *map(_entry, graph.lost)}
    sections = {*(address.partition(".")[0] for address in addresses), *(each.section for each in entries)}
    unread = {f"{address.partition('.')[0]}{UNREAD}" for address in graph.lost}
    unread |= {f"{each.section}{UNREAD}" for each in entries if each.lacks_model or each.is_unknown}
    unread |= {f"{each.section}.{key}{UNREAD}" for each in entries for key, value in _fields(each) if value is UNKNOWN}
    nowhere = {*_nowhere(graph), *_named_nowhere(graph)}
    return frozenset({*fields, *addresses, *sections, *unread, *nowhere, *graph.header.half_read})


def _named_nowhere(graph: Graph) -> Iterator[str]:
    """The fields in which a name stands that leads nowhere, and whose name it may be."""
    for source, key, sections in graph.named_nowhere:
        yield from (f"{of}.{key}" for of in (source, source.partition(".")[0]))
        yield from (f"{NAMES}{section}" for section in sections)


def _nowhere(graph: Graph) -> Iterator[str]:
    """That the header names a subnet that is not there: where things are instead, nobody knows."""
    named = (graph.network.subnet_of_endpoints, graph.network.subnet_of_computes)
    if any(subnet is not None and subnet not in graph.entries for subnet in named):
        yield _NOWHERE


def _may_follow(found: Diagnostic, graph: Graph) -> bool:
    code = found.code
    if code.misses and _touches(code, found.address or "", graph.once(half_read)):
        return True
    return code.misses_a_name and graph.lost != frozenset() and _names_what_is_lost(found, graph.lost)


def _touches(code: Code, address: str, parts: Collection[str]) -> bool:
    of_itself = _entry(address)
    return any(
        (f"{of_itself}{each}".removesuffix(ITSELF) if each.startswith(ITSELF) else each) in parts
        for each in code.misses
    )


def _names_what_is_lost(found: Diagnostic, lost: frozenset[str]) -> bool:
    names = {address.rpartition(".")[2] for address in lost}
    named = (".".join(each) for each in _OF_A_SECTION.findall(found.message))
    addresses = (*_ADDRESS.findall(found.message), *named, found.address or "")
    return any(name in names for name in _QUOTED.findall(found.message)) or any(
        is_lost(address, lost) or ("." in address and any(part.startswith(f"{address}.") for part in lost))
        for address in addresses
    )


def _is_half_read(entry: Entry) -> bool:
    is_left_out = entry.lacks_model or entry.is_unknown
    return is_left_out or any(_unknown_in(entry))


def _unknown_in(entry: Entry) -> Iterator[str]:
    """The fields of an entry in which something is unknown."""
    return (key for key, value in _fields(entry) if holds_unknown(value))


def _fields(entry: Entry) -> Iterator[tuple[str, Any]]:
    return (field for body in (entry.body, entry.additions) for field in body.items())


def _entry(address: str) -> str:
    """The entry that is, or holds, what an address is of."""
    return ".".join(address.split(".")[:2])

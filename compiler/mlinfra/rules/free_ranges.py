"""Which range a subnet could have: one that is wide enough, inside of its network, and nobody else's."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from itertools import islice

from mlinfra.azure.networks import KEPT_BY_AZURE
from mlinfra.graph import Entry, Graph
from mlinfra.languages.platform.network.network_security_groups import prefixes_of
from mlinfra.languages.platform.network.virtual_networks import SUBNETS
from mlinfra.reach.packets import ranges
from mlinfra.source.tree import Scalar, deepest

NARROWEST = 29  # bits of a subnet's range: Azure takes none that is smaller
MAX_TRIED = 4096  # ranges; a network that is so full is divided by a person
_OF_A_VARIABLE = re.compile(r"(var\.(\w+)) is written here")


def bits_for(addresses: int) -> int:
    """The bits of the narrowest range in which so many addresses are free, beside those that Azure keeps.

    >>> bits_for(3), bits_for(4), bits_for(251), bits_for(252)
    (29, 28, 24, 23)
    """
    return min(NARROWEST, 32 - (addresses + KEPT_BY_AZURE - 1).bit_length())


def free_range(graph: Graph, subnet: Entry, bits: int | None = None) -> str | None:
    """A free range for a subnet, as its place would have it: with the variables of which that is made.

    As wide as the one that is written, unless `bits` says how wide; None where there is no room, or the network says
    no ranges.
    """
    network = graph.entries[subnet.parent or ""]
    space = ranges([each for each in network.body.get("address_space") or () if isinstance(each, str)])
    others = [each for each in graph.section(SUBNETS.name) if each.parent == network.address and each is not subnet]
    taken = [each for other in others for each in ranges(prefixes_of(other))]
    own = ranges(prefixes_of(subnet))
    if bits is None:
        bits = own[0].prefixlen if own else 24
    wider = [each.supernet(new_prefix=bits) for each in own if each.prefixlen >= bits]
    for candidate in islice((*wider, *_parts(space, bits)), MAX_TRIED):
        is_inside = any(candidate.subnet_of(whole) for whole in space)
        if is_inside and not any(candidate.overlaps(each) for each in taken):
            return _with_variables(graph, subnet, str(candidate))
    return None


def _parts(space: list[ipaddress.IPv4Network], bits: int) -> Iterator[ipaddress.IPv4Network]:
    for whole in space:
        if whole.prefixlen <= bits:
            yield from islice(whole.subnets(new_prefix=bits), MAX_TRIED)


def _with_variables(graph: Graph, subnet: Entry, text: str) -> str:
    """A range behind the variable with which its network's or its own begins: another target has another."""
    network = graph.entries[subnet.parent or ""]
    nodes = (deepest(subnet.tree, ("address_prefix",)), deepest(network.tree, ("address_space", 0)))
    for part in (part for node in nodes if isinstance(node, Scalar) for part in node.made_of):
        named = _OF_A_VARIABLE.fullmatch(part.message)
        value = graph.target.variables.get(named[2]) if named else None
        if named and isinstance(value, Scalar) and text.startswith(f"{value.value}."):
            return f'"${{{named[1]}}}{text.removeprefix(str(value.value))}"'
    return text

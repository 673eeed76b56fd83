"""Whether what leaves a subnet gets to the internet, or to a service there: by a route that counts, and an address."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter

from mlinfra.derive.security_rules import EVERYWHERE, HALVES, is_unread
from mlinfra.diagnostics import Related
from mlinfra.graph import Entry, Graph
from mlinfra.languages.platform.network.route_tables import Route
from mlinfra.reach.gap import Gap
from mlinfra.reach.packets import ranges
from mlinfra.reach.routes import (
    DROPS,
    INSIDE,
    TO_INTERNET,
    WAYS_OUT,
    dropping,
    gaps_out,
    gives_addresses,
    has_a_gateway,
    routes_of,
    to_tag,
)


def gaps_of_way_out(graph: Graph, subnet: Entry, to: str) -> Iterator[Gap]:
    """Of a subnet of ours: what goes to a service, by its tag or a range, is dropped, or gets no address."""
    table = graph.entries.get(graph.bound(subnet.address, "route_table") or "")
    if ("route_table" in subnet.body and (table is None or table.existing)) or is_unread(graph, subnet.address):
        return
    yield from is_dropped(graph, subnet, to)
    entry = _route(graph, subnet, to)
    hop = _hop(entry) if entry else ""
    if hop in ("", TO_INTERNET) and not _has_addresses(graph, subnet, is_led=hop != ""):
        related = (Related(f"{subnet.address} is written here", subnet.key),)
        help = f"add to {subnet.address} {WAYS_OUT}"
        yield Gap(f"nothing leaves {subnet.address}", help, related)
    elif hop not in ("", TO_INTERNET, *_NOWHERE):
        yield from (gap for gap in gaps_out(graph, subnet) if not gap.unless)


def is_dropped(graph: Graph, subnet: Entry, to: str) -> Iterator[Gap]:
    """The route that counts, where it leads to nothing."""
    entry = _route(graph, subnet, to)
    if entry and _hop(entry) in _NOWHERE:
        yield dropping(entry)


def _has_addresses(graph: Graph, subnet: Entry, *, is_led: bool) -> bool:
    """Whether what leaves gets a public address; without a route a gateway may have learned one, which nobody sees."""
    return gives_addresses(subnet) or (not is_led and has_a_gateway(graph, graph.entries[str(subnet.parent)]))


def _route(graph: Graph, subnet: Entry, to: str) -> Entry | None:
    """The route that counts: of the narrowest tag, else the longest around the range; of a tag nobody knows ranges."""
    (own,) = ranges([to]) or ranges([EVERYWHERE])
    if own.prefixlen == 0 and (tagged := to_tag(graph, subnet, to)):
        return tagged
    around = [(whole, entry) for entry, route in routes_of(graph, subnet) for whole in ranges([route.address_prefix])]
    holding = [(whole.prefixlen, entry) for whole, entry in around if own.subnet_of(whole)]
    halves = [entry for whole, entry in around if own.prefixlen == 0 and str(whole) in HALVES]
    if len(halves) == len(HALVES):
        return next((each for each in halves if _hop(each) not in _NOWHERE), halves[0])
    return max(holding, key=itemgetter(0), default=(0, None))[1]


def _hop(route: Entry) -> str:
    return route.model.next_hop.lower() if isinstance(route.model, Route) else ""


_NOWHERE = (DROPS, INSIDE)  # next hops of what goes to the internet and doesn't get there

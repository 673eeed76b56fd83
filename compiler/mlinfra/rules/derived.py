"""`derived` against what is derived: what is left out, what can't be, and what nothing derives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.derive.altered import what_it_becomes
from mlinfra.derive.private_endpoints import lacks_subnet
from mlinfra.diagnostics import Code, Diagnostic, Where, finding
from mlinfra.diagnostics.suggest import closest_name, is_slip, listed, question
from mlinfra.graph import Entry, Graph
from mlinfra.graph.alterations import Alteration
from mlinfra.rules.rule import over_graph, over_targets
from mlinfra.validate.alterations import ALSO_WRITTEN

LEFT_OUT = Code(
    "MLI362",
    "info",
    "Something derived that is left out",
    "It was derived because something needs it; who leaves it out does without, or gives it in another way",
    "Take the address out of derived, or write null in the overrides of a target, and it is there again",
    "docs/language.md#what-is-derived",
)
NEEDED = Code(
    "MLI364",
    "error",
    "Something derived that can't be left out",
    "Azure refuses what is made without it",
    "Leave it there, or write what takes its place where it is named",
    "docs/language.md#what-is-derived",
)
_ENDPOINTS = ".private_endpoints."  # in the addresses of those that are derived


def _what_is_left_out(graph: Graph) -> Iterator[Diagnostic]:
    for address, met in graph.met.items():
        alteration = graph.alterations[address]
        if alteration.left_out_because and met.because and not met.needed:
            message = f"{address} is left out, and was derived because {met.because}"
            yield finding(LEFT_OUT, message, Where(alteration.key, address))


def _what_is_needed(graph: Graph) -> Iterator[Diagnostic]:
    for address, met in graph.met.items():
        alteration = graph.alterations[address]
        if alteration.left_out_because is not None and met.needed:
            message = f"{address} can't be left out: {met.needed}"
            yield finding(NEEDED, message, Where(alteration.key, address))


def _what_nothing_derives(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    if not are_all(graphs):
        return
    unmet = _unmet(graphs)
    known = _derived(graphs) if unmet else set()
    for alteration in unmet:
        address = alteration.address
        near = closest_name(address, known)
        if near is None and any(map(_is_half_known, graphs)):
            continue
        help = question(near) or _gone_with_others(graphs)
        yield finding(ALSO_WRITTEN, f"{address} is derived in no target", Where(alteration.key, address), help)


def _gone_with_others(graphs: Sequence[Graph]) -> str | None:
    """That it may have been derived from what is left out."""
    left_out = {
        address: None
        for graph in graphs
        for address, alteration in graph.alterations.items()
        if alteration.left_out_because is not None and address in graph.met
    }
    return f"what is derived from {listed(left_out)} goes with it" if left_out else None


def meant_in_derived(graphs: Sequence[Graph]) -> dict[str, str]:
    """By address that nothing derives in any of the targets: the derived one that it is a slip of.

    What is said under it is meant all the same: without it, rules would speak of what it leaves out, or changes.
    """
    unmet = {alteration.address for alteration in _unmet(graphs)} if are_all(graphs) else set()
    known = _derived(graphs) if unmet else set()
    near = {address: closest_name(address, known) for address in unmet}
    return {address: name for address, name in near.items() if name is not None and is_slip(address, name)}


def are_all(graphs: Sequence[Graph]) -> bool:
    """Whether these are the graphs of all targets: one that isn't compiled may derive what no other does."""
    return bool(graphs) and len(graphs) == len(graphs[0].header.targets)


def _unmet(graphs: Sequence[Graph]) -> list[Alteration]:
    met = {address for graph in graphs for address in graph.met}
    return [
        alteration
        for graph in graphs
        for address, alteration in graph.alterations.items()
        if address not in met and not (_ENDPOINTS in address and _is_network_unknown(graph))
    ]


def _is_network_unknown(graph: Graph) -> bool:
    """Whether nobody knows what has a private endpoint: what says so is wrong, which is said."""
    return lacks_subnet(graph) or "network.inbound" in graph.lost


def _is_half_known(graph: Graph) -> bool:
    """Whether nobody knows all that is derived: entries can't be read, or what the header says of the network."""
    return bool(graph.lost) or "network" in graph.header.half_read


def _derived(graphs: Sequence[Graph]) -> set[str]:
    """The addresses of what is derived: entries, and what entries are made of."""
    entries = ((graph, entry) for graph in graphs for entry in graph.entries.values())
    return {address for graph, entry in entries for address in _derived_of(graph, entry)}


def _derived_of(graph: Graph, entry: Entry) -> Iterator[str]:
    if entry.because:
        yield entry.address
    made = what_it_becomes(graph, entry) or ()
    yield from (resource.address for resource in made if resource.because and resource.address != entry.address)


DERIVED_RULES = (
    over_graph(LEFT_OUT, _what_is_left_out),
    over_graph(NEEDED, _what_is_needed),
    over_targets(ALSO_WRITTEN, _what_nothing_derives),
)

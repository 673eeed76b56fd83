"""`derived` against what is derived: what is left out, what can't be, and what nothing derives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.derive.private_endpoints import lacks_subnet
from mlinfra.diagnostics import Code, Diagnostic, Where, finding
from mlinfra.diagnostics.suggest import closest_name, question
from mlinfra.graph import Graph
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
    """Of targets that are compiled; one that isn't may derive it."""
    if not graphs or len(graphs) < len(graphs[0].header.targets):
        return
    met = {address for graph in graphs for address in graph.met}
    known: set[str] = set()
    for graph in graphs:
        for address, alteration in graph.alterations.items():
            if address not in met and not (_ENDPOINTS in address and _is_network_unknown(graph)):
                known = known or _derived(graphs)
                help = question(closest_name(address, known))
                message = f"{address} is derived in no target"
                yield finding(ALSO_WRITTEN, message, Where(alteration.key, address), help)


def _is_network_unknown(graph: Graph) -> bool:
    """Whether nobody knows what has a private endpoint: what says so is wrong, which is said."""
    return lacks_subnet(graph) or "network.inbound" in graph.lost


def _derived(graphs: Sequence[Graph]) -> set[str]:
    return {address for graph in graphs for address, entry in graph.entries.items() if entry.because}


DERIVED_RULES = (
    over_graph(LEFT_OUT, _what_is_left_out),
    over_graph(NEEDED, _what_is_needed),
    over_targets(ALSO_WRITTEN, _what_nothing_derives),
)

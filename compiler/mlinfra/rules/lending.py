"""Rules of what targets make for others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from graphlib import CycleError, TopologicalSorter

from mlinfra.bodies.fields import MADE_IN
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages import ROWS
from mlinfra.rules.rule import over_graph, over_targets

IN_A_CIRCLE = Code(
    "MLI407",
    "error",
    "Targets that wait for each other",
    "What one target uses of another has to be there before it is deployed, and so has what it is promoted from",
    "Let it be made in a shared target, which is deployed before all others",
    "docs/language.md#targets",
)
NOT_SHARED = Code(
    "MLI408",
    "error",
    "Something that no release brings to a shared target",
    "A shared target holds infrastructure that others use: nothing is trained, registered or released there",
    "Leave the target out of targets",
    "docs/language.md#targets",
)


def lenders(graph: Graph) -> tuple[str, ...]:
    """The targets in which something is made that this one uses."""
    return tuple(dict.fromkeys(str(entry.made_in) for entry in lent(graph)))


def lent(graph: Graph) -> Iterator[Entry]:
    """What is made in another target."""
    return (entry for entry in graph.entries.values() if entry.existing and entry.made_in)


def _targets_wait_in_one_direction(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    waits: dict[str, list[str]] = {}
    for graph in graphs:
        before = graph.target.promote_from
        waits[graph.target.name] = [*lenders(graph), *([before] if before else [])]
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        graph, entry = next(
            (graph, entry)
            for graph in graphs
            for entry in lent(graph)
            if graph.target.name in circle and entry.made_in in circle
        )
        way = ", which waits for ".join(reversed(circle))
        message = f"{entry.address} is made in {entry.made_in}, and {way}"
        yield finding(IN_A_CIRCLE, message, at(entry, (MADE_IN,)))


def _nothing_is_released_to_what_is_shared(graph: Graph) -> Iterator[Diagnostic]:
    for entry in graph.entries.values() if graph.target.shared else ():
        if ROWS[entry.section].compiled_to == "yaml" and entry.parent is None:
            message = f"{entry.address} is in {graph.target.name}, which is shared"
            yield finding(NOT_SHARED, message, at(entry))


LENDING_RULES = (over_graph(NOT_SHARED, _nothing_is_released_to_what_is_shared),)
LENDING_RULES_OF_TARGETS = (over_targets(IN_A_CIRCLE, _targets_wait_in_one_direction),)

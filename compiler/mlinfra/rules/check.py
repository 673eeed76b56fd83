"""check: the rules that a target breaks, by each body and as a whole; then those that all targets break together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.diagnostics import Diagnostic, Related, finding
from mlinfra.diagnostics.outcome import Outcome
from mlinfra.graph import Entries, Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.graph.half_read import sure
from mlinfra.languages import ROWS
from mlinfra.languages.documents import DEPLOYMENTS, document
from mlinfra.languages.rule import Over, Rule
from mlinfra.rules import RULES
from mlinfra.rules.in_files import broken_in_files
from mlinfra.rules.lookups import context_of
from mlinfra.rules.near_names import place_of
from mlinfra.schemas.problems import BodyProblem
from mlinfra.source.tree import key_span


def check(graph: Graph) -> Outcome[Graph]:
    """The rules that one target breaks, whatever is meant where a word is wrong.

    What the references of a body lead to need not be there.
    """
    of_graph = _broken(graph)
    for other in graph.others():
        places = {(found.code, found.span) for found in _broken(other)}
        of_graph = tuple(found for found in of_graph if (found.code, found.span) in places)
    return Outcome(graph, (*sure(_broken_by_bodies(graph), (graph,)), *broken_in_files(graph), *of_graph))


def check_whole(graph: Graph) -> Outcome[Graph]:
    """What is worth knowing of a target in which nothing is wrong."""
    return Outcome(graph, tuple(found for rule in _over("whole") for found in rule.check(graph)))


def check_targets(graphs: Sequence[Graph]) -> Outcome[Sequence[Graph]]:
    """The rules that the targets break together; `graphs` in promotion order. None where nobody knows the targets."""
    if not all(graph.header.knows_targets for graph in graphs):
        return Outcome(graphs)
    return Outcome(graphs, tuple(sure((found for rule in _over("targets") for found in rule.check(graphs)), graphs)))


def _broken(graph: Graph) -> tuple[Diagnostic, ...]:
    """What the graph as a whole breaks."""
    return tuple(sure((found for rule in _over("graph") for found in rule.check(graph)), (graph,)))


def _over(over: Over) -> Iterator[Rule]:
    return (rule for rule in RULES if rule.over == over)


def _broken_by_bodies(graph: Graph) -> Iterator[Diagnostic]:
    """What bodies break, rule by rule; those of deployments are within their endpoints' as well.

    All rules of a body look at it while it is at hand: one rule after the other would keep what is known of each body.
    """
    judged = Entries({address: entry for address, entry in graph.entries.items() if _is_judged(entry)})
    whole = document(judged.values())
    found = [(rule, list[Diagnostic]()) for rule in _over("body")]
    for section, entries in judged.by_section.items():
        of_section = [(rule.check, broken) for rule, broken in found if rule in ROWS[section].rules]
        for entry in entries:
            body = entry.body if entry.parent else whole[entry.section][entry.name]
            context = context_of(graph, entry)
            for check_body, broken in of_section:
                for problem in check_body(body, context):
                    broken.append(_found(graph, entry, problem))
    return (each for _, broken in found for each in broken)


def _is_judged(entry: Entry) -> bool:
    return ROWS[entry.section].rules != () and not entry.existing


def _found(graph: Graph, entry: Entry, problem: BodyProblem) -> Diagnostic:
    path = problem.path
    if not entry.parent and len(path) >= 2 and path[0] == DEPLOYMENTS:
        entry, path = graph.entries[f"{entry.address}.{DEPLOYMENTS}.{path[1]}"], path[2:]
    related = tuple(Related(place.message, key_span(entry.tree, place.path)) for place in problem.related)
    related += place_of(graph, entry, problem.near) if problem.near else ()
    return finding(problem.code, problem.message, at(entry, path, on_key=problem.on_key), problem.help, related)

"""check: the rules that a target breaks, by each body and as a whole; then those that all targets break together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mlinfra.diagnostics import Diagnostic, Related, finding
from mlinfra.diagnostics.outcome import Outcome
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages import ROWS
from mlinfra.languages.context import CheckContext
from mlinfra.languages.documents import DEPLOYMENTS, document
from mlinfra.languages.rule import Over, Rule
from mlinfra.rules import RULES
from mlinfra.rules.in_files import broken_in_files
from mlinfra.rules.lookups import context_of
from mlinfra.schemas.problems import BodyProblem
from mlinfra.source.tree import key_span


def check(graph: Graph) -> Outcome[Graph]:
    """The rules that one target breaks, whatever is meant where a word is wrong.

    What the references of a body lead to need not be there.
    """
    bodies = _bodies(graph)
    of_bodies = (found for rule in _over("body") for found in _broken_by(rule, graph, bodies))
    of_graph = _broken(graph)
    for other in graph.others():
        places = {(found.code, found.span) for found in _broken(other)}
        of_graph = tuple(found for found in of_graph if (found.code, found.span) in places)
    return Outcome(graph, (*of_bodies, *broken_in_files(graph), *of_graph))


def check_whole(graph: Graph) -> Outcome[Graph]:
    """What is worth knowing of a target in which nothing is wrong."""
    return Outcome(graph, tuple(found for rule in _over("whole") for found in rule.check(graph)))


def check_targets(graphs: Sequence[Graph]) -> Outcome[Sequence[Graph]]:
    """The rules that the targets break together; `graphs` in promotion order."""
    return Outcome(graphs, tuple(found for rule in _over("targets") for found in rule.check(graphs)))


def _broken(graph: Graph) -> tuple[Diagnostic, ...]:
    """What the graph as a whole breaks."""
    return tuple(found for rule in _over("graph") for found in rule.check(graph))


def _over(over: Over) -> Iterator[Rule]:
    return (rule for rule in RULES if rule.over == over)


_Bodies = dict[str, list[tuple[Entry, Any, CheckContext]]]


def _bodies(graph: Graph) -> _Bodies:
    """The bodies that rules look at by their section, those of deployments within their endpoints' as well."""
    judged = [entry for entry in graph.entries.values() if _is_judged(entry)]
    whole = document(judged)
    bodies: _Bodies = {}
    for entry in judged:
        body = entry.body if entry.parent else whole[entry.section][entry.name]
        bodies.setdefault(entry.section, []).append((entry, body, context_of(graph, entry)))
    return bodies


def _is_judged(entry: Entry) -> bool:
    return ROWS[entry.section].rules != () and not entry.existing


def _broken_by(rule: Rule, graph: Graph, bodies: _Bodies) -> Iterator[Diagnostic]:
    for section, of_section in bodies.items():
        for entry, body, context in of_section if rule in ROWS[section].rules else ():
            for problem in rule.check(body, context):
                yield _found(graph, entry, problem)


def _found(graph: Graph, entry: Entry, problem: BodyProblem) -> Diagnostic:
    path = problem.path
    if not entry.parent and len(path) >= 2 and path[0] == DEPLOYMENTS:
        entry, path = graph.entries[f"{entry.address}.{DEPLOYMENTS}.{path[1]}"], path[2:]
    related = tuple(Related(place.message, key_span(entry.tree, place.path)) for place in problem.related)
    return finding(problem.code, problem.message, at(entry, path, on_key=problem.on_key), problem.help, related)

"""check: rules over the whole graph of a target, and over each body of Azure ML; then over all targets together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.diagnostics import Diagnostic, Related, finding
from mlinfra.diagnostics.outcome import Outcome
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages.azureml.document import DEPLOYMENTS, document
from mlinfra.languages.azureml.problems import BodyProblem
from mlinfra.languages.azureml.sections import BY_NAME
from mlinfra.rules.azureml import AZUREML_RULES
from mlinfra.rules.lookups import context_of
from mlinfra.rules.pipelines import PIPELINE_RULES
from mlinfra.rules.platform import PLATFORM_RULES
from mlinfra.rules.targets import TARGET_RULES
from mlinfra.source.tree import key_span


def check(graph: Graph) -> Outcome[Graph]:
    """The rules that one target breaks."""
    of_graph = (found for rule in (*PLATFORM_RULES, *AZUREML_RULES) for found in rule.check(graph))
    return Outcome(graph, (*_broken_by_bodies(graph), *of_graph))


def check_targets(graphs: Sequence[Graph]) -> tuple[Diagnostic, ...]:
    """What the targets break together; `graphs` in promotion order."""
    return tuple(found for rule in (*TARGET_RULES, *PIPELINE_RULES) for found in rule.check(graphs))


def _broken_by_bodies(graph: Graph) -> Iterator[Diagnostic]:
    """What each body of Azure ML breaks by itself; what its references lead to need not be there."""
    checked = [entry for entry in graph.entries.values() if _is_checked(entry)]
    bodies = document(checked)
    for entry in checked:
        context = context_of(graph, entry)
        body = bodies[entry.section][entry.name] if not entry.parent else entry.body
        for run in BY_NAME[entry.section].checks:
            for problem in run(body, context):
                yield _found(graph, entry, problem)


def _is_checked(entry: Entry) -> bool:
    return entry.section in BY_NAME and BY_NAME[entry.section].checks != () and not entry.existing


def _found(graph: Graph, entry: Entry, problem: BodyProblem) -> Diagnostic:
    path = problem.path
    if not entry.parent and len(path) >= 2 and path[0] == DEPLOYMENTS:
        entry, path = graph.entries[f"{entry.address}.{DEPLOYMENTS}.{path[1]}"], path[2:]
    related = tuple(Related(place.message, key_span(entry.tree, place.path)) for place in problem.related)
    return finding(problem.code, problem.message, at(entry, path, on_key=problem.on_key), problem.help, related)

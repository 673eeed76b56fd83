"""Steps of a pipeline that wait for each other: each circle is found, and named with every step in it."""

from collections.abc import Callable
from functools import partial

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlinfra.languages.azureml import job_graph
from mlinfra.languages.azureml.bindings import check_bindings
from mlinfra.languages.azureml.job_graph import CYCLE, Use, check_cycles
from mlinfra.languages.context import CheckContext
from mlinfra.schemas.problems import RelatedPlace
from tests.languages.azureml.body_cases import load
from tests.languages.azureml.test_pipeline_bindings import steps
from tests.steps import steps_in


def test_circle_names_every_step_in_it_and_its_place() -> None:
    body = steps(
        "prep: {command: p, inputs: {raw: 1, hint: '${{parent.jobs.score.outputs.hint}}'}, outputs: {rows: null}}",
        "train: {command: t, inputs: {rows: {path: '${{parent.jobs.prep.outputs.rows}}'}}, outputs: {model: null}}",
        "score: {command: s, inputs: {m: '${{parent.jobs.train.outputs.model}}'}, outputs: {hint: null}}",
        "report: {command: r, inputs: {h: '${{parent.jobs.score.outputs.hint}}'}}",
    )
    (problem,) = check_bindings(load(body), CheckContext("jobs", "it", "development"))
    assert problem.code is CYCLE
    assert problem.message == "steps wait for each other: prep → score → train → prep"
    assert problem.path == ("jobs", "prep", "inputs", "hint")
    assert problem.help == '"prep" takes ${{parent.jobs.score.outputs.hint}} here'
    assert problem.related == (
        RelatedPlace('"score" takes ${{parent.jobs.train.outputs.model}} here', ("jobs", "score", "inputs", "m")),
        RelatedPlace(
            '"train" takes ${{parent.jobs.prep.outputs.rows}} here', ("jobs", "train", "inputs", "rows", "path")
        ),
    )


def uses(*names: str) -> tuple[Use, ...]:
    return tuple(Use(name, f"${{{{parent.jobs.{name}.outputs.o}}}}", ("jobs", name)) for name in names)


def chain(count: int) -> dict[str, tuple[Use, ...]]:
    return {f"s{place}": uses(*[f"s{place + 1}"][: count - 1 - place]) for place in range(count)}


LONG_PIPELINES: dict[str, Callable[[int], dict[str, tuple[Use, ...]]]] = {
    "a chain": chain,
    "a circle": lambda count: {**chain(count), f"s{count - 1}": uses("s0")},
    "a circle before a chain": lambda count: {"a": uses("b"), "b": uses("a", "s0"), **chain(count)},
    "steps that wait for their neighbours": lambda count: {
        f"s{place}": uses(*(f"s{other}" for other in (place - 1, place + 1) if 0 <= other < count))
        for place in range(count)
    },
}


@pytest.mark.parametrize("pipeline", LONG_PIPELINES.values(), ids=LONG_PIPELINES)
def test_circles_are_looked_for_in_as_many_steps_as_a_pipeline_has(
    pipeline: Callable[[int], dict[str, tuple[Use, ...]]],
) -> None:
    few, many = (steps_in(job_graph, partial(list, check_cycles(pipeline(count)))) for count in (100, 400))
    assert many < 5 * few


STEP_NAMES = st.sampled_from(["a", "b", "c", "d", "e", "f"])


@given(st.sets(st.tuples(STEP_NAMES, STEP_NAMES), max_size=14))
def test_each_group_of_steps_that_wait_for_each_other_has_a_circle(
    edges: set[tuple[str, str]],
) -> None:
    graph: networkx.DiGraph[str] = networkx.DiGraph()
    graph.add_nodes_from("abcdef")
    graph.add_edges_from(edges)
    body = {
        "compute": "cpu",
        "jobs": {
            step: {
                "command": "a",
                "inputs": {f"from_{other}": f"${{{{parent.jobs.{other}.outputs.o}}}}" for other in sorted(graph[step])},
                "outputs": {"o": None},
            }
            for step in graph
        },
    }
    problems = list(check_bindings(body, CheckContext("jobs", "it", "development")))
    circles = [{str(problem.path[1]), *(str(place.path[1]) for place in problem.related)} for problem in problems]
    groups = [group for group in networkx.strongly_connected_components(graph) if is_circular(graph, group)]
    assert all(any(circle <= group for group in groups) for circle in circles)
    assert all(any(circle <= group for circle in circles) for group in groups)
    assert sum(map(len, circles)) == len(set().union(*circles))


def is_circular(graph: "networkx.DiGraph[str]", group: set[str]) -> bool:
    return len(group) > 1 or networkx.number_of_selfloops(graph.subgraph(group)) > 0

"""Steps of a pipeline: what each is bound to exists and fits, and steps that wait for each other are found."""

from collections.abc import Callable
from functools import partial

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlinfra.languages.azureml import job_graph
from mlinfra.languages.azureml.bindings import check_bindings
from mlinfra.languages.azureml.job_graph import CYCLE, Use, check_cycles
from mlinfra.languages.azureml.pipeline_bindings import (
    HIDDEN_OUTPUT,
    MISSING_INPUT,
    OPTIONAL_TO_REQUIRED,
    OUT_OF_BOUNDS,
    TYPE_MISMATCH,
    UNKNOWN_PORT,
)
from mlinfra.languages.azureml.references import UNDECLARED, UNKNOWN_STEP, WRONG_SCOPE
from mlinfra.languages.context import CheckContext
from mlinfra.schemas.problems import RelatedPlace
from tests.languages.azureml.body_cases import PREP, Case, load
from tests.steps import steps_in

COMPONENTS = {"prep": PREP, "azureml:prep:1": PREP}


def step(inputs: str, *, outputs: str = "{}", pipeline: str = "", component: str = "prep") -> str:
    """Return a pipeline job with one step that runs a component."""
    runs = f"{{component: {component}, inputs: {inputs}, outputs: {outputs}}}"
    return f"{{type: pipeline, compute: cpu, {pipeline} jobs: {{a: {runs}}}}}"


RAW = "raw: {type: uri_folder, path: x}"


def value_case(written: str, message: str, right: str) -> Case:
    name = written.split(":")[0]
    return Case(
        OUT_OF_BOUNDS,
        "jobs",
        step(f"{{{RAW}, {written}}}"),
        ("jobs", "a", "inputs", name),
        message,
        None,
        step(f"{{{RAW}, {right}}}"),
        components=COMPONENTS,
    )


STEPS = [
    Case(
        MISSING_INPUT,
        "jobs",
        step("{}"),
        ("jobs", "a", "inputs", "raw"),
        'component "prep" requires input "raw"',
        'give it under inputs of step "a"',
        step("{}", component="azureml:other:1"),
        components=COMPONENTS,
    ),
    Case(
        UNKNOWN_PORT,
        "jobs",
        step(f"{{{RAW}, rat: 1}}"),
        ("jobs", "a", "inputs", "rat"),
        'component "prep" has no input "rat"',
        'did you mean "rate"? Defined: mode, rate, raw, rounds',
        step(f"{{{RAW}, rate: 1}}", component="'azureml:prep:1'"),
        components=COMPONENTS,
    ),
    Case(
        UNKNOWN_PORT,
        "jobs",
        step(f"{{{RAW}}}", outputs="{row: null}"),
        ("jobs", "a", "outputs", "row"),
        'component "prep" has no output "row"',
        'did you mean "rows"? Defined: model, rows',
        step(f"{{{RAW}}}", outputs="{rows: {mode: upload}}"),
        components=COMPONENTS,
    ),
    value_case("rate: fast", 'input "rate" is "fast" and must be a number', "rate: '0.5'"),
    value_case("rate: true", 'input "rate" is true and must be a number', "rate: 1"),
    value_case("rate: -1", 'input "rate" is -1 and must be at least 0', "rate: 0"),
    value_case("rounds: 1.5", 'input "rounds" is 1.5 and must be an integer', "rounds: '10.0'"),
    value_case("mode: slo", 'input "mode" is "slo" and must be one of fast, slow', "mode: slow"),
    value_case("raw: 3", 'input "raw" is 3 and must be a path or a binding, for its type is uri_folder', "rate: 1"),
    value_case("mode: {value: 1}", 'input "mode" is 1 and must be one of fast, slow', "mode: {value: fast}"),
    Case(
        TYPE_MISMATCH,
        "jobs",
        step("{raw: {type: uri_file, path: x.csv}}"),
        ("jobs", "a", "inputs", "raw"),
        'input "raw" takes uri_folder, but this is uri_file',
        None,
        step("{raw: {type: mltable, path: x}}"),
        components=COMPONENTS,
    ),
    Case(
        TYPE_MISMATCH,
        "jobs",
        step("{raw: '${{parent.inputs.f}}'}", pipeline="inputs: {f: {type: uri_file, path: x.csv}},"),
        ("jobs", "a", "inputs", "raw"),
        'input "raw" takes uri_folder, but ${{parent.inputs.f}} is uri_file',
        None,
        step("{raw: '${{parent.inputs.f}}/sub'}", pipeline="inputs: {f: {type: uri_folder, path: x}},"),
        components=COMPONENTS,
    ),
    Case(
        OUT_OF_BOUNDS,
        "jobs",
        step(f"{{{RAW}, rate: '${{{{parent.inputs.r}}}}'}}", pipeline="inputs: {r: 7},"),
        ("jobs", "a", "inputs", "rate"),
        'input "rate" takes ${{parent.inputs.r}}, which is 7, and must be at most 1',
        None,
        step(f"{{{RAW}, rate: '${{{{parent.inputs.r}}}}'}}", pipeline="inputs: {r: 0.7},"),
        components=COMPONENTS,
    ),
    Case(
        UNDECLARED,
        "jobs",
        step("{raw: '${{parent.inputs.g}}'}", pipeline="inputs: {f: {type: uri_folder, path: x}},"),
        ("jobs", "a", "inputs", "raw"),
        'pipeline input "g" is not declared',
        "Defined: f",
        step("{raw: {path: '${{ parent.inputs.f }}'}}", pipeline="inputs: {f: {type: uri_folder, path: x}},"),
        components=COMPONENTS,
    ),
    Case(
        UNDECLARED,
        "jobs",
        step(
            f"{{{RAW}}}", outputs="{rows: '${{parent.outputs.row}}'}", pipeline="outputs: {rows: {type: uri_folder}},"
        ),
        ("jobs", "a", "outputs", "rows"),
        'pipeline output "row" is not declared',
        'did you mean "rows"? Defined: rows',
        step(f"{{{RAW}}}", outputs="{rows: '${{parent.outputs.rows}}'}", pipeline="outputs: {rows: null},"),
        components=COMPONENTS,
    ),
    Case(
        TYPE_MISMATCH,
        "jobs",
        step(f"{{{RAW}}}", outputs="{model: '${{parent.outputs.m}}'}", pipeline="outputs: {m: {type: uri_file}},"),
        ("jobs", "a", "outputs", "model"),
        'pipeline output "m" takes uri_file, but output "model" is mlflow_model',
        None,
        step(f"{{{RAW}}}", outputs="{model: '${{parent.outputs.m}}'}", pipeline="outputs: {m: {type: mlflow_model}},"),
        components=COMPONENTS,
    ),
    Case(
        WRONG_SCOPE,
        "jobs",
        step("{raw: '${{inputs.f}}'}", pipeline="inputs: {f: {type: uri_folder, path: x}},"),
        ("jobs", "a", "inputs", "raw"),
        "${{inputs.f}} names the step's own inputs, which can't be what it is bound to",
        "write ${{parent.inputs.f}}",
        step("{raw: '${{parent.inputs.f}}'}", pipeline="inputs: {f: {type: uri_folder, path: x}},"),
        components=COMPONENTS,
    ),
    Case(
        WRONG_SCOPE,
        "jobs",
        step("{raw: '${{parent.outputs.o}}'}", pipeline="outputs: {o: {type: uri_folder}},"),
        ("jobs", "a", "inputs", "raw"),
        'input "raw" can\'t take ${{parent.outputs.o}}',
        "an input takes ${{parent.inputs.<name>}} or ${{parent.jobs.<step>.outputs.<name>}}",
        step(f"{{{RAW}}}", outputs="{rows: '${{parent.outputs.o}}'}", pipeline="outputs: {o: {type: uri_folder}},"),
        components=COMPONENTS,
    ),
    Case(
        WRONG_SCOPE,
        "jobs",
        step(
            f"{{{RAW}}}", outputs="{rows: '${{parent.inputs.i}}'}", pipeline="inputs: {i: {type: uri_folder, path: x}},"
        ),
        ("jobs", "a", "outputs", "rows"),
        'output "rows" can\'t be bound to ${{parent.inputs.i}}',
        "an output is bound to ${{parent.outputs.<name>}}",
        step(f"{{{RAW}}}", outputs="{rows: {type: uri_folder}}"),
        components=COMPONENTS,
    ),
    Case(
        OPTIONAL_TO_REQUIRED,
        "components",
        step("{raw: '${{parent.inputs.f}}'}", pipeline="inputs: {f: {type: uri_folder, optional: true}},"),
        ("jobs", "a", "inputs", "raw"),
        'pipeline input "f" is optional, and input "raw" that takes it is required',
        "make both optional or both required",
        step(
            "{raw: '${{parent.inputs.f}}', rounds: '${{parent.inputs.n}}'}",
            pipeline="inputs: {f: {type: uri_folder}, n: {type: integer, optional: true}},",
        ),
        components=COMPONENTS,
    ),
]


def steps(*bodies: str, pipeline: str = "") -> str:
    """Return a pipeline job of inline steps, each written `name: body`."""
    return f"{{type: pipeline, compute: cpu, {pipeline} jobs: {{{', '.join(bodies)}}}}}"


PREP_STEP = "prep: {command: 'p ${{outputs.rows}}', outputs: {rows: {type: uri_folder}, one: {type: uri_file}}}"


def train(inputs: str, command: str = "t") -> str:
    return f"train: {{command: '{command}', inputs: {inputs}}}"


BETWEEN_STEPS = [
    Case(
        UNKNOWN_STEP,
        "jobs",
        steps(PREP_STEP, train("{x: '${{parent.jobs.pre.outputs.rows}}'}")),
        ("jobs", "train", "inputs", "x"),
        'step "pre" is not defined',
        'did you mean "prep"? Defined: prep, train',
        steps(PREP_STEP, train("{x: '${{parent.jobs.prep.outputs.rows}}'}", "t ${{inputs.x}}")),
    ),
    Case(
        UNKNOWN_STEP,
        "jobs",
        steps(PREP_STEP, train("{x: '${{parent.jobs.prep.outputs.row}}'}")),
        ("jobs", "train", "inputs", "x"),
        'step "prep" has no output "row"',
        'did you mean "rows"? Defined: one, rows',
        steps("prep: {component: 'azureml:elsewhere:1'}", train("{x: {path: '${{parent.jobs.prep.outputs.row}}'}}")),
    ),
    Case(
        UNKNOWN_STEP,
        "jobs",
        steps(PREP_STEP, train("{x: '${{parent.jobs.prep.inputs.rows}}'}")),
        ("jobs", "train", "inputs", "x"),
        'step "prep" has no input "rows"',
        "it has no inputs",
        steps("prep: {command: p, inputs: {rows: 1}}", train("{x: '${{parent.jobs.prep.inputs.rows}}'}")),
    ),
    Case(
        TYPE_MISMATCH,
        "jobs",
        steps(PREP_STEP, train("{x: {type: uri_folder, path: '${{parent.jobs.prep.outputs.one}}'}}")),
        ("jobs", "train", "inputs", "x"),
        'input "x" takes uri_folder, but ${{parent.jobs.prep.outputs.one}} is uri_file',
        None,
        steps(PREP_STEP, train("{x: {type: mltable, path: '${{parent.jobs.prep.outputs.rows}}'}}")),
    ),
    Case(
        TYPE_MISMATCH,
        "jobs",
        steps(
            "a: {command: a, outputs: {o: '${{parent.outputs.m}}'}}",
            "b: {command: b, inputs: {x: {type: uri_folder, path: '${{parent.jobs.a.outputs.o}}'}}}",
            pipeline="outputs: {m: {type: uri_file}},",
        ),
        ("jobs", "b", "inputs", "x"),
        'input "x" takes uri_folder, but ${{parent.jobs.a.outputs.o}} is uri_file',
        None,
        steps(
            "a: {command: a, outputs: {o: '${{parent.outputs.m}}'}}",
            "b: {command: b, inputs: {x: {type: uri_folder, path: '${{parent.jobs.a.outputs.o}}'}}}",
            pipeline="outputs: {m: null},",
        ),
    ),
    Case(
        UNDECLARED,
        "jobs",
        steps("train: {type: sweep, trial: {command: 't ${{inputs.x}}'}, inputs: {y: 1}, search_space: {}}"),
        ("jobs", "train", "trial", "command"),
        'input "x" is not declared',
        "Defined: y",
        steps(
            "train: {type: sweep, trial: {command: 't ${{inputs.x}} ${{search_space.lr}}'}, inputs: {x: 1},"
            " search_space: {lr: {type: uniform}}}"
        ),
    ),
    Case(
        UNDECLARED,
        "jobs",
        steps(
            "outer: {component: {type: pipeline, inputs: {i: {type: integer}}, jobs: {in: {command: '${{inputs.z}}'}}},"
            " inputs: {i: 1}}"
        ),
        ("jobs", "outer", "component", "jobs", "in", "command"),
        'input "z" is not declared',
        "${{inputs.z}} needs a declaration",
        steps(
            "outer: {component: {type: pipeline, inputs: {i: {type: integer}}, jobs: {in: {command: '${{inputs.z}}',"
            " inputs: {z: '${{parent.inputs.i}}'}}}}, inputs: {i: 1}}"
        ),
    ),
    Case(
        UNKNOWN_STEP,
        "jobs",
        steps("a: {command: a}", "choose: {type: if_else, condition: true, true_block: '${{parent.jobs.b}}'}"),
        ("jobs", "choose", "true_block"),
        'step "b" is not defined',
        "Defined: a, choose",
        steps("a: {command: a}", "choose: {type: if_else, condition: true, true_block: '${{parent.jobs.a}}'}"),
    ),
    Case(
        HIDDEN_OUTPUT,
        "jobs",
        steps("prep: {component: prep, inputs: {raw: {path: x}}}", train("{x: '${{parent.jobs.prep.outputs.rows}}'}")),
        ("jobs", "train", "inputs", "x"),
        'input "x" takes output "rows" of a registered component without a type',
        "write {type: …, path: ${{parent.jobs.prep.outputs.rows}}}, or list rows under outputs of prep",
        steps(
            "prep: {component: prep, inputs: {raw: {path: x}}, outputs: {rows: null}}",
            train("{x: '${{parent.jobs.prep.outputs.rows}}', y: {path: '${{parent.jobs.prep.outputs.model}}'}}"),
        ),
        components=COMPONENTS,
    ),
    Case(
        CYCLE,
        "jobs",
        steps("a: {command: a, inputs: {x: '${{parent.jobs.a.outputs.o}}'}, outputs: {o: null}}"),
        ("jobs", "a", "inputs", "x"),
        'step "a" waits for itself',
        '"a" takes ${{parent.jobs.a.outputs.o}} here',
        steps("a: {command: a, inputs: {x: 1}, outputs: {o: null}}"),
    ),
]

PIPELINE_CASES = (*STEPS, *BETWEEN_STEPS)


@pytest.mark.parametrize("case", PIPELINE_CASES, ids=lambda case: case.id)
def test_wrong_reference_is_reported_in_its_place(case: Case) -> None:
    assert case.said_of_wrong() == [(case.code, case.path, case.message, case.help)]


@pytest.mark.parametrize("case", PIPELINE_CASES, ids=lambda case: case.id)
def test_right_reference_is_left_alone(case: Case) -> None:
    assert case.said_of_right() == []


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

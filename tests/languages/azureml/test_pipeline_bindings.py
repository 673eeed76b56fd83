"""Steps of a pipeline: what each is bound to exists and fits."""

import pytest

from mlinfra.diagnostics import Code
from mlinfra.languages.azureml.job_graph import CYCLE
from mlinfra.languages.azureml.pipeline_bindings import (
    HIDDEN_OUTPUT,
    OPTIONAL_TO_REQUIRED,
)
from mlinfra.languages.azureml.port_problems import (
    MISSING_INPUT,
    NOT_LISTED,
    OTHER_PATH,
    OUT_OF_BOUNDS,
    TYPE_MISMATCH,
    UNKNOWN_INPUT,
    UNKNOWN_PORT,
)
from mlinfra.languages.azureml.references import UNDECLARED, UNKNOWN_STEP, WRONG_SCOPE
from tests.languages.azureml.body_cases import PREP, Case

COMPONENTS = {"prep": PREP, "azureml:prep:1": PREP}


def step(inputs: str, *, outputs: str = "{}", pipeline: str = "", component: str = "prep") -> str:
    """Return a pipeline job with one step that runs a component."""
    runs = f"{{component: {component}, inputs: {inputs}, outputs: {outputs}}}"
    return f"{{type: pipeline, compute: cpu, {pipeline} jobs: {{a: {runs}}}}}"


RAW = "raw: {type: uri_folder, path: x}"


def value_case(written: str, message: str, right: str, code: Code = OUT_OF_BOUNDS) -> Case:
    name = written.split(":")[0]
    return Case(
        code,
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
        MISSING_INPUT,
        "jobs",
        step("{row: {type: uri_folder, path: x}}"),
        ("jobs", "a", "inputs", "row"),
        'component "prep" requires input "raw", not "row"',
        'did you mean "raw"? Defined: mode, rate, raw, rounds',
        step(f"{{{RAW}}}"),
        components=COMPONENTS,
    ),
    Case(
        UNKNOWN_INPUT,
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
    value_case("mode: slo", 'input "mode" is "slo" and not one of fast, slow', "mode: slow", NOT_LISTED),
    value_case("raw: 3", 'input "raw" is 3 and must be a path or a binding, for its type is uri_folder', "rate: 1"),
    value_case("mode: {value: 1}", 'input "mode" is 1 and not one of fast, slow', "mode: {value: fast}", NOT_LISTED),
    Case(
        OTHER_PATH,
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
        step(f"{{{RAW}, rate: '${{{{parent.inputs.f}}}}'}}", pipeline="inputs: {f: {type: uri_file, path: x.csv}},"),
        ("jobs", "a", "inputs", "rate"),
        'input "rate" takes number, but ${{parent.inputs.f}} is uri_file',
        None,
        step(f"{{{RAW}, rate: '${{{{parent.inputs.f}}}}'}}", pipeline="inputs: {f: 0.5},"),
        components=COMPONENTS,
    ),
    Case(
        OTHER_PATH,
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
        OTHER_PATH,
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
        OTHER_PATH,
        "jobs",
        steps(PREP_STEP, train("{x: {type: uri_folder, path: '${{parent.jobs.prep.outputs.one}}'}}")),
        ("jobs", "train", "inputs", "x"),
        'input "x" takes uri_folder, but ${{parent.jobs.prep.outputs.one}} is uri_file',
        None,
        steps(PREP_STEP, train("{x: {type: mltable, path: '${{parent.jobs.prep.outputs.rows}}'}}")),
    ),
    Case(
        OTHER_PATH,
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
        UNKNOWN_INPUT,
        "jobs",
        steps(f"train: {{type: sweep, trial: prep, inputs: {{{RAW}}}, search_space: {{rte: {{type: uniform}}}}}}"),
        ("jobs", "train", "search_space", "rte"),
        'component "prep" has no input "rte"',
        'did you mean "rate"? Defined: mode, rate, raw, rounds',
        steps(f"train: {{type: sweep, trial: prep, inputs: {{{RAW}}}, search_space: {{rate: {{type: uniform}}}}}}"),
        components=COMPONENTS,
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

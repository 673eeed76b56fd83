"""References of jobs and components: each wrong one is reported in its place, each right one is left alone."""

import pytest

from mlinfra.languages.azureml.port_problems import MISSING_INPUT, OUT_OF_BOUNDS, UNKNOWN_INPUT
from mlinfra.languages.azureml.references import BRACE_TYPO, MALFORMED, OPTIONAL_OUTSIDE, UNDECLARED, WRONG_SCOPE
from tests.languages.azureml.body_cases import PREP, Case

COMPONENTS = {"prep": PREP}

COMMAND = [
    Case(
        MALFORMED,
        "jobs",
        "{command: 'python a.py ${{inputs}}'}",
        ("command",),
        "${{inputs}} names nothing",
        "write ${{inputs.<name>}}",
        "{command: 'python a.py ${{inputs.a}}', inputs: {a: 1}}",
    ),
    Case(
        BRACE_TYPO,
        "jobs",
        "{command: 'python a.py ${inputs.lr}', inputs: {lr: 1}}",
        ("command",),
        "${inputs.lr} is plain text for Azure ML, not a reference",
        "write ${{inputs.lr}}",
        "{command: 'python a.py ${{inputs.lr}} ${HOME}', inputs: {lr: 1}}",
    ),
    Case(
        UNDECLARED,
        "jobs",
        "{command: 'python a.py ${{inputs.lrr}}', inputs: {lr: 1, data: {path: x}}}",
        ("command",),
        'input "lrr" is not declared',
        'did you mean "lr"? Defined: data, lr',
        "{command: 'python a.py ${{inputs.lr}} $[[--x ${{inputs.x}}]]', inputs: {lr: 1}}",
    ),
    Case(
        UNDECLARED,
        "jobs",
        "{command: 'python a.py ${{inputs.lr}}'}",
        ("command",),
        'input "lr" is not declared',
        "${{inputs.lr}} needs a declaration",
        "{command: python a.py}",
    ),
    Case(
        UNDECLARED,
        "jobs",
        "{command: 'python a.py ${{outputs.modl}}', outputs: {model: {type: mlflow_model}}}",
        ("command",),
        'output "modl" is not declared',
        'did you mean "model"? Defined: model',
        "{command: 'python a.py ${{outputs.model}}', outputs: {model: null}}",
    ),
    Case(
        UNDECLARED,
        "jobs",
        "{command: python a.py, inputs: {a: 1}, environment_variables: {A: '${{inputs.b}}'}}",
        ("environment_variables", "A"),
        'input "b" is not declared',
        "Defined: a",
        "{command: python a.py, inputs: {a: 1}, environment_variables: {A: '${{inputs.a}}'}, tags: {x: '${{x}}'}}",
    ),
    Case(
        UNDECLARED,
        "jobs",
        "{type: sweep, trial: {command: 'a ${{search_space.ls}} ${{inputs.d}}'}, inputs: {d: 1},"
        " search_space: {lr: {type: choice, values: [1]}}}",
        ("trial", "command"),
        'hyperparameter "ls" is not declared',
        "Defined: lr",
        "{type: sweep, trial: {command: 'a ${{search_space.lr}} ${{inputs.d}}'}, inputs: {d: 1},"
        " search_space: {lr: {type: choice, values: [1]}}}",
    ),
    Case(
        UNDECLARED,
        "jobs",
        "{type: spark, resources: {instance_type: standard_e4s_v3}, args: '--x ${{inputs.y}}', inputs: {x: 1},"
        " conf: {spark.driver.cores: 1, spark.driver.memory: 2g, spark.executor.cores: 1, spark.executor.memory: 2g,"
        " spark.executor.instances: 1}}",
        ("args",),
        'input "y" is not declared',
        "Defined: x",
        "{type: spark, resources: {instance_type: standard_e4s_v3}, args: '--x ${{inputs.x}}', inputs: {x: 1},"
        " conf: {spark.driver.cores: 1, spark.driver.memory: 2g, spark.executor.cores: 1, spark.executor.memory: 2g,"
        " spark.executor.instances: 1}}",
    ),
    Case(
        WRONG_SCOPE,
        "jobs",
        "{command: 'python a.py ${{parent.inputs.lr}}', inputs: {lr: 1}}",
        ("command",),
        "${{parent.inputs.lr}} is known only in the steps of a pipeline",
        "write ${{inputs.lr}}",
        "{command: 'python a.py ${{inputs.lr}}', inputs: {lr: 1}}",
    ),
    Case(
        UNDECLARED,
        "schedules",
        "{create_job: {type: pipeline, compute: cpu, jobs: {a: {command: '${{inputs.x}}'}}}}",
        ("create_job", "jobs", "a", "command"),
        'input "x" is not declared',
        "${{inputs.x}} needs a declaration",
        "{create_job: {type: pipeline, compute: cpu, jobs: {a: {command: '${{inputs.x}}', inputs: {x: 1}}}}}",
    ),
]

COMPONENT = [
    Case(
        OPTIONAL_OUTSIDE,
        "components",
        "{command: 'a --n ${{inputs.n}}', inputs: {n: {type: integer, optional: true}}}",
        ("command",),
        'input "n" is optional, and ${{inputs.n}} stands outside $[[ … ]]',
        "enclose the argument: $[[--n ${{inputs.n}}]]",
        "{command: 'a $[[--n ${{inputs.n}}]]', inputs: {n: {type: integer, optional: true}}}",
    ),
    Case(
        OPTIONAL_OUTSIDE,
        "components",
        "{type: parallel, input_data: '${{inputs.n}}', inputs: {n: {type: uri_folder, optional: true}}}",
        ("input_data",),
        'input "n" is optional, and ${{inputs.n}} stands outside $[[ … ]]',
        "enclose the argument: $[[--n ${{inputs.n}}]]",
        "{type: parallel, input_data: '${{inputs.n}}', inputs: {n: {type: uri_folder}}}",
    ),
    Case(
        UNDECLARED,
        "components",
        "{command: 'a $[[--n ${{inputs.m}}]]', inputs: {n: {type: integer, optional: true}}}",
        ("command",),
        'input "m" is not declared',
        "Defined: n",
        "{command: 'a $[[--n ${{inputs.n}}]] ${{inputs.m}}', inputs: {n: {type: integer, optional: true},"
        " m: {type: integer, optional: true, default: 2}}}",
    ),
    Case(
        OUT_OF_BOUNDS,
        "components",
        "{command: a, inputs: {n: {type: integer, default: 12, max: 10}}}",
        ("inputs", "n", "default"),
        'default of input "n" is 12 and must be at most 10',
        None,
        "{command: a, inputs: {n: {type: integer, default: 10, max: 10}}}",
    ),
    Case(
        UNKNOWN_INPUT,
        "jobs",
        "{type: sweep, trial: prep, inputs: {raw: {type: uri_folder, path: x}}, search_space: {rte: {type: uniform}}}",
        ("search_space", "rte"),
        'component "prep" has no input "rte"',
        'did you mean "rate"? Defined: mode, rate, raw, rounds',
        "{type: sweep, trial: prep, inputs: {raw: {type: uri_folder, path: x}}, search_space: {rate: {type: uniform}}}",
        components=COMPONENTS,
    ),
    Case(
        OUT_OF_BOUNDS,
        "jobs",
        "{type: sweep, trial: prep, inputs: {raw: {path: x}}, search_space: {rate: {type: choice, values: [0.5, 2]}}}",
        ("search_space", "rate", "values", 1),
        '2 is tried for input "rate" and must be at most 1',
        None,
        "{type: sweep, trial: prep, inputs: {raw: {path: x}}, search_space: {rate: {type: choice, values: [0.5, 1]}}}",
        components=COMPONENTS,
    ),
    Case(
        MISSING_INPUT,
        "jobs",
        "{type: sweep, trial: prep, inputs: {rwa: {type: uri_folder, path: x}}, search_space: {}}",
        ("inputs", "rwa"),
        'component "prep" requires input "raw", not "rwa"',
        'did you mean "raw"? Defined: mode, rate, raw, rounds',
        "{type: sweep, trial: prep, inputs: {raw: {type: uri_folder, path: x}}, search_space: {}}",
        components=COMPONENTS,
    ),
    Case(
        MISSING_INPUT,
        "jobs",
        "{type: sweep, trial: prep, search_space: {rate: {type: uniform}}}",
        ("inputs", "raw"),
        'component "prep" requires input "raw"',
        "give it under inputs or search_space",
        "{type: sweep, trial: unknown, search_space: {rate: {type: uniform}}}",
        components=COMPONENTS,
    ),
    Case(
        OUT_OF_BOUNDS,
        "jobs",
        "{type: sweep, trial: prep, inputs: {raw: {path: x}, rate: 2}, search_space: {}}",
        ("inputs", "rate"),
        'input "rate" is 2 and must be at most 1',
        None,
        "{type: sweep, trial: prep, inputs: {raw: {path: x}, rate: 0.5}, search_space: {}}",
        components=COMPONENTS,
    ),
]


BINDING_CASES = (*COMMAND, *COMPONENT)


@pytest.mark.parametrize("case", BINDING_CASES, ids=lambda case: case.id)
def test_wrong_reference_is_reported_in_its_place(case: Case) -> None:
    assert case.said_of_wrong() == [(case.code, case.path, case.message, case.help)]


@pytest.mark.parametrize("case", BINDING_CASES, ids=lambda case: case.id)
def test_right_reference_is_left_alone(case: Case) -> None:
    assert case.said_of_right() == []

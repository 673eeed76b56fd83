"""Checks of jobs, sweeps and Spark: a wrong and a right body for each code."""

import pytest

from mlinfra.languages.azureml.checks import commands, jobs, spark, sweeps
from tests.languages.azureml.body_cases import Case

JOBS = [
    Case(
        commands.NOT_PARSED,
        "jobs",
        '{command: "python a.py --lr ${{inputs.lr}} --name \'a", inputs: {lr: 1}}',
        ("command",),
        "bash can't parse the command: a ' that nothing closes",
        None,
        "{command: \"a.py ${{inputs.lr}} 'a ${{inputs.lr}}' $[[--x ${{inputs.x}}]]\", inputs: {lr: 1}}",
    ),
    Case(
        commands.NOT_PARSED,
        "jobs",
        '{type: sweep, trial: {command: "a.py \'${{search_space.lr}}"}, search_space: {lr: {type: uniform}}}',
        ("trial", "command"),
        "bash can't parse the command: a ' that nothing closes",
        None,
        "{type: sweep, trial: {command: \"a.py '${{search_space.lr}}'\"}, search_space: {lr: {type: uniform}}}",
    ),
    Case(
        commands.NOT_PARSED,
        "jobs",
        '{type: pipeline, settings: {default_compute: c}, jobs: {a: {command: "a && (b"}}}',
        ("jobs", "a", "command"),
        "bash can't parse the command: it ends without )",
        None,
        '{type: pipeline, settings: {default_compute: c}, jobs: {a: {command: "a && (b)"}}}',
    ),
    Case(
        commands.NOT_PARSED,
        "jobs",
        '{type: pipeline, jobs: {a: {component: {command: "if a\\nthen b"}}}}',
        ("jobs", "a", "component", "command"),
        "bash can't parse the command: it ends without elif",
        None,
        '{type: pipeline, jobs: {a: {component: {command: "python a.py\\n  --x\\n  $(b)\\nif a\\nthen b\\nfi"}}}}',
    ),
    Case(
        commands.NOT_PARSED,
        "components",
        '{command: "python a.py $[[--x \'${{inputs.x}}]]", inputs: {x: {type: string, optional: true}}}',
        ("command",),
        "bash can't parse the command: a ' that nothing closes",
        None,
        "{command: \"python a.py $[[--x '${{inputs.x}}']]\", inputs: {x: {type: string, optional: true}}}",
    ),
    Case(
        jobs.EMPTY_COMMAND,
        "jobs",
        '{command: ""}',
        ("command",),
        "the command is empty",
        "write what is to be run",
        "{command: a}",
    ),
    Case(
        jobs.EMPTY_COMMAND,
        "components",
        '{type: command, command: " "}',
        ("command",),
        "the command is empty",
        "write what is to be run",
        "{type: command, command: _}",
    ),
    Case(
        jobs.EMPTY_COMMAND,
        "jobs",
        '{type: pipeline, jobs: {a: {type: sweep, compute: cpu, trial: {command: "--"}}}}',
        ("jobs", "a", "trial", "command"),
        '"--" is no command',
        "write what is to be run",
        '{type: pipeline, jobs: {a: {type: sweep, compute: cpu, trial: {command: "9"}}}}',
    ),
    Case(
        jobs.RAY_JOB,
        "jobs",
        "{command: a, distribution: {type: ray}}",
        ("distribution", "type"),
        "az ml 2.42 creates this job, cannot read what Azure answers of Ray, and fails",
        "put it into a pipeline of one step",
        "{type: pipeline, jobs: {a: {command: a, compute: cpu, distribution: {type: ray}}}}",
    ),
    Case(
        jobs.LONG_LIMIT,
        "jobs",
        "{command: a, limits: {timeout: 1814401}}",
        ("limits", "timeout"),
        "timeout is 1814401 seconds, and a job is stopped after 1814400",
        "21 days are the most",
        "{command: a, limits: {timeout: 1814400}}",
    ),
    Case(
        jobs.DEFAULT_OUTPUT,
        "jobs",
        "{command: a, outputs: {default: {type: uri_folder}}}",
        ("outputs", "default"),
        'an output can\'t be named "default"',
        "Azure ML keeps the job's artifacts there",
        "{command: a, outputs: {model: {type: uri_folder}}}",
    ),
    Case(
        jobs.ASSET_NAME,
        "jobs",
        "{command: a, outputs: {m: {type: mlflow_model, name: a.b}}}",
        ("outputs", "m", "name"),
        '"a.b" is no name for what an output is registered as',
        "use letters, digits, - and _, 255 at most",
        "{command: a, outputs: {m: {type: mlflow_model, name: a-b_1, version: 1}}}",
    ),
    Case(
        jobs.ASSET_NAME,
        "jobs",
        "{type: pipeline, jobs: {s: {type: command, command: a, environment: e, compute: c, "
        "outputs: {m: {type: mlflow_model, version: 1}}}}}",
        ("jobs", "s", "outputs", "m", "version"),
        'output "m" has a version and no name',
        "write the name of the asset, too",
        "{type: pipeline, jobs: {s: {type: command, command: a, environment: e, compute: c, "
        "outputs: {m: {type: mlflow_model}}}}}",
    ),
    Case(
        jobs.PLACEHOLDER,
        "jobs",
        "{command: a, compute: <cluster-name>}",
        ("compute",),
        '"<cluster-name>" is a placeholder',
        "put the real value in its place",
        "{command: 'a <in >out', compute: cpu, description: <none>, inputs: {token: <pad>}}",
    ),
    Case(
        jobs.PORT_RANGE,
        "jobs",
        "{command: a, services: {board: {type: custom, port: 70000}}}",
        ("services", "board", "port"),
        "port 70000 does not exist",
        "ports go from 1 to 65535",
        "{command: a, services: {board: {type: custom, port: 6006}}, inputs: {port: 0}}",
    ),
    Case(
        jobs.PORT_NAME,
        "jobs",
        "{command: a, inputs: {learning-rate: 1}}",
        ("inputs", "learning-rate"),
        '"learning-rate" is no name for an input',
        "use letters, digits and underscores, no digit first",
        "{command: a, inputs: {learning_rate: 1}}",
    ),
    Case(
        jobs.PORT_NAME,
        "jobs",
        "{type: pipeline, inputs: {a.b: 1}, outputs: {a.b: {type: uri_file}}, jobs: {}}",
        ("outputs", "a.b"),
        '"a.b" is no name for an output',
        "use letters, digits and underscores, no digit first",
        "{type: pipeline, inputs: {a.b: 1}, outputs: {a_b: {type: uri_file}}, jobs: {}}",
    ),
    Case(
        jobs.MPI_NODES,
        "jobs",
        "{command: a, distribution: {type: mpi}, resources: {instance_count: 101}}",
        ("resources", "instance_count"),
        "an MPI job runs on at most 100 nodes, not 101",
        None,
        "{command: a, distribution: {type: pytorch}, resources: {instance_count: 101}}",
    ),
]
JOBS += [
    Case(
        jobs.NO_COMPUTE,
        "jobs",
        "{type: pipeline, jobs: {a: {command: a}}}",
        ("jobs", "a", "compute"),
        'step "a" has no compute',
        "set compute here, or settings.default_compute for all steps",
        "{type: pipeline, settings: {default_compute: serverless}, jobs: {a: {command: a}}}",
    ),
    Case(
        jobs.NO_COMPUTE,
        "schedules",
        "{create_job: {type: pipeline, jobs: {a: {component: prep}, b: {type: command, compute: cpu, command: b}}}}",
        ("create_job", "jobs", "a", "compute"),
        'step "a" has no compute',
        "set compute here, or settings.default_compute for all steps",
        "{create_job: {type: pipeline, jobs: {a: {component: whole}, b: {component: 'azureml:elsewhere:1'}}}}",
        components={"prep": "{command: a}", "whole": "{type: pipeline, jobs: {}}"},
    ),
    Case(
        jobs.OTHER_TYPE,
        "jobs",
        "{type: pipeline, settings: {default_compute: serverless}, jobs: {a: {type: parallel, component: prep}}}",
        ("jobs", "a", "type"),
        'component "prep" is a command component, not a parallel component',
        "write type: command, or leave it out",
        "{type: pipeline, settings: {default_compute: serverless}, jobs: {a: {type: command, component: prep}}}",
        components={"prep": "{command: a}"},
    ),
]


def sweep(**changes: str) -> str:
    """Return a random sweep over one hyperparameter, changed key by key."""
    keys = {
        "sampling_algorithm": "random",
        "search_space": "{lr: {type: choice, values: [1, 2]}}",
        "limits": "{max_total_trials: 20, max_concurrent_trials: 2}",
        **changes,
    }
    return f"{{type: sweep, trial: {{command: a}}, {', '.join(f'{key}: {value}' for key, value in keys.items())}}}"


HARSH = "{type: TruncationSelection, truncation_percentage: 100}"

SWEEPS = [
    Case(
        sweeps.GRID_SPACE,
        "jobs",
        sweep(sampling_algorithm="grid", search_space="{lr: {type: uniform, min_value: 0, max_value: 1}}"),
        ("search_space", "lr", "type"),
        'grid sampling takes choice, and "lr" is uniform',
        None,
        sweep(sampling_algorithm="{type: grid}"),
    ),
    Case(
        sweeps.BAYESIAN_SPACE,
        "jobs",
        sweep(sampling_algorithm="{type: bayesian}", search_space="{lr: {type: loguniform}}"),
        ("search_space", "lr", "type"),
        'bayesian sampling takes choice, uniform, quniform, and "lr" is loguniform',
        None,
        sweep(sampling_algorithm="bayesian", search_space="{lr: {type: quniform}}"),
    ),
    Case(
        sweeps.CONCURRENT_TRIALS,
        "jobs",
        sweep(limits="{max_total_trials: 4, max_concurrent_trials: 5}"),
        ("limits", "max_concurrent_trials"),
        "5 trials at a time are more than 4 in all",
        None,
        sweep(limits="{max_total_trials: 5, max_concurrent_trials: 5}"),
    ),
    Case(
        sweeps.FEW_TRIALS,
        "jobs",
        sweep(sampling_algorithm="bayesian", limits="{max_total_trials: 19}"),
        ("limits", "max_total_trials"),
        "bayesian sampling over this search space wants 20 trials, not 19",
        None,
        sweep(sampling_algorithm="bayesian", limits="{max_total_trials: 20}"),
    ),
    Case(
        sweeps.BANDIT_SLACK,
        "jobs",
        sweep(early_termination="{type: bandit, evaluation_interval: 2}"),
        ("early_termination",),
        "a bandit policy needs slack_factor or slack_amount",
        None,
        sweep(early_termination="{type: bandit, slack_factor: 0.1}"),
    ),
    Case(
        sweeps.TRUNCATION,
        "jobs",
        f"{{type: pipeline, compute: cpu, jobs: {{tune: {sweep(early_termination=HARSH)}}}}}",
        ("jobs", "tune", "early_termination", "truncation_percentage"),
        "truncation_percentage is 100, and must be from 1 to 99",
        None,
        sweep(early_termination="{type: truncation_selection, truncation_percentage: 99}"),
    ),
    Case(
        sweeps.BANDIT_SLACK,
        "jobs",
        sweep(early_termination="{type: bandit, slack_amount: -0.1}"),
        ("early_termination", "slack_amount"),
        "slack_amount is -0.1, and must be above 0",
        None,
        sweep(early_termination="{type: bandit, slack_amount: 0.1}"),
    ),
    Case(
        sweeps.EMPTY_RANGE,
        "jobs",
        sweep(search_space="{lr: {type: uniform, min_value: 0.1, max_value: 0.01}}"),
        ("search_space", "lr", "max_value"),
        '"lr" has no value from 0.1 to 0.01',
        "max_value must be at least min_value",
        sweep(search_space="{lr: {type: uniform, min_value: 0.01, max_value: 0.1}}"),
    ),
    Case(
        sweeps.EMPTY_RANGE,
        "jobs",
        sweep(search_space="{lr: {type: quniform, min_value: 1, max_value: 9, q: 0}}"),
        ("search_space", "lr", "q"),
        "q is 0, and must be above 0",
        None,
        sweep(search_space="{lr: {type: qnormal, mu: -1, sigma: 1, q: 0.5}}"),
    ),
]

CONF = {
    "driver_cores": "1",
    "driver_memory": "2g",
    "executor_cores": "2",
    "executor_memory": "2g",
    "executor_instances": "2",
}
DYNAMIC = {
    "dynamic_allocation_enabled": "true",
    "dynamic_allocation_min_executors": "1",
    "dynamic_allocation_max_executors": "4",
}
SERVERLESS = "resources: {instance_type: standard_e4s_v3, runtime_version: '3.5'}"


def spark_job(rest: str = SERVERLESS, *, without: str = "", **conf: str) -> str:
    """Return a Spark job whose settings are complete, but for `without` and as far as `conf` changes them."""
    settings = {key: value for key, value in {**CONF, **conf}.items() if key != without}
    return f"{{type: spark, {rest}, conf: {{{', '.join(f'{key}: {value}' for key, value in settings.items())}}}}}"


SPARK = [
    Case(
        spark.COMPUTE_OR_RESOURCES,
        "jobs",
        spark_job(f"compute: pool, {SERVERLESS}"),
        ("compute",),
        "a Spark job takes compute or resources, not both",
        None,
        spark_job("compute: pool"),
    ),
    Case(
        spark.COMPUTE_OR_RESOURCES,
        "jobs",
        spark_job("code: src"),
        ("resources",),
        "a Spark job needs compute or resources",
        None,
        spark_job(),
    ),
    Case(
        spark.INSTANCE_TYPE,
        "jobs",
        spark_job("resources: {instance_type: Standard_D4_v3}"),
        ("resources", "instance_type"),
        'serverless Spark has no instance type "Standard_D4_v3"',
        "It has: standard_e4s_v3, standard_e8s_v3, standard_e16s_v3, standard_e32s_v3, standard_e64s_v3",
        spark_job("resources: {instance_type: Standard_E4s_v3}"),
    ),
    Case(
        spark.DIRECT_MODE,
        "jobs",
        spark_job(f"{SERVERLESS}, inputs: {{raw: {{path: x}}, n: {{value: 3}}}}"),
        ("inputs", "raw", "mode"),
        'input "raw" of a Spark job must have mode: direct',
        "it has no mode",
        spark_job(f"{SERVERLESS}, inputs: {{raw: {{path: x, mode: direct}}, n: {{value: 3}}}}"),
    ),
    Case(
        spark.DIRECT_MODE,
        "components",
        spark_job("outputs: {o: {type: uri_folder, mode: upload}, p: {type: uri_folder}}"),
        ("outputs", "o", "mode"),
        'output "o" of a Spark job must have mode: direct',
        "it has mode: upload",
        spark_job("outputs: {o: {type: uri_folder, mode: direct}, p: {type: uri_folder}}"),
    ),
    Case(
        spark.EXECUTORS,
        "jobs",
        spark_job(without="driver_memory"),
        ("conf", "driver_memory"),
        "a Spark job needs driver_memory",
        None,
        spark_job(without="driver_memory", **{"spark.driver.memory": "2g"}),
    ),
    Case(
        spark.EXECUTORS,
        "jobs",
        spark_job(without="executor_instances"),
        ("conf", "executor_instances"),
        "a Spark job without dynamic allocation needs executor_instances",
        None,
        spark_job(without="executor_instances", **DYNAMIC),
    ),
    Case(
        spark.EXECUTORS,
        "jobs",
        spark_job(dynamic_allocation_max_executors="4"),
        ("conf", "dynamic_allocation_max_executors"),
        "dynamic_allocation_max_executors means nothing without dynamic allocation",
        None,
        spark_job(),
    ),
    Case(
        spark.EXECUTORS,
        "jobs",
        spark_job(**{**DYNAMIC, "dynamic_allocation_min_executors": "5"}),
        ("conf", "dynamic_allocation_min_executors"),
        "at least 5 and at most 4 executors contradict each other",
        None,
        spark_job(**DYNAMIC),
    ),
    Case(
        spark.EXECUTORS,
        "jobs",
        spark_job(**{**DYNAMIC, "executor_instances": "5"}),
        ("conf", "executor_instances"),
        "5 executors are not from 1 to 4",
        None,
        spark_job(**{**DYNAMIC, "executor_instances": "4"}),
    ),
]


JOB_CASES = (*JOBS, *SWEEPS, *SPARK)


@pytest.mark.parametrize("case", JOB_CASES, ids=lambda case: case.id)
def test_wrong_body_is_reported_in_its_place(case: Case) -> None:
    assert case.said_of_wrong() == [(case.code, case.path, case.message, case.help)]


@pytest.mark.parametrize("case", JOB_CASES, ids=lambda case: case.id)
def test_right_body_is_left_alone(case: Case) -> None:
    assert case.said_of_right() == []

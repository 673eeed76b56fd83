"""MLI149: a command of the team's own reads a variable of mlinfra that it gets, or the compiler says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spec import HEADER, said

ENDPOINT = (
    'online_endpoints: {fares: {auth_mode: aad_token, smoke_test: {command: "COMMAND"}}}\n'
    "batch_endpoints: {months: {}}\n"
)
WITHOUT = "online_endpoints: {fares: {auth_mode: aad_token}}\nbatch_endpoints: {months: {}}\n"
JOB = "jobs: {train: {type: command, command: python -c 1, environment: 'azureml:curated:1', compute: cpu}}\n"
BASE = f"{HEADER}workspaces: {{main: {{}}}}\ncompute_clusters: {{cpu: {{size: Standard_D4ds_v4}}}}\n{JOB}"
PIPELINES = """\
pipelines:
  pool: {vmImage: ubuntu-24.04}
  service_connections: {dev: demo-dev}
  install: {index: "https://packages.contoso.example/simple", requirements: requirements.txt}
  train: {jobs: [train]}
"""
OF_STEPS = (
    "MLINFRA_TARGET, MLINFRA_SUBSCRIPTION, MLINFRA_RESOURCE_GROUP, MLINFRA_MODELS, MLINFRA_ONLINE_FARES_NAME, "
    "MLINFRA_ONLINE_FARES_ADDRESS, MLINFRA_BATCH_MONTHS_NAME, MLINFRA_BATCH_MONTHS_ADDRESS"
)
OF_TARGET = 'did you mean "MLINFRA_TARGET"? It'
OF_NAME = 'did you mean "MLINFRA_ONLINE_FARES_NAME"? It'
STEPS = {
    "right": ("after: train", "./a $MLINFRA_TARGET $MLINFRA_ONLINE_FARES_NAME $HOME", None),
    "a letter is missing": ("after: train", "./a $MLINFRA_TARGE", ("MLINFRA_TARGE", OF_TARGET)),
    "two are changed places": ("after: train", "./a $MILNFRA_TARGET", ("MILNFRA_TARGET", OF_TARGET)),
    "another endpoint": ("after: train", "./a $MLINFRA_ONLINE_FARE_NAME", ("MLINFRA_ONLINE_FARE_NAME", OF_NAME)),
    "what no step gets": ("after: train", "./a $MLINFRA_REASON_OF_IT", ("MLINFRA_REASON_OF_IT", "it")),
    "what another place gets": ("after: train", "./a $MLINFRA_ACCEPTED", ("MLINFRA_ACCEPTED", "it")),
    "set by the command itself": ("after: train", "MLINFRA_OWN=1 ./a $MLINFRA_OWN", None),
    "of the agent": ("after: train", "./a $MLINFRA_BICEP $SOMETHING_ELSE", None),
    "nothing that bash fills in": ("after: train", "./a '$MLINFRA_TARGE' \\\\$MLINFRA_TARGE", None),
}  # fmt: skip


@pytest.mark.parametrize("name", STEPS)
def test_variable_that_a_step_reads(name: str, tmp_path: Path) -> None:
    place, command, wrong = STEPS[name]
    spec = f'{BASE}{WITHOUT}{PIPELINES}  steps: {{app: {{{place}, command: "{command}"}}}}\n'
    expected = wrong and [
        (
            f"16: step app, which runs {place.replace(':', '')}, reads ${wrong[0]}, which it does not get "
            f"({wrong[1]} gets {OF_STEPS})"
        )
    ]
    assert said(tmp_path, spec, "MLI149") == (expected or [])


def test_test_of_pull_requests_gets_none(tmp_path: Path) -> None:
    test = "  tests: [{name: unit, command: ./a $MLINFRA_TARGET, secrets: {MLINFRA_OWN: group/own}}]\n"
    assert said(tmp_path, BASE + WITHOUT + PIPELINES + test, "MLI149") == [
        "16: test unit reads $MLINFRA_TARGET, which it does not get (it gets MLINFRA_OWN)"
    ]
    assert said(tmp_path, BASE + WITHOUT + PIPELINES + test.replace("TARGET", "OWN"), "MLI149") == []
    without = test.replace(", secrets: {MLINFRA_OWN: group/own}", "")
    assert said(tmp_path, BASE + WITHOUT + PIPELINES + without, "MLI149") == [
        (
            "16: test unit reads $MLINFRA_TARGET, which it does not get (tests get none of MLINFRA_…; a step of "
            "pipelines.steps does)"
        )
    ]


def test_smoke_test_gets_three(tmp_path: Path) -> None:
    right = BASE + ENDPOINT.replace("COMMAND", "./a $MLINFRA_ADDRESS $MLINFRA_TOKEN $MLINFRA_DEPLOYMENT")
    assert said(tmp_path, right, "MLI149") == []
    assert said(tmp_path, right.replace("ADDRESS", "ADRESS"), "MLI149") == [
        (
            "9: the smoke test of online_endpoints.fares reads $MLINFRA_ADRESS, which it does not get (did you mean "
            '"MLINFRA_ADDRESS"? It gets MLINFRA_ADDRESS, MLINFRA_DEPLOYMENT, MLINFRA_TOKEN)'
        )
    ]


RUN = "COMMAND, environment: 'azureml:curated:1'"
PIPELINE = "type: pipeline, settings: {default_compute: cpu}"
SWEPT = (
    "search_space: {lr: {type: choice, values: [1]}}, sampling_algorithm: random, limits: {max_total_trials: 1}, "
    "objective: {goal: maximize, primary_metric: auc}"
)
READING = {
    "of a job": (f"jobs: {{t: {{compute: cpu, {RUN}}}}}", "jobs.t"),
    "of a step": (f"jobs: {{t: {{{PIPELINE}, jobs: {{a: {{type: command, {RUN}}}}}}}}}", "jobs.t"),
    "of a trial": (f"jobs: {{t: {{type: sweep, compute: cpu, {SWEPT}, trial: {{{RUN}}}}}}}", "jobs.t"),
    "of a component in a step": (f"jobs: {{t: {{{PIPELINE}, jobs: {{a: {{component: {{{RUN}}}}}}}}}}}", "jobs.t"),
}


@pytest.mark.parametrize("name", READING)
@pytest.mark.parametrize("reads", ["$MLINFRA_TARGET", "$${MLINFRA_TARGET}"])
def test_command_of_azure_ml_gets_what_it_sets(name: str, reads: str, tmp_path: Path) -> None:
    spec, address = READING[name]
    command = f'command: "python a.py {reads} $${{MLINFRA_OTHER:-none}}"'
    base = f"{HEADER}workspaces: {{main: {{}}}}\ncompute_clusters: {{cpu: {{size: Standard_D4ds_v4}}}}\n"
    wrong = f"{base}{spec.replace('COMMAND', command)}\n"
    starts = f"8: {address} reads $MLINFRA_TARGET, which it does not get"
    none = "jobs of Azure ML get none of MLINFRA_…; set it under environment_variables, or pass an input"
    assert said(tmp_path, wrong, "MLI149") == [f"{starts} ({none})"]
    given = wrong.replace("command:", "environment_variables: {MLINFRA_TARGET: dev}, command:")
    assert said(tmp_path, given, "MLI149") == []
    near = given.replace("RGET: dev", "RGETS: dev")
    assert said(tmp_path, near, "MLI149") == [f'{starts} (did you mean "MLINFRA_TARGETS"? It gets MLINFRA_TARGETS)']


def test_component_gets_what_a_step_sets(tmp_path: Path) -> None:
    base = f"{HEADER}workspaces: {{main: {{}}}}\ncompute_clusters: {{cpu: {{size: Standard_D4ds_v4}}}}\n"
    component = f"components: {{c: {{{RUN.replace('COMMAND', 'command: python a.py $MLINFRA_TARGET')}}}}}\n"
    step = "{type: command, component: c, environment_variables: {MLINFRA_TARGET: dev}}"
    job = f"jobs: {{t: {{{PIPELINE}, jobs: {{a: {step}}}}}}}\n"
    assert said(tmp_path, base + component + job, "MLI149") == []
    assert len(said(tmp_path, base + component + job.replace("TARGET", "OTHER"), "MLI149")) == 1

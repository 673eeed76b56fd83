"""Local paths: where they count from, what is wrong with them, and what they become."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest

from mlinfra.emit.platform import Place, emit
from mlinfra.resolve import reached_paths
from tests.core.cases import WORKSPACE, Wrong, overridden, told
from tests.installation import FROM_INDEX, add_installation
from tests.spec import HEADER, compiled
from tests.steps import steps_in

CONDA = "environments: {e: {image: a/b:1, conda_file: %s}}\n"
CODE = "jobs: {t: {type: command, command: x, environment: azureml:e:1, compute: serverless, code: %s}}\n"
BUILT = "environments: {e: {build: {path: %s}}}\n"
TRAIN = {"envs/train.yml": "dependencies: [python=3.11]\n"}
SCRIPT = (
    "online_endpoints:\n  o:\n    deployments:\n      d:\n"
    "        code_configuration: {code: src, scoring_script: %s}\n        instance_count: 1\n"
    "        environment: azureml:e:1\n        model: azureml:m:1\n        instance_type: Standard_D2as_v4\n"
)
PIPELINE = (
    "jobs: {p: {type: pipeline, settings: {default_compute: serverless}, "
    "jobs: {a: {type: command, component: comp/a.yml}}}}\n"
)
COMPONENT = "name: a\nversion: 1\ntype: command\ncommand: x\nenvironment: azureml:e:1\ncode: %s\n"

WRONG = (
    Wrong(
        "a file that is not there",
        WORKSPACE + CONDA % "envs/trian.yml",
        '7:46 MLI330 "envs/trian.yml" does not exist\n  help: did you mean "train.yml"? In the folder: train.yml',
        files=TRAIN,
    ),
    Wrong(
        "a folder that is not there",
        WORKSPACE + CONDA % "env/train.yml",
        '7:46 MLI330 "env/train.yml" does not exist\n  help: did you mean "envs"? There is no folder env',
        files=TRAIN,
    ),
    Wrong(
        "a folder where a file is due",
        WORKSPACE + CONDA % "envs",
        '7:46 MLI331 "envs" is a folder, and a file is due here',
        files=TRAIN,
    ),
    Wrong(
        "a file where a folder is due",
        WORKSPACE + BUILT % "./Dockerfile",
        '7:34 MLI331 "./Dockerfile" is a file, and a folder is due here',
        files={"Dockerfile": ""},
    ),
    Wrong(
        "a folder where the type says a file",
        WORKSPACE + "data: {d: {type: uri_file, path: envs}}\n",
        '7:34 MLI331 "envs" is a folder, and a file is due here',
        files=TRAIN,
    ),
    Wrong(
        "a file where the type says a folder",
        WORKSPACE + "data: {d: {type: uri_folder, path: envs/train.yml}}\n",
        '7:36 MLI331 "envs/train.yml" is a file, and a folder is due here',
        files=TRAIN,
    ),
    Wrong(
        "a way out of the repository",
        WORKSPACE + CONDA % "../train.yml",
        '7:46 MLI332 "../train.yml" lies outside the repository\n  help: move it into the repository',
    ),
    Wrong(
        "an absolute path",
        WORKSPACE + CONDA % "/etc/train.yml",
        '7:46 MLI332 "/etc/train.yml" is an absolute path, which is another one on every machine\n'
        "  help: write it as it counts from this file",
    ),
    Wrong(
        "a pattern, which nobody expands",
        WORKSPACE + "data: {d: {type: uri_file, path: 'data/*.csv'}}\n",
        '7:34 MLI330 "data/*.csv" does not exist\n  help: did you mean "a.csv"? In the folder: a.csv',
        files={"data/a.csv": "1"},
    ),
    Wrong(
        "a script that lies elsewhere below its code",
        WORKSPACE + SCRIPT % "score.py",
        '11:57 MLI330 "score.py" does not exist\n  help: did you mean "batch/score.py"?',
        files={"src/batch/score.py": "def init(): ...\ndef run(data): ...\n"},
    ),
    Wrong(
        "a path that an override writes",
        WORKSPACE + CONDA % "envs/train.yml",
        '5:123 MLI330 "envs/none.yml" does not exist\n  help: In the folder: train.yml\n  7:34 used here',
        overridden("{environments: {e: {conda_file: envs/none.yml}}}"),
        TRAIN,
    ),
    Wrong(
        "a path that a variable holds",
        "variables: {file: {type: string, default: envs/none.yml}}\n" + WORKSPACE + CONDA % "'${var.file}'",
        '6:43 MLI330 "envs/none.yml" does not exist\n  help: In the folder: train.yml\n  8:46 used here',
        files=TRAIN,
    ),
    Wrong(
        "a path in an included file counts from that file",
        WORKSPACE + "include: [parts/*.yaml]\n",
        (
            '1:46 MLI330 "envs/train.yml" does not exist\n'
            "  help: write ../envs/train.yml: paths count from the folder of the file in which they stand"
        ),
        files={"parts/a.yaml": CONDA % "envs/train.yml", **TRAIN},
    ),
    Wrong(
        "code of a component's file",
        WORKSPACE + PIPELINE,
        '7:106 MLI330 "./scr", which a.yml names, does not exist\n'
        '  help: did you mean "src"? In the folder: a.yml, src',
        files={"comp/a.yml": COMPONENT % "./scr", "comp/src/a.py": ""},
    ),
    Wrong(
        "code of a component's file, outside",
        WORKSPACE + PIPELINE,
        '7:106 MLI332 "../../src", which a.yml names, lies outside the repository\n  help: move it into the repository',
        files={"comp/a.yml": COMPONENT % "../../src"},
    ),
    Wrong(
        "code of a component's file that starts as an address",
        WORKSPACE + PIPELINE,
        '7:106 MLI347 "git+x/../../../etc", which a.yml names, is no path that counts from that file',
        files={"comp/a.yml": COMPONENT % "git+x/../../../etc"},
    ),
    Wrong(
        "code of a component's file with a prefix that the client takes for a folder",
        WORKSPACE + PIPELINE,
        '7:106 MLI347 "file:src", which a.yml names, is no path that counts from that file',
        files={"comp/a.yml": COMPONENT % "file:src", "comp/src/a.py": ""},
    ),
    Wrong(
        "a component's file that names another by a bare word, which is a path to the client",
        WORKSPACE + PIPELINE,
        '7:106 MLI330 "b.yml", which a.yml names, does not exist\n  help: did you mean "a.yml"? In the folder: a.yml',
        files={"comp/a.yml": "name: a\nversion: 1\ntype: pipeline\njobs: {b: {type: command, component: b.yml}}\n"},
    ),
)


@pytest.mark.parametrize("case", WRONG, ids=[case.what for case in WRONG])
def test_a_path_that_is_wrong(case: Wrong, tmp_path: Path) -> None:
    assert told(tmp_path, case.header + case.text, case.files) == case.said


def test_code_of_a_command_may_be_one_file(tmp_path: Path) -> None:
    text = HEADER + WORKSPACE + CODE % "./train.py"
    assert told(tmp_path, text, {"train.py": "print()\n"}) == ""
    before = compiled(tmp_path, text).plans[0].graph.contents["jobs.t"].hash
    assert compiled(tmp_path, text, {"train.py": "print(1)\n"}).plans[0].graph.contents["jobs.t"].hash != before


ELSEWHERE = (
    "data: {d: {type: uri_file, path: https://example.com/a.csv}}\n",
    "data: {d: {type: uri_file, path: azureml://datastores/workspaceblobstore/paths/a*.csv}}\n",
    (
        "jobs: {t: {type: command, command: x, environment: azureml:e:1, compute: serverless, inputs: "
        "{a: {type: uri_file, path: https://example.com/a.csv}}}}\n"
    ),
)


@pytest.mark.parametrize("text", ELSEWHERE)
def test_what_lies_elsewhere_is_no_local_path(text: str, tmp_path: Path) -> None:
    assert told(tmp_path, HEADER + WORKSPACE + text, {}) == ""


def test_what_comes_from_a_file_below_counts_from_there(tmp_path: Path) -> None:
    files = {"parts/a.yaml": CONDA % "../envs/train.yml", **TRAIN}
    assert told(tmp_path, HEADER + WORKSPACE + "include: [parts/*.yaml]\n", files) == ""
    (plan,) = compiled(tmp_path, HEADER + WORKSPACE + "include: [parts/*.yaml]\n", files).plans
    assert plan.graph.contents["environments.e"].version == "fe1ae6318b56"


UP = "x/../../../../../../../../../etc"
PREFIXES = (
    "git+",
    "azureml:",
    "http://",
    "azureml://",
    "runs:/",
    "/subscriptions/",
    "${{x}}/",
    "git+https://example.com/",
)
COMMAND = "type: command, command: x, environment: azureml:e:1"
JOB = f"jobs: {{t: {{{COMMAND}, compute: serverless, %s}}}}\n"
STEP = "jobs: {p: {type: pipeline, settings: {default_compute: serverless}, jobs: {a: {type: command, %s}}}}\n"
DEPLOYMENT = (
    "online_endpoints: {s: {%s auth_mode: key, traffic: {blue: 100}, deployments: {blue: {model: azureml:m:1, "
    "environment: azureml:e:1, instance_type: Standard_DS3_v2, instance_count: 1%s}}}}\n"
)
OPENED = {  # fields that name what the client opens or uploads, each with what takes the text
    "code of a job": JOB % "code: '%s'",
    "path of an input": JOB % "inputs: {a: {type: uri_folder, path: '%s'}}",
    "code of a component": f"components: {{c: {{{COMMAND}, code: '%s'}}}}\n",
    "additional_includes": f"components: {{c: {{{COMMAND}, code: ., additional_includes: ['%s']}}}}\n",
    "component of a step": STEP % "component: '%s'",
    "code of a step": STEP % "command: x, environment: azureml:e:1, code: '%s'",
    "data": "data: {d: {type: uri_folder, path: '%s'}}\n",
    "a model": "models: {m: {type: custom_model, version: 1, path: '%s'}}\n",
    "conda_file": CONDA % "'%s'",
    "a build context": "environments: {e: {build: {path: '%s'}}}\n",
    "a scheduled job": ("schedules: {s: {trigger: {type: cron, expression: '0 0 * * *'}, create_job: '%s'}}\n"),
    "a trial": (
        "jobs: {s: {type: sweep, compute: serverless, sampling_algorithm: random, objective: {goal: maximize, "
        "primary_metric: a}, limits: {max_total_trials: 1}, search_space: {a: {type: choice, values: [1]}}, "
        "trial: {command: x, environment: azureml:e:1, code: '%s'}}}\n"
    ),
    "code of a deployment": DEPLOYMENT % ("", ", code_configuration: {code: '%s', scoring_script: a.py}"),
    "a model of a deployment": (DEPLOYMENT % ("", "")).replace("azureml:m:1", "{path: '%s', type: custom_model}"),
    "a request": DEPLOYMENT % ("smoke_test: {request: '%s'},", ""),
}


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("field", OPENED)
def test_what_only_starts_as_an_address_stands_for_no_path(field: str, prefix: str, tmp_path: Path) -> None:
    """The client would go along the rest of it, out of the repository."""
    written = f"{prefix}{UP}"
    said = told(tmp_path, HEADER + WORKSPACE + OPENED[field] % written, {"a.py": ""})
    assert f'MLI347 "{written}" is no path of the repository' in said


@pytest.mark.parametrize(
    "written", ["https://example.com/a", "azureml:a:1", "azureml://datastores/raw/paths/a", "runs:/a/b"]
)
@pytest.mark.parametrize("field", ["conda_file", "a build context", "a request", "additional_includes"])
def test_what_the_client_always_opens_is_no_address(field: str, written: str, tmp_path: Path) -> None:
    said = told(tmp_path, HEADER + WORKSPACE + OPENED[field] % written, {"a.py": ""})
    assert (
        f'MLI347 "{written}" is no path of the repository\n  help: write a path that counts from this file\n'
        in f"{said}\n"
    )


OF_AN_ENVIRONMENT = {  # a file, which is followed
    "an environment": f"components: {{c: {{{COMMAND}}}}}\n".replace("azureml:e:1", "'file:../evil.yml'"),
    "an environment of a step": STEP % "command: x, environment: 'file:/etc/evil.yml'",
    "an environment of a deployment": (DEPLOYMENT % ("", "")).replace("azureml:e:1", "'file:evil.yml'"),
    "an environment of a component's file": PIPELINE,
}


@pytest.mark.parametrize("text", OF_AN_ENVIRONMENT.values(), ids=OF_AN_ENVIRONMENT)
def test_the_file_of_an_environment_leads_nowhere_else(text: str, tmp_path: Path) -> None:
    """The client opens it, and whatever it names in its turn."""
    component = "name: a\nversion: 1\ntype: command\ncommand: x\nenvironment: file:../evil.yml\n"
    said = told(tmp_path, HEADER + WORKSPACE + text, {"evil.yml": "build: {path: /etc}\n", "comp/a.yml": component})
    assert re.match(r'7:[0-9]+ MLI347 "/etc(/evil.yml)?"|7:[0-9]+ MLI332 "file:(/etc|..)/evil.yml"', said), said


def test_no_file_stands_for_a_step(tmp_path: Path) -> None:
    text = "jobs: {p: {type: pipeline, settings: {default_compute: serverless}, jobs: {a: 'file:evil.yml'}}}\n"
    said = told(tmp_path, HEADER + WORKSPACE + text, {"evil.yml": "build: {path: /etc}\n"})
    assert re.fullmatch(r'7:[0-9]+ MLI220 (?s:.*)a must be [^"]+, not "file:[^"]+"', said)


@pytest.mark.parametrize("written", ["train", "environments.train"])
def test_a_name_of_an_entry_is_none_in_a_file(written: str, tmp_path: Path) -> None:
    files = {"comp/a.yml": f"name: a\nversion: 1\ntype: command\ncommand: x\nenvironment: {written}\n"}
    text = "environments: {train: {image: 'a/b:1'}}\n" + PIPELINE
    assert told(tmp_path, HEADER + WORKSPACE + text, files) == (
        '8:106 MLI220 "comp/a.yml": environment must be azureml://registries/… or azureml:<name>:<version>, '
        f'not "{written}"\n'
        "  help: entries have names in the spec only, which the client that reads this file doesn't know\n"
        "  5:1 it is written here"
    )


PREFIXED = f"""\
{HEADER}{WORKSPACE}pipelines:
  service_connections: {{dev: churn-dev}}
  pool: {{vmImage: ubuntu-24.04}}
{FROM_INDEX}compute_clusters: {{cpu: {{size: Standard_D4ds_v4, max_instances: 1}}}}
storage_accounts: {{lake: {{containers: {{scored: {{}}}}}}}}
datastores: {{results: {{type: azure_blob, account_name: lake, container_name: scored}}}}
data:
  rows: {{type: uri_file, path: ~tests/request.json}}
  days: {{path: azureml://datastores/results/paths/d/, version: 3}}
environments: {{e: {{image: 'a/b:1', conda_file: ~envs/e.yml}}}}
models: {{m: {{path: ~model, version: 1}}, flow: {{path: ~model, type: mlflow_model, version: 1}}}}
jobs:
  p: {{type: pipeline, settings: {{default_compute: serverless}}, jobs: {{a: {{type: command, component: ~c/a.yml}}}}}}
online_endpoints:
  one: {{smoke_test: {{request: ~tests/request.json}}, deployments: {{blue: &blue
    {{model: m, environment: e, instance_type: Standard_D4as_v4, instance_count: 1,
     code_configuration: {{code: ~src, scoring_script: s.py}}}}}}}}
  many: {{smoke_test: [{{request: ~tests/request.json}}, {{request: ~tests/other.json, contains: x}}],
    deployments: {{blue: *blue}}}}
  command: {{smoke_test: {{command: python -m pytest, requirements: ~tests/smoke.txt}}, deployments: {{blue: *blue}}}}
batch_endpoints:
  nightly:
    invoke: {{input: days, output: azureml://datastores/results/paths/s/, check: ~tests/days}}
    deployments: {{main: {{model: flow, compute: cpu}}}}
    defaults: {{deployment_name: main}}
"""
TREE = {
    "tests/request.json": "[1]",
    "tests/other.json": "[2]",
    "tests/smoke.txt": "pytest==8.4.2 --hash=sha256:" + "0" * 64 + "\n",
    "tests/days/a.csv": "1\n",
    "envs/e.yml": "channels: ['https://conda.contoso.example', nodefaults]\n"
    "dependencies: [python=3.11, azureml-inference-server-http]\n",
    "model/MLmodel": "flavors: {}\n",
    "c/a.yml": COMPONENT % "../src",
    "src/s.py": "def init(): ...\ndef run(data): ...\n",
}


def test_a_path_may_be_written_behind_the_word_file_wherever_one_stands(tmp_path: Path) -> None:
    def output(prefix: str) -> dict[str, str]:
        of = compiled(tmp_path, PREFIXED.replace("~", prefix), TREE)
        place = Place(tmp_path / "ml-platform.yaml", tmp_path, tmp_path / "generated")
        return {file.path: file.text for file in emit(of.header, of.plans, place)}

    add_installation(tmp_path)
    plain = output("")
    assert output("file:") == plain
    assert output("file:./") == plain


def test_files_that_many_jobs_lead_to_are_looked_at_once(tmp_path: Path) -> None:
    files = {
        f"comp/c{place}.yml": f"type: pipeline\njobs: {{s: {{type: command, component: ./c{place + 1}.yml}}}}\n"
        for place in range(30)
    }
    files["comp/c30.yml"] = "type: command\ncommand: x\nenvironment: azureml:e:1\n"
    step = "settings: {default_compute: serverless}, jobs: {s: {type: command, component: comp/c0.yml}}"

    def run(count: int) -> object:
        jobs = "".join(f"  j{place}: {{type: pipeline, {step}}}\n" for place in range(count))
        return compiled(tmp_path, f"{HEADER}{WORKSPACE}jobs:\n{jobs}", files)

    few, many = (steps_in(reached_paths, partial(run, count)) for count in (2, 20))
    assert many < 2 * few


@pytest.mark.parametrize("path", ["a/" * 3_000, "a" * 300, "./" * 3_000 + "a"])
def test_a_path_that_no_system_takes_is_said_where_it_is_written(path: str, tmp_path: Path) -> None:
    said = told(tmp_path, f"{HEADER}{WORKSPACE}data: {{d: {{type: uri_folder, path: '{path}'}}}}\n", {})
    assert re.match(r"7:36 MLI33\d \"[^\"]{1,110}\" (does not exist|can't be read: file name too long)", said)

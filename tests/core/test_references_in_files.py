"""What files of components and jobs name of the spec is bound as it would be in the spec, and stays as written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from mlinfra.diagnostics import Diagnostic
from mlinfra.emit.azureml import azureml_files
from tests.core.derived import LAKE, roles
from tests.spec import HEADER, PRODUCTION, compiled, found

GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-churn-dev"
OURS = f"azureml:{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/mlw-churn-dev"
PLATFORM = f"""\
workspaces: {{main: {{}}}}
compute_clusters: {{cpu: {{size: Standard_D4ds_v5}}}}
environments: {{train: {{image: a/b:1, conda_file: envs/e.yml}}, fixed: {{image: a/b:1, version: 3}}}}
{LAKE}"""
COMPONENT = "jobs: {p: {type: pipeline, settings: {default_compute: serverless}, jobs: {a: {component: c/a.yml}}}}\n"
TRIAL = """\
jobs:
  p:
    type: pipeline
    settings: {default_compute: cpu}
    jobs:
      s: {type: sweep, trial: 'file:c/a.yml', search_space: {a: {type: choice, values: [1]}},
        sampling_algorithm: random, limits: {max_total_trials: 1, timeout: 60},
        objective: {goal: maximize, primary_metric: auc}}
"""
SCHEDULE = """\
schedules:
  p: {trigger: {type: recurrence, frequency: day, interval: 1}, create_job: {type: pipeline, job: 'file:c/job.yml'}}
"""
FILES = {
    "envs/e.yml": "channels: ['https://conda.contoso.example']\ndependencies: [python=3.12]\n",
    "c/a.yml": "name: a\nversion: 1\ntype: command\ncommand: x ${{inputs.a}}\ninputs: {a: {type: integer}}\n"
    "environment: azureml:train@latest\n",
    "c/job.yml": "type: pipeline\nsettings: {default_compute: azureml:cpu}\njobs: {s: {component: a.yml, inputs: "
    "{a: 1}}}\n",
}
COMPONENT_ALONE = FILES["c/a.yml"].replace(" ${{inputs.a}}", "").replace("inputs: {a: {type: integer}}\n", "")


class Way(NamedTuple):
    """How a body leads to a file that names an environment."""

    what: str
    text: str
    address: str
    file: str
    files: Mapping[str, str]


WAYS = (
    Way("the component of a step", COMPONENT, "jobs.p", "a.yml", {**FILES, "c/a.yml": COMPONENT_ALONE}),
    Way("the trial of a sweep", TRIAL, "jobs.p", "a.yml", FILES),
    Way("the component of a step in the file of a job", SCHEDULE, "schedules.p", "a.yml", FILES),
    Way(
        "a step in the file of a job",
        SCHEDULE,
        "schedules.p",
        "job.yml",
        {
            **FILES,
            "c/job.yml": "type: pipeline\nsettings: {default_compute: azureml:cpu}\n"
            "jobs: {s: {command: x, environment: azureml:train@latest}}\n",
        },
    ),
)
IN_CONTENT = "a version that follows from its content"
INTO_THE_SPEC = "put what the file holds into the spec, where train is the version that the spec makes"
STABLE = '"azureml:fixed@stable" is whichever version of environments.fixed has that label when it is read'
DECLARE = "Declare what someone else made: environments: {trainn: {existing: true, azure_name: trainn}}"
OTHER = (
    'the spec makes environments.train in a version that follows from its content, and "azureml:train:%s" is another'
)


class Form(NamedTuple):
    """A reference, the entry that it is, and what is said of it."""

    written: str
    entry: str = ""
    said: str = ""
    help: str = ""


FORMS = (
    Form("azureml:train@latest", "environments.train"),
    Form("azureml:fixed:3", "environments.fixed"),
    Form(OURS + "/environments/fixed/versions/3", "environments.fixed"),
    Form(
        "azureml:fixed:2",
        said='the spec makes environments.fixed in version "3", and "azureml:fixed:2" is another one',
        help="write azureml:fixed:3",
    ),
    Form("azureml:train:2", said=OTHER % "2" + " one", help=INTO_THE_SPEC),
    Form("azureml:train:0123456789ab", said=OTHER % "0123456789ab" + " one", help=INTO_THE_SPEC),
    Form("azureml:fixed@stable", said=STABLE, help="write azureml:fixed:3"),
    Form(
        "azureml:trainn@latest",
        said='no entry of environments is called "trainn" on Azure',
        help=f'did you mean "train"? {DECLARE}',
    ),
    Form("azureml://registries/azureml/environments/base/versions/1"),
)


@pytest.mark.parametrize("way", WAYS, ids=[way.what for way in WAYS])
@pytest.mark.parametrize("form", FORMS, ids=[form.written for form in FORMS])
def test_each_form_of_a_reference_in_a_file(form: Form, way: Way, tmp_path: Path) -> None:
    name = f"c/{way.file}"
    files = {**way.files, name: way.files[name].replace("azureml:train@latest", form.written)}
    told = [each for each in found(tmp_path, HEADER + PLATFORM + way.text, files) if each.code.id.startswith("MLI31")]
    line = files[name][: files[name].index(form.written)].count("\n") + 1
    assert [(each.message, each.help, _here(each)) for each in told] == (
        [(f'"{way.file}": {form.said}', form.help, f"{way.file}:{line} it is written here")] if form.said else []
    )
    (plan,) = compiled(tmp_path, HEADER + PLATFORM + way.text, files).plans
    edges = {edge.target for edge in plan.graph.edges_from(way.address) if edge.target.startswith("environments.")}
    assert edges == ({form.entry} if form.entry else set())


def _here(said: Diagnostic) -> str:
    """The line of a file that a finding is about."""
    here = said.related[0]
    return f"{Path(here.span.file).name}:{here.span.line} {here.message}"


@pytest.mark.parametrize("way", WAYS, ids=[way.what for way in WAYS])
def test_the_hash_of_what_names_the_file_follows_what_is_named_in_it(way: Way, tmp_path: Path) -> None:
    def hashed(conda: str) -> str:
        (plan,) = compiled(tmp_path, HEADER + PLATFORM + way.text, {**way.files, "envs/e.yml": conda}).plans
        return plan.graph.contents[way.address].hash

    conda = FILES["envs/e.yml"]
    assert hashed(conda) != hashed(conda.replace("3.12", "3.13"))
    assert hashed(conda) == hashed(conda.replace("\n", "\r\n"))


def test_no_file_is_rewritten_and_what_names_it_keeps_the_path(tmp_path: Path) -> None:
    (plan,) = compiled(tmp_path, HEADER + PLATFORM + SCHEDULE, FILES).plans
    files = {file.path: file.text for file in azureml_files(plan.graph, "", tmp_path / "generated")}
    assert "  job: ../../../../c/job.yml\n" in files["dev/azureml/schedules/p.yml"]


JOB = """\
type: pipeline
settings: {default_compute: azureml:cpu}
inputs: {rows: {type: uri_folder, path: azureml:rows@latest}}
outputs: {o: {type: uri_folder, path: azureml://datastores/out/paths/x/}}
jobs:
  s:
    command: x ${{inputs.rows}} ${{outputs.o}}
    environment: azureml:train@latest
    inputs: {rows: '${{parent.inputs.rows}}'}
    outputs: {o: '${{parent.outputs.o}}'}
"""
RAW, OUT = (f"storage_accounts.lake.containers.{name}" for name in ("raw", "out"))
OF_DATA = {
    f"Storage Blob Data Reader/{RAW}": f"schedules.p reads {RAW} through datastores.raw",
    f"Storage Blob Data Contributor/{OUT}": f"schedules.p writes to {OUT} through datastores.out",
}
PARALLEL = """\
type: pipeline
settings: {default_compute: azureml:cpu}
jobs:
  s:
    type: parallel
    inputs: {a: {type: uri_folder, path: azureml:rows@latest}}
    input_data: ${{inputs.a}}
    mini_batch_size: "1"
    task: {type: run_function, code: ., entry_script: a.py, environment: azureml:train@latest}
"""


def _given(folder: Path, text: str, job: str) -> dict[str, str]:
    (plan,) = compiled(folder, HEADER + PLATFORM + text, {**FILES, "c/job.yml": job, "c/a.py": ""}).plans
    given = roles(plan.graph, "identities.cpu-compute")
    return {role: why for role, why in given.items() if "schedules.p" in why}


def test_what_runs_from_a_file_gets_the_roles_on_what_it_reads_and_writes(tmp_path: Path) -> None:
    assert _given(tmp_path, SCHEDULE, JOB) == OF_DATA


def test_data_that_a_schedule_gives_to_a_job_are_read_by_the_computes_of_the_job(tmp_path: Path) -> None:
    text = """\
jobs:
  n:
    type: pipeline
    settings: {default_compute: cpu}
    inputs: {a: {type: uri_folder, path: https://example.com/a}}
    jobs: {s: {command: 'x ${{inputs.a}}', environment: train, inputs: {a: '${{parent.inputs.a}}'}}}
""" + SCHEDULE.replace("'file:c/job.yml'", "n, inputs: {a: {type: uri_folder, path: rows}}")
    assert _given(tmp_path, text, JOB) == {key: why for key, why in OF_DATA.items() if "Reader" in key}


def test_a_job_of_a_file_may_run_as_the_workspace(tmp_path: Path) -> None:
    serverless = JOB.replace("azureml:cpu", "azureml:serverless").replace(
        "    command", "    identity: {type: managed}\n    command"
    )
    job = {**FILES, "c/job.yml": serverless}
    (plan,) = compiled(tmp_path, HEADER + PLATFORM + SCHEDULE, job).plans
    assert {role: why for role, why in roles(plan.graph, "identities.main").items() if "schedules.p" in why} == {
        role: f"{why}, as the identity of workspaces.main" for role, why in OF_DATA.items()
    }


def test_parallel_steps_of_a_file_hand_out_their_work_through_queues(tmp_path: Path) -> None:
    component = COMPONENT.replace("serverless", "cpu")
    of_file = PARALLEL.replace("settings: {default_compute: azureml:cpu}\n", "name: a\nversion: 1\n")
    files = {**FILES, "c/a.yml": of_file, "c/a.py": ""}
    (plan,) = compiled(tmp_path, HEADER + PLATFORM + component, files).plans
    given = roles(plan.graph, "identities.cpu-compute")
    why = "jobs.p hands out its work through queues and tables of storage_accounts.main"
    assert {role: why for role, why in given.items() if role.startswith("Storage Q")} == {
        "Storage Queue Data Contributor/storage_accounts.main": why
    }


class Broken(NamedTuple):
    """A file that breaks a rule of bodies, and what is said where it is named."""

    what: str
    text: str
    file: str
    body: str
    said: str


BROKEN = (
    Broken(
        "an input that a step gives and the component has not",
        SCHEDULE,
        "c/job.yml",
        FILES["c/job.yml"].replace("{a: 1}", "{a: 1, b: '${{parent.inputs.x}}'}"),
        'MLI502 "job.yml": pipeline input "x" is not declared | ${{parent.inputs.x}} needs a declaration | job.yml:3',
    ),
    Broken(
        "an input that nobody declares",
        COMPONENT.replace("c/a.yml", "c/a.yml, inputs: {a: 1}"),
        "c/a.yml",
        FILES["c/a.yml"].replace("inputs.a", "inputs.b"),
        'MLI502 "a.yml": input "b" is not declared | Defined: a | a.yml:4',
    ),
)


@pytest.mark.parametrize("broken", BROKEN, ids=[broken.what for broken in BROKEN])
def test_a_body_in_a_file_keeps_the_rules_of_bodies(broken: Broken, tmp_path: Path) -> None:
    told = found(tmp_path, HEADER + PLATFORM + broken.text, {**FILES, broken.file: broken.body})
    assert [
        f"{each.code.id} {each.message} | {each.help} | {Path(here.span.file).name}:{here.span.line}"
        for each in told
        if each.severity == "error"
        for here in each.related
    ] == [broken.said]


@pytest.mark.parametrize(
    ("written", "is_said"),
    [
        ("azureml:fixed@latest", True),
        ("azureml:fixed:3", False),
        ("azureml://registries/r/environments/e/labels/latest", True),
    ],
)
def test_no_entry_fixes_the_latest_of_a_file_in_production(written: str, is_said: bool, tmp_path: Path) -> None:
    files = {**FILES, "c/a.yml": COMPONENT_ALONE.replace("azureml:train@latest", written)}
    spec = PRODUCTION + "network: {inbound: public, allowed_ips: [203.0.113.0/24]}\n" + PLATFORM + COMPONENT
    said = [each for each in found(tmp_path, spec, files) if each.code.id == "MLI671"]
    message = f'"a.yml": "{written}" is not fixed in production'
    help = "name a version, or put the body into the spec, where names of entries are fixed"
    assert [(each.message, each.help) for each in said] == ([(message, help)] if is_said else [])


def test_data_that_something_else_versions_may_be_read_from_a_file_in_production(tmp_path: Path) -> None:
    spec = PRODUCTION + "network: {inbound: public, allowed_ips: [203.0.113.0/24]}\n" + PLATFORM + SCHEDULE
    files = {**FILES, "c/job.yml": JOB.replace("train@latest", "fixed:3").replace("rows@latest", "theirs@latest")}
    said = found(tmp_path, spec.replace("data: {", "data: {theirs: {existing: true}, "), files)
    assert [each.message for each in said if each.code.id == "MLI671"] == []


def test_a_file_that_names_what_names_it_is_a_circle(tmp_path: Path) -> None:
    own = "components: {c: {type: pipeline, jobs: {a: {component: c/a.yml}}}}\n"
    file = "name: a\nversion: 1\ntype: pipeline\njobs: {s: {component: azureml:c@latest}}\n"
    said = found(tmp_path, HEADER + PLATFORM + own, {**FILES, "c/a.yml": file})
    assert [each.message for each in said if each.code.id == "MLI304"] == ["components.c needs itself"]


def test_a_datastore_in_a_file_is_the_one_of_that_name_on_azure(tmp_path: Path) -> None:
    spec = (HEADER + PLATFORM + SCHEDULE).replace("filesystem: out}", "filesystem: out, azure_name: out_store}")
    said = found(tmp_path, spec, {**FILES, "c/job.yml": JOB})
    (told,) = [each for each in said if each.code.id == "MLI317"]
    assert told.message == '"job.yml": no entry of datastores is called "out" on Azure'
    assert told.help == 'write azureml:out_store for datastores.out, which is called "out_store" there'

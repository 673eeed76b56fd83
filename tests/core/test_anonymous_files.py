"""Files of components and environments that a body only points at: the client registers them without a name."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.emit.azureml import azureml_files
from tests.spec import HEADER, compiled, found

PLATFORM = """\
workspaces: {main: {}}
compute_clusters: {cpu: {size: Standard_D4ds_v5}}
"""
COMPONENT = "name: my-component\nversion: a-b\ntype: command\ncommand: echo a\nenvironment: file:../e/env.yml\n"
FILES = {
    "c/a.yml": COMPONENT,
    "c/pipeline.yml": "name: my-pipeline\ntype: pipeline\njobs: {a: {type: command, component: a.yml}}\n",
    "e/env.yml": "name: my environment\nversion: 3\nimage: a/b:1\nconda_file: conda.yml\n",
    "e/conda.yml": "channels: ['https://conda.contoso.example']\ndependencies: [python=3.12]\n",
}
STEP = "jobs: {p: {type: pipeline, settings: {default_compute: cpu}, jobs: {a: {%s}}}}\n"
SWEEP = """\
jobs:
  p:
    {type: sweep, trial: {command: a, environment: 'file:e/env.yml'}, compute: cpu, sampling_algorithm: random,
     search_space: {x: {type: choice, values: [1]}}, objective: {goal: minimize, primary_metric: x},
     limits: {max_total_trials: 2}}
"""
DEPLOYMENT = """\
batch_endpoints:
  b:
    defaults: {deployment_name: d}
    deployments: {d: {type: pipeline, component: c/pipeline.yml, settings: {default_compute: cpu}}}
"""
POINTED_AT = {  # what names a file, and what is written of it
    "the component of a step": (STEP % "component: c/a.yml", "component: ../../../../c/a.yml"),
    "a component within one": (
        STEP % "type: pipeline, component: c/pipeline.yml",
        "component: ../../../../c/pipeline.yml",
    ),
    "a deployment of a pipeline": (DEPLOYMENT, "component: ../../../../../c/pipeline.yml"),
    "the environment of a job": (
        "jobs: {t: {type: command, command: a, environment: 'file:./e/env.yml', compute: cpu}}\n",
        "environment: file:../../../../e/env.yml",
    ),
    "the environment of a step": (
        STEP % "type: command, command: a, environment: 'file:e/env.yml'",
        "environment: file:../../../../e/env.yml",
    ),
    "the environment of a trial": (SWEEP, "environment: file:../../../../e/env.yml"),
}


def errors(folder: Path, text: str, files: dict[str, str]) -> list[str]:
    said = found(folder, HEADER + PLATFORM + text, files)
    return [f"{item.code.id} {item.message}" for item in said if item.severity == "error"]


@pytest.mark.parametrize(("text", "written"), POINTED_AT.values(), ids=POINTED_AT)
def test_what_is_only_pointed_at_has_any_name_and_is_named_by_its_path(text: str, written: str, tmp_path: Path) -> None:
    assert errors(tmp_path, text, FILES) == []
    (plan,) = compiled(tmp_path, HEADER + PLATFORM + text, FILES).plans
    emitted = azureml_files(plan.graph, "made in a test", tmp_path / "generated")
    assert any(written in file.text for file in emitted)


def test_a_component_of_the_spec_is_registered_and_keeps_its_rule(tmp_path: Path) -> None:
    entry = "components: {my-component: {type: command, command: a, environment: azureml:e:1}}\n"
    (said,) = errors(tmp_path, entry, {})
    assert "my-component" in said


def test_the_file_of_an_environment_is_judged_and_followed(tmp_path: Path) -> None:
    text = POINTED_AT["the environment of a job"][0]
    wrong = {**FILES, "e/env.yml": "imag: a/b:1\nconda_file: conda.yml\n"}
    assert errors(tmp_path, text, wrong) == ['MLI220 "file:./e/env.yml": imag is not a field of environments']
    lost = {**FILES, "e/env.yml": "image: a/b:1\nconda_file: lost.yml\n"}
    assert errors(tmp_path, text, lost) == ['MLI330 "lost.yml", which env.yml names, does not exist']
    assert errors(tmp_path, text.replace("env.yml", "lost.yml"), FILES) == ['MLI330 "file:./e/lost.yml" does not exist']


def test_a_path_to_an_environment_without_its_prefix_is_none(tmp_path: Path) -> None:
    text = POINTED_AT["the environment of a job"][0].replace("file:./", "./")
    (said,) = errors(tmp_path, text, FILES)
    assert said.startswith("MLI220 environment must be the name of an entry")


def test_another_environment_is_another_content(tmp_path: Path) -> None:
    text = STEP % "component: c/a.yml"
    hashes = set()
    for conda in ("3.11", "3.12"):
        files = {**FILES, "e/conda.yml": FILES["e/conda.yml"].replace("3.12", conda)}
        (plan,) = compiled(tmp_path, HEADER + PLATFORM + text, files).plans
        hashes.add(plan.graph.contents["jobs.p"].hash)
    assert len(hashes) == 2

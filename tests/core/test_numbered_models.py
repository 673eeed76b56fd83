"""Declared models without a version: what stands in their files, and what the scripts are told."""

from __future__ import annotations

from pathlib import Path

import yaml

from mlinfra.emit.azureml import azureml_files
from mlinfra.emit.script_targets import script_target
from mlinfra.graph import Graph
from mlinfra.plan import Plan
from tests.spec import HEADER, SCORING, compiled, found, said

SPEC = HEADER + "workspaces: {main: {}}\n" + SCORING.replace("{m: {path: model, version: 1}}", "{m: {path: model}}")
FILES = {
    "model/weights.txt": "0.1\n",
    "request.json": "{}\n",
    "src/s.py": "def init(): ...\n\n\ndef run(data): return data\n",
}
JOB = "jobs: {j: {command: a, environment: e, compute: serverless, inputs: {m: {type: custom_model, path: m}}}}\n"


def _plan(folder: Path, weights: str = "0.1\n") -> Plan:
    (plan,) = compiled(folder, SPEC, {**FILES, "model/weights.txt": weights}).plans
    return plan


def _hash(graph: Graph) -> str:
    return graph.contents["models.m"].hash


def test_neither_the_model_nor_what_serves_it_says_a_version(tmp_path: Path) -> None:
    assert [item.code.id for item in found(tmp_path, SPEC, FILES) if item.severity == "error"] == []
    plan = _plan(tmp_path)
    files = {file.path: yaml.safe_load(file.text) for file in azureml_files(plan.graph, "", tmp_path / "generated")}
    model = files["dev/azureml/models/m.yml"]
    assert model == {"$schema": model["$schema"], "name": "m", "path": "../../../../model"}
    assert "model" not in files["dev/azureml/online_endpoints/o/blue.yml"]


def test_scripts_know_it_by_its_content(tmp_path: Path) -> None:
    plan = _plan(tmp_path)
    target = script_target(plan, tmp_path / "generated")
    (asset,) = [asset for asset in target.assets if asset.kind == "model"]
    assert (asset.name, asset.version, asset.content_hash) == ("m", "", _hash(plan.graph))
    (slot,) = target.endpoints[0].deployments
    assert (slot.model, slot.model_name, slot.model_version) == ("", "m", _hash(plan.graph))
    other = _plan(tmp_path, "0.2\n")
    assert _hash(other.graph) != _hash(plan.graph)
    (changed,) = script_target(other, tmp_path / "generated").endpoints[0].deployments
    assert changed.content_hash != slot.content_hash


def test_a_job_has_to_name_a_version(tmp_path: Path) -> None:
    (message,) = said(tmp_path, SPEC + JOB, "MLI559", FILES)
    assert message == (
        "24: jobs.j reads models.m, whose version is given by Azure: nobody says which "
        "(name one, as azureml:m:7, or write a version in models.m)"
    )

"""Data that something else versions: what is read of it, and in which version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from mlinfra.emit.azureml import azureml_files
from mlinfra.emit.script_targets import script_target
from mlinfra.overrides.run_values import TextPart
from mlinfra.pipelines.trained import DataContext, FillContext, JobContext
from tests.spec import PRODUCTION, compiled, found, said

SPEC = (
    PRODUCTION
    + """\
network: {inbound: public, allowed_ips: [203.0.113.0/24]}
workspaces: {main: {}}
compute_clusters: {cpu: {size: Standard_D4ds_v4, max_instances: 1}}
data:
  customers: {existing: true}
  trips: {existing: true, azure_name: rides}
jobs:
  train:
    type: command
    command: a ${{inputs.a}} ${{inputs.b}} ${{inputs.c}}
    environment: azureml:e:1
    compute: cpu
    inputs:
      a: {type: uri_folder, path: customers}
      b: {type: uri_folder, path: "azureml:customers@latest"}
      c: {type: uri_folder, path: trips}
environments: {e: {existing: true, azure_name: e}}
"""
)


def _made(folder: Path, spec: str = SPEC) -> tuple[dict[str, Any], JobContext]:
    (plan,) = compiled(folder, spec).plans
    files = {file.path: yaml.safe_load(file.text) for file in azureml_files(plan.graph, "", folder / "generated")}
    target = script_target(plan, folder / "generated")
    assert target.assets == ()
    return files, target.jobs[0]


def test_the_file_reads_the_newest_version_and_the_run_names_it(tmp_path: Path) -> None:
    files, job = _made(tmp_path)
    assert list(files) == ["prod/azureml/jobs/train.yml"]
    assert [each["path"] for each in files["prod/azureml/jobs/train.yml"]["inputs"].values()] == [
        "azureml:customers@latest",
        "azureml:customers@latest",
        "azureml:rides@latest",
    ]
    assert job.fills == tuple(
        FillContext(f"inputs.{name}.path", (TextPart(f"azureml:{data}:", f"newest.{data}"),))
        for name, data in (("a", "customers"), ("b", "customers"), ("c", "rides"))
    )
    assert job.data == (
        DataContext("customers", "", "", "a"),
        DataContext("customers", "", "", "b"),
        DataContext("rides", "", "", "c"),
    )


def test_which_data_are_read_is_part_of_the_content_and_how_that_is_written_is_not(tmp_path: Path) -> None:
    _, first = _made(tmp_path)
    _, other = _made(tmp_path, SPEC.replace('"azureml:customers@latest"', "customers"))
    _, third = _made(tmp_path, SPEC.replace("rides", "fares"))
    assert first.content_hash == other.content_hash != third.content_hash


def test_latest_of_it_is_allowed_in_production_and_of_nothing_else(tmp_path: Path) -> None:
    assert [each.code.id for each in found(tmp_path, SPEC)] == []
    (message,) = said(tmp_path, SPEC.replace('"azureml:customers@latest"', '"azureml:others@latest"'), "MLI671")
    assert message == (
        '20: "azureml:others@latest" is not fixed in production '
        "(write the bare name of an entry, which is fixed to its version, or name a version, or declare data that "
        "something else versions: data: {<name>: {existing: true}})"
    )


@pytest.mark.parametrize(
    "key", ["path: 'azureml://datastores/workspaceblobstore/paths/x/'", "version: 3", "tags: {a: b}"]
)
def test_what_its_owner_says_is_not_said_here(tmp_path: Path, key: str) -> None:
    (message,) = said(tmp_path, SPEC.replace("{existing: true}", f"{{existing: true, {key}}}"), "MLI422")
    assert message == (
        f"10: {key.partition(':')[0]} is not set on data.customers, which something else versions "
        "(leave it out: what is read is the newest version, unless a place names azureml:customers:…)"
    )


def test_a_key_that_no_data_have_is_none_here_either(tmp_path: Path) -> None:
    (message,) = said(tmp_path, SPEC.replace("{existing: true}", "{existing: true, pth: x}"), "MLI220")
    assert message.startswith("10: ")

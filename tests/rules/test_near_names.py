"""A name that leads nowhere shows where the one that is meant is written: of inputs and outputs, entries, variables."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.spec import HEADER, found

SPEC = (
    HEADER
    + """\
workspaces: {main: {}}
compute_clusters: {cpu: {size: Standard_D4ds_v5, max_instances: 2}}
environments: {py: {image: "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:20260715.v1"}}
components:
  prepare:
    type: command
    command: prepare ${{inputs.rows}} ${{outputs.table}}
    environment: py
    inputs:
      rows: {type: uri_folder}
    outputs:
      table: {type: uri_folder}
jobs:
  train:
    type: pipeline
    settings: {default_compute: cpu}
    inputs:
      source: {type: uri_folder, path: "https://contoso.example/rows/"}
    outputs:
      result: {type: uri_folder}
    jobs:
      first:
        component: prepare
        inputs:
          rows: ${{parent.inputs.source}}
        outputs:
          table: ${{parent.outputs.result}}
      second:
        component: file:steps/count.yml
        inputs:
          table: ${{parent.jobs.first.outputs.table}}
schedules:
  weekly:
    trigger: {type: cron, expression: "0 5 * * 1", time_zone: UTC}
    create_job:
      type: pipeline
      job: train
      inputs:
        source: {type: uri_folder, path: "https://contoso.example/rows/"}
"""
)
COUNT = """\
type: command
command: count ${{inputs.table}}
environment: azureml:py@latest
inputs:
  table: {type: uri_folder}
"""


class Case(NamedTuple):
    right: str
    wrong: str
    place: int  # the line on which the right one is declared, of the spec, or of the file where it stands there
    file: str = "ml-platform.yaml"


def _line(text: str) -> int:
    """The line of the spec that begins so, without blanks."""
    return next(place for place, line in enumerate(SPEC.split("\n"), start=1) if line.strip().startswith(text))


CASES = (
    Case("${{inputs.rows}}", "${{inputs.rosw}}", _line("rows: {type")),
    Case("${{outputs.table}}", "${{outputs.tabel}}", _line("table: {type")),
    Case("${{parent.inputs.source}}", "${{parent.inputs.soucre}}", _line("source: {type")),
    Case("${{parent.outputs.result}}", "${{parent.outputs.reslut}}", _line("result: {type")),
    Case("${{parent.jobs.first.outputs.table}}", "${{parent.jobs.frist.outputs.table}}", _line("first:")),
    Case("${{parent.jobs.first.outputs.table}}", "${{parent.jobs.first.outputs.tabel}}", _line("table: {type")),
    Case("rows: ${{parent", "rosw: ${{parent", _line("rows: {type")),
    Case("table: ${{parent.outputs", "tabel: ${{parent.outputs", _line("table: {type")),
    Case("table: ${{parent.jobs", "tabel: ${{parent.jobs", 5, "steps/count.yml"),
)


def _written(folder: Path, text: str) -> list[tuple[int, str, int]]:
    return [
        (item.span.line, place.span.file.rpartition("steps/")[1] + Path(place.span.file).name, place.span.line)
        for item in found(folder, text, {"steps/count.yml": COUNT})
        for place in item.related
    ]


def _assert_is_shown(folder: Path, text: str, right: str, wrong: str, declared: str) -> None:
    """That a text with one slip shows the line of the spec at which something else is declared."""
    before, there, after = text.partition(right)
    assert there
    places = [place for _, file, place in _written(folder, before + wrong + after) if file == "ml-platform.yaml"]
    assert text[: text.index(declared)].count("\n") + 1 in places


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.wrong)
def test_a_name_with_a_slip_shows_where_the_right_one_is_written(tmp_path: Path, case: Case) -> None:
    before, right, after = SPEC.partition(case.right)
    assert right
    place = before.count("\n") + 1
    assert (place, case.file, case.place) in _written(tmp_path, before + case.wrong + after)


def test_a_slip_in_what_a_schedule_gives_shows_the_input_of_its_job(tmp_path: Path) -> None:
    before, _, after = SPEC.rpartition("source: {type")
    place = before.count("\n") + 1
    assert (place, "ml-platform.yaml", _line("source: {type")) in _written(tmp_path, before + "soucre: {type" + after)


NAMES = """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
targets:
  dev:
    subscription: 11111111-1111-1111-1111-111111111111
    mode: development
    variables:
      depth: 3
    overrides:
      compute_clusters:
        cpu:
          max_instances: 3
          tags: {owner: null}
variables:
  depth: {type: integer}
  rounds: {type: integer, default: 10}
pipelines:
  organization: contoso
  project: churn
  service_connections: {dev: churn-dev}
  pool: {vmImage: ubuntu-24.04}
  train:
    jobs:
      - fit
    parameters:
      cutoff: {type: string, default: "2026-10-01"}
storage_accounts:
  lake: {hierarchical_namespace: true, containers: {raw: {}}}
workspaces: {main: {tags: {lake: "${storage_accounts.lake.name}"}}}
compute_clusters:
  cpu:
    size: Standard_D4ds_v5
    max_instances: 2
    tags:
      owner: us
environments: {py: {image: "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:20260715.v1"}}
datastores:
  raw: {type: azure_data_lake_gen2, account_name: lake, filesystem: raw}
jobs:
  fit:
    type: command
    command: fit --rounds ${var.rounds}
    inputs:
      day: ${run.parameter.cutoff}
    environment: py
    compute: cpu
    outputs:
      model: {type: mlflow_model}
      numbers: {type: uri_folder}
models:
  best:
    from_job: fit
    output: model
    release:
      report: numbers
      metrics: {output: numbers, file: numbers.json}
      at_least: {auc: 0.8}
"""
SLIPS = (
    ("      depth: 3", "      detph: 3", "  depth: {type"),
    ("        cpu:\n          max", "        cup:\n          max", "  cpu:\n    size"),
    ("tags: {owner: null}", "tags: {onwer: null}", "      owner: us"),
    ("      - fit", "      - fti", "  fit:\n    type"),
    ("${storage_accounts.lake.name}", "${storage_accounts.lkae.name}", "  lake: {hier"),
    ("${var.rounds}", "${var.ronuds}", "  rounds: {type"),
    ("${run.parameter.cutoff}", "${run.parameter.cuotff}", "      cutoff: {type"),
    ("account_name: lake", "account_name: laek", "  lake: {hier"),
    ("    output: model", "    output: mdoel", "      model: {type"),
    ("report: numbers", "report: nubmers", "      numbers: {type"),
    ("{output: numbers", "{output: numebrs", "      numbers: {type"),
)


@pytest.mark.parametrize(("right", "wrong", "declared"), SLIPS)
def test_a_slip_in_a_name_shows_the_place_of_what_is_meant(
    tmp_path: Path, right: str, wrong: str, declared: str
) -> None:
    _assert_is_shown(tmp_path, NAMES, right, wrong, declared)


def test_a_warning_of_what_may_be_someone_elses_shows_the_near_entry_that_nothing_names(tmp_path: Path) -> None:
    spec = (
        HEADER
        + """\
workspaces: {main: {}}
storage_accounts: {lake: {containers: {raw: {}}}}
datastores:
  csored: {type: azure_blob, account_name: lake, container_name: raw}
data:
  table: {type: uri_folder, path: azureml://datastores/scored/paths/table/}
"""
    )
    assert _written(tmp_path, spec) == [(11, "ml-platform.yaml", 9)]


MORE = """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
targets:
  dev:
    subscription: 11111111-1111-1111-1111-111111111111
    mode: development
network:
  inbound: private
  outbound: internet
  virtual_network: corp
  endpoints_subnet: ends
  dns:
    zones: {subscription: 11111111-1111-1111-1111-111111111111, resource_group: rg-dns}
    links: [corp]
    here:
      - inner
    also:
      key_vaults.theirs: [inner]
moved:
  - {from: key_vaults.old, to: key_vaults.theirs}
  - {from: platform.chrun, to: platform.churn}
  - {from: targets.old, to: targets.dev}
pipelines:
  service_connections: {dev: churn-dev}
  pool: {vmImage: ubuntu-24.04}
  train:
    jobs:
      - fit
    schedules:
      - {cron: "0 3 * * 1", jobs: [fit]}
x-more: &more {tags: {owner: us}}
virtual_networks:
  corp:
    azure_name: vnet-corp-hub
    address_space: [10.0.0.0/20]
    subnets:
      ends:
        address_prefix: 10.0.0.0/24
private_dns_zones:
  inner: {zone: corp.contoso.example}
key_vaults:
  theirs: {<<: *more}
workspaces: {main: {}}
compute_clusters:
  cpu: {size: Standard_D4ds_v5, max_instances: 2, network_settings: {vnet_name: vnet-corp-hub, subnet: ends}}
environments: {py: {image: "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:20260715.v1"}}
jobs:
  fit: {type: command, command: fit, environment: py, compute: cpu}
databricks_workspaces:
  main: {}
databricks_jobs:
  nightly:
    job_clusters:
      - job_cluster_key: small
        new_cluster: {spark_version: 16.4.x-scala2.12, node_type_id: Standard_D4ds_v5, num_workers: 1}
    environments:
      - environment_key: python
        spec: {environment_version: "4"}
    tasks:
      - task_key: first
        notebook_task: {notebook_path: /Shared/first}
        job_cluster_key: small
      - task_key: second
        spark_python_task: {python_file: /Workspace/second.py}
        environment_key: python
        depends_on: [{task_key: first}]
"""
MORE_SLIPS = (
    ("links: [corp]", "links: [crop]", "  corp:"),
    ("      - inner", "      - innner", "  inner: {zone"),
    ("key_vaults.theirs: [inner]", "key_vaults.theirs: [inenr]", "  inner: {zone"),
    ("key_vaults.theirs: [inner]", "key_vaults.thiers: [inner]", "  theirs: {<<"),
    ("to: key_vaults.theirs", "to: key_vaults.thiers", "  theirs: {<<"),
    ("to: platform.churn", "to: platform.chrun2", "platform: churn"),
    ("to: targets.dev", "to: targets.dve", "  dev:\n"),
    ("jobs: [fit]", "jobs: [fti]", "      - fit"),
    ("*more", "*moer", "x-more: &more"),
    ("vnet_name: vnet-corp-hub", "vnet_name: vnet-crop-hub", "    azure_name: vnet"),
    ("job_cluster_key: small\n      - task", "job_cluster_key: smlal\n      - task", "      - job_cluster_key: small"),
    ("environment_key: python\n        depends", "environment_key: pyhton\n        depends", "      - environment_key"),
    ("depends_on: [{task_key: first", "depends_on: [{task_key: frist", "      - task_key: first"),
)


@pytest.mark.parametrize(("right", "wrong", "declared"), MORE_SLIPS)
def test_a_slip_in_a_name_of_a_network_a_move_or_a_task_shows_what_is_meant(
    tmp_path: Path, right: str, wrong: str, declared: str
) -> None:
    _assert_is_shown(tmp_path, MORE, right, wrong, declared)

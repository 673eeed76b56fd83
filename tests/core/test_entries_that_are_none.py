"""A section, an entry or a map of the header that is a number is said, and nothing that would only follow from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.diagnostics import Diagnostic
from tests.reading_yaml import read_yaml
from tests.spec import found

SPEC = """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
targets:
  dev:
    subscription: 11111111-1111-1111-1111-111111111111
    mode: development
    variables: {nodes: 3}
    overrides:
      compute_clusters: {cpu: {max_instances: 4}}
      online_endpoints: {churn: {description: of dev}}
variables:
  nodes: {type: integer}
network: {inbound: public, outbound: approved}
derived:
  compute_clusters.main-build: {usage: {hours_a_month: 4}}
pipelines:
  install: {source: mlinfra, requirements: requirements.txt}
  service_connections: {dev: churn-dev}
  pool: {name: ours}
  train: {jobs: [train, judge]}
  score: {endpoints: {nightly: {schedules: [{cron: "0 5 * * 1"}]}}}
workspaces:
  main: {}
storage_accounts:
  lake: {hierarchical_namespace: true, containers: {raw: {}}}
principals:
  shop: {object_id: 55555555-5555-5555-5555-555555555555, type: service_principal}
compute_clusters:
  cpu: {size: Standard_D4ds_v5, max_instances: "${var.nodes}"}
datastores:
  raw: {type: azure_data_lake_gen2, account_name: lake, filesystem: raw}
environments:
  py: {image: "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:20260715.v1"}
jobs:
  train:
    {type: command, command: fit, environment: py, compute: cpu, outputs: {model: {type: mlflow_model}}}
  judge:
    type: command
    command: judge ${{inputs.model}} ${{outputs.report}}
    environment: py
    compute: cpu
    inputs: {model: {type: mlflow_model}}
    outputs: {report: {type: uri_folder}}
models:
  churn:
    from_job: train
    release:
      evaluate: {job: judge}
      metrics: {output: report, file: numbers.json}
      at_least: {auc: 0.8}
online_endpoints:
  churn:
    auth_mode: aad_token
    consumers: [shop]
batch_endpoints:
  nightly:
    auth_mode: aad_token
"""
DATA = read_yaml(SPEC)
HELD = (
    *("workspaces", "storage_accounts", "principals", "compute_clusters", "datastores", "environments", "jobs"),
    *("models", "online_endpoints", "batch_endpoints"),
)
WRONG = [*HELD, *(f"{section}.{name}" for section in HELD for name in DATA[section]), "variables", "network"]


def _with_a_number(address: str) -> tuple[str, int]:
    """The spec in which a number stands at an address, and its line."""
    section, _, name = address.partition(".")
    lines = SPEC.split("\n")
    first = lines.index(next(line for line in lines if line.startswith(f"{section}:")))
    if name:
        first = next(at for at in range(first + 1, len(lines)) if lines[at].startswith(f"  {name}:"))
    depth = 2 if name else 0
    end = next(at for at in range(first + 1, len(lines)) if len(lines[at]) - len(lines[at].lstrip()) <= depth)
    key = lines[first].partition(":")[0]
    return "\n".join([*lines[:first], f"{key}: 5", *[""] * (end - first - 1), *lines[end:]]), first + 1


def _said(found: Diagnostic) -> tuple[str, str]:
    return found.code.id, found.message


@pytest.mark.parametrize("address", WRONG)
def test_of_a_number_in_place_of_a_map_nothing_follows(tmp_path: Path, address: str) -> None:
    text, line = _with_a_number(address)
    (tmp_path / "right").mkdir()
    usual = {_said(item) for item in found(tmp_path / "right", SPEC)}
    new = [item for item in found(tmp_path, text) if _said(item) not in usual]
    assert {item.span.line for item in new} == {line}, [_said(item) for item in new]

"""MLI749: a model that trains on GPUs again and again is one that something uses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spec import HEADER, said

SPEC = """\
workspaces: {main: {}}
compute_clusters:
  gpu: {size: Standard_NC4as_T4_v3, max_instances: 1}
  cpu: {size: Standard_D4ds_v4, max_instances: 1}
jobs:
  train:
    type: command
    command: python -c 1 --out ${{outputs.model}}
    environment: azureml:curated:1
    compute: gpu
    outputs: {model: {type: mlflow_model}}
models:
  churn: {from_job: train, output: model}
pipelines:
  pool: {vmImage: ubuntu-24.04}
  service_connections: {dev: demo-dev}
  install: {index: "https://packages.contoso.example/simple", requirements: requirements.txt}
  train: {jobs: [train]}
"""
SERVED = """\
batch_endpoints:
  churn: {defaults: {deployment_name: main}, deployments: {main: {type: model, model: churn, compute: cpu}}}
"""
READ = """\
schedules:
  nightly:
    trigger: {type: cron, expression: "0 5 * * 1"}
    create_job:
      type: command
      command: python -c 1 --model ${{inputs.model}}
      environment: azureml:curated:1
      compute: cpu
      inputs: {model: {type: mlflow_model, path: "azureml:churn:${models.churn.version}"}}
"""
FOUND = [
    (
        "18: models.churn is trained by jobs.train on compute_clusters.gpu (Standard_NC4as_T4_v3, $0.66 an hour each), "
        "and no endpoint of any target serves it (leave models.churn out, and train of pipelines.train.jobs; or say "
        "who uses the model: # mlinfra: ignore MLI749 because …)"
    )
]
SECOND = HEADER + "  prod: {subscription: 22222222-2222-2222-2222-222222222222, mode: development, promote_from: dev}\n"
REGISTRY = "registries: {all: {}}"
USED = {
    "a batch endpoint": SPEC + SERVED,
    "a schedule reads its version": SPEC + READ,
    "its compute has no GPUs": SPEC.replace("compute: gpu", "compute: cpu"),
    "it is handed on by a registry": SPEC.replace("output: model}", "output: model, registry: all}\n" + REGISTRY),
}  # fmt: skip


def test_model_that_nothing_serves_is_reported(tmp_path: Path) -> None:
    assert said(tmp_path, HEADER + SPEC, "MLI749") == FOUND


def test_machines_without_a_cluster_count_as_well(tmp_path: Path) -> None:
    serverless = "compute: serverless\n    resources: {instance_type: Standard_NC4as_T4_v3, instance_count: 1}"
    (message,) = said(tmp_path, HEADER + SPEC.replace("compute: gpu", serverless), "MLI749")
    assert "on serverless machines (Standard_NC4as_T4_v3, $0.66 an hour each)" in message


@pytest.mark.parametrize("name", USED)
def test_model_that_is_used_is_not(name: str, tmp_path: Path) -> None:
    assert said(tmp_path, HEADER + USED[name], "MLI749") == []


def test_endpoint_of_a_later_target_is_enough(tmp_path: Path) -> None:
    later = SERVED.replace("deployment_name: main}", "deployment_name: main}, targets: [prod]")
    two = SPEC.replace("dev: demo-dev", "dev: demo-dev, prod: demo-prod")
    assert said(tmp_path, SECOND + two + later, "MLI749") == []
    assert [message.partition(":")[2] for message in said(tmp_path, SECOND + two, "MLI749")] == [
        FOUND[0].partition(":")[2]
    ]

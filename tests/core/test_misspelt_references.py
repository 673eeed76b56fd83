"""What begins as a reference of Azure ML and is none: nobody finds it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.spec import HEADER, compiled, found

GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-churn-dev/providers"
ACCOUNT = f"{GROUP}/Microsoft.Storage/storageAccounts/stchurndevlakeyf3g"
GROUND = """\
workspaces: {main: {}}
compute_clusters: {cpu: {size: Standard_D4ds_v5}}
storage_accounts: {lake: {containers: {raw: {}}}}
datastores: {raw: {type: azure_blob, account_name: lake, container_name: raw}}
environments: {train: {image: a/b:1}}
data: {rows: {type: uri_folder, path: azureml://datastores/raw/paths/x/}}
"""
JOB = (
    "jobs: {j: {type: command, command: 'x ${{inputs.a}}', environment: '%s', compute: '%s', "
    "inputs: {a: {type: uri_folder, path: '%s'}}}}\n"
)
PIPELINE = (
    "jobs: {p: {type: pipeline, settings: {default_compute: cpu, default_datastore: '%s'}, "
    "jobs: {s: {command: x, environment: train}}}}\n"
)
SCHEDULE = "schedules: {s: {trigger: {type: recurrence, frequency: day, interval: 1}, create_job: %s}}\n"
MONITOR = (
    "monitors: {w: {trigger: {type: recurrence, frequency: day, interval: 1}, create_monitor: {compute: "
    "{instance_type: standard_e4s_v3, runtime_version: '3.5'}, monitoring_target: {ml_task: classification, "
    "endpoint_deployment_id: '%s'}}}}\n"
)
NONE = '"%s" is none of the forms in which Azure ML names %s | write %s'
VERSIONED = "azureml:<name>:<version>"
CODES = ("MLI302", "MLI317", "MLI328")
REGISTERED = "azureml://registries/azureml"
IN_A_REGISTRY = "azureml://registries/<registry>/environments/<name>/versions/<version>, or …/labels/latest"
URI = "azureml://datastores/<datastore>/paths/<path>"


class Case(NamedTuple):
    what: str
    text: str
    said: str


def _job(environment: str = "train", compute: str = "cpu", data: str = "rows") -> str:
    return JOB % (environment, compute, data)


CASES = (
    Case("two versions", _job("azureml:train:1:2"), NONE % ("azureml:train:1:2", "environments", VERSIONED)),
    Case("no label", _job("azureml:train@"), NONE % ("azureml:train@", "environments", VERSIONED)),
    Case(
        "a version of a cluster",
        _job(compute="azureml:cpu:1"),
        NONE % ("azureml:cpu:1", "compute_clusters", "azureml:<name>"),
    ),
    Case(
        "a datastore without paths",
        _job(data="azureml://datastores/raw/x"),
        NONE % ("azureml://datastores/raw/x", "data", f"{VERSIONED} or {URI}"),
    ),
    Case(
        "datastore for datastores",
        _job(data="azureml://datastore/raw/paths/x"),
        NONE % ("azureml://datastore/raw/paths/x", "data", f"{VERSIONED} or {URI}"),
    ),
    Case(
        "a URI where a name is due",
        PIPELINE % "azureml://datastores/raw",
        NONE % ("azureml://datastores/raw", "datastores", "azureml:<name>"),
    ),
    Case(
        "an endpoint without a deployment",
        MONITOR % "azureml:o",
        NONE % ("azureml:o", "online_deployments", "azureml:<endpoint>:<deployment>"),
    ),
    Case(
        "a job that no entry is",
        SCHEDULE % "azureml:nightly",
        'no entry of jobs is called "nightly" on Azure | None',
    ),
    Case(
        "a registry without a version",
        _job(f"{REGISTERED}/environments/sklearn-1.5"),
        NONE % (f"{REGISTERED}/environments/sklearn-1.5", "environments", IN_A_REGISTRY),
    ),
    Case(
        "a component of a registry",
        _job(f"{REGISTERED}/components/fit/versions/1"),
        NONE % (f"{REGISTERED}/components/fit/versions/1", "environments", IN_A_REGISTRY),
    ),
    Case("a label of a registry", _job(f"{REGISTERED}/environments/sklearn-1.5/labels/latest"), ""),
    Case("data of a registry", _job(data=f"{REGISTERED}/data/rows/versions/1"), ""),
    Case("a model of a registry", _job(data=f"{REGISTERED}/models/m/versions/1"), ""),
    Case("other kinds of URIs", _job(data="azureml://locations/westeurope/workspaces/w/data/d/versions/1"), ""),
)


@pytest.mark.parametrize("case", CASES, ids=[case.what for case in CASES])
def test_what_is_no_reference(case: Case, tmp_path: Path) -> None:
    said = [each for each in found(tmp_path, HEADER + GROUND + case.text) if each.code.id in CODES]
    assert [f"{each.message} | {each.help}" for each in said] == ([case.said] if case.said else [])


@pytest.mark.parametrize("written", ["storage_accounts.lake", ACCOUNT, "stchurndevlakeyf3g", "lake"])
def test_an_account_has_four_names_and_its_container_is_found_by_each(written: str, tmp_path: Path) -> None:
    spec = HEADER + GROUND.replace("account_name: lake", f"account_name: {written}")
    (plan,) = compiled(tmp_path, spec).plans
    targets = {edge.target for edge in plan.graph.edges_from("datastores.raw")}
    assert targets == {"workspaces.main", "storage_accounts.lake", "storage_accounts.lake.containers.raw"}


@pytest.mark.parametrize("written", ["azureml:n", "n", "jobs.n"])
def test_a_scheduled_job_may_be_named_as_azure_names_what_it_has(written: str, tmp_path: Path) -> None:
    job = "jobs: {n: {type: pipeline, settings: {default_compute: cpu}, jobs: {s: {command: x, environment: train}}}}\n"
    (plan,) = compiled(tmp_path, HEADER + GROUND + job + SCHEDULE % f"{{type: pipeline, job: '{written}'}}").plans
    assert "jobs.n" in {edge.target for edge in plan.graph.edges_from("schedules.s")}

"""Ids, URIs and names on Azure of the spec's own things, where a place takes only a name, or none of them is meant."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from mlinfra.emit.azureml import azureml_files
from mlinfra.schemas.values import value_at
from tests.spec import HEADER, compiled, found

GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-churn-dev"
WORKSPACE = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/mlw-churn-dev"
GROUND = """\
workspaces: {main: {}}
compute_clusters: {cpu: {size: Standard_D4ds_v5, azure_name: cpu-there}}
environments: {train: {image: a/b:1, azure_name: train-there}}
storage_accounts: {lake: {hierarchical_namespace: true, containers: {raw: {}}}}
datastores: {raw: {type: azure_data_lake_gen2, account_name: lake, filesystem: raw, azure_name: raw_there}}
registries: {shared: {azure_name: acme}}
"""
ROWS = "data: {rows: {type: uri_folder, path: azureml://datastores/raw/paths/x/, azure_name: rows-there, version: 4}}\n"
STEP = (
    "components: {flow: {type: pipeline, jobs: {s: {type: command, command: x, environment: train, compute: cpu}}}}\n"
)
OF_COMPUTE = (
    "batch_endpoints: {b: {defaults: {deployment_name: d}, deployments: {d: {type: pipeline, component: flow, "
    "settings: {default_compute: '%s'}}}}}\n"
)
OF_DATASTORE = "data: {local: {type: uri_folder, path: ., datastore: '%s'}}\n"
JOB = (
    "jobs: {j: {type: command, command: 'x ${{inputs.a}}', environment: %s, compute: '%s', "
    "inputs: {a: {type: uri_folder, path: '%s'}}}}\n"
)
LENT = "environments: {lent: {image: a/b:2, registry: shared, version: 5}, train: {image: a/b:1}}\n"


class Bound(NamedTuple):
    what: str
    text: str
    file: str
    path: tuple[str, ...]
    stands: str
    edge: tuple[str, str]


def _compute(text: str) -> Bound:
    edge = ("batch_endpoints.b.deployments.d", "compute_clusters.cpu")
    path = ("settings", "default_compute")
    return Bound(text, STEP + OF_COMPUTE % text, "batch_endpoints/b/d", path, "cpu-there", edge)


def _datastore(text: str) -> Bound:
    edge = ("data.local", "datastores.raw")
    return Bound(text, OF_DATASTORE % text, "data/local", ("datastore",), "raw_there", edge)


def _data(text: str) -> Bound:
    stands, edge = "azureml:rows-there:4", ("jobs.j", "data.rows")
    return Bound(text, ROWS + JOB % ("train", "cpu", text), "jobs/j", ("inputs", "a", "path"), stands, edge)


BOUND = (
    *map(_compute, ("cpu", "azureml:cpu-there", f"{WORKSPACE}/computes/cpu-there")),
    _compute(f"azureml:{WORKSPACE}/computes/cpu-there"),
    *map(_datastore, ("raw", "azureml:raw_there", f"{WORKSPACE}/datastores/raw_there")),
    *map(_data, ("rows", f"{WORKSPACE}/data/rows-there/versions/4", f"azureml:{WORKSPACE}/data/rows-there/versions/4")),
    _data(f"azureml:/{WORKSPACE}/data/rows-there/versions/4"),
    _data(f"azureml:/{GROUP}/workspaces/mlw-churn-dev/data/rows-there/versions/4"),
    Bound(
        "a datastore's URI with its provider",
        JOB % ("train", "cpu", f"azureml:/{WORKSPACE}/datastores/raw_there/paths/x"),
        "jobs/j",
        ("inputs", "a", "path"),
        "azureml://datastores/raw_there/paths/x",
        ("jobs.j", "datastores.raw"),
    ),
)


@pytest.mark.parametrize("case", BOUND, ids=[case.what for case in BOUND])
def test_what_is_of_the_spec_is_bound(case: Bound, tmp_path: Path) -> None:
    text = HEADER + GROUND + case.text
    assert [each for each in found(tmp_path, text) if each.severity in ("error", "warning")] == []
    (plan,) = compiled(tmp_path, text).plans
    files = {file.path: file.text for file in azureml_files(plan.graph, "", tmp_path / "generated")}
    body = yaml.safe_load(files[f"dev/azureml/{case.file}.yml"])
    assert value_at(body, case.path) == case.stands
    assert case.edge in {(edge.source, edge.target) for edge in plan.graph.edges if edge.kind == "needs"}


class Said(NamedTuple):
    what: str
    text: str
    said: str  # behind the severity; help behind a bar


def _job(environment: str = "train", compute: str = "cpu", data: str = "rows") -> str:
    return ROWS + JOB % (environment, compute, data)


NOBODY = 'warning no entry of %s is called "%s" on Azure'
MADE = "Declare what someone else made: %s: {%s: {existing: true, azure_name: %s}}"
SAID = (
    Said(
        "nearly the name on Azure of a cluster",
        _job(compute="azureml:cpu-therre"),
        NOBODY % ("compute_clusters", "cpu-therre")
        + ' | did you mean "cpu-there"? '
        + MADE % ("compute_clusters", "cpu-therre", "cpu-therre"),
    ),
    Said(
        "nearly the entry's name of what is called otherwise on Azure",
        _job(compute="azureml:cpuu"),
        NOBODY % ("compute_clusters", "cpuu")
        + ' | did you mean "cpu-there"? '
        + MADE % ("compute_clusters", "cpuu", "cpuu"),
    ),
    Said(
        "an id of nearly the name",
        _job(environment=f"azureml:{WORKSPACE}/environments/train-their/versions/1"),
        NOBODY % ("environments", "train-their") + ' in workspaces.main | did you mean "train-there"?',
    ),
    Said(
        "nearly the name of what lies in a registry of the spec",
        LENT
        + JOB % ("azureml://registries/acme/environments/lend/versions/5", "cpu", "azureml://datastores/raw/paths/x"),
        NOBODY % ("environments", "lend") + ' in registries.shared | did you mean "lent"?',
    ),
    Said(
        "a registry of the spec by the entry's name",
        LENT
        + JOB % ("azureml://registries/shared/environments/lent/versions/5", "cpu", "azureml://datastores/raw/paths/x"),
        NOBODY % ("registries", "shared") + ' | did you mean "acme"?',
    ),
    Said(
        "nearly the name of a registry of the spec",
        LENT
        + JOB % ("azureml://registries/acmee/environments/lent/versions/5", "cpu", "azureml://datastores/raw/paths/x"),
        NOBODY % ("registries", "acmee") + ' | did you mean "acme"?',
    ),
    Said(
        "a registry of others",
        _job(environment="azureml://registries/azureml/environments/sklearn-1.5/versions/30"),
        "",
    ),
    Said(
        "a registry that an asset is to lie in, by no name of an entry",
        "data: {local: {type: uri_folder, path: ., registry: 'azureml:others'}}\n",
        'error registries "others" is not defined | Defined: shared',
    ),
    Said(
        "the address of a registry that an asset is to lie in",
        "data: {local: {type: uri_folder, path: ., registry: 'azureml://registries/others'}}\n",
        'error registries "azureml://registries/others" is not defined | Defined: shared',
    ),
    Said(
        "a component by its name on Azure alone",
        "components: {check: {type: command, command: x, environment: train}}\n"
        "monitors: {m: {trigger: {type: recurrence, frequency: day, interval: 1}, create_monitor: {compute: "
        "{instance_type: standard_e4s_v3, runtime_version: '3.5'}, monitoring_signals: {s: {type: custom, "
        "component_id: 'azureml:check', metric_thresholds: [{metric_name: a, threshold: 1}]}}}}}\n",
        'error component_id must be the name of an entry or azureml:<name>:<version>, not "azureml:check" | write '
        "azureml:check@latest",
    ),
)


@pytest.mark.parametrize("case", SAID, ids=[case.what for case in SAID])
def test_what_nobody_is_called_is_said_with_what_is_near(case: Said, tmp_path: Path) -> None:
    ground = GROUND if "environments:" not in case.text else GROUND.replace("environments: {train:", "x-e: {train:")
    said = [
        f"{each.severity} {each.message}" + (f" | {each.help}" if each.help else "")
        for each in found(tmp_path, HEADER + ground + case.text)
        if each.severity != "info"
    ]
    assert said == ([case.said] if case.said else [])

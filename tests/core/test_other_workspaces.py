"""What is named across the workspaces of one platform: names end at a workspace, ids lead into another one."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from mlinfra.emit.azureml import azureml_files
from tests.core.derived import roles
from tests.spec import HEADER, compiled, found

GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-churn-dev"
LAB = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/mlw-churn-dev-lab"
RAW = f"azureml:/{GROUP}/workspaces/mlw-churn-dev-lab/datastores/raw/paths/x/"
PLATFORM = f"""{HEADER}\
workspaces: {{main: {{}}, lab: {{}}}}
compute_clusters: {{cpu: {{workspace: main, size: Standard_D4ds_v5}}, gpu: {{workspace: lab, size: Standard_D4ds_v5}}}}
storage_accounts: {{lake: {{hierarchical_namespace: true, containers: {{raw: {{}}}}}}}}
datastores: {{raw: {{workspace: lab, type: azure_data_lake_gen2, account_name: lake, filesystem: raw}}}}
data: {{rows: {{workspace: lab, type: uri_folder, path: azureml://datastores/raw/paths/x/, version: 3}}}}
environments:
  train: {{workspace: lab, image: a/b:1, version: 3}}
  own: {{workspace: main, image: a/b:1, version: 3}}
jobs:
  j: {{workspace: main, type: command, command: 'x ${{{{inputs.a}}}}', environment: %s, compute: %s,
    inputs: {{a: {{type: uri_folder, path: %s}}}}}}
"""
ELSEWHERE = "https://example.com/a"
DECLARE = "declare it in workspaces.main as well, or in a registry"
APART = f"jobs.j lives in workspaces.main, and {{0}} in workspaces.lab | {DECLARE}"


class Named(NamedTuple):
    """What a job of one workspace names, and what is said of it."""

    what: str
    environment: str = "own"
    compute: str = "cpu"
    data: str = ELSEWHERE
    said: str = ""


CASES = (
    Named("what lies in its own workspace"),
    Named("an environment of the other one", environment="train", said="MLI327 " + APART.format("environments.train")),
    Named("a cluster of the other one", compute="gpu", said="MLI327 " + APART.format("compute_clusters.gpu")),
    Named("data of the other one", data="rows", said="MLI327 " + APART.format("data.rows")),
    Named(
        "a datastore of the other one",
        data="azureml://datastores/raw/paths/x/",
        said="MLI327 " + APART.format("datastores.raw"),
    ),
    Named(
        "the id of an environment there",
        environment=f"azureml:{LAB}/environments/train/versions/3",
        said="MLI326 environments.train of workspaces.lab, and jobs.j lives in workspaces.main",
    ),
    Named(
        "the id of another version of it",
        environment=f"azureml:{LAB}/environments/train/versions/2",
        said="MLI315 is another one | write train for the version that the spec makes",
    ),
    Named(
        "the id of an environment that is not there",
        environment=f"azureml:{LAB}/environments/own/versions/3",
        said='MLI317 no entry of environments is called "own" on Azure in workspaces.lab',
    ),
    Named(
        "the id of a cluster there",
        compute=f"azureml:{LAB}/computes/gpu",
        said="MLI326 compute_clusters.gpu of workspaces.lab, and jobs.j lives in workspaces.main",
    ),
    Named(
        "the id of a cluster that is not there",
        compute=f"azureml:{LAB}/computes/cpu",
        said='MLI317 no entry of compute_clusters is called "cpu" on Azure in workspaces.lab',
    ),
    Named("a path in a datastore there", data=RAW),
    Named(
        "a path in a datastore that is not there",
        data=RAW.replace("/raw/", "/rwa/"),
        said='MLI317 no entry of datastores is called "rwa" on Azure in workspaces.lab',
    ),
)


@pytest.mark.parametrize("case", CASES, ids=[case.what for case in CASES])
def test_what_a_job_names_across_workspaces(case: Named, tmp_path: Path) -> None:
    spec = PLATFORM % (case.environment, case.compute, case.data)
    said = [each for each in found(tmp_path, spec) if each.code.id.startswith("MLI3") and each.code.id != "MLI325"]
    lines = [f"{each.code.id} {each.message} | {each.help}" for each in said]
    code, _, words = case.said.partition(" ")
    assert [(line.startswith(code), words in line) for line in lines] == ([(True, True)] if case.said else [])
    if case.said.startswith("MLI327"):
        return
    (plan,) = compiled(tmp_path, spec).plans
    files = {file.path: file.text for file in azureml_files(plan.graph, "", tmp_path / "generated")}
    body = yaml.safe_load(files["dev/azureml/jobs/j.yml"])
    kept = {"own": "azureml:own:3", "cpu": "azureml:cpu"}
    written = (case.environment, case.compute, case.data)
    assert (body["environment"], body["compute"], body["inputs"]["a"]["path"]) == tuple(
        kept.get(text, text) for text in written
    )


def test_a_path_in_a_datastore_of_another_workspace_is_read_with_a_role(tmp_path: Path) -> None:
    (plan,) = compiled(tmp_path, PLATFORM % ("own", "cpu", RAW)).plans
    container = "storage_accounts.lake.containers.raw"
    given = roles(plan.graph, "identities.cpu-compute")
    assert given[f"Storage Blob Data Reader/{container}"] == f"jobs.j reads {container} through datastores.raw"

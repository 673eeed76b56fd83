"""Azure ML files: bodies as they were written, references and paths as the client takes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from mlinfra.emit.azureml import azureml_files
from tests.core.cases import CLUSTER, WORKSPACE, told
from tests.spec import HEADER, compiled

SCHEMA = "$schema: https://azuremlschemas.azureedge.net/latest/%s.schema.json\n"


def emitted(folder: Path, text: str, files: Mapping[str, str] | None = None) -> dict[str, str]:
    """The Azure ML files of a spec below the folder of their target, without the line of comment."""
    (plan,) = compiled(folder, HEADER + WORKSPACE + text, files).plans
    found = azureml_files(plan.graph, "made in a test", folder / "generated")
    return {file.path.removeprefix("dev/azureml/"): file.text.partition("\n")[2] for file in found}


def test_a_body_keeps_its_order_and_loses_the_keys_of_mlinfra(tmp_path: Path) -> None:
    text = (
        CLUSTER
        + "environments: {e: {image: a/b:1, version: 2, azure_name: e-two}}\n"
        + "jobs: {t: {x-note: {a: 1}, code: src, type: command, compute: cpu, workspace: main, targets: [dev], "
        + "command: 'x ${{inputs.a}}', environment: e, azure_name: other, resources: {x-note: 1, instance_count: 2}, "
        + "inputs: {a: 2}, environment_variables: {x-A: b}, tags: {x-t: c}}}\n"
    )
    assert emitted(tmp_path, text, {"src/a.py": ""}) == {
        "environments/e.yml": SCHEMA % "environment" + 'name: e-two\nversion: "2"\nimage: a/b:1\n',
        "jobs/t.yml": SCHEMA % "commandJob"
        + """\
code: ../../../../src
type: command
compute: azureml:cpu
command: x ${{inputs.a}}
environment: azureml:e-two:2
resources:
  instance_count: 2
inputs:
  a: 2
environment_variables:
  x-A: b
tags:
  x-t: c
""",
    }


def test_an_endpoint_has_a_file_and_each_slot_another(tmp_path: Path) -> None:
    text = """\
jobs:
  t: {type: command, command: x, environment: azureml:e:1, compute: serverless, outputs: {m: {type: mlflow_model}}}
models: {m: {from_job: t, output: m}, own: {path: model, version: 3, type: mlflow_model}}
online_endpoints:
  score:
    auth_mode: aad_token
    traffic: {blue: 90, green: 10}
    smoke_test: {request: r.json, contains: ok}
    deployments:
      blue: {model: m, instance_type: Standard_D4as_v4, instance_count: 2, x-note: 1}
      green: {type: kubernetes, model: own, instance_type: small}
"""
    files = emitted(tmp_path, text, {"r.json": "{}", "model/MLmodel": "a"})
    endpoint = yaml.safe_load(files["online_endpoints/score.yml"])
    identity = endpoint["identity"].pop("user_assigned_identities")[0]["resource_id"]
    assert endpoint == {
        "$schema": "https://azuremlschemas.azureedge.net/latest/managedOnlineEndpoint.schema.json",
        "name": "score-dev-yf3g",
        "auth_mode": "aad_token",
        "identity": {"type": "user_assigned"},
    }
    assert identity.endswith("/userAssignedIdentities/id-churn-dev-score-online")
    assert files["online_endpoints/score/blue.yml"] == (
        SCHEMA % "managedOnlineDeployment"
        + "name: blue\nendpoint_name: score-dev-yf3g\n"
        + "instance_type: Standard_D4as_v4\ninstance_count: 2\n"
    )
    assert files["online_endpoints/score/green.yml"] == (
        SCHEMA % "kubernetesOnlineDeployment"
        + "name: green\nendpoint_name: score-dev-yf3g\n"
        + "type: kubernetes\nmodel: azureml:own:3\ninstance_type: small\n"
    )
    assert list(files) == [
        "jobs/t.yml",
        "models/own.yml",
        "online_endpoints/score.yml",
        "online_endpoints/score/blue.yml",
        "online_endpoints/score/green.yml",
    ]


def test_references_of_a_pipeline_and_of_its_schedule(tmp_path: Path) -> None:
    text = (
        CLUSTER
        + """\
storage_accounts: {lake: {hierarchical_namespace: true, containers: {raw: {}}}}
datastores: {raw: {type: azure_data_lake_gen2, account_name: lake, filesystem: raw, azure_name: raw_data}}
data: {rows: {type: uri_folder, path: azureml://datastores/raw/paths/rows/, version: 7}}
components: {c: {type: command, command: x, environment: azureml:e:1, version: 3}}
jobs:
  p:
    type: pipeline
    settings: {default_compute: cpu}
    inputs:
      rows: {type: uri_folder, path: rows}
      more: {type: uri_folder, path: azureml://datastores/raw/paths/more/}
      local: {type: uri_folder, path: ./data}
    jobs:
      a: {type: command, component: c}
      b: {type: command, component: file:comp/d.yml}
schedules:
  s: {trigger: {type: cron, expression: 0 3 * * 1}, create_job: p}
"""
    )
    component = "name: d\nversion: 1\ntype: command\ncommand: x\nenvironment: azureml:e:1\n"
    files = emitted(tmp_path, text, {"comp/d.yml": component, "data/a.csv": "1"})
    assert files["jobs/p.yml"] == SCHEMA % "pipelineJob" + (
        """\
type: pipeline
settings:
  default_compute: azureml:cpu
inputs:
  rows:
    type: uri_folder
    path: azureml:rows:7
  more:
    type: uri_folder
    path: azureml://datastores/raw_data/paths/more/
  local:
    type: uri_folder
    path: ../../../../data
jobs:
  a:
    type: command
    component: azureml:c:3
  b:
    type: command
    component: ../../../../comp/d.yml
"""
    )
    assert files["data/rows.yml"].endswith(
        'version: "7"\ntype: uri_folder\npath: azureml://datastores/raw_data/paths/rows/\n'
    )
    assert files["schedules/s.yml"].endswith("create_job: ../jobs/p.yml\n")


TEXTS = (
    'it\'s "quoted" and \\ back',
    "# no comment: [a] {b} | > & * ! % @ `c`",
    "line one\nline two\n",
    "  spaces around  ",
    "$(command) `command` $HOME",
    "<b>bold</b> ]]> | cell | --- \u2028 end",
    "yes",
    "012",
    "2024-01-01",
    "null",
    "${{inputs.a}}",
)


@pytest.mark.parametrize("text", TEXTS)
def test_text_comes_out_as_that_very_text(text: str, tmp_path: Path) -> None:
    written = json.dumps(text)
    fields = f"type: uri_file, path: https://example.com/a, description: {written}, tags: {{a: {written}}}"
    spec = f"data: {{d: {{{fields}}}}}\n"
    body = yaml.safe_load(emitted(tmp_path, spec)["data/d.yml"])
    assert (body["description"], body["tags"]) == (text, {"a": text})


def test_what_looks_like_an_expression_is_written_with_two_dollars(tmp_path: Path) -> None:
    spec = "data: {d: {type: uri_file, path: https://example.com/a, description: '$${a} ${{b}} $${{c}} $d'}}\n"
    body = yaml.safe_load(emitted(tmp_path, spec)["data/d.yml"])
    assert body["description"] == "${a} ${{b}} ${{c}} $d"


def test_inputs_may_be_called_vault_and_secret(tmp_path: Path) -> None:
    text = (
        "jobs: {t: {type: command, command: 'x ${{inputs.vault}} ${{inputs.secret}}', environment: azureml:e:1, "
        "compute: serverless, inputs: {vault: a, secret: b}}}\n"
    )
    assert told(tmp_path, HEADER + WORKSPACE + text, {}) == ""

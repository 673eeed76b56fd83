"""A slip of the key under which entries are nested: what a target changes below the right one is changed below it."""

from __future__ import annotations

from pathlib import Path

from mlinfra.diagnostics import has_errors
from tests.spec import found

SPEC = """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
targets:
  dev:
    subscription: 11111111-1111-1111-1111-111111111111
    mode: development
    overrides:
      online_endpoints:
        score:
          deployments: {blue: {instance_count: 2}}
workspaces: {main: {}}
models: {m: {path: "azureml://datastores/workspaceblobstore/paths/m/", type: mlflow_model, version: 1}}
online_endpoints:
  score:
    auth_mode: aad_token
    traffic: {blue: 100}
    DEPLOYMENTS:
      blue: {model: m, instance_type: Standard_DS3_v2, instance_count: 1}
"""


def test_only_the_slip_is_said(tmp_path: Path) -> None:
    (tmp_path / "right").mkdir()
    assert not has_errors(found(tmp_path / "right", SPEC.replace("DEPLOYMENTS", "deployments")))
    said = found(tmp_path, SPEC.replace("DEPLOYMENTS", "dpeloyments"))
    assert [(each.span.line, each.message) for each in said if has_errors([each])] == [
        (18, "dpeloyments is not a field of online_endpoints")
    ]

"""A value that is wrong is said, and nothing that would only follow from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.diagnostics import has_errors
from tests.spec import HEADER, found

SHARED = """\
apiVersion: mlinfra/v1
platform: bank
location: westeurope
targets:
  common: {subscription: 11111111-1111-1111-1111-111111111111, mode: development, shared: ture}
  dev: {subscription: 22222222-2222-2222-2222-222222222222, mode: development}
naming: {pattern: "{abbr}-{platform}-{target}-{name}-{salt}"}
network: {inbound: public, outbound: approved}
workspaces: {spark: {}}
"""
MODEL = (
    HEADER
    + """\
workspaces: {main: {}}
compute_clusters: {cpu: {size: Standard_D4ds_v5, max_instances: 2}}
environments: {py: {image: "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:20260715.v1"}}
jobs:
  train:
    type: pipeline
    settings: {default_compute: cpu}
    outputs: {report: {type: uri_folder}}
    jobs:
      fit:
        type: command
        component: COMPONENT
      measure:
        type: command
        component: measure
        inputs: {fitted: "${{parent.jobs.fit.outputs.fitted}}"}
        outputs: {report: "${{parent.outputs.report}}"}
components:
  fit:
    type: command
    command: fit ${{outputs.fitted}}
    environment: py
    outputs: {fitted: {type: uri_folder}}
  measure:
    type: command
    command: measure ${{inputs.fitted}} ${{outputs.report}}
    environment: py
    inputs: {fitted: {type: uri_folder}}
    outputs: {report: {type: uri_folder}}
models:
  best: {from_job: train, registered_by: RUN}
"""
)


def _errors(folder: Path, text: str) -> list[tuple[int, str]]:
    return [(each.span.line, each.message) for each in found(folder, text) if has_errors([each])]


@pytest.mark.parametrize(
    ("text", "right", "errors"),
    [
        (SHARED, SHARED.replace("ture", "true"), [(5, 'shared must be true or false, not "ture"')]),
        (
            MODEL.replace("RUN", "{a: 1}").replace("COMPONENT", "fit"),
            MODEL.replace("RUN", "run").replace("COMPONENT", "fit"),
            [(36, "registered_by must be one of mlinfra, run, not a map")],
        ),
        (
            MODEL.replace("RUN", "run").replace("COMPONENT", "{a: 1}"),
            MODEL.replace("RUN", "run").replace("COMPONENT", "fit"),
            [
                (17, "a is not a field of jobs.fit.component"),
                (17, "command is required here"),
                (17, "environment is required here"),
            ],
        ),
    ],
    ids=["a truth with a slip", "who registers a model", "the component of a step"],
)
def test_only_the_value_is_said(tmp_path: Path, text: str, right: str, errors: list[tuple[int, str]]) -> None:
    (tmp_path / "right").mkdir()
    assert _errors(tmp_path / "right", right) == []
    assert sorted(_errors(tmp_path, text)) == errors

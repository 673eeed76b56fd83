"""Which schedules are on: what is written wins, else the mode of the target says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.emit.script_targets import script_target
from tests.spec import compiled

SPEC = """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
targets: {{dev: {{subscription: 11111111-1111-1111-1111-111111111111, mode: {mode}}}}}
network: {{inbound: public}}
workspaces: {{main: {{}}}}
jobs:
  score:
    type: pipeline
    settings: {{default_compute: serverless}}
    jobs: {{a: {{type: command, command: x, environment: "azureml:curated:1"}}}}
schedules:
  nightly: {{trigger: {{type: cron, expression: "0 2 * * *"}}, create_job: score{written}}}
"""


@pytest.mark.parametrize(
    ("mode", "written", "is_on"),
    [
        ("development", "", False),
        ("development", ", is_enabled: true", True),
        ("development", ", is_enabled: false", False),
        ("production", "", True),
        ("production", ", is_enabled: false", False),
    ],
)
def test_what_is_written_wins(mode: str, written: str, is_on: bool, tmp_path: Path) -> None:
    (plan,) = compiled(tmp_path, SPEC.format(mode=mode, written=written)).plans
    (schedule,) = script_target(plan, tmp_path / "generated" / "churn").schedules
    assert schedule.enabled is is_on

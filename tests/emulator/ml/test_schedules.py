"""A schedule that is to be disabled: what Azure ML's own client makes of it, of every kind and with every trigger.

Whatever says that it is disabled, the client sends nothing of that, and the service takes what says nothing for
enabled: so nothing but a start in a far year keeps it from running until it is disabled.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.ml.client import quiet
from tests.scripts.harness import ROOT

TRIGGERS = {
    "cron": "{type: cron, expression: '* * * * *', time_zone: UTC}",
    "recurrence": "{type: recurrence, frequency: minute, interval: 1}",
    "recurrence with its times": "{type: recurrence, frequency: day, interval: 1, start_time: '2026-01-05T05:00:00', "
    "end_time: '2026-12-31T05:00:00'}",
}
RUNS = {
    "job": "create_job: azureml:train",
    "monitor": """\
create_monitor:
  compute: {instance_type: standard_e4s_v3, runtime_version: '3.4'}
  monitoring_target: {ml_task: classification, endpoint_deployment_id: azureml:e:blue}
  monitoring_signals:
    drift:
      type: data_drift
      reference_data: {input_data: {type: mltable, path: azureml:rows:1}, data_context: training}
""",
}
SCRIPT = ROOT / "generated/churn/scripts/schedule.sh"


@pytest.mark.parametrize("trigger", TRIGGERS)
@pytest.mark.parametrize("runs", RUNS)
def test_nothing_is_due_of_what_is_to_be_disabled(runs: str, trigger: str, tmp_path: Path) -> None:
    file = tmp_path / "schedule.yml"
    file.write_text(f"name: s\nis_enabled: false\ntrigger: {TRIGGERS[trigger]}\n{RUNS[runs]}\n")
    settings = re.findall(r"\"(trigger\.\w+_time)=([^\"]+)\"", SCRIPT.read_text(encoding="utf-8"))
    sent = _sent(file, {"is_enabled": "false"}, *({key: value} for key, value in settings))
    assert sent == (None, "2099-01-01 00:00:00", "2099-12-31 00:00:00")


def _sent(file: Path, *settings: dict[str, str]) -> tuple[Any, str, str]:
    """What the client would put, with these --set: whether it is enabled, its start and its end."""
    from azure.ai.ml.entities import _load_functions

    with quiet():
        schedule = _load_functions.load_schedule(source=str(file), params_override=list(settings))
        properties = schedule._to_rest_object().properties
    return properties.is_enabled, properties.trigger.start_time, properties.trigger.end_time

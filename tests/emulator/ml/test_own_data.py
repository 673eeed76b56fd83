"""AutoML reads what the repository holds, wherever `az` is started: azure-ai-ml's own client uploads that folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.emit.script_targets import script_target
from tests.emulator.emulator import Emulator
from tests.emulator.ml.client import sent_to
from tests.emulator.ml.desk import Desk
from tests.emulator.ml.ground import Platform, compile_file, connect, lay_ground
from tests.emulator.ml.test_scripts import commit
from tests.hunt.examples import AT_THE_ROOT, ROOT

SPEC = """\
apiVersion: mlinfra/v1
platform: taxi
location: westeurope
targets: {dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}}
pipelines:
  pool: {vmImage: ubuntu-24.04}
  install: {source: ., requirements: requirements/run.txt}
  service_connections: {dev: {deploy: taxi-dev, plan: taxi-read, run: taxi-run, check: taxi-check}}
  pull_request: {jobs: {named: {}}}
  train: {jobs: [alone, steps]}
data: {table: {type: mltable, path: rows}}
workspaces: {main: {}}
compute_clusters: {cpu: {size: Standard_D4ds_v4, max_instances: 1}}
jobs:
  alone:
    type: automl
    task: classification
    primary_metric: accuracy
    target_column_name: left
    compute: cpu
    training_data: {type: mltable, path: rows}
  named:
    type: automl
    task: classification
    primary_metric: accuracy
    target_column_name: left
    compute: cpu
    training_data: {type: mltable, path: table}
  steps:
    type: pipeline
    settings: {default_compute: cpu}
    jobs:
      learn:
        type: automl
        task: classification
        primary_metric: accuracy
        target_column_name: left
        training_data: {type: mltable, path: ./rows}
        outputs: {best_model: {type: mlflow_model}}
"""
TABLE = "paths: [{file: ./a.csv}]\ntransformations: [{read_delimited: {delimiter: ','}}]\n"


@pytest.mark.parametrize("job", ["alone", "steps"])
def test_the_data_of_automl_are_uploaded_from_the_commit(emulator: Emulator, tmp_path: Path, job: str) -> None:
    platform = _laid_out(tmp_path / "repository")
    lay_ground(emulator.state, platform, "dev")
    callers = connect(emulator.state, platform, "dev")
    desk_folder = tmp_path / "desk"
    desk_folder.mkdir()
    with sent_to(emulator), Desk(emulator, callers, platform.output, desk_folder) as desk:
        done = desk.run("run-job.sh", "dev", "--job", job, "--build", "7", "--out", str(desk_folder / "out"))
    assert done.code == 0, done.stderr
    accounts = emulator.state.table("blobs").values()
    names = {name.rpartition("/")[2] for account in accounts for blobs in account.values() for name in blobs}
    assert {"MLTable", "a.csv"} <= names


def test_a_job_of_pull_requests_is_told_where_what_others_register_lies(tmp_path: Path) -> None:
    platform = _laid_out(tmp_path / "repository")
    [checked] = script_target(platform.plans["dev"], platform.output).checked
    assert [each.setting for each in checked.own_data] == ["training_data.path="]
    file = platform.output / checked.file
    assert (file.parent / checked.own_data[0].path / "MLTable").read_text() == TABLE


def _laid_out(repository: Path) -> Platform:
    """A repository with the data that its jobs read, all of it committed."""
    (repository / "rows").mkdir(parents=True)
    (repository / "rows" / "MLTable").write_text(TABLE)
    (repository / "rows" / "a.csv").write_text("left,right\n1,2\n")
    for path in AT_THE_ROOT:
        (repository / path).parent.mkdir(parents=True, exist_ok=True)
        (repository / path).write_bytes((ROOT / path).read_bytes())
    spec = repository / "ml-platform.yaml"
    spec.write_text(SPEC)
    platform = compile_file(spec, repository)
    commit(repository)
    return platform

"""AutoML reads what the repository holds, wherever `az` is started: azure-ai-ml's own client uploads that folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.emulator.emulator import Emulator
from tests.emulator.ml.client import sent_to
from tests.emulator.ml.desk import Desk
from tests.emulator.ml.ground import Platform, compile_file, connect, lay_ground
from tests.emulator.ml.test_scripts import commit

SPEC = """\
apiVersion: mlinfra/v1
platform: taxi
location: westeurope
targets: {dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}}
pipelines:
  pool: {vmImage: ubuntu-24.04}
  install: {source: ., requirements: locked.txt}
  service_connections: {dev: taxi-dev}
  train: {jobs: [alone, steps]}
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


def _laid_out(repository: Path) -> Platform:
    """A repository with the data that its jobs read, all of it committed."""
    (repository / "rows").mkdir(parents=True)
    (repository / "rows" / "MLTable").write_text(TABLE)
    (repository / "rows" / "a.csv").write_text("left,right\n1,2\n")
    (repository / "locked.txt").touch()
    spec = repository / "ml-platform.yaml"
    spec.write_text(SPEC)
    platform = compile_file(spec, repository)
    commit(repository)
    return platform

"""explain --model: whatever a models.json holds, it is read within bounds, and what is wrong with it is said."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from mlinfra.cli import run
from mlinfra.explain.models_file import NotModels, read_models

KEPT = {"version": "7", "job": "bold_kite_1a", "commit": "a" * 40, "build": "4711", "reason": "person"}
SECRET = "AccountKey=" + "a1B2" * 21 + "ab=="


def _file(record: Any = KEPT, name: str = "churn", **top: Any) -> bytes:
    return json.dumps({"schema": "mlinfra/models/v1", "models": {name: record}} | top).encode()


def _with(**fields: Any) -> bytes:
    return _file(KEPT | fields)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is no JSON"),
        (b'"\xff"', "it is no JSON"),
        (b"[" * 100_000, "it is no JSON"),
        (b'{"schema": 1, "schema": 2}', "it has a name twice"),
        (b" " * (1 << 20) + b"{}", "it holds more than 1048576 bytes"),
        (b"[]", 'it does not say "schema": "mlinfra/models/v1"'),
        (_file(schema="mlinfra/models/v2"), 'it does not say "schema": "mlinfra/models/v1"'),
        (_file(models=[]), 'it holds no "models"'),
        (_file(7), 'it: the record of model "churn" is none'),
        (_file({"job": "a"}), 'it: the version of model churn is ""'),
        (_with(version=7), "it: the version of model churn is 7"),
        (_with(commit="HEAD; x"), 'it: the commit of model churn is "HEAD; x"'),
        (_with(reason="luck"), 'it: the reason of model churn is "luck", which is none of change, schedule, person'),
        (_with(data={"a": 1}), "it: the data of model churn are no list of at most 8"),
        (_with(data=[{}] * 9), "it: the data of model churn are no list of at most 8"),
        (_with(data=[{"path": 1}]), "it: the data of model churn are no texts name, version, path, at"),
        (_with(metrics={"auc": "0.8"}), "it: the metrics of model churn are no map of at most 25 numbers"),
        (_with(metrics={"auc": True}), "it: the metrics of model churn are no map of at most 25 numbers"),
        (_with(metrics=[1]), "it: [1] is no map"),
    ],
)
def test_what_is_wrong_with_a_models_file_is_said(content: bytes, why: str) -> None:
    with pytest.raises(NotModels) as raised:
        read_models(content, "it")
    assert str(raised.value) == why


def test_what_looks_like_a_secret_is_not_repeated() -> None:
    stars = "*" * len(SECRET)
    (record,) = read_models(_with(parameters={"a": SECRET}, data=[{"name": SECRET}]), "it").values()
    assert (record.parameters, record.data[0]["name"]) == ({"a": stars}, stars)
    with pytest.raises(NotModels) as raised:
        read_models(_with(reason=SECRET), "it")
    assert SECRET not in str(raised.value)


def test_what_nobody_knows_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    _platform(tmp_path, monkeypatch)
    (tmp_path / "models.json").write_bytes(_file({"version": "7", "job": "none"}))
    assert run(["explain", "--model", "churn:7", "--from", "models.json"]) == 0
    told = capfd.readouterr().out.splitlines()
    assert told[4:11] == [
        "  run         not known",
        "  commit      not known",
        "  build       not known",
        "  reason      not known",
        "  parameters  none",
        "  data        none",
        "  metrics     none",
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
def test_no_file_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    _platform(tmp_path, monkeypatch)
    os.mkfifo(tmp_path / "models.json")
    assert run(["explain", "--model", "churn:7", "--from", "models.json"]) == 3
    assert capfd.readouterr().err.splitlines()[-1] == "Error: models.json is no regular file"


def test_a_model_that_the_spec_has_no_more_names_the_commit_that_had_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    _platform(tmp_path, monkeypatch)
    (tmp_path / "models.json").write_bytes(_file(name="gone"))
    assert run(["explain", "--model", "gone:7", "--from", "models.json"]) == 3
    told = f'Error: the spec has no model "gone"; it had it at commit {"a" * 40}'
    assert capfd.readouterr().err.splitlines()[-1] == told


def _platform(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "ml-platform.yaml").write_text(
        """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
workspaces: {main: {}}
jobs:
  t: {type: command, command: x, environment: azureml:e:1, compute: serverless, outputs: {m: {type: mlflow_model}}}
models:
  churn: {from_job: t, output: m}
""",
        encoding="utf-8",
    )
    monkeypatch.chdir(folder)

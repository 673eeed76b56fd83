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
        (b"", "is no JSON from line 1 on"),
        (b'"\xff"', "is no JSON: it is not UTF-8"),
        (b"[" * 100_000, "is no JSON that is read: it is nested too deeply"),
        (b'{"schema": 1, "schema": 2}', 'is no JSON: the key "schema" stands twice in one object'),
        (b'{"schema": NaN}', "is no JSON: NaN is no number"),
        (b" " * (1 << 20) + b"{}", "has 1,048,578 bytes; at most 1,048,576 are read"),
        (b"[]", 'does not say "schema": "mlinfra/models/v1": take the file that a run of training has published'),
        (
            _file(schema="mlinfra/models/v2"),
            'says "schema": "mlinfra/models/v2", and this release reads "mlinfra/models/v1"',
        ),
        (_file(schema="x" * 90), f'says "schema": "{"x" * 38}…, and this release reads "mlinfra/models/v1"'),
        (_file(models=[]), 'has as "models" no object of at most 100 fields'),
        (_file(models={str(n): KEPT for n in range(101)}), 'has as "models" no object of at most 100 fields'),
        (_file(name="x" * 1_001), 'has in "models" a name of more than 1,000 characters'),
        (_file(7), 'has as model "churn" no object of at most 100 fields'),
        (_file({"job": "a"}), 'names no version of model "churn"'),
        (_with(version=7), 'has as version of model "churn" 7, which is not the plain name of a version'),
        (_with(commit="HEAD; x"), 'has as commit of model "churn" "HEAD; x", which is not 40 hexadecimal digits'),
        (_with(reason="luck"), 'has as reason of model "churn" "luck", which is not change, schedule or person'),
        (_with(data={"a": 1}), 'has as data of model "churn" no list of at most 100'),
        (_with(data=[{}] * 101), 'has as data of model "churn" no list of at most 100'),
        (_with(data=[{"path": 1}]), 'has as path in data of model "churn" no text of at most 1,000 characters'),
        (
            _with(parameters={"a": "x" * 1_001}),
            'has as a in parameters of model "churn" no text of at most 1,000 characters',
        ),
        (_with(metrics={"auc": "0.8"}), 'has as "auc" in metrics of model "churn" no number but "0.8"'),
        (_with(metrics={"auc": True}), 'has as "auc" in metrics of model "churn" no number but true'),
        (_with(metrics=[1]), 'has as metrics of model "churn" no object of at most 100 fields'),
    ],
)
def test_what_is_wrong_with_a_models_file_is_said(content: bytes, why: str) -> None:
    with pytest.raises(NotModels) as raised:
        read_models(content)
    assert str(raised.value) == why


def test_what_looks_like_a_secret_is_not_repeated() -> None:
    stars = "*" * len(SECRET)
    (record,) = read_models(_with(parameters={"a": SECRET}, data=[{"name": SECRET}])).values()
    assert (record.parameters, record.data[0]["name"]) == ({"a": stars}, stars)
    with pytest.raises(NotModels) as raised:
        read_models(_with(reason=SECRET))
    assert SECRET not in str(raised.value)


def test_what_nobody_knows_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    _platform(tmp_path, monkeypatch)
    (tmp_path / "models.json").write_bytes(_file({"version": "7"}))
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

"""mlinfra try under the real azureml-inference-server-http: specs/churn, from its data to its answer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.tools import inference_server

pytestmark = pytest.mark.judges

CHURN = Path(__file__).parents[2] / "specs" / "churn"
ADDRESS = "online_endpoints.churn.deployments.main"


@pytest.fixture(scope="module")
def python() -> Path:
    return inference_server()


@pytest.fixture(scope="module")
def model(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that the server's own Python trained on the sample: what pickles it is what unpickles it."""
    folder = tmp_path_factory.mktemp("trained")
    environment = os.environ | {
        "MLFLOW_ALLOW_FILE_STORE": "true",
        "MLFLOW_TRACKING_URI": (folder / "tracking").as_uri(),
        "OMP_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    train_data = folder / "train_data"
    raw = str(CHURN / "data" / "customers.csv")
    for step in (
        ("prep.py", "--data", raw, "--train_data", str(train_data), "--test_data", str(folder / "test_data")),
        ("train.py", "--train_data", str(train_data), "--model", str(folder / "model")),
    ):
        subprocess.run([python, *step], cwd=CHURN / "src", env=environment, check=True, capture_output=True)
    return folder / "model"


def test_pull_requests_try_a_model_that_is_trained_on_the_sample(python: Path, tmp_path: Path) -> None:
    """The command of the example's spec, where its requirements are installed."""
    spec = yaml.safe_load((CHURN / "ml-platform.yaml").read_text(encoding="utf-8"))
    (command,) = (test["command"] for test in spec["pipelines"]["tests"] if test["name"] == "answers")
    for name, runs in (("python", f'"{python}"'), ("mlinfra", f'"{sys.executable}" -m mlinfra')):
        (tmp_path / name).write_text(f'#!/bin/sh\nexec {runs} "$@"\n', encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    environment = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "OMP_NUM_THREADS": "1"}
    ran = subprocess.run(
        ["bash", "-c", command], cwd=CHURN.parents[1], env=environment, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout.splitlines()[-2:]) == (0, [f"{ADDRESS}: passed", "  tests/request.json: 200"]), (
        ran
    )


def _tried(python: Path, model: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mlinfra", "-f", str(CHURN), "try", "churn"]
    options = ("--python", str(python), "--model", str(model))
    return subprocess.run([*command, *options], capture_output=True, text=True, check=False)


def test_churn_answers_its_smoke_test(python: Path, model: Path) -> None:
    tried = _tried(python, model)
    assert (tried.returncode, tried.stdout) == (0, f"{ADDRESS}: passed\n  tests/request.json: 200\n"), tried.stderr


def test_what_fails_when_it_starts_is_shown_in_the_words_of_the_server(python: Path, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    tried = _tried(python, tmp_path / "model")
    assert tried.returncode == 1
    starts = f"{ADDRESS}: starting the server\n{ADDRESS}: the server ended (60 s); what it said:\n"
    assert tried.stderr.startswith(starts)
    assert "holds 0 MLflow models, one is needed" in tried.stderr
    assert "Listening at: http://127.0.0.1:" in tried.stderr

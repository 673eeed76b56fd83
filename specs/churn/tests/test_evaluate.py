"""What a model shows: its numbers, for the release to decide by."""

import json
from collections.abc import Callable
from pathlib import Path

import mlflow
import pytest

import evaluate


def test_the_report_tells_the_figures_of_a_good_model(
    prepared: Path, trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _evaluate(trained, prepared / "test_data", tmp_path)
    report = json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))
    assert capsys.readouterr().out == f"AUC {report['auc']:.4f}\n"
    assert report["auc"] > 0.9
    assert report["precision"] > 0.65
    assert report["recall"] > 0.5
    assert report["brier"] < 0.12
    assert report["calibration_error"] < 0.07
    assert sum(row["customers"] for row in report["calibration"]) == report["customers"]
    run = mlflow.last_active_run()
    assert run is not None
    assert run.data.metrics["test_auc"] == report["auc"]


def test_test_data_of_one_class_and_a_folder_without_model_end_the_step_with_a_message(
    prepared: Path, trained: Path, tmp_path: Path, write_customers: Callable[..., Path]
) -> None:
    stayed = write_customers("C1,5,monthly,dsl,card,40.5,0,12.5,0")
    with pytest.raises(SystemExit, match=r"^evaluate: the test data needs customers who churned"):
        _evaluate(trained, stayed, tmp_path / "report")
    with pytest.raises(SystemExit, match=r'^evaluate: ".*" holds 0 MLflow models, one is needed$'):
        _evaluate(tmp_path, prepared / "test_data", tmp_path / "report")


def _evaluate(model: Path, test_data: Path, report: Path) -> None:
    evaluate.main(["--model", str(model), "--test_data", str(test_data), "--report", str(report)])

"""Step 3: what the model shows on the test data; which target it is good enough for is decided by the release."""

import argparse
import json
from pathlib import Path

import mlflow
import pandas as pd
from sklearn.metrics import brier_score_loss, precision_score, recall_score, roc_auc_score

from customers import InvalidCustomers, read
from model import THRESHOLD, churn_probability, load

BINS = 10  # of the calibration table, equally wide

Metrics = dict[str, float]
CalibrationTable = list[dict[str, float]]


def evaluate(model: Path, test_data: Path, report: Path) -> Metrics:
    """Writes `metrics.json` into the folder `report`, and returns the metrics."""
    customers = read(test_data, labelled=True)
    labels = customers["churned"].astype(int)
    if labels.nunique() < 2:
        raise InvalidCustomers("the test data needs customers who churned and customers who stayed")
    probabilities = churn_probability(load(model), customers)
    calibration = _calibration(probabilities, labels)
    metrics = _metrics(probabilities, labels, calibration)
    with mlflow.start_run():
        mlflow.log_metrics({f"test_{name}": value for name, value in metrics.items()})
    report.mkdir(parents=True, exist_ok=True)
    text = json.dumps({**metrics, "customers": len(labels), "calibration": calibration}, indent=2)
    (report / "metrics.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    return metrics


def _metrics(probabilities: pd.Series, labels: pd.Series, calibration: CalibrationTable) -> Metrics:
    predicted = probabilities >= THRESHOLD
    error = sum(row["customers"] * abs(row["predicted"] - row["observed"]) for row in calibration) / len(labels)
    return {
        "auc": float(roc_auc_score(labels, probabilities)),
        "precision": float(precision_score(labels, predicted, zero_division=0)),
        "recall": float(recall_score(labels, predicted)),
        "brier": float(brier_score_loss(labels, probabilities)),
        "calibration_error": error,
    }


def _calibration(probabilities: pd.Series, labels: pd.Series) -> CalibrationTable:
    """Per bin that holds any customers: how many, the churn that was predicted, and the churn that came."""
    bins = (probabilities * BINS).astype(int).clip(upper=BINS - 1)
    return [
        {
            "customers": len(members),
            "predicted": float(probabilities[members].mean()),
            "observed": float(labels[members].mean()),
        }
        for _, members in sorted(labels.groupby(bins).groups.items())
    ]


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="folder that train.py wrote")
    parser.add_argument("--test_data", type=Path, required=True, help="folder that prep.py wrote")
    parser.add_argument("--report", type=Path, required=True, help="folder to write")
    given = parser.parse_args(arguments)
    try:
        auc = evaluate(given.model, given.test_data, given.report)["auc"]
    except (InvalidCustomers, FileNotFoundError) as error:
        raise SystemExit(f"evaluate: {error}") from error
    print(f"AUC {auc:.4f}")


if __name__ == "__main__":
    main()

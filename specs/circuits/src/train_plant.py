"""Trains the model of one plant on what was tested before a day, and measures it on the newest part of that."""

from __future__ import annotations

import argparse
import json
from importlib.metadata import version
from pathlib import Path

import mlflow
import mlflow.sklearn
import pandas as pd
from mlflow.models import infer_signature
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from boards import FEATURES, LABEL, InvalidBoards, before, read

HELD_BACK = 0.3  # the share of the boards, the newest, that the model is measured on
FEWEST = 100  # boards, below which nothing that is measured means anything
REQUIREMENTS = ("mlflow-skinny", "scikit-learn", "pandas", "numpy", "cloudpickle")  # what unpickling the model takes


def train(data: Path, cutoff: str, model: Path, report: Path) -> float:
    """Writes the model into a folder, `metrics.json` into another, and returns the area under the ROC curve."""
    boards = before(read(data, labelled=True), cutoff)
    if len(boards) < FEWEST:
        raise InvalidBoards(f"{len(boards)} boards were tested before {cutoff}, {FEWEST} are needed")
    first = round(len(boards) * (1 - HELD_BACK))
    old, new = boards.iloc[:first], boards.iloc[first:]
    if old[LABEL].nunique() < 2 or new[LABEL].nunique() < 2:
        raise InvalidBoards("boards that failed and boards that passed are needed, old and new")
    fitted = make_pipeline(StandardScaler(), LogisticRegression()).fit(old[FEATURES], old[LABEL])
    auc = float(roc_auc_score(new[LABEL], fitted.predict_proba(new[FEATURES])[:, 1]))
    with mlflow.start_run():
        mlflow.log_params({"cutoff": cutoff, "boards": len(boards)})
        mlflow.log_metrics({"auc": auc})
    _save(fitted, old[FEATURES], model)
    report.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"auc": auc, "boards": len(boards)}, indent=2)
    (report / "metrics.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    return auc


def _save(fitted: Pipeline, features: pd.DataFrame, folder: Path) -> None:
    mlflow.sklearn.save_model(
        fitted,
        str(folder),
        signature=infer_signature(features, fitted.predict_proba(features)),
        serialization_format=mlflow.sklearn.SERIALIZATION_FORMAT_CLOUDPICKLE,
        pip_requirements=[f"{package}=={version(package)}" for package in REQUIREMENTS],
    )


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the boards of the plant")
    parser.add_argument("--cutoff", required=True, help="YYYY-MM-DD: only what was tested before counts")
    parser.add_argument("--model", type=Path, required=True, help="folder to write")
    parser.add_argument("--report", type=Path, required=True, help="folder to write")
    given = parser.parse_args(arguments)
    try:
        auc = train(given.data, given.cutoff, given.model, given.report)
    except InvalidBoards as error:
        raise SystemExit(f"train: {error}") from error
    print(f"AUC {auc:.4f}")


if __name__ == "__main__":
    main()

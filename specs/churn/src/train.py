"""Step 2, and the trial of a sweep: training data → MLflow model; the metric `auc` is what a sweep maximises."""

import argparse
from importlib.metadata import version
from pathlib import Path

import mlflow
import mlflow.sklearn
import pandas as pd
from mlflow.models import infer_signature
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import Pipeline

from customers import FEATURES, InvalidCustomers, names_of, read
from model import Hyperparameters, build

FOLDS = 5
REQUIREMENTS = ("mlflow-skinny", "scikit-learn", "pandas", "numpy", "cloudpickle")  # what unpickling the model takes


def train(train_data: Path, model: Path, hyperparameters: Hyperparameters, *, seed: int) -> float:
    """Trains on all of `train_data`, saves the model in the folder `model`, and returns the cross-validated AUC."""
    customers = read(train_data, labelled=True)
    features, labels = customers[names_of(FEATURES)], customers["churned"].astype(int)
    pipeline = build(hyperparameters, seed)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    scores = cross_val_score(pipeline, features, labels, cv=folds, scoring="roc_auc")
    with mlflow.start_run():
        mlflow.log_params({**hyperparameters._asdict(), "seed": seed, "customers": len(customers)})
        mlflow.log_metrics({"auc": scores.mean(), "auc_std": scores.std()})
    _save(pipeline.fit(features, labels), features, model)
    return float(scores.mean())


def _save(pipeline: Pipeline, features: pd.DataFrame, folder: Path) -> None:
    """Saved, not logged: the job's output is what is registered, and needs no tracking server."""
    mlflow.sklearn.save_model(
        pipeline,
        str(folder),
        signature=infer_signature(features, pipeline.predict_proba(features)),
        input_example=features.head(2),
        serialization_format=mlflow.sklearn.SERIALIZATION_FORMAT_CLOUDPICKLE,
        pip_requirements=[f"{package}=={version(package)}" for package in REQUIREMENTS],
        pyfunc_predict_fn="predict_proba",  # a deployment without a scoring script answers probabilities too
    )


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train_data", type=Path, required=True, help="folder that prep.py wrote")
    parser.add_argument("--model", type=Path, required=True, help="folder to write")
    parser.add_argument("--learning_rate", type=float, default=0.05)
    parser.add_argument("--max_depth", type=int, default=3)
    parser.add_argument("--max_iter", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args(arguments)
    hyperparameters = Hyperparameters(given.learning_rate, given.max_depth, given.max_iter)
    try:
        auc = train(given.train_data, given.model, hyperparameters, seed=given.seed)
    except InvalidCustomers as error:
        raise SystemExit(f"train: {error}") from error
    print(f"AUC {auc:.4f} over {FOLDS} folds")


if __name__ == "__main__":
    main()

"""Trains who will leave in a month, and registers the model; one that shows enough is the champion."""

from __future__ import annotations

import argparse
from datetime import date, timedelta
from importlib.metadata import version

import mlflow
import mlflow.sklearn
import pandas as pd
from mlflow.models import infer_signature
from mlflow.tracking import MlflowClient
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from customer_features import COLUMNS, LABEL, labelled
from lake_tables import CatalogTables, Tables

CHAMPION = "champion"  # the alias of the version that scores
FEWEST = 50  # customers who left, below which nothing that is measured means anything
REQUIREMENTS = ("mlflow-skinny", "scikit-learn", "pandas", "numpy", "cloudpickle")  # what unpickling the model takes
_MONTH = timedelta(days=30)


class TooFew(ValueError):
    pass


def examples(usage: pd.DataFrame, customers: pd.DataFrame, newest: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What is learned from, and a later month of which it is measured; of both it is known who left."""
    known = newest - _MONTH
    return labelled(usage, customers, known - _MONTH), labelled(usage, customers, known)


def train(learned: pd.DataFrame, measured: pd.DataFrame, name: str, least: float) -> tuple[str, float]:
    """The version that was registered, and its area under the ROC curve; with too small a one it is no champion."""
    if min(learned[LABEL].sum(), measured[LABEL].sum()) < FEWEST:
        raise TooFew(f"{learned[LABEL].sum()} and {measured[LABEL].sum()} customers left, {FEWEST} are needed")
    columns = list(COLUMNS)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(learned[columns], learned[LABEL])
    auc = float(roc_auc_score(measured[LABEL], model.predict_proba(measured[columns])[:, 1]))
    with mlflow.start_run():
        mlflow.log_params({"customers": len(learned), "left": int(learned[LABEL].sum())})
        mlflow.log_metrics({"auc": auc})
        info = mlflow.sklearn.log_model(
            model,
            name="model",
            signature=infer_signature(learned[columns], model.predict_proba(learned[columns])),
            serialization_format=mlflow.sklearn.SERIALIZATION_FORMAT_CLOUDPICKLE,
            pyfunc_predict_fn="predict_proba",
            pip_requirements=[f"{package}=={version(package)}" for package in REQUIREMENTS],
            registered_model_name=name,
        )
    made = str(info.registered_model_version)
    if auc >= least:
        MlflowClient().set_registered_model_alias(name, CHAMPION, made)
    return made, auc


def main(arguments: list[str] | None = None, tables: Tables | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--catalog", required=True)
    parser.add_argument("--experiment", required=True)
    parser.add_argument("--min-auc", type=float, required=True)
    given = parser.parse_args(arguments)
    tables = tables or CatalogTables(given.catalog)
    mlflow.set_experiment(given.experiment)
    usage, customers = tables.read("landing.usage"), tables.read("landing.customers")
    newest = pd.to_datetime(usage["day"]).max().date() + timedelta(days=1)
    made, auc = train(*examples(usage, customers, newest), f"{given.catalog}.ml.churn", given.min_auc)
    print(f"version {made}, auc {auc:.3f}{'' if auc >= given.min_auc else f', less than {given.min_auc}'}")


if __name__ == "__main__":
    main()

"""Scores the customers of `features.customers` with the champion: a table of predictions, and a file for others."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

import mlflow
import pandas as pd
from mlflow.tracking import MlflowClient

from customer_features import COLUMNS, KEY
from lake_tables import CatalogTables, Tables
from train_churn import CHAMPION


def score(customers: pd.DataFrame, name: str, now: datetime) -> pd.DataFrame:
    """How likely each customer leaves in a month, with the version that says so."""
    version = MlflowClient().get_model_version_by_alias(name, CHAMPION).version
    model = mlflow.pyfunc.load_model(f"models:/{name}@{CHAMPION}")
    likely = pd.DataFrame(model.predict(customers[list(COLUMNS)])).iloc[:, 1].to_numpy()
    return customers.assign(
        prediction=(likely >= 0.5).astype("int64"), probability=likely, model_version=str(version), scored_at=now
    )


def main(arguments: list[str] | None = None, tables: Tables | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--catalog", required=True)
    parser.add_argument("--shared", type=Path, required=True, help="the folder that Azure ML reads")
    given = parser.parse_args(arguments)
    tables = tables or CatalogTables(given.catalog)
    now = datetime.now(UTC)
    scored = score(tables.read("features.customers"), f"{given.catalog}.ml.churn", now)
    tables.write("ml.predictions", scored, append=True)
    given.shared.mkdir(parents=True, exist_ok=True)
    scored[[KEY, "probability"]].to_csv(given.shared / f"{now:%Y-%m-%d}.csv", index=False)
    print(f"{len(scored)} customers, {int(scored['prediction'].sum())} of them likely to leave")


if __name__ == "__main__":
    main()

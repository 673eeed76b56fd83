"""Fits a ridge of all patients that are known."""

import argparse
from pathlib import Path

import mlflow.sklearn
import pandas as pd
from sklearn.linear_model import Ridge

parser = argparse.ArgumentParser()
for name in ("patients", "alpha", "model"):
    parser.add_argument(f"--{name}")
given = parser.parse_args()
rows = pd.concat(pd.read_csv(path) for path in Path(given.patients).glob("*.csv"))
fitted = Ridge(alpha=float(given.alpha)).fit(rows.drop(columns="progress"), rows["progress"])
mlflow.sklearn.save_model(fitted, given.model)

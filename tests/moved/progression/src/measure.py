"""Writes by how much the model is wrong, squared."""

import argparse
import json
from pathlib import Path

import mlflow.sklearn
import pandas as pd

parser = argparse.ArgumentParser()
for name in ("model", "patients", "report"):
    parser.add_argument(f"--{name}")
given = parser.parse_args()
rows = pd.concat(pd.read_csv(path) for path in Path(given.patients).glob("*.csv"))
off = mlflow.sklearn.load_model(given.model).predict(rows.drop(columns="progress")) - rows["progress"]
(Path(given.report) / "metrics.json").write_text(json.dumps({"mse": float((off**2).mean())}))

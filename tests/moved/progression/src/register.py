"""Registers the model under the name of the entry, unless it knows nothing."""

import argparse
import json
from pathlib import Path

import mlflow

parser = argparse.ArgumentParser()
for name in ("model", "report"):
    parser.add_argument(f"--{name}")
given = parser.parse_args()
if json.loads((Path(given.report) / "metrics.json").read_text())["mse"] < 10000:
    mlflow.register_model(f"file://{given.model}", "progression")

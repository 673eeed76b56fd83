"""Fits one shop, on what it sold until a day."""

import argparse
import json
from pathlib import Path

import joblib
import pandas as pd
from sklearn.linear_model import LinearRegression

parser = argparse.ArgumentParser()
for name in ("sales", "until", "model", "report"):
    parser.add_argument(f"--{name}")
given = parser.parse_args()
rows = pd.concat(pd.read_csv(path) for path in Path(given.sales).glob("*.csv"))
rows = rows[rows["date"] <= given.until]
fitted = LinearRegression().fit(rows[["day", "price"]], rows["sold"])
off = (fitted.predict(rows[["day", "price"]]) - rows["sold"]).abs().sum() / rows["sold"].sum()
joblib.dump(fitted, Path(given.model) / "shop.joblib")
(Path(given.report) / "metrics.json").write_text(json.dumps({"wape": float(off)}))

"""Step 3: what the model shows on rides that it has not seen, beside what a single number would."""

import argparse
import json
from pathlib import Path

import mlflow
import mlflow.sklearn
import pandas as pd
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

from trips import FEATURES, LABEL, read

Metrics = dict[str, float]


def measure(model: Path, train: Path, test: Path, report: Path) -> Metrics:
    """Writes `metrics.json` into the folder `report`, and returns the numbers; errors are in dollars a ride."""
    rides, usual = read(test), float(read(train)[LABEL].median())
    predicted = mlflow.sklearn.load_model(str(model)).predict(rides[list(FEATURES)])
    metrics = {
        "mean_error": float(mean_absolute_error(rides[LABEL], predicted)),
        "rmse": float(root_mean_squared_error(rides[LABEL], predicted)),
        "r2": float(r2_score(rides[LABEL], predicted)),
        "mean_error_of_the_median": float(mean_absolute_error(rides[LABEL], pd.Series(usual, index=rides.index))),
        "rides": len(rides),
    }
    with mlflow.start_run():
        mlflow.log_metrics(metrics)
    report.mkdir(parents=True, exist_ok=True)
    (report / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8", newline="\n")
    return metrics


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="folder that the fit wrote")
    parser.add_argument("--train", type=Path, required=True, help="folder that the split wrote")
    parser.add_argument("--test", type=Path, required=True, help="folder that the split wrote")
    parser.add_argument("--report", type=Path, required=True, help="folder to write")
    given = parser.parse_args()
    metrics = measure(given.model, given.train, given.test, given.report)
    print(f"{metrics['mean_error']:.2f} dollars off, the median {metrics['mean_error_of_the_median']:.2f}")


if __name__ == "__main__":
    main()

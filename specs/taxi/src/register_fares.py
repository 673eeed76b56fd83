"""Step 4: registers the model, unless a single number would do as well: without a new version nothing is released."""

import argparse
import json
from pathlib import Path

import mlflow
import mlflow.sklearn


def register(model: Path, report: Path, name: str) -> str | None:
    """The version under which the model is registered; None where it is not worth it."""
    metrics = json.loads((report / "metrics.json").read_text(encoding="utf-8"))
    if metrics["mean_error"] >= metrics["mean_error_of_the_median"]:
        return None
    with mlflow.start_run() as run:
        saved = Path(model)
        mlflow.log_artifacts(str(saved), "model")
        registered = mlflow.register_model(f"runs:/{run.info.run_id}/model", name)
    return str(registered.version)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="folder that the fit wrote")
    parser.add_argument("--report", type=Path, required=True, help="folder that the measuring wrote")
    parser.add_argument("--name", required=True, help="of the model in the workspace")
    given = parser.parse_args()
    version = register(given.model, given.report, given.name)
    print(f"{given.name}: version {version}" if version else f"{given.name}: the median does as well, not registered")


if __name__ == "__main__":
    main()

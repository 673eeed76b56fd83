"""Trains a model on the sample, and lets `mlinfra try` serve it as the endpoint would and send it the smoke test.

What the model needs is installed in the Python that runs this, and `mlinfra` is on the PATH.
"""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

PLATFORM = Path(__file__).resolve().parents[1]
SAMPLE = PLATFORM / "data" / "customers.csv"


def main() -> int:
    with TemporaryDirectory() as name:
        folder = Path(name)
        _train(folder)
        model = ("--model", str(folder / "model"))
        tried = subprocess.run(["mlinfra", "try", "churn", "-f", str(PLATFORM), "--python", sys.executable, *model])
        return tried.returncode


def _train(folder: Path) -> None:
    """Writes the model into `folder / "model"`, by the steps of the training job."""
    environment = os.environ | {
        "MLFLOW_ALLOW_FILE_STORE": "true",  # MLflow 3 asks for it
        "MLFLOW_TRACKING_URI": (folder / "tracking").as_uri(),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    train_data, test_data = str(folder / "train_data"), str(folder / "test_data")
    for step in (
        ("prep.py", "--data", str(SAMPLE), "--train_data", train_data, "--test_data", test_data),
        ("train.py", "--train_data", train_data, "--model", str(folder / "model")),
    ):
        subprocess.run([sys.executable, *step], cwd=PLATFORM / "src", env=environment, check=True)


if __name__ == "__main__":
    sys.exit(main())

"""The platform's code on the path, runs tracked in a folder of the test's own, and one model trained for all tests."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

os.environ["OMP_NUM_THREADS"] = "1"  # so small a model is slower on many threads, and far slower on a busy machine
sys.path.insert(0, str(Path(__file__).parents[1] / "src"))
sys.path.insert(0, str(Path(__file__).parents[1] / "data"))

import model as churn_model
import prep
import train

PLATFORM = Path(__file__).parents[1]
HEADER = "customer_id,tenure_months,contract,internet,payment,monthly_charge,support_calls,data_gb,churned"


@pytest.fixture(scope="session", autouse=True)
def _tracking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", (tmp_path_factory.mktemp("tracking") / "runs").as_uri())
        patch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")  # MLflow 3 asks for it
        yield


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `train_data` and `test_data`, made from the committed customers."""
    folder = tmp_path_factory.mktemp("prepared")
    raw, train_data, test_data = PLATFORM / "data" / "customers.csv", folder / "train_data", folder / "test_data"
    prep.main(["--data", str(raw), "--train_data", str(train_data), "--test_data", str(test_data)])
    return folder


@pytest.fixture(scope="session")
def trained(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model with the default hyperparameters."""
    folder = tmp_path_factory.mktemp("trained") / "model"
    train.train(prepared / "train_data", folder, churn_model.Hyperparameters(0.05, 3, 100), seed=7)
    return folder


@pytest.fixture
def write_customers(tmp_path: Path) -> Callable[..., Path]:
    """`write_customers(row, …)` makes `tmp_path / "raw" / "customers.csv"` under the usual header."""

    def write(*rows: str, name: str = "customers.csv", header: str = HEADER) -> Path:
        file = tmp_path / "raw" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("".join(f"{line}\n" for line in (header, *rows)), encoding="utf-8")
        return file

    return write

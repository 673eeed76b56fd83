"""The platform's code on the path, and runs tracked in a folder of the tests' own."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ["OMP_NUM_THREADS"] = "1"  # so small a model is slower on many threads
PLATFORM = Path(__file__).parents[1]
sys.path[:0] = [str(PLATFORM / "src"), str(PLATFORM / "data")]


@pytest.fixture(scope="session", autouse=True)
def _tracking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", (tmp_path_factory.mktemp("tracking") / "runs").as_uri())
        patch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")  # MLflow 3 asks for it
        yield

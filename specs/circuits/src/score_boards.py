"""The batch endpoints' scoring script: `init` is called once a process, `run` with the files of each mini-batch."""

from __future__ import annotations

import os
from pathlib import Path

import mlflow.sklearn
import pandas as pd
from sklearn.pipeline import Pipeline

from boards import FEATURES, ID, read

model: Pipeline


def init() -> None:
    global model
    found = sorted(Path(os.environ["AZUREML_MODEL_DIR"]).rglob("MLmodel"))
    if len(found) != 1:
        raise FileNotFoundError(f"{len(found)} MLflow models, one is needed")
    model = mlflow.sklearn.load_model(str(found[0].parent))


def run(mini_batch: list[str]) -> pd.DataFrame:
    """A row per board: id and the probability that it fails."""
    return pd.concat([_score(Path(file)) for file in mini_batch], ignore_index=True)


def _score(file: Path) -> pd.DataFrame:
    boards = read(file, labelled=False)
    probability = model.predict_proba(boards[FEATURES])[:, 1].round(4)
    return pd.DataFrame({ID: boards[ID], "fails_probability": probability})

"""The batch endpoint's scoring script: `init` is called once a process, `run` with the files of each mini-batch."""

import os
from pathlib import Path

import pandas as pd
from sklearn.pipeline import Pipeline

from customers import ID, read
from model import churn_probability, load

TOLERATED = 0.01  # share of broken rows in a file that is left out; more fails the mini-batch

model: Pipeline


def init() -> None:
    global model
    model = load(Path(os.environ["AZUREML_MODEL_DIR"]))


def run(mini_batch: list[str]) -> pd.DataFrame:
    """A row per customer: id, probability, file; broken rows are named in the log."""
    return pd.concat([_score(Path(file)) for file in mini_batch], ignore_index=True)


def _score(file: Path) -> pd.DataFrame:
    customers = read(file, labelled=False, tolerated=TOLERATED)
    probabilities = churn_probability(model, customers).round(4)
    return pd.DataFrame({ID: customers[ID], "churn_probability": probabilities, "file": file.name})

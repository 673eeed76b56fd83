"""The model: how it is built, and how whoever has its folder loads and asks it."""

from pathlib import Path
from typing import NamedTuple

import mlflow.sklearn
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

from customers import CHOICES, FEATURES, NUMBERS, names_of

THRESHOLD = 0.5  # probability from which a customer is said to churn


class Hyperparameters(NamedTuple):
    learning_rate: float
    max_depth: int
    max_iter: int


def build(hyperparameters: Hyperparameters, seed: int) -> Pipeline:
    """An untrained pipeline from a frame of features to a class; it copes with missing numbers itself."""
    one_hot = OneHotEncoder(categories=[list(choice.values) for choice in CHOICES], sparse_output=False)
    encode = ColumnTransformer(
        [
            ("choices", one_hot, names_of(CHOICES)),
            ("numbers", "passthrough", names_of(NUMBERS)),
        ]
    )
    boost = HistGradientBoostingClassifier(**hyperparameters._asdict(), early_stopping=False, random_state=seed)
    return Pipeline([("encode", encode), ("boost", boost)])


def load(folder: Path) -> Pipeline:
    """The model at or below `folder`: what a job's output, and AZUREML_MODEL_DIR, hold."""
    found = sorted(folder.rglob("MLmodel"))
    if len(found) != 1:
        raise FileNotFoundError(f'"{folder}" holds {len(found)} MLflow models, one is needed')
    model: Pipeline = mlflow.sklearn.load_model(str(found[0].parent))
    return model


def churn_probability(model: Pipeline, customers: pd.DataFrame) -> pd.Series:
    return pd.Series(model.predict_proba(customers[names_of(FEATURES)])[:, 1], index=customers.index)

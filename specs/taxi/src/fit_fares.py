"""Step 2: rides → an MLflow model of what they cost."""

import argparse
from importlib.metadata import version
from pathlib import Path

import mlflow
import mlflow.sklearn
from mlflow.models import infer_signature
from sklearn.ensemble import GradientBoostingRegressor

from trips import FEATURES, LABEL, read

SEED = 7
REQUIREMENTS = ("mlflow-skinny", "scikit-learn", "pandas", "numpy", "cloudpickle")  # what unpickling the model takes


def fit(train: Path, model: Path, *, trees: int, depth: int) -> None:
    """Saves the model in a folder: the next steps read it, and the last one registers it."""
    rides = read(train)
    features = rides[list(FEATURES)]
    regressor = GradientBoostingRegressor(n_estimators=trees, max_depth=depth, random_state=SEED)
    regressor.fit(features, rides[LABEL])
    with mlflow.start_run():
        mlflow.log_params({"trees": trees, "depth": depth, "rides": len(rides)})
    mlflow.sklearn.save_model(
        regressor,
        str(model),
        signature=infer_signature(features, regressor.predict(features)),
        input_example=features.head(2),
        serialization_format=mlflow.sklearn.SERIALIZATION_FORMAT_CLOUDPICKLE,
        # azureml-inference-server-http: Azure ML makes code and image of the endpoint from what is written here
        pip_requirements=[*(f"{name}=={version(name)}" for name in REQUIREMENTS), "azureml-inference-server-http"],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=Path, required=True, help="folder that the split wrote")
    parser.add_argument("--model", type=Path, required=True, help="folder to write")
    parser.add_argument("--trees", type=int, default=150)
    parser.add_argument("--depth", type=int, default=3)
    given = parser.parse_args()
    fit(given.train, given.model, trees=given.trees, depth=given.depth)


if __name__ == "__main__":
    main()

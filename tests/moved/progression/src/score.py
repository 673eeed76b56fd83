"""One patient, or a few."""

import json
import os

import mlflow.sklearn


def init():
    global model
    model = mlflow.sklearn.load_model(f"{os.environ['AZUREML_MODEL_DIR']}/model")


def run(text):
    return {"predictions": model.predict(json.loads(text)["patients"]).tolist()}

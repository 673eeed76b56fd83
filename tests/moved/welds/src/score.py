"""One picture, as 64 grey pixels."""

import json
import os
from pathlib import Path

import joblib


def init():
    global welds
    welds = joblib.load(next(Path(os.environ["AZUREML_MODEL_DIR"]).rglob("welds.joblib")))


def run(text):
    return {"bad": bool(welds.predict([json.loads(text)["pixels"]])[0])}

"""Learns which welds are bad from pictures in the folders good and bad."""

import argparse
import json
from pathlib import Path

import joblib
import numpy as np
from PIL import Image
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import recall_score

parser = argparse.ArgumentParser()
for name in ("pictures", "epochs", "model", "report"):
    parser.add_argument(f"--{name}")
given = parser.parse_args()
paths = sorted(Path(given.pictures).glob("*/*.png"))
pixels = np.array([np.asarray(Image.open(path).convert("L").resize((8, 8))).ravel() for path in paths])
bad = np.array([path.parent.name == "bad" for path in paths])
fitted = SGDClassifier(max_iter=int(given.epochs), tol=None).fit(pixels, bad)
joblib.dump(fitted, Path(given.model) / "welds.joblib")
numbers = {"recall": float(recall_score(bad, fitted.predict(pixels)))}
(Path(given.report) / "metrics.json").write_text(json.dumps(numbers))

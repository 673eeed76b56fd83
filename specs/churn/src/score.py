"""The online endpoint's scoring script: the server calls `init` once and `run` with the body of each request.

A request is what an MLflow deployment takes, so that both kinds of deployment answer the same clients:
`{"input_data": {"columns": ["contract", …], "data": [["monthly", …], …]}}`
"""

import json
import os
from pathlib import Path

import pandas as pd
from flask import Response
from sklearn.pipeline import Pipeline

from customers import InvalidCustomers, parse
from model import THRESHOLD, churn_probability, load

MAX_REASONS = 10  # in the answer to one request

model: Pipeline


def init() -> None:
    global model
    model = load(Path(os.environ["AZUREML_MODEL_DIR"]))


def run(raw_data: str) -> dict[str, object] | Response:
    """One prediction per row, in order; a request that can't be answered gets status 400 and the reasons."""
    try:
        customers = _customers(raw_data)
    except InvalidCustomers as error:
        return Response(json.dumps({"message": str(error)}), status=400, mimetype="application/json")
    return {
        "predictions": [
            {"churn_probability": round(probability, 4), "churns": probability >= THRESHOLD}
            for probability in churn_probability(model, customers).tolist()
        ]
    }


def _customers(raw_data: str) -> pd.DataFrame:
    try:
        table = json.loads(raw_data)["input_data"]
        raw = pd.DataFrame(table["data"], columns=[str(name) for name in table["columns"]], dtype="object")
    except (ValueError, TypeError, KeyError, IndexError) as error:
        shape = '{"input_data": {"columns": [names], "data": [[values], ...]}}'
        raise InvalidCustomers(f"the request is not of the form {shape}: {error!r}") from error
    customers, faults = parse(raw)
    if faults:
        reasons = [f"row {fault.row}: {fault.message}" for fault in sorted(faults)]
        rest = [f"and {len(reasons) - MAX_REASONS} more"] if len(reasons) > MAX_REASONS else []
        raise InvalidCustomers("; ".join(reasons[:MAX_REASONS] + rest))
    return customers

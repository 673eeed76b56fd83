"""Serves an MLflow model by pyfunc as Azure ML does where a deployment has no code: POST /score with `input_data`."""

from __future__ import annotations

import importlib
import json
import sys
import traceback
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

LOOPBACK = "127.0.0.1"
SPLIT = {"columns", "data"}  # a table as pandas calls `orient="split"`; `index` may be there, too


class Handler(BaseHTTPRequestHandler):
    """Answers for one model."""

    model: ClassVar[Any]

    def do_GET(self) -> None:
        """Whether the server is there."""
        self._answer(200, "Healthy")

    def do_POST(self) -> None:
        """What the model predicts for the request."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        try:
            request = json.loads(body)
            data, parameters = _input(request["input_data"], self.model), request.get("params")
        except (ValueError, KeyError, TypeError) as error:
            form = '{"input_data": {"columns": [names], "data": [[values], ...]}}, or with lists of numbers'
            self._answer(400, {"message": f"the request is not of the form {form}: {error!r}"})
            return
        try:
            answer = self.model.predict(data, **({"params": parameters} if parameters else {}))
            self._answer(200, _plain(answer))
        except Exception as error:  # noqa: BLE001  # whatever a model raises is its answer
            traceback.print_exc()
            self._answer(500, {"message": f"{type(error).__name__}: {error}"})

    def _answer(self, status: int, value: object) -> None:
        content = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _input(written: Any, model: Any) -> object:
    """A table where columns are named, with the types of the model's signature, and arrays where numbers are given."""
    numpy, pandas = importlib.import_module("numpy"), importlib.import_module("pandas")
    if isinstance(written, dict) and set(written) >= SPLIT:
        table = pandas.DataFrame(written["data"], columns=written["columns"], index=written.get("index") or None)
        return _typed(table, model.metadata.get_input_schema())
    if isinstance(written, dict):
        return {name: numpy.array(value) for name, value in written.items()}
    if isinstance(written, list) and written and all(isinstance(row, dict) for row in written):
        return _typed(pandas.DataFrame(written), model.metadata.get_input_schema())
    return numpy.array(written)


def _typed(table: Any, schema: Any) -> Any:
    """JSON has one kind of number: 1 is a double where the signature says so."""
    if schema is None or schema.is_tensor_spec() or not schema.has_input_names():
        return table
    for column in schema.inputs:
        if column.name in table and str(column.type) in ("DataType.double", "DataType.float"):
            table[column.name] = table[column.name].astype("float64" if "double" in str(column.type) else "float32")
    return table


def _plain(answer: Any) -> object:
    if hasattr(answer, "to_dict") and hasattr(answer, "columns"):
        return answer.to_dict(orient="records")
    if isinstance(answer, dict):
        return {name: _plain(value) for name, value in answer.items()}
    return answer.tolist() if hasattr(answer, "tolist") else answer


def main() -> None:
    """The arguments are the folder of the model and the port."""
    Handler.model = importlib.import_module("mlflow.pyfunc").load_model(sys.argv[1])
    HTTPServer((LOOPBACK, int(sys.argv[2])), Handler).serve_forever()


if __name__ == "__main__":
    main()

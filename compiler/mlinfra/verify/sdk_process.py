"""A process of its own that reads bodies as the Azure ML SDK does: requests come in, answers go out.

It is run as a file, so that nothing but the SDK is imported, and nothing of ours imports the SDK. In: JSON on standard
input, objects with `loader` (a function of the SDK's), and either `file` or `body`. Out: JSON on standard output, for
each an object with `error` (text, or null) and, where a body came in, `rest`: what the SDK would send to Azure.
"""

from __future__ import annotations

import io
import json
import logging
import sys
import warnings
from typing import Any

import yaml
from azure.ai.ml.entities import _load_functions
from azure.ai.ml.exceptions import MlException
from marshmallow import ValidationError

# What the SDK's loaders raise on wrong input, of their own and by accident.
REFUSALS = (
    *(MlException, ValidationError, yaml.YAMLError, OSError, NotImplementedError),
    *(TypeError, ValueError, KeyError, AttributeError, AssertionError),
)


def main() -> None:
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    requests = json.load(sys.stdin)
    answers, sys.stdout = sys.stdout, sys.stderr  # the SDK prints on import and on load
    json.dump([_answer(request) for request in requests], answers)


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    load = getattr(_load_functions, request["loader"])
    try:
        if "file" in request:
            load(request["file"])
            return {"error": None}
        entity = load(io.StringIO(yaml.safe_dump(request["body"])))  # not JSON, whose 1e-05 YAML takes for text
        return {"error": None, "rest": entity._to_rest_object().as_dict()}
    except REFUSALS as error:
        return {"error": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    main()

"""What jobs find out of models: one has the numbers that a test ordered when it was made, in whichever job scores it.

A model is known by what its weights are made of, as it travels: registered, or downloaded and uploaded elsewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from tests.emulator.ml.blobs import blobs_below
from tests.emulator.ml.datastores import path_in, place_of
from tests.emulator.protocol import Json
from tests.emulator.resources import find
from tests.emulator.state import State

WEIGHTS = "model.pkl"
_VERSION = re.compile(r".*models/(?P<name>[^/]+)/versions/(?P<version>[^/]+)", re.IGNORECASE)
_BY_NAME = re.compile(r"azureml:(?P<name>[^:/]+):(?P<version>[^:/]+)")


def measure(state: State, output: str, file: str, numbers: Json, elsewhere: Mapping[str, Json] | None = None) -> None:
    """What is true of the models that jobs make from now on: jobs write it into that file of their output.

    In a workspace of `elsewhere`, by its name, there is other data, on which the same model has other numbers.
    """
    table = state.table("ml_orders", "measured")
    table |= {"output": output, "file": file, "next": {"": numbers, **(elsewhere or {})}}


def weights(state: State, workspace: str, job: Json) -> str:
    """The weights of the model that a job works with: those of its input, or else those that it makes.

    Empty where nothing is measured.
    """
    table = state.table("ml_orders", "measured")
    if not table:
        return ""
    known: dict[str, Json] = table.setdefault("known", {})
    for about in (job["properties"].get("inputs") or {}).values():
        if "model" in str(about.get("jobInputType", "")):
            return next((text for text in _below(state, workspace, str(about.get("uri", ""))) if text in known), "")
    made = f"weights of {job['name']}"
    known.setdefault(made, dict(table["next"]))
    return made


def numbers(state: State, workspace: str, output: str, model: str) -> dict[str, str]:
    """The files that a job writes into an output, by what it finds out of a model; none where it measures nothing."""
    table = state.table("ml_orders", "measured")
    if not model or output != table["output"]:
        return {}
    known: Json = table["known"][model]
    return {table["file"]: json.dumps(known.get(workspace.rpartition("/")[2], known[""]))}


def _below(state: State, workspace: str, uri: str) -> list[str]:
    """The contents of the files of a model, wherever a URI says that it is."""
    if match := _VERSION.fullmatch(uri) or _BY_NAME.fullmatch(uri):
        version = find(state, f"{workspace}/models/{match['name']}/versions/{match['version']}")
        return _below(state, workspace, version["properties"]["modelUri"]) if version else []
    return list(blobs_below(state, place_of(state, workspace, uri)).values()) if path_in(uri) else []

"""What Databricks holds in the end, without numbers that it counts on, and without who made a thing at which try."""

from __future__ import annotations

from typing import Any

from tests.emulator.protocol import Json
from tests.emulator.state import State

_COUNTED = ("object_id", "objects_made", "id", "policy_id", "pipeline_id", "experiment_id", "job_id")


def outcome_of_databricks(state: State) -> Json:
    """By workspace what is called how, all of the metastores and the account, and what was uploaded."""
    found: Json = {"account": state.table("databricks", "account")}
    found["metastores"] = state.table("databricks", "metastores")
    for number, at in state.table("databricks", "workspaces").items():
        things = {kind: sorted(map(_named, each.items())) for kind, each in at.get("things", {}).items()}
        objects = {path: each["readers"] for path, each in at.get("objects", {}).items()}
        found[f"workspace {number}"] = {"things": things, "objects": objects}
    return {key: _plain(value) for key, value in found.items()}


def _named(thing: tuple[str, Json]) -> tuple[str, str]:
    """What something is called; whose name is its key, by that. With who may do what with it."""
    identifier, body = thing
    return str(body.get("settings", {}).get("name", identifier)), str(sorted(body.get("permissions", {}).items()))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items() if key not in _COUNTED}
    return [_plain(each) for each in value] if isinstance(value, (list, tuple)) else value

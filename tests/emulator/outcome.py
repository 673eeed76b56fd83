"""What Azure holds at the end of a walk, without what is different each time: names that az makes up, and numbers."""

from __future__ import annotations

import json
from typing import Any

from tests.emulator.bricks.outcome import outcome_of_databricks
from tests.emulator.state import State

_ASSIGNMENTS = "microsoft.authorization/roleassignments"


def outcome(state: State) -> dict[str, Any]:
    """Resources, registered providers and what Azure ML knows; two are equal where the same was made."""
    resources = {}
    for key, body in state.table("resources").items():
        if body["type"].lower() == _ASSIGNMENTS:
            properties = body["properties"]
            key = " ".join(properties[name] for name in ("scope", "roleDefinitionId", "principalId")).lower()
            body = {"properties": properties}
        resources[key] = _without(body, "correlationId")
    databricks = outcome_of_databricks(state)
    return {
        "resources": resources,
        "providers": state.table("providers"),
        "ml": state.table("ml"),
        "databricks": databricks,
    }


def differences(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """What is in one of two outcomes, or not the same in both."""
    found = []
    for table in one:
        for key in sorted({*one[table], *other[table]}):
            left, right = (json.dumps(each[table].get(key), sort_keys=True) for each in (one, other))
            if left != right:
                found.append(f"{table} {key}:\n  {left}\n  {right}")
    return found


def _without(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return {key: _without(one, name) for key, one in value.items() if key != name}
    return [_without(one, name) for one in value] if isinstance(value, list) else value

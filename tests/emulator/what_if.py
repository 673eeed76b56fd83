"""What a deployment would change: what was sent for each resource, against what the template says now."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.emulator.ids import key
from tests.emulator.prediction import resolve
from tests.emulator.protocol import Json, Refusal
from tests.emulator.resources import below, find
from tests.emulator.state import State

_MISSING = object()


def differences(state: State, group: Json, resources: list[Json]) -> Json:
    """The properties of a result: incremental, so what the template does not hold is ignored."""
    named = {key(resource["id"]) for resource in resources}
    changes = [_change(state, resource) for resource in resources]
    for body in below(state, group["id"]):
        is_outermost = body["id"].count("/") == 8 and not body["type"].lower().startswith("microsoft.authorization/")
        if is_outermost and key(body["id"]) not in named and "/deployments/" not in body["id"]:
            changes.append({"resourceId": body["id"], "changeType": "Ignore", "before": _shown(body)})
    return {"changes": changes, "potentialChanges": [], "diagnostics": []}


def _change(state: State, resource: Json) -> Json:
    identifier, found = resource["id"], find(state, resource["id"])
    change: Json = {"resourceId": identifier, "after": resource}
    if found is None:
        return {**change, "changeType": "Create"}
    change["before"] = _shown(found)
    delta = list(_delta(_sent(state, found), _resolved(state, resource)))
    if not delta:
        return {**change, "changeType": "NoChange"}
    return {**change, "changeType": "Modify", "delta": delta}


def _sent(state: State, found: Json) -> Json:
    """What was put: of a role assignment, which is kept as it was given, the properties that can be given."""
    sent: Json = state.table("sent").get(key(found["id"])) or {"properties": dict(found["properties"])}
    if found["type"].lower() == "microsoft.authorization/roleassignments":
        sent = {"properties": {name: value for name, value in found["properties"].items() if name != "scope"}}
    return sent


def _resolved(state: State, resource: Json) -> Json:
    body = {name: value for name, value in resource.items() if name not in ("id", "name", "type", "apiVersion")}
    try:
        resolved: Json = resolve(body, state)
    except Refusal:  # what it refers to is made by this very deployment
        resolved = body
    return resolved


def _delta(before: Any, after: Any) -> Iterator[Json]:
    for name in sorted({*before, *after}):
        old, new = before.get(name, _MISSING), after.get(name, _MISSING)
        if isinstance(old, dict) and isinstance(new, dict):
            for inner in _delta(old, new):
                yield {**inner, "path": f"{name}.{inner['path']}"}
        elif json.dumps(old, default=str, sort_keys=True) != json.dumps(new, default=str, sort_keys=True):
            kind = "Create" if old is _MISSING else "Delete" if new is _MISSING else "Modify"
            if isinstance(old, list) and isinstance(new, list):
                kind = "Array"
            yield {
                "path": name,
                "propertyChangeType": kind,
                "before": None if old is _MISSING else old,
                "after": None if new is _MISSING else new,
                "children": [] if kind == "Array" else None,
            }


def _shown(body: Json) -> Json:
    return {name: body[name] for name in ("id", "name", "type", "location", "tags", "properties") if name in body}

"""Reads what serves in one target's Azure, and what a command changed of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

Json = dict[str, Any]
ONLINE, BATCH = "online_endpoints", "batch_endpoints"


class Move(NamedTuple):
    """A change of what serves at an endpoint: slots with their shares; the default of a batch endpoint has 100."""

    kind: str
    shares: dict[str, int]


def split(azure: Json, kind: str) -> dict[str, int]:
    """The shares of the slots of the only endpoint of a kind; empty where nothing serves."""
    for endpoint in _workspace(azure).get(kind, {}).values():
        if kind == ONLINE:
            return dict(endpoint["traffic"])
        name = (endpoint.get("defaults") or {}).get("deployment_name")
        return {name: 100} if name else {}
    return {}


def tag(azure: Json, kind: str, name: str) -> str:
    """A tag of the only endpoint of a kind."""
    for endpoint in _workspace(azure).get(kind, {}).values():
        return str(endpoint["tags"].get(name, ""))
    return ""


def contents(azure: Json, kind: str) -> dict[str, str]:
    """Of each slot of a kind, the content of its model: which job made it."""
    models = _workspace(azure).get("assets", {}).get("model", {}).get("churn", {})
    found = {}
    for endpoint in _workspace(azure).get(kind, {}).values():
        for slot, body in endpoint["slots"].items():
            version = body["body"]["model"].rpartition(":")[2]
            found[slot] = models[version]["content"].removeprefix("model of ")
    return found


def states(azure: Json, kind: str) -> dict[str, str]:
    """The state of each slot."""
    endpoints = _workspace(azure).get(kind, {}).values()
    return {slot: body["provisioning_state"] for each in endpoints for slot, body in each["slots"].items()}


def jobs(azure: Json) -> dict[str, Json]:
    found: dict[str, Json] = _workspace(azure).get("jobs", {})
    return found


def moves(changes: list[Json]) -> Iterator[Move]:
    """The changes of what serves among those that a command made."""
    for change in changes:
        arguments = change["arguments"]
        if change["code"]:
            continue
        if change["name"] == "ml online-endpoint update" and "--traffic" in arguments:
            pairs = (pair.split("=") for pair in arguments["--traffic"].split())
            yield Move(ONLINE, {name: int(share) for name, share in pairs if int(share)})
        elif change["name"] == "ml batch-endpoint update":
            for setting in arguments.get("--set", []):
                if setting.startswith("defaults.deployment_name="):
                    yield Move(BATCH, {setting.partition("=")[2]: 100})


def _workspace(azure: Json) -> Json:
    """The only workspace."""
    workspaces: dict[str, Json] = azure["state"].get("workspaces", {})
    return next(iter(workspaces.values()), {})

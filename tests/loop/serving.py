"""Reads what serves in one target's Azure, and what a command changed of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.loop.platforms import BATCH, ONLINE

Json = dict[str, Any]
_MODEL = re.compile(r"(?:^azureml:|/models/)(?P<name>[^:/]+)(?::|/versions/)(?P<version>[^:/]+)$")


class Endpoint(NamedTuple):
    """One by its section and its name in Azure."""

    kind: str
    name: str


class Move(NamedTuple):
    """A change of what serves at an endpoint: slots with their shares; the default of a batch endpoint has 100.

    Of a slot that is updated in place its model's content, and all shares stay (None).
    """

    endpoint: Endpoint
    shares: dict[str, int] | None
    contents: dict[str, str]


def endpoints(azure: Json) -> list[Endpoint]:
    """All that there are."""
    return [Endpoint(kind, name) for kind in (ONLINE, BATCH) for name in sorted(_workspace(azure).get(kind, {}))]


def entry_of(endpoint: Endpoint) -> tuple[str, str]:
    """The section and the entry: <entry>-<target>-<salt> is its name in Azure."""
    return endpoint.kind, endpoint.name.split("-")[0]


def split(azure: Json, endpoint: Endpoint) -> dict[str, int]:
    """The shares of the slots of an endpoint; empty where nothing serves, or where it isn't."""
    found = _workspace(azure).get(endpoint.kind, {}).get(endpoint.name, {})
    if endpoint.kind == ONLINE:
        return dict(found.get("traffic") or {})
    name = (found.get("defaults") or {}).get("deployment_name")
    return {name: 100} if name else {}


def tag(azure: Json, endpoint: Endpoint, name: str) -> str:
    """A tag of an endpoint."""
    return str(_workspace(azure)[endpoint.kind][endpoint.name]["tags"].get(name, ""))


def contents(azure: Json, endpoint: Endpoint) -> dict[str, str]:
    """Of each slot, the content of its model: which output of which job it is."""
    slots = _workspace(azure).get(endpoint.kind, {}).get(endpoint.name, {}).get("slots", {})
    return {slot: _content(azure, body["body"]["model"]) for slot, body in slots.items()}


def _content(azure: Json, model: str) -> str:
    """Of a registered model, which a deployment names shortly or by its id."""
    found = _MODEL.search(model)
    assert found is not None, model
    return str(_workspace(azure)["assets"]["model"][found["name"]][found["version"]]["content"])


def states(azure: Json) -> list[str]:
    """The state of each slot, and of each endpoint."""
    found = [_workspace(azure)[kind][name] for kind, name in endpoints(azure)]
    return [each["provisioning_state"] for one in found for each in (one, *one["slots"].values())]


def jobs(azure: Json) -> dict[str, Json]:
    found: dict[str, Json] = _workspace(azure).get("jobs", {})
    return found


def moves(azure: Json, changes: list[Json]) -> Iterator[Move]:
    """The changes of what serves among those that a command made, after which Azure is as here."""
    for change in changes:
        arguments = change["arguments"]
        if change["code"]:
            continue
        if change["name"] == "ml online-endpoint update" and "--traffic" in arguments:
            pairs = (pair.split("=") for pair in arguments["--traffic"].split())
            shares = {name: int(share) for name, share in pairs if int(share)}
            yield Move(Endpoint(ONLINE, arguments["--name"]), shares, {})
        elif change["name"] == "ml online-deployment update":
            said = [each.partition("=") for each in arguments.get("--set", [])]
            models = [model for name, _, model in said if name == "model"]
            models += [change["sent"]["model"]] if "sent" in change else []
            made = [(arguments["--name"], _content(azure, model)) for model in models]
            yield Move(Endpoint(ONLINE, arguments["--endpoint-name"]), None, dict(made))
        elif change["name"] == "ml batch-endpoint update":
            for setting in arguments.get("--set", []):
                if setting.startswith("defaults.deployment_name="):
                    yield Move(Endpoint(BATCH, arguments["--name"]), {setting.partition("=")[2]: 100}, {})


def _workspace(azure: Json) -> Json:
    """The only workspace."""
    workspaces: dict[str, Json] = azure["state"].get("workspaces", {})
    return next(iter(workspaces.values()), {})

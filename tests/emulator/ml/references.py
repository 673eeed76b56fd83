"""What a body names has to be there: assets, computes, datastores and deployments of the workspace, and identities."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.emulator.ids import key
from tests.emulator.ml.asked import Asked, wrong
from tests.emulator.ml.datastores import datastore, path_in
from tests.emulator.protocol import Json, refuse
from tests.emulator.resources import find, members
from tests.emulator.state import State

_RUN_OUTPUT = re.compile(r"azureml://jobs/(?P<job>[^/]+)/outputs/(?P<output>[^/]+)(?:/paths/(?P<path>.*))?")
_COMPUTES = ("computes", "computetargets")


def require_references(asked: Asked, body: Any) -> None:
    """Refuses a body that names what isn't there."""
    for text in texts(body):
        if path := path_in(text):
            if datastore(asked.state, asked.workspace, path["name"]) is None:
                wrong(f"The datastore {path['name']} of {text} was not found.")
            continue
        parts = _in_workspace(asked, text)
        if parts and not _is_there(asked, parts):
            wrong(f"{'/'.join(parts)}, which {asked.parts[-1]} names, was not found.")


def require_identities(state: State, body: Json) -> None:
    """Refuses a body with an identity that isn't there."""
    for identity in (body.get("identity") or {}).get("userAssignedIdentities") or {}:
        if find(state, identity) is None:
            refuse(400, "FailedIdentityOperation", f"The identity '{identity}' was not found.")


def run_output(uri: str) -> re.Match[str] | None:
    """`job`, `output` and `path` of a URI of what a job wrote."""
    return _RUN_OUTPUT.fullmatch(uri)


def texts(value: Any) -> Iterator[str]:
    """All texts in a body, those of keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from texts(name)
            yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)


def _in_workspace(asked: Asked, text: str) -> list[str]:
    """The parts of an address in the same workspace; none where a text is something else."""
    address = key(text.removeprefix("azureml:"))
    prefix = f"{key(asked.workspace)}/"
    return text.removeprefix("azureml:")[len(prefix) :].split("/") if address.startswith(prefix) else []


def _is_there(asked: Asked, parts: list[str]) -> bool:
    if parts[0].lower() in _COMPUTES:
        return parts[1] == "serverless" or asked.find("computes", *parts[1:]) is not None
    if parts[0].lower() == "datastores":
        return datastore(asked.state, asked.workspace, parts[1]) is not None
    if len(parts) == 4 and parts[2].lower() == "labels":
        return bool(members(asked.state, asked.at(parts[0], parts[1], "versions")))
    return asked.find(*parts) is not None

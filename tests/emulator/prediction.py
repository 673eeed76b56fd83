"""What a template makes: `bicep snapshot` says it of the template and the parameters that az sent."""

from __future__ import annotations

import atexit
import functools
import json
import re
import tempfile
import threading
from pathlib import Path
from typing import Any

from mlinfra.verify.bicep_server import BicepServer, NoAnswer
from tests.emulator.protocol import Json, refuse
from tests.emulator.resources import find
from tests.emulator.state import State
from tests.emulator.tokens import TENANT
from tests.tools import bicep

_REFERENCE = re.compile(
    r"\[reference\('(?P<id>[^']+)'(?:, '[^']+'(?:, '(?P<full>full)')?)?\)\.(?P<path>[][A-Za-z0-9.]+)\]"
)
# The version at the end of the address of a key.
_LAST_PART = re.compile(r"\[last\(split\((reference\('[^']+'(?:, '[^']+')*\)\.[A-Za-z.]+), '/'\)\)\]")
_one_at_a_time = threading.Lock()


def predict(template: Json, parameters: Json, group: Json) -> list[Json]:
    """The resources in the order in which they are made; refuses a template that can't be."""
    missing = [
        name
        for name, about in template.get("parameters", {}).items()
        if "defaultValue" not in about and not about.get("nullable") and name not in parameters
    ]
    if missing:
        message = f"'The value for the template parameter '{missing[0]}' is not provided.'"
        refuse(400, "InvalidTemplate", f"Deployment template validation failed: {message}")
    text = _snapshot(json.dumps(template), _bicepparam(parameters), group["id"], group["location"])
    resources: list[Json] = json.loads(text)
    return resources


@functools.lru_cache(maxsize=64)
def _snapshot(template: str, parameters: str, group: str, location: str) -> str:
    _, _, subscription, _, name = group.split("/")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch).resolve()
        (folder / "main.json").write_text(template)
        (folder / "main.bicepparam").write_text(parameters)
        (folder / "bicepconfig.json").write_text("{}")
        try:
            with _one_at_a_time:
                predicted = _server().snapshot(folder / "main.bicepparam", subscription, name, location, TENANT)
        except NoAnswer as error:
            return refuse(400, "InvalidTemplate", f"Deployment template validation failed: '{error}'")
    return json.dumps(predicted["predictedResources"])


@functools.cache
def _server() -> BicepServer:
    """One for all templates; it ends with this process, whose end of the pipe is closed then."""
    server = BicepServer(bicep())
    atexit.register(server.close)
    return server


def _bicepparam(parameters: Json) -> str:
    lines = ["using './main.json'"]
    for name, given in parameters.items():
        value = given["value"] if "value" in given else f"value of {given['reference']['secretName']}"
        lines.append(f"param {name} = {_literal(value)}")
    return "\n".join(lines) + "\n"


def _literal(value: Any) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("${", "\\${").replace("\n", "\\n")
        return f"'{escaped}'"
    if isinstance(value, dict):
        return "{\n" + "".join(f"{_literal(name)}: {_literal(one)}\n" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[\n" + "".join(f"{_literal(one)}\n" for one in value) + "]"
    return json.dumps(value)


def resolve(value: Any, state: State) -> Any:
    """A part of a prediction with what only Azure knows filled in: properties of resources, and the tenant."""
    if isinstance(value, dict):
        return {resolve(name, state): resolve(one, state) for name, one in value.items()}
    if isinstance(value, list):
        return [resolve(one, state) for one in value]
    if value == "[tenant().tenantId]":
        return TENANT
    if isinstance(value, str) and (match := _REFERENCE.fullmatch(value)):
        found = find(state, match["id"])
        if found is None:
            refuse(404, "ResourceNotFound", f"The Resource '{match['id']}' was not found.")
        known: Any = found if match["full"] else found["properties"]
        for word in re.findall(r"[A-Za-z]+|[0-9]+", match["path"]):
            known = known[int(word) if word.isdigit() else word]
        return known
    if isinstance(value, str) and (match := _LAST_PART.fullmatch(value)):
        return resolve(f"[{match[1]}]", state).rpartition("/")[2]
    if isinstance(value, str) and value.startswith("[["):
        return value[1:]
    if isinstance(value, str) and value.startswith("["):
        raise ValueError(f"the emulator can't evaluate {value}")
    return value

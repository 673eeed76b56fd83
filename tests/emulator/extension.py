"""The extension `ml` of az, which is on no package index: `az ml …` is answered by the fake az, over the same Azure.

Where MLINFRA_AZ_ML_WHEEL names the extension's wheel, the real one is installed instead, and nothing here is used.
"""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path
from typing import Any

from tests.emulator.emulator import Emulator
from tests.emulator.images import unknown_image, unknown_image_within
from tests.emulator.providers import not_registered
from tests.emulator.resources import of_type
from tests.emulator.rights import allows
from tests.emulator.state import State
from tests.emulator.tokens import Caller
from tests.reading_yaml import read_yaml
from tests.scripts.example import PLATFORM
from tests.scripts.fake_az.__main__ import answer
from tests.scripts.fake_az.server import Answer, Server, program
from tests.scripts.fake_az.world import World
from tests.scripts.harness import Azure

WHEEL = "MLINFRA_AZ_ML_WHEEL"
_WORKSPACES = "Microsoft.MachineLearningServices/workspaces"
# What `az ml NOUN VERB` asks of a workspace: the type by the noun, the action by the verb; source: its SDK's requests.
_TYPES = {
    "batch-deployment": "batchEndpoints/deployments",
    "batch-endpoint": "batchEndpoints",
    "component": "components/versions",
    "compute": "computes",
    "data": "data/versions",
    "environment": "environments/versions",
    "job": "jobs",
    "model": "models/versions",
    "online-deployment": "onlineEndpoints/deployments",
    "online-endpoint": "onlineEndpoints",
    "schedule": "schedules",
}
_VERBS = {"show": "read", "list": "read", "download": "read", "delete": "delete", "invoke": "read"}

# Answers like the fake's own client, and hands the core's commands to the real az.
_CORE = r"""case "$1" in
  ml | version) ;;
  *) exec "${REAL_AZ}" "$@" ;;
esac
"""
SHIM = program(port="ML_PORT", folder="AZURE_CONFIG_DIR", first=_CORE)


class SharedWorld(World):
    """What the fake az works on, as a table of the emulator's state; its workspaces are those that were deployed."""

    def __init__(self, state: State, folder: Path, script: dict[str, Any]) -> None:
        self._folder = folder
        self.state = state.table("ml")
        self.script = script | {"workspaces": [_place(body["id"]) for body in of_type(state, _WORKSPACES)]}
        self.printed = ""
        self.interrupted = False
        self.sent = {}

    def save(self) -> None:
        """The state is the emulator's."""


class Extension(Server):
    """A context: answers `az ml` while it is open. `script` is what a test wants to happen, as the fake az takes it."""

    def __init__(self, emulator: Emulator, folder: Path) -> None:
        super().__init__()
        folder.mkdir()
        self.emulator = emulator
        self.folder = folder
        self.script = Azure(folder / "fake", 0, folder, PLATFORM).script | {"kill_after": 0}

    @property
    def refused(self) -> list[str]:
        """The calls that no script may make."""
        log = self.folder / "refused.jsonl"
        return log.read_text().splitlines() if log.exists() else []

    def play(self, folder: Path, arguments: list[str]) -> Answer:
        """One call of whoever is signed in by the configuration of az in that folder."""
        state = self.emulator.state
        if denial := _denial(state, folder, arguments):
            return Answer("1", "", f"ERROR: {denial}\n")
        if file := dict(itertools.pairwise(arguments)).get("--file"):
            body = read_yaml(Path(file).read_text())
            if said := unknown_image(body) if arguments[1] == "environment" else unknown_image_within(body):
                return Answer("1", "", f"ERROR: (ImageNotFound) {said}\n")
        if said := _lacks_a_provider(state, arguments):
            return Answer("1", "", f"ERROR: (MissingSubscriptionRegistration) {said}\n")
        script = self.script | {"signed_in": _signed_in(folder)}
        return answer(SharedWorld(state, self.folder, script), arguments)


def _place(workspace: str) -> str:
    words = workspace.split("/")
    return f"{words[2]}/{words[4]}/{words[8]}"


def _denial(state: State, configuration: Path, arguments: list[str]) -> str:
    """Why Azure ML would not answer: nobody is signed in, or he may not."""
    if arguments[0] != "ml":
        return ""
    user = _signed_in(configuration)
    if not user:
        return "Please run 'az login' to setup account."
    client_id = user["name"]
    flags = dict(itertools.pairwise(arguments))
    names = [flags.get(name, "") for name in ("--subscription", "--resource-group", "--workspace-name")]
    scope = f"/subscriptions/{names[0]}/resourceGroups/{names[1]}/providers/{_WORKSPACES}/{names[2]}"
    noun, verb = arguments[1:3]
    action = f"{_WORKSPACES}/{_TYPES[noun]}/{_VERBS.get(verb, 'write')}"
    if allows(state, _object_id(state, client_id), action, scope):
        return ""
    return (
        f"(AuthorizationFailed) The client '{client_id}' does not have authorization to perform action '{action}' "
        f"over scope '{scope}' or the scope is invalid."
    )


def _lacks_a_provider(state: State, arguments: list[str]) -> str:
    """Why no compute instance is made, which is all that scripts create of computes: its notebooks have a provider."""
    if arguments[:3] != ["ml", "compute", "create"]:
        return ""
    return not_registered(state, dict(itertools.pairwise(arguments))["--subscription"], "Microsoft.Notebooks")


def _signed_in(configuration: Path) -> dict[str, Any]:
    """Who that is, as az keeps it; empty where nobody is."""
    profile = configuration / "azureProfile.json"
    known = json.loads(profile.read_text(encoding="utf-8-sig"))["subscriptions"] if profile.exists() else []
    return dict(known[0]["user"]) if known else {}


def signed_in(state: State, configuration: Path) -> Caller | None:
    """Who that is, by a configuration of az."""
    user = _signed_in(configuration)
    return Caller(user["name"], _object_id(state, user["name"]), "") if user else None


def _object_id(state: State, client_id: str) -> str:
    application = state.table("applications").get(client_id)
    if application:
        return str(application["object_id"])
    identities = of_type(state, "Microsoft.ManagedIdentity/userAssignedIdentities")
    return next(
        (body["properties"]["principalId"] for body in identities if body["properties"]["clientId"] == client_id), ""
    )


def real_wheel() -> Path | None:
    """The wheel of the real extension, where there is one."""
    named = os.environ.get(WHEEL)
    return Path(named) if named else None

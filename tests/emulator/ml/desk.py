"""Where generated scripts run: their `az ml` is azure-ai-ml's own client, and the core asks the emulator too."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from mlinfra.pipelines.versions import VERSIONS
from tests.emulator.client import arm
from tests.emulator.emulator import Emulator
from tests.emulator.machine import Result
from tests.emulator.ml.client import ml_client, registry_client
from tests.emulator.ml.command import answer
from tests.emulator.pipeline import steps_for
from tests.emulator.tokens import TENANT, Caller
from tests.scripts.fake_az.__main__ import CLIENT
from tests.scripts.fake_az.output import render
from tests.scripts.fake_az.parse import Call, Refused, parse
from tests.scripts.fake_az.server import Answer, Server
from tests.tools import search_path

_DEADLINE_SECONDS = 300
_WORKSPACES = "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.MachineLearningServices/workspaces/{}"


class Desk(Server):
    """A context: runs scripts of an output folder while it is open, each as the connection that the pipelines name.

    `callers` are the connections by name.
    """

    def __init__(self, emulator: Emulator, callers: Mapping[str, Caller], output: Path, folder: Path) -> None:
        super().__init__()
        self.emulator = emulator
        self.callers = callers
        self.caller = next(iter(callers.values()))
        self.output = output
        self.folder = folder
        self.refused: list[str] = []
        self.client = cache(lambda caller, workspace: ml_client(emulator, caller, workspace))
        self.shared = cache(lambda caller, subscription, name: registry_client(emulator, caller, subscription, name))
        program = folder / "bin" / "az"
        program.parent.mkdir()
        program.write_text(CLIENT)
        program.chmod(0o755)

    def run(self, script: str, target: str, *words: str) -> Result:
        """A script to its end. No call of it may be one that no script makes."""
        self.caller = self.callers[self._connection(script, target)]
        done = subprocess.run(
            ["bash", str(self.output / "scripts" / script), "--target", target, *words],
            cwd=self.folder,
            env={
                "PATH": search_path(self.folder / "bin"),
                "HOME": str(self.folder),
                "TMPDIR": str(self.folder),
                "FAKE_AZ": str(self.folder),
                "FAKE_AZ_PORT": str(self.port),
                "MLINFRA_POLL_SECONDS": "0",
            },
            capture_output=True,
            text=True,
            timeout=_DEADLINE_SECONDS,
            check=False,
        )
        assert self.refused == []
        return Result(done.returncode, done.stdout, done.stderr)

    def _connection(self, script: str, target: str) -> str:
        """The first connection by which a pipeline runs a script for a target."""
        for pipeline in ("infra", "train", "release", "score"):
            steps = steps_for(self.output / "pipelines" / f"{pipeline}.yml", target, Path(), Path())
            found = next((step.who for step in steps if step.script == script), "")
            if found:
                return found
        raise LookupError(f"no pipeline runs {script} for {target}")

    def play(self, folder: Path, arguments: list[str]) -> Answer:
        """One call of az."""
        try:
            call = parse(arguments)
            if not call.name.startswith("ml "):
                return self._core(call)
            if "--registry-name" in call.one:
                return self._of_registry(call)
            place = (call.subscription, call.get("--resource-group"), call.get("--workspace-name"))
            return answer(self.client(self.caller, _WORKSPACES.format(*place)), call)
        except Refused as refused:
            self.refused.append(f"{arguments}: {refused}")
            return Answer("2", "", f"ERROR: {refused}\n")

    def _of_registry(self, call: Call) -> Answer:
        """A client of a registry asks where that is before all else."""
        from azure.core.exceptions import HttpResponseError

        try:
            client = self.shared(self.caller, call.subscription, call.get("--registry-name"))
        except HttpResponseError as error:
            return Answer("1", "", f"ERROR: {error}\n")
        return answer(client, call)

    def _core(self, call: Call) -> Answer:
        """What the scripts for models ask of the core: who is signed in, a group, a schedule as it is."""
        if call.name == "version":
            return Answer("0", render(call, {"azure-cli": VERSIONS.az, "extensions": {"ml": VERSIONS.ml}}), "")
        if call.name == "account show":
            user = {"name": self.caller.client_id, "type": "servicePrincipal"}
            return Answer("0", render(call, {"id": call.subscription, "tenantId": TENANT, "user": user}), "")
        if call.name == "group show":
            return self._arm(call, "GET", f"/subscriptions/{call.subscription}/resourceGroups/{call.get('--name')}")
        if call.name == "rest":
            path, _, version = call.get("--url").partition("?api-version=")
            return self._arm(call, call.get("--method").upper(), path, call.get("--body"), **{"api-version": version})
        raise Refused(f"{call.name} is not played here")

    def _arm(self, call: Call, method: str, path: str, body: str = "", **query: str) -> Answer:
        sent: Any = json.loads(body) if body else None
        status, told = arm(self.emulator, self.caller, method, path, sent, **query)
        if status >= 400:
            return Answer("3" if status == 404 and call.name != "rest" else "1", "", f"ERROR: ({told})\n")
        return Answer("0", render(call, told), "")

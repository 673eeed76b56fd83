"""The extension `ml` of az by azure-ai-ml's own client, over the emulated Azure: what it made, the core finds there."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from tests.emulator.emulator import Emulator
from tests.emulator.extension import Extension, signed_in
from tests.emulator.ml.client import ml_client
from tests.emulator.ml.command import answer
from tests.emulator.tokens import Caller
from tests.scripts.fake_az.parse import Refused, parse
from tests.scripts.fake_az.server import Answer

_WORKSPACES = "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.MachineLearningServices/workspaces/{}"


class ClientExtension(Extension):
    """A context, within `sent_to`: answers `az ml` by a client for each who is signed in, and workspace."""

    def __init__(self, emulator: Emulator, folder: Path) -> None:
        super().__init__(emulator, folder)
        self._client: Callable[[Caller, str], Any] = cache(lambda who, where: ml_client(emulator, who, where))

    def play(self, folder: Path, arguments: list[str]) -> Answer:
        """One call; who may what, the emulated services decide."""
        if arguments[0] != "ml":
            return super().play(folder, arguments)
        caller = signed_in(self.emulator.state, folder)
        if caller is None:
            return Answer("1", "", "ERROR: Please run 'az login' to setup account.\n")
        try:
            call = parse(arguments)
        except Refused as refused:
            with (self.folder / "refused.jsonl").open("a") as log:
                log.write(f"{arguments}: {refused}\n")
            return Answer("2", "", f"ERROR: {refused}\n")
        place = (call.subscription, call.get("--resource-group"), call.get("--workspace-name"))
        return answer(self._client(caller, _WORKSPACES.format(*place)), call)

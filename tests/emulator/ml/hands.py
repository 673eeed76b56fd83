"""Somebody who calls `az ml …` in a workspace, one command after the other, by azure-ai-ml's own client."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from tests.emulator.emulator import Emulator
from tests.emulator.ml.client import ml_client
from tests.emulator.ml.command import answer
from tests.emulator.tokens import Caller
from tests.scripts.fake_az.parse import parse
from tests.scripts.fake_az.server import Answer


class Hands:
    """A caller, and the workspace by its address; `client` is the MLClient by which he works."""

    def __init__(self, emulator: Emulator, caller: Caller, workspace: str) -> None:
        self.emulator = emulator
        self.caller = caller
        self.workspace = workspace

    @cached_property
    def client(self) -> Any:
        return ml_client(self.emulator, self.caller, self.workspace)

    @property
    def place(self) -> tuple[str, ...]:
        """The flags that say where a command works."""
        words = self.workspace.split("/")
        return ("--subscription", words[2], "--resource-group", words[4], "--workspace-name", words[8])

    def run(self, words: str, *more: str) -> Answer:
        """One call, as strictly read as by the fake az: its words apart by blanks, then words that hold some."""
        return answer(self.client, parse([*words.split(), *more, *self.place]))

    def do(self, words: str, *more: str) -> str:
        """One call that has to succeed: what it prints, one value a line."""
        done = self.run(words, *more, "--output", "tsv")
        assert done.code == "0", f"{words} {' '.join(more)}: {done.stderr}"
        return done.stdout.strip()

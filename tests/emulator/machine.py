"""A machine on which somebody is signed in and runs scripts: the real az, with a configuration of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from tests.emulator.emulator import Emulator
from tests.emulator.tokens import TENANT

_DEADLINE_SECONDS = 600  # for one script, most of it the start of az again and again


class Result(NamedTuple):
    """How a program ended."""

    code: int
    stdout: str
    stderr: str


class Machine:
    """`az` is the program; `folder` becomes the home, and the place where scripts are started."""

    def __init__(self, folder: Path, emulator: Emulator, az: Path) -> None:
        self.folder = folder
        self.emulator = emulator
        self.bin = folder / "bin"
        self.bin.mkdir(parents=True)
        (self.bin / "az").symlink_to(az)
        self.environment = {
            "PATH": f"{self.bin}:{os.environ['PATH']}",
            "HOME": os.fspath(folder),
            "TMPDIR": os.fspath(folder),
            "LANG": "C.UTF-8",
            "AZURE_CONFIG_DIR": os.fspath(folder / "azure"),
            "AZURE_CORE_COLLECT_TELEMETRY": "no",
            "AZURE_BICEP_USE_BINARY_FROM_PATH": "true",
            "AZURE_BICEP_CHECK_VERSION": "false",
            **emulator.environment,
        }

    def az(self, *arguments: str) -> Result:
        """One call of az."""
        return self.run("az", *arguments)

    def sign_in_by_secret(self, client_id: str, secret: str) -> None:
        """As somebody who knows a secret."""
        self._sign_in("--username", client_id, "--password", secret)

    def sign_in_by_federation(self, client_id: str, token: str) -> None:
        """As an Azure Pipelines task does it."""
        self._sign_in("--username", client_id, "--federated-token", token)

    def _sign_in(self, *arguments: str) -> None:
        shutil.rmtree(self.environment["AZURE_CONFIG_DIR"], ignore_errors=True)
        result = self.az("login", "--service-principal", *arguments, "--tenant", TENANT, "--output", "none")
        assert result.code == 0, result.stderr

    def run(self, program: str, *arguments: str, **environment: str) -> Result:
        """A program, in a process group of its own."""
        process = subprocess.run(
            [program, *arguments],
            cwd=self.folder,
            env={**self.environment, **environment},
            executable=shutil.which(program, path=self.environment["PATH"]),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_DEADLINE_SECONDS,
            start_new_session=True,
            check=False,
        )
        return Result(process.returncode, process.stdout, process.stderr)

"""A machine on which somebody is signed in and runs scripts: the real az, with a configuration of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.emulator.az_fork import AzFork
from tests.emulator.bricks import cli
from tests.emulator.emulator import Emulator
from tests.emulator.extension import SHIM, Extension, real_wheel
from tests.emulator.protocol import Request
from tests.emulator.tokens import TENANT
from tests.tools import search_path

_DEADLINE_SECONDS = 900  # for one script, most of it the start of az again and again


class Result(NamedTuple):
    """How a program ended."""

    code: int
    stdout: str
    stderr: str


class Machine:
    """`az` is the real program; `folder` becomes the home, and the place where scripts are started."""

    def __init__(self, folder: Path, emulator: Emulator, az: Path, extension: Extension) -> None:
        self.folder = folder
        self.emulator = emulator
        bin_folder = folder / "bin"
        bin_folder.mkdir(parents=True)
        self.environment = {
            "PATH": search_path(bin_folder),
            "HOME": os.fspath(folder),
            "TMPDIR": os.fspath(folder),
            "LANG": "C.UTF-8",
            "AZURE_CONFIG_DIR": os.fspath(folder / "azure"),
            "AZURE_EXTENSION_DIR": os.fspath(folder / "temp" / "mlinfra" / "extensions"),  # as the pipelines set it
            "AZURE_CORE_COLLECT_TELEMETRY": "no",
            "AZURE_BICEP_USE_BINARY_FROM_PATH": "true",
            "AZURE_BICEP_CHECK_VERSION": "false",
            "PYTHONDONTWRITEBYTECODE": "1",
            "ML_PORT": str(extension.port),
            **emulator.environment,
        }
        cli.install(bin_folder, folder / "databricks")
        self.forks = AzFork(az, self.environment | {"PYTHONSAFEPATH": "1"})  # as scripts start it
        self.environment["REAL_AZ"] = os.fspath(self.forks.program)
        program = bin_folder / "az"
        if wheel := real_wheel():
            program.symlink_to(az)
            added = self.az("extension", "add", "--source", os.fspath(wheel), "--yes")
            assert added.code == 0, added.stderr
        else:
            program.write_text(SHIM)
            program.chmod(0o755)

    def az(self, *arguments: str) -> Result:
        """One call of az."""
        return self.run("az", *arguments, PYTHONSAFEPATH="1")

    def sign_in_by_secret(self, client_id: str, secret: str) -> None:
        """As somebody who knows a secret."""
        self._sign_in("--username", client_id, "--password", secret)

    def sign_in_by_federation(self, client_id: str, token: str) -> None:
        """As the tasks of Azure Pipelines do it."""
        self._sign_in("--username", client_id, "--federated-token", token)

    def sign_in_without_subscription(self, client_id: str, secret: str) -> None:
        """As somebody who has no right on Azure: an administrator of Azure DevOps."""
        self._sign_in("--username", client_id, "--password", secret, "--allow-no-subscriptions")

    def _sign_in(self, *arguments: str) -> None:
        shutil.rmtree(self.environment["AZURE_CONFIG_DIR"], ignore_errors=True)
        result = self.az("login", "--service-principal", *arguments, "--tenant", TENANT, "--output", "none")
        assert result.code == 0, result.stderr

    def run(
        self, program: str, *arguments: str, folder: Path | None = None, kill_at: int = 0, **environment: str
    ) -> Result:
        """A program in a process group of its own; `kill_at`: killed once so many requests have been worked on."""
        with subprocess.Popen(
            [program, *arguments],
            cwd=folder or self.folder,
            env={**self.environment, **environment},
            executable=shutil.which(program, path=self.environment["PATH"]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            self.emulator.after = self._killer(process.pid, kill_at) if kill_at else None
            try:
                stdout, stderr = process.communicate(timeout=_DEADLINE_SECONDS)
            finally:
                self.emulator.after = None
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
        return Result(process.returncode, stdout, stderr)

    def _killer(self, group: int, at: int) -> Callable[[Request], None]:
        """Kills a process group when the emulator has worked on the request of that number, and not answered it."""
        seen = 0
        lock = threading.Lock()

        def count(request: Request) -> None:
            nonlocal seen
            with lock:
                seen += request.host == "management.azure.com"
                if seen == at:
                    os.killpg(group, signal.SIGKILL)
                    self.forks.end_calls()

        return count

"""The Bicep CLI as a server: one process for many questions, over JSON-RPC with headers as editors speak it.

`bicep jsonrpc --stdio` (Bicep repository, src/Bicep.Cli/Rpc): each request has one object of parameters. Most of a
process of the CLI is its start, and most of its first answer the compilation of itself.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from mlinfra.repository import programs

STARTS_FAST = {"DOTNET_TieredPGO": "0"}  # what a process of seconds profiles of itself is a fifth of it, for nothing
TIMEOUT_SECONDS = 300  # a platform of 300 resources takes 5 s on two cores


class NoAnswer(Exception):
    """The server ended, took too long, or says that it can't."""


class BicepServer:
    """A context; starts when it is first asked, and again after it was lost."""

    def __init__(self, bicep: Path) -> None:
        self._bicep = bicep
        self._process: subprocess.Popen[bytes] | None = None
        self._id = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def snapshot(
        self, bicepparam: Path, subscription_id: str, resource_group: str, location: str, tenant_id: str | None = None
    ) -> dict[str, Any]:
        """What a deployment would make, as `bicep snapshot` writes it."""
        scope = {"subscriptionId": subscription_id, "resourceGroup": resource_group, "location": location}
        metadata = scope | ({"tenantId": tenant_id} if tenant_id else {})
        result = self.ask("bicep/getSnapshot", {"path": os.fspath(bicepparam), "metadata": metadata})
        snapshot: dict[str, Any] = json.loads(result["snapshot"])
        return snapshot

    def ask(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """The result; raises NoAnswer."""
        self._id += 1
        body = json.dumps({"jsonrpc": "2.0", "id": self._id, "method": method, "params": parameters}).encode()
        try:
            process = self._process = self._process or _started(self._bicep)
            answer = json.loads(_answered(process, body))
        except (OSError, ValueError) as error:
            self.close()
            raise NoAnswer(f"{method}: {error}") from error
        if not isinstance(answer, dict) or not isinstance(answer.get("result"), dict):
            raise NoAnswer(f"{method}: {json.dumps(answer)}")
        result: dict[str, Any] = answer["result"]
        return result


def _started(bicep: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [bicep, "jsonrpc", "--stdio"],
        cwd=tempfile.gettempdir(),  # no folder of a repository
        env=programs.environment(os.environ, **STARTS_FAST),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _answered(process: subprocess.Popen[bytes], body: bytes) -> bytes:
    """What it answers; one that takes too long is killed, and has ended then."""
    assert process.stdin is not None
    assert process.stdout is not None
    too_long = threading.Timer(TIMEOUT_SECONDS, process.kill)
    too_long.start()
    try:
        process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        process.stdin.flush()
        length = 0
        while line := process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        answer = process.stdout.read(length)
    finally:
        too_long.cancel()
    if not length or len(answer) < length:
        raise OSError("the server ended")
    return answer

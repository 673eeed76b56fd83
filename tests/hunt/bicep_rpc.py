"""The Bicep CLI as a server: one process that answers many questions, over JSON-RPC with headers as editors speak it.

`bicep jsonrpc --stdio` (Bicep repository, src/Bicep.Cli/Rpc): each request has one object of parameters.
"""

from __future__ import annotations

import json
import select
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

TIMEOUT_SECONDS = 120  # a unit of the largest example takes 4 s on two busy cores


class BicepGone(Exception):
    """The server ended or did not answer in time."""


class Said(NamedTuple):
    """A diagnostic of Bicep or its linter; the line starts at 1."""

    file: str  # name without its folder
    line: int
    level: str
    code: str
    message: str


class BicepServer:
    """Starts when it is first asked, and again after it was lost."""

    def __init__(self, bicep: Path) -> None:
        self._bicep = bicep
        self._process: subprocess.Popen[bytes] | None = None
        self._id = 0

    def lint(self, bicepparam: Path) -> list[Said]:
        """What Bicep says of a unit: its parameters, its template and every module of it."""
        result = self._ask("bicep/compileParams", {"path": str(bicepparam), "parameterOverrides": {}})
        said = [_said(item) for item in result["diagnostics"]]
        return said if said or result["success"] else [Said(bicepparam.name, 1, "Error", "", "does not compile")]

    def snapshot(self, bicepparam: Path, subscription: str, resource_group: str, location: str) -> dict[str, Any]:
        """What a deployment would make, as `bicep snapshot` writes it."""
        scope = {"subscriptionId": subscription, "resourceGroup": resource_group, "location": location}
        result = self._ask("bicep/getSnapshot", {"path": str(bicepparam), "metadata": scope})
        snapshot: dict[str, Any] = json.loads(result["snapshot"])
        return snapshot

    def formatted(self, file: Path) -> str:
        """The text of a file as `bicep format` would leave it."""
        return str(self._ask("bicep/format", {"path": str(file)})["contents"])

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _ask(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        self._id += 1
        body = json.dumps({"jsonrpc": "2.0", "id": self._id, "method": method, "params": parameters}).encode()
        process = self._process = self._process or _started(self._bicep)
        assert process.stdin is not None
        try:
            process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
            process.stdin.flush()
            answer = json.loads(_message(process))
        except (OSError, ValueError, BicepGone) as error:
            self.close()
            raise BicepGone(f"{method}: {error}") from error
        if "error" in answer:
            raise BicepGone(
                f"{method}: {answer['error'].get('message')}: {answer['error'].get('data', {}).get('message')}"
            )
        result: dict[str, Any] = answer["result"]
        return result


def _started(bicep: Path) -> subprocess.Popen[bytes]:
    command = [str(bicep), "jsonrpc", "--stdio"]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
    )


def _message(process: subprocess.Popen[bytes]) -> bytes:
    header = b""
    while not header.endswith(b"\r\n\r\n"):
        header += _read(process, 1)
    lengths = [line for line in header.decode().splitlines() if line.lower().startswith("content-length:")]
    return _read(process, int(lengths[0].partition(":")[2]))


def _read(process: subprocess.Popen[bytes], count: int) -> bytes:
    assert process.stdout is not None
    read = b""
    while len(read) < count:
        if not select.select([process.stdout], [], [], TIMEOUT_SECONDS)[0]:
            raise BicepGone(f"no answer in {TIMEOUT_SECONDS} s")
        part = process.stdout.read(count - len(read))
        if not part:
            raise BicepGone("the server ended")
        read += part
    return read


def _said(item: dict[str, Any]) -> Said:
    start = item["range"]["start"]
    return Said(Path(item["source"]).name, int(start["line"]) + 1, item["level"], item["code"], item["message"])

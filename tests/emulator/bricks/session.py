"""Who asks Databricks from a machine, and which host: by a token that az gives, as the SDK with azure-cli."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import ssl
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from tests.emulator.bricks.asked import APPLICATION

_MANAGEMENT = "https://management.core.windows.net/"
_TRIES = 4  # the SDK asks again where the service is busy


class Failed(Exception):
    """What the program says after "Error: "."""


def quoted(text: str) -> str:
    return quote(text, safe="")


class Session:
    """`folder` keeps tokens as long as the same person is signed in, in place of a start of az for each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.workspace = os.environ.get("DATABRICKS_AZURE_RESOURCE_ID", "")
        self._host = ""

    def ask(
        self, method: str, path: str, body: Any = None, query: Mapping[str, str] | None = None, *, missing: bool = False
    ) -> Any:
        """The answer; None where what is asked for is not there and that is no failure."""
        payload = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self._token(APPLICATION)}"}
        if not self._account:
            headers["X-Databricks-Azure-SP-Management-Token"] = self._token(_MANAGEMENT)
            headers["X-Databricks-Azure-Workspace-Resource-Id"] = self.workspace
        target = f"{path}?{urlencode(query)}" if query else path
        for number in range(_TRIES):
            status, raw = _send(self.host, method, target, payload, headers)
            if status not in (429, 503) or number + 1 == _TRIES:
                break
        if status < 300:
            return raw if path.startswith("/api/2.0/workspace-files/") and method == "GET" else json.loads(raw or b"{}")
        said = json.loads(raw) if raw.startswith(b"{") else {}
        if status == 404 and missing:
            return None
        code = said.get("error_code") or (said.get("error") or {}).get("code", "")
        message = said.get("message") or (said.get("error") or {}).get("message", "")
        raise Failed(f"{message} ({status} {code})")

    @property
    def _account(self) -> str:
        return os.environ.get("DATABRICKS_HOST", "")

    @property
    def host(self) -> str:
        if self._account:
            return urlsplit(self._account).hostname or ""
        if not self._host:
            headers = {"Authorization": f"Bearer {self._token(_MANAGEMENT)}"}
            path = f"{quote(self.workspace)}?api-version=2018-04-01"
            status, raw = _send("management.azure.com", "GET", path, None, headers)
            if status != 200:
                raise Failed(f"cannot resolve the workspace: {status} {raw.decode()[:300]}")
            self._host = json.loads(raw)["properties"]["workspaceUrl"]
        return self._host

    def _token(self, resource: str) -> str:
        """The token of who is signed in to az, asked for once as long as that is the same person."""
        profile = Path(os.environ["AZURE_CONFIG_DIR"]) / "service_principal_entries.json"
        who = hashlib.sha256((profile.read_bytes() if profile.exists() else b"") + resource.encode()).hexdigest()
        kept = self._folder / who
        if kept.exists() and time.time() - kept.stat().st_mtime < 600:
            return kept.read_text()
        asked = [
            "az",
            "account",
            "get-access-token",
            "--resource",
            resource,
            "--query",
            "accessToken",
            "--output",
            "tsv",
        ]
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failed(f"cannot get access token: {done.stderr.strip()}")
        kept.write_text(done.stdout.strip())
        return done.stdout.strip()


def _send(host: str, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[int, bytes]:
    proxy = urlsplit(os.environ["HTTPS_PROXY"])
    context = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
    connection = http.client.HTTPSConnection(proxy.hostname or "", proxy.port, context=context, timeout=60)
    connection.set_tunnel(host)
    try:
        connection.request(method, path, body, dict(headers))
        response = connection.getresponse()
        return response.status, response.read()
    except OSError as error:
        raise Failed(f"connection reset by peer: {error}") from error
    finally:
        connection.close()

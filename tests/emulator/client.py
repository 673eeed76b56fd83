"""Asks the emulator without az: for tests of what it answers."""

from __future__ import annotations

import http.client
import json
import ssl
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from tests.emulator.emulator import Emulator
from tests.emulator.tokens import TENANT, Caller, issue

MANAGEMENT = "https://management.core.windows.net"
Answer = tuple[int, Any]


def ask(emulator: Emulator, url: str, method: str = "GET", body: bytes | None = None, token: str = "") -> Answer:
    """Status and body of one request through the proxy, checked against the emulator's authority."""
    proxy, parts = urlsplit(emulator.environment["HTTPS_PROXY"]), urlsplit(url)
    context = ssl.create_default_context(cafile=emulator.environment["SSL_CERT_FILE"])
    connection = http.client.HTTPSConnection(proxy.hostname or "", proxy.port, context=context, timeout=60)
    connection.set_tunnel(parts.hostname or "")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    connection.request(method, parts._replace(scheme="", netloc="").geturl(), body, headers)
    response = connection.getresponse()
    text = response.read()
    connection.close()
    return response.status, json.loads(text) if text else None


def sign_in(emulator: Emulator, client_id: str, **how: str) -> Answer:
    """What Entra says to somebody who wants a token for Resource Manager."""
    form = {"client_id": client_id, "scope": f"{MANAGEMENT}//.default", **how}
    url = f"https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token"
    return ask(emulator, url, "POST", urlencode(form).encode())


def arm(emulator: Emulator, who: Caller, method: str, path: str, body: Any = None, **query: str) -> Answer:
    """Status and body of a request to Resource Manager; of an error only its code."""
    token = issue(emulator.state, Caller(who.client_id, who.object_id, MANAGEMENT))
    text = None if body is None else json.dumps(body).encode()
    url = f"https://management.azure.com{quote(path)}?{urlencode({'api-version': '2026-01-01', **query})}"
    status, answer = ask(emulator, url, method, text, token)
    return status, answer["error"]["code"] if isinstance(answer, dict) and "error" in answer else answer

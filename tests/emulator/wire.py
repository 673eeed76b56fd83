"""Bodies on the wire."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from io import BufferedIOBase

from tests.emulator.protocol import Response


def read_body(stream: BufferedIOBase, headers: Mapping[str, str]) -> bytes:
    """The body of a request: as long as its header says, or in chunks."""
    if headers.get("transfer-encoding", "").lower() != "chunked":
        length = int(headers.get("content-length") or 0)
        return stream.read(length) if length else b""
    body = b""
    while size := int(stream.readline().partition(b";")[0], 16):
        body += stream.read(size)
        stream.readline()
    stream.readline()
    return body


def encode(response: Response) -> tuple[bytes, dict[str, str]]:
    """The bytes of a response and all its headers."""
    headers = {"x-ms-request-id": str(uuid.uuid4()), **response.headers}
    body = response.body
    if isinstance(body, (dict, list)):
        body = json.dumps(body).encode()
        headers.setdefault("Content-Type", "application/json; charset=utf-8")
    body = body or b""
    if response.status != 204:
        headers["Content-Length"] = str(len(body))
    return body, headers

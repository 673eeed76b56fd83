"""What the proxy and the services behind it say to each other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, Protocol

from tests.emulator.state import State

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """One request, its TLS and percent-encoding taken off. Names of headers are in lower case."""

    host: str
    method: str
    path: str  # without the query and without "/" at its end
    query: Mapping[str, str]  # the last value where a name is given twice
    headers: Mapping[str, str]
    body: bytes = b""

    def json(self) -> Json:
        """The body, an object; an empty body is an empty one. Refuses what is no JSON object."""
        try:
            read = json.loads(self.body or b"{}")
        except ValueError as error:
            refuse(400, "InvalidRequestContent", f"The request content was invalid and could not be read: {error}")
        if not isinstance(read, dict):
            refuse(400, "InvalidRequestContent", "The request content is no object")
        return read


@dataclass(frozen=True, slots=True)
class Response:
    """An answer; a body of dicts and lists is sent as JSON."""

    status: int
    body: Json | list[Any] | bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """An answer that ends the work on a request, from wherever it is found out."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.body)
        self.response = response


def refuse(status: int, code: str, message: str, **headers: str) -> NoReturn:
    """Ends the request as Resource Manager and Microsoft Graph say errors: `{"error": {"code", "message"}}`."""
    raise Refusal(Response(status, {"error": {"code": code, "message": message}}, headers))


class Host(Protocol):
    """A service: which hosts are its own, and what it answers."""

    @property
    def pattern(self) -> str:
        """Names of hosts as a pattern of fnmatch: `dev.azure.com`, `*.vault.azure.net`."""

    def answer(self, request: Request, state: State) -> Response:
        """Answers a request out of the state, and changes it. One request at a time; may raise Refusal."""

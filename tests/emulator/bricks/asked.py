"""How Databricks is asked and refuses: `{"error_code", "message"}`, and which part of a service answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn

from tests.emulator.protocol import Json, Refusal, Request, Response
from tests.emulator.state import State
from tests.emulator.tokens import Caller

APPLICATION = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d"  # for which Entra issues tokens, in every tenant
ADMIN, USER = "ADMIN", "USER"


@dataclass(frozen=True)
class Asked:
    """A request of somebody whom the service knows. `level` is his own where he asks."""

    request: Request
    state: State
    caller: Caller
    level: str
    at: Json  # what the service keeps
    names: tuple[str, ...] = ()

    @property
    def who(self) -> str:
        return self.caller.client_id

    @property
    def body(self) -> Json:
        return self.request.json()

    @property
    def query(self) -> Mapping[str, str]:
        return self.request.query


Part = Callable[[Asked], Json | bytes]
Routes = Mapping[str, Part]  # "METHOD pattern", whose groups are the names


def refuse(status: int, code: str, message: str) -> NoReturn:
    raise Refusal(Response(status, {"error_code": code, "message": message}))


def denied(message: str) -> NoReturn:
    refuse(403, "PERMISSION_DENIED", message)


def absent(message: str, code: str = "RESOURCE_DOES_NOT_EXIST") -> NoReturn:
    refuse(404, code, message)


def routed(routes: Routes, asked: Asked) -> Response:
    """What the part answers whose pattern is that of the request."""
    line = f"{asked.request.method} {asked.request.path}"
    for pattern, part in routes.items():
        if found := re.fullmatch(pattern, line):
            given = Asked(asked.request, asked.state, asked.caller, asked.level, asked.at, found.groups())
            answered = part(given)
            return Response(200, answered)
    return refuse(404, "ENDPOINT_NOT_FOUND", f"No API found for '{line}'")

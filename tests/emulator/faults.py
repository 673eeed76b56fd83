"""What goes wrong on order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.emulator.protocol import Request, Response


@dataclass(slots=True)
class Fault:
    """Befalls the requests of a method (any, if empty) whose "host/path" holds the pattern, whatever the case.

    `skip` of them are let through first; then it befalls `times` of them. It waits `delay` seconds; then answers with
    `status`, or, where `drops` says so, ends the connection `before` or `after` the service has done its work.
    """

    path: str
    method: str = ""
    status: int = 0
    code: str = "Ordered"
    message: str = "ordered by a test"
    headers: Mapping[str, str] = field(default_factory=dict)
    times: int = 1
    skip: int = 0
    delay: float = 0
    drops: str = ""

    def befalls(self, request: Request) -> bool:
        """Whether this request is one of those; counts it."""
        meant = self.method in ("", request.method) and re.search(self.path, request.host + request.path, re.IGNORECASE)
        if not meant or self.times == 0:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True

    @property
    def response(self) -> Response | None:
        if not self.status:
            return None
        return Response(self.status, {"error": {"code": self.code, "message": self.message}}, self.headers)

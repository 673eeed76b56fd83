"""Microsoft Graph, to somebody who has no right to read the directory, as whoever deploys has none."""

from __future__ import annotations

from tests.emulator.protocol import Request, Response, refuse
from tests.emulator.state import State


class Graph:
    """graph.microsoft.com."""

    pattern = "graph.microsoft.com"

    def answer(self, request: Request, state: State) -> Response:
        return refuse(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")

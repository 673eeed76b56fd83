"""Azure DevOps as a host behind the proxy: who asks has signed in, and has a token of Azure DevOps."""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode

from tests.emulator.devops import Devops
from tests.emulator.protocol import Request, Response
from tests.emulator.state import State
from tests.emulator.tokens import caller_of

AZURE_DEVOPS = "499b84ac-1321-427f-aa17-267ca6975798"


class DevopsHost:
    """The organization `contoso`; its state is the table `devops`."""

    pattern = "*dev.azure.com"

    def answer(self, request: Request, state: State) -> Response:
        if caller_of(request, state).audience.strip("/") != AZURE_DEVOPS:
            return Response(203, b"<!DOCTYPE html><html><title>Azure DevOps Services | Sign In</title></html>")
        url = f"https://{request.host}{quote(request.path)}?{urlencode(request.query)}"
        body = json.loads(request.body) if request.body else None
        devops = Devops(state.table("devops"))
        status, answer = devops.handle(request.method, url, body)
        headers = {"x-ms-continuationtoken": devops.continuation} if devops.continuation else {}
        return Response(status, answer.encode() if isinstance(answer, str) else answer, headers)

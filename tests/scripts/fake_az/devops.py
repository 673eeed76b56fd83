"""`az rest` to Azure DevOps: the emulated organization, over a table of this state."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from tests.emulator.devops import HOSTS, Devops
from tests.scripts.fake_az.parse import Call, Refused
from tests.scripts.fake_az.world import ServiceError, World

RESOURCE = "499b84ac-1321-427f-aa17-267ca6975798"
SITES = tuple(f"https://{host}/" for host in HOSTS)


def rest(world: World, call: Call) -> Any:
    """What the organization answers; every HTTP error exits 1, and a page in HTML is printed with exit code 0."""
    if call.get("--resource") != RESOURCE:
        raise Refused("az rest to Azure DevOps without its --resource has a token of Resource Manager")
    body = json.loads(call.get("--body")) if call.get("--body") else None
    status, answer = Devops(world.table("devops")).handle(call.get("--method") or "get", call.get("--url"), body)
    if isinstance(answer, str):
        world.printed += answer
        return None
    if status >= HTTPStatus.BAD_REQUEST:
        raise ServiceError(1, f"{HTTPStatus(status).phrase}({json.dumps(answer)})")
    return answer

"""`az` of the tests: one call. The environment says where the state is, and when the caller is killed."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from tests.scripts.fake_az import assets, control, endpoints
from tests.scripts.fake_az.output import render
from tests.scripts.fake_az.parse import Call, Refused, parse
from tests.scripts.fake_az.world import ServiceError, World

_HANDLERS = control.HANDLERS | assets.HANDLERS | endpoints.HANDLERS
# What leaves something behind, in Azure or on the disk: after each of these a test kills the script.
_KILLS_AFTER_DOWNLOAD = "ml model download"


def main(arguments: list[str]) -> int:
    """Answers one call and returns az's exit code; kills the whole process group after the call that a test names."""
    world = World(Path(os.environ["FAKE_AZ"]))
    try:
        call = parse(arguments)
        if call.name == "bicep version":
            sys.stdout.write(world.script["bicep"] + "\n")
            return 0
        counted = call.command.mutates or call.name == _KILLS_AFTER_DOWNLOAD
        world.interrupted = counted and world.lines("changes.jsonl") + 1 == world.script["kill_after"]
        return _answer(world, call, counted)
    except Refused as refused:
        world.log("refused.jsonl", {"arguments": arguments, "why": str(refused)})
        sys.stderr.write(f"ERROR: {refused}\n")
        return 2


def _answer(world: World, call: Call, counted: bool) -> int:
    code, result = 0, None
    try:
        result = _HANDLERS[call.name](world, call)
    except ServiceError as error:
        code = error.code
        sys.stderr.write(f"ERROR: {error}\n")
    world.save()
    world.log("calls.jsonl", {"name": call.name, "code": code, "arguments": _arguments(call)})
    if counted:
        world.log("changes.jsonl", {"name": call.name, "code": code, "arguments": _arguments(call)})
    if world.interrupted:
        os.killpg(os.getpgrp(), signal.SIGKILL)
    if code == 0:
        sys.stdout.write(render(call, result))
    return code


def _arguments(call: Call) -> dict[str, Any]:
    return {**call.one, **call.several, **dict.fromkeys(sorted(call.switches), True)}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

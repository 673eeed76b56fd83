"""The server behind `az`, which is a few lines of bash that ask it: Python would have to start by the hundred.

A request is the number of arguments, the folder of the state, the working directory and the arguments; a reply is the
exit code, stdout and stderr; each ends with NUL. The exit code "kill" tells the caller to kill its process group.
"""

from __future__ import annotations

import os
import re
import socketserver
import sys
from pathlib import Path
from typing import Any, NamedTuple

from tests.scripts.fake_az import assets, control, endpoints, scoring
from tests.scripts.fake_az.faults import fault, ordered
from tests.scripts.fake_az.output import render
from tests.scripts.fake_az.parse import Call, Refused, parse
from tests.scripts.fake_az.world import ServiceError, World

# `az`: asks the server at FAKE_AZ_PORT about the state in the folder FAKE_AZ.
CLIENT = r"""#!/usr/bin/env bash
exec 3<>"/dev/tcp/127.0.0.1/${FAKE_AZ_PORT}"
printf '%s\0' "$#" "${FAKE_AZ}" "${PWD}" "$@" >&3
IFS= read -r -d '' code <&3
IFS= read -r -d '' output <&3
IFS= read -r -d '' errors <&3
[ "${code}" = kill ] && kill -KILL 0
printf '%s' "${output}"
printf '%s' "${errors}" >&2
exit "${code}"
"""

_HANDLERS = control.HANDLERS | assets.HANDLERS | endpoints.HANDLERS | scoring.HANDLERS
# They print dots on stdout while they wait, even with --output none.
_DOTTED = re.compile(r"ml (schedule|(online|batch)-(endpoint|deployment)) (create|update|enable|disable)")
# Changes nothing in Azure, but on the disk: after this, too, a test kills the script.
_DOWNLOAD = "ml model download"


class Answer(NamedTuple):
    code: str
    stdout: str
    stderr: str


def answer(world: World, arguments: list[str]) -> Answer:
    """Plays one call; the state is saved and the call is logged."""
    chatter = world.script["chatter"]
    try:
        call = parse(arguments)
        if call.output == "none":
            world.printed = chatter
        if call.name == "bicep version":
            return Answer("0", world.script["bicep"] + "\n", chatter)
        played = _play(world, call)
        return played._replace(stderr=chatter + played.stderr)
    except Refused as refused:
        world.log("refused.jsonl", {"arguments": arguments, "why": str(refused)})
        return Answer("2", "", f"ERROR: {refused}\n")


def _play(world: World, call: Call) -> Answer:
    changes = (call.command.mutates and call.get("--method") != "get") or call.name == _DOWNLOAD
    world.interrupted = changes and world.lines("changes.jsonl") + 1 == world.script["kill_after"]
    if _DOTTED.fullmatch(call.name):
        world.printed += "..."
    result, error = None, None
    try:
        if order := ordered(world, call):
            if not order.get("inside"):
                raise fault(call, order)
            world.failure = order["error"]
        result = _HANDLERS[call.name](world, call)
    except ServiceError as raised:
        error = raised
    world.save()
    entry = {"name": call.name, "code": error.code if error else 0, "arguments": _arguments(call)}
    for log in ("calls.jsonl", "changes.jsonl")[: 1 + changes]:
        world.log(log, entry)
    if world.interrupted:
        return Answer("kill", "", "")
    if error is not None:
        return Answer(str(error.code), world.printed, error.said())
    return Answer("0", world.printed + render(call, result), "")


def _arguments(call: Call) -> dict[str, Any]:
    return {**call.one, **call.several, **dict.fromkeys(sorted(call.switches), True)}


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        count = int(self._read())
        folder, working_directory = Path(self._read()), self._read()
        os.chdir(working_directory)
        reply = answer(World(folder), [self._read() for _ in range(count)])
        self.wfile.write(b"".join(text.encode() + b"\0" for text in reply))

    def _read(self) -> str:
        taken = bytearray()
        while (byte := self.rfile.read(1)) not in (b"\0", b""):
            taken += byte
        return taken.decode()


def main() -> None:
    """Serves one call at a time until it is terminated; prints the port first."""
    with socketserver.TCPServer(("127.0.0.1", 0), _Handler) as server:
        sys.stdout.write(f"{server.server_address[1]}\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main()

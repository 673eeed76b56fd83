"""The server behind `az` and `databricks`, over a state in a folder."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

from tests.scripts import fake_databricks
from tests.scripts.fake_az import assets, control, endpoints, metrics, scoring
from tests.scripts.fake_az.faults import fault, ordered
from tests.scripts.fake_az.output import render
from tests.scripts.fake_az.parse import Call, Refused, parse
from tests.scripts.fake_az.printers import printed
from tests.scripts.fake_az.server import Answer, Server, program
from tests.scripts.fake_az.world import ServiceError, World

# `az`: asks the server at FAKE_AZ_PORT about the state in the folder FAKE_AZ.
CLIENT = program(port="FAKE_AZ_PORT", folder="FAKE_AZ")
DATABRICKS = program(port="FAKE_AZ_PORT", folder="FAKE_AZ", first=fake_databricks.CHECKS)

_HANDLERS = control.HANDLERS | assets.HANDLERS | endpoints.HANDLERS | metrics.HANDLERS | scoring.HANDLERS
# They print dots on stdout while they wait, even with --output none.
_DOTTED = re.compile(r"ml (schedule|(online|batch)-(endpoint|deployment)) (create|update|enable|disable)")
_CAPITAL = re.compile("(?<=[a-z])(?=[A-Z])")
# Changes nothing in Azure, but on the disk: after this, too, a test kills the script.
_DOWNLOAD = "ml model download"


def answer(world: World, arguments: list[str]) -> Answer:
    """Plays one call; the state is saved and the call is logged."""
    chatter = world.script["chatter"]
    if arguments[:1] == [fake_databricks.NAME]:
        return _of_databricks(world, arguments[1:])
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


def _of_databricks(world: World, arguments: list[str]) -> Answer:
    try:
        return fake_databricks.answer(world, arguments)
    except fake_databricks.Refused as refused:
        world.log("refused.jsonl", {"arguments": arguments, "why": str(refused)})
        return Answer("2", "", f"Error: {refused}\n")


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
    entry |= {"sent": world.sent} if world.sent else {}
    for log in ("calls.jsonl", "changes.jsonl")[: 1 + changes]:
        world.log(log, entry)
    if world.interrupted:
        return Answer("kill", "", "")
    if error is not None:
        return Answer(str(error.code), world.printed, error.said())
    return Answer("0", world.printed + render(call, _shown(world, call, result)), "")


def _shown(world: World, call: Call, result: Any) -> Any:
    """As the extension prints it; where a test says so, with states as newer SDKs write them, of `az ml` only."""
    result = printed(call.name, result)
    return _with_members(result) if world.script.get("members") and call.name.startswith("ml ") else result


def _with_members(result: Any) -> Any:
    if isinstance(result, list):
        return [_with_members(each) for each in result]
    if not isinstance(result, dict):
        return result
    states = {key: result[key] for key in ("status", "provisioning_state") if isinstance(result.get(key), str)}
    words = {key: _CAPITAL.sub("_", state.rpartition(".")[2]).upper() for key, state in states.items()}
    return result | {key: f"JobStatus.{word}" for key, word in words.items()}


def _arguments(call: Call) -> dict[str, Any]:
    return {**call.one, **call.several, **dict.fromkeys(sorted(call.switches), True)}


class _Folders(Server):
    """Over whichever state the program names."""

    def stand_in(self, working_directory: Path) -> None:
        os.chdir(working_directory)

    def play(self, folder: Path, arguments: list[str]) -> Answer:
        return answer(World(folder), arguments)


def main() -> None:
    """Serves until it is terminated; prints the port first."""
    server = _Folders()
    sys.stdout.write(f"{server.port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()

"""What others have to grant in Unity Catalog for a target: looked at, or done by who owns it, or may MANAGE it.

grants.json says what is due, by workspace: on what of someone else's, to whom, and why. What is there stays, and
nothing is taken away. Where "principal" is empty it is for who deploys, whose application `--application deploy=ID`
says.

It calls `databricks`, which signs in as its environment says, and `az` for whether a workspace is there. A line on
stdout for each grant: "ok", "would" with the statement of SQL that does the same, "done" or "left", which is for others
to do. Exit code 1: something was refused, with the cause on stderr; 3: something is left to do. Sources: docs, "grants
command group", "Unity Catalog privileges reference", "GRANT".
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

MOST_SAID = 2000  # characters of what a program says
_MISSING = re.compile("does not exist|doesn't exist|not found|NotFound|NOT_FOUND")
_NOBODY = re.compile("Could not find principal|PRINCIPAL_DOES_NOT_EXIST")  # Unity Catalog, of who is in no account
_COMES = "an application comes with its first deployment there, or an administrator of the account adds it"
_NOT_IN_ALL = ("MANAGE",)  # which ALL PRIVILEGES does not hold


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="grants.py", description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("file", help="grants.json of a target")
    parser.add_argument("--apply", action="store_true", help="do it")
    parser.add_argument("--application", action="append", default=[], metavar="USE=ID", help="of a connection")
    given = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]  # typed as any stream of text
    with open(given.file, encoding="utf-8") as file:  # noqa: PTH123  # Path would be another import of each call
        due = json.load(file)
    deploys = dict(each.split("=", 1) for each in given.application).get("deploy", "")
    is_left = False
    for workspace in due["workspaces"]:
        is_left |= _see_to(workspace, deploys, given.apply)
    sys.exit(3 if is_left else 0)


def _see_to(workspace: dict[str, Any], deploys: str, applies: bool) -> bool:
    """The grants of a workspace; whether something is left."""
    identifier = workspace["id"]
    asked = ["az", "resource", "show", "--ids", identifier, "--api-version", workspace["api"]]
    if _called([*asked, "--subscription", identifier.split("/")[2], "--output", "json"]) is None:
        _say(f"left: {workspace['name']} is not deployed yet, then call this again")
        return True
    os.environ["DATABRICKS_AZURE_RESOURCE_ID"] = identifier
    left = [_grant({**each, "principal": each["principal"] or deploys}, applies) for each in workspace["grants"]]
    return any(left)


def _grant(due: dict[str, Any], applies: bool) -> bool:
    """One grant; whether it is left."""
    who, shown = due["principal"], f"{due['on'].replace('_', ' ')} {due['name']}"
    words = ", ".join(each.replace("_", " ") for each in due["privileges"])
    if not who:
        _say(f"left: who deploys is not known, and needs {words} on {shown}")
        return True
    said = _called(["databricks", "grants", "get-effective", due["on"], due["name"], "--output", "json"])
    if said is None:
        _say(f"left: {shown} is not there, where {who} needs {words}")
        return True
    has = {
        each["privilege"]
        for one in said.get("privilege_assignments") or ()
        if str(one.get("principal", "")).lower() == who.lower()
        for each in one.get("privileges") or ()
    }
    has_all = "ALL_PRIVILEGES" in has
    lacks = [each for each in due["privileges"] if each not in has and not (has_all and each not in _NOT_IN_ALL)]
    if not lacks:
        _say(f"ok: {who} has {words} on {shown}")
        return False
    statement = _statement(due, lacks)
    if not applies:
        _say(f"would {statement}")
        return True
    change = json.dumps({"changes": [{"principal": who, "add": lacks}]})
    asked = ["databricks", "grants", "update", due["on"], due["name"], "--json", change, "--output", "json"]
    if _called(asked, _NOBODY) is None:
        _say(f"left: the account of Databricks does not know {who} yet, who needs {words} on {shown}; {_COMES}")
        return True
    _say(f"done: {statement}")
    return False


def _statement(due: dict[str, Any], lacks: list[str]) -> str:
    """The same in SQL; names are quoted, as they may hold hyphens."""
    name = ".".join(f"`{part}`" for part in due["name"].split("."))
    what = ", ".join(each.replace("_", " ") for each in lacks)
    return f"GRANT {what} ON {due['on'].replace('_', ' ').upper()} {name} TO `{due['principal']}`"


def _called(command: list[str], missing: re.Pattern[str] = _MISSING) -> Any:
    """What a program answers; None where what it is asked for is missing, and the end where it refuses."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    except OSError as error:
        _fail(f"{command[0]} can't be started: {error.strerror}")
    if done.returncode != 0 and missing.search(done.stderr):
        return None
    if done.returncode != 0:
        _fail(f"{' '.join(command[:5])}: {done.stderr.strip()[:MOST_SAID]}")
    return json.loads(done.stdout or "{}") or {}


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _fail(message: str) -> NoReturn:
    sys.stdout.flush()
    sys.stderr.write(f"error: {message}\n")
    sys.exit(1)


if __name__ == "__main__":
    main()

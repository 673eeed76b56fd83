"""Retention leases of Azure Pipelines: the run that made a model stays as long as a deployment serves it.

A lease has an owner, a text of whoever sets it: "mlinfra:churn:prod:blue-1a2b3c" is that of a deployment, or of
several, where endpoints call theirs alike. Nothing else tells leases apart, so only those whose owner begins as asked
are looked at, and of one owner and run one is enough.

The address of the organization and the token are those that Azure Pipelines gives a step: SYSTEM_COLLECTIONURI,
SYSTEM_TEAMPROJECTID and MLINFRA_TOKEN. Messages go to stderr; exit code 1 says that Azure DevOps refused something,
with what it said. Source: REST API 7.1 of Azure DevOps, Build, Leases.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from typing import Any, NoReturn

FOREVER_DAYS = 36501  # more than a hundred years shows as "forever"
SECONDS = 60
MOST_BYTES = 1 << 24  # of an answer
MOST_SAID = 300  # characters of an error's text
_VERSION = "api-version=7.1"

NONE = "none"  # the run of a deployment that keeps none

Lease = dict[str, Any]


@dataclass
class _Told:
    """What is said of the deployments that share an owner, because endpoints may call theirs alike.

    `unsaid` is how many of them are there whose run nobody says: what the owner keeps may be theirs.
    """

    runs: set[int] = field(default_factory=set)
    unsaid: int = 0

    def keeps(self, run: int) -> bool:
        return run in self.runs or self.unsaid > 0


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="leases.py", description=(__doc__ or "").split("\n", maxsplit=1)[0])
    commands = parser.add_subparsers(dest="command", required=True)

    hold = commands.add_parser("hold", help="keep a run for some days")
    hold.add_argument("definition", type=int)
    hold.add_argument("run", type=int)
    hold.add_argument("owner")
    hold.add_argument("days", type=int)

    match = commands.add_parser("match", help="keep the runs of these owners, and of no other that begins as they do")
    match.add_argument("definition", type=int)
    match.add_argument("prefix", help="what their names begin with")
    match.add_argument(
        "owner",
        nargs="*",
        help="the rest of a name, then =, once for each deployment of that name; again, with the run or "
        f"{NONE} behind it, for each whose run is known: the others keep what they have",
    )

    given = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]  # typed as any stream of text
    if given.command == "hold":
        _hold(given)
    else:
        _match(given)


def _hold(given: argparse.Namespace) -> None:
    known = _leases(given.definition)
    if not any(lease["ownerId"] == given.owner and lease["runId"] == given.run for lease in known):
        _add(given.definition, [(given.owner, given.run)], given.days)


def _match(given: argparse.Namespace) -> None:
    """What is new first: between the two, a run is rather kept twice than not at all."""
    told = _told(given.prefix, given.owner)
    known = [lease for lease in _leases(given.definition) if lease["ownerId"].startswith(given.prefix)]
    kept = {(lease["ownerId"], lease["runId"]): lease["leaseId"] for lease in known}
    missing = [(owner, run) for owner, of in told.items() for run in sorted(of.runs) if (owner, run) not in kept]
    if missing:
        _add(given.definition, missing, FOREVER_DAYS)
    stay = [lease for (owner, run), lease in kept.items() if owner in told and told[owner].keeps(run)]
    gone = [str(lease["leaseId"]) for lease in known if lease["leaseId"] not in stay]
    if gone:
        _ask("DELETE", f"ids={','.join(gone)}")
    for owner, run in missing:
        _say(f"{owner} keeps run {run}")
    for lease in known:
        if str(lease["leaseId"]) in gone:
            _say(f"{lease['ownerId']} keeps run {lease['runId']} no more")


def _told(prefix: str, texts: list[str]) -> dict[str, _Told]:
    """What is said of each owner."""
    told: dict[str, _Told] = {}
    for name, _, run in (text.partition("=") for text in texts):
        of = told.setdefault(prefix + name, _Told())
        of.unsaid += -1 if run else 1
        of.runs |= {int(run)} if run not in ("", NONE) else set()
    return told


def _add(definition: int, pairs: list[tuple[str, int]], days: int) -> None:
    leases = [
        {"daysValid": days, "definitionId": definition, "ownerId": owner, "protectPipeline": False, "runId": run}
        for owner, run in pairs
    ]
    _ask("POST", "", leases)


def _leases(definition: int) -> list[Lease]:
    """The leases of the runs of a pipeline; those that say no owner are of nobody here."""
    answer = _ask("GET", f"definitionId={definition}")
    listed = answer.get("value") if isinstance(answer, dict) else None
    if not isinstance(listed, list):
        _fail("Azure DevOps listed no leases")
    return [
        each
        for each in listed
        if isinstance(each, dict) and isinstance(each.get("ownerId"), str) and {"leaseId", "runId"} <= each.keys()
    ]


def _ask(method: str, query: str, body: object = None) -> Any:
    base, project, token = (
        os.environ.get(name, "") for name in ("SYSTEM_COLLECTIONURI", "SYSTEM_TEAMPROJECTID", "MLINFRA_TOKEN")
    )
    if not base or not project or not token:
        _fail(
            "this is no step of Azure Pipelines: SYSTEM_COLLECTIONURI, SYSTEM_TEAMPROJECTID or MLINFRA_TOKEN is empty"
        )
    path = f"{base.rstrip('/')}/{urllib.parse.quote(project, safe='')}/_apis/build/retention/leases"
    request = urllib.request.Request(
        f"{path}?{query}{'&' if query else ''}{_VERSION}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Accept": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answered:
            text = answered.read(MOST_BYTES).decode("utf-8-sig")
    except urllib.error.HTTPError as error:
        _fail(f"Azure DevOps answered {error.code} to {method}: {_reason(error.read(MOST_BYTES))}")
    except (OSError, ValueError) as error:
        _fail(f"Azure DevOps can't be asked: {error}")
    try:
        return json.loads(text) if text else {}
    except ValueError:
        _fail(f"Azure DevOps answered to {method} what is no JSON")


def _reason(content: bytes) -> str:
    """What the service says of an error, on one line."""
    text = content.decode("utf-8", errors="replace")
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if isinstance(document, dict) and isinstance(document.get("message"), str):
        text = document["message"]
    return " ".join(text.split())[:MOST_SAID] or "nothing"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _fail(message: str) -> NoReturn:
    sys.stderr.write(f"error: {message}\n")
    sys.exit(1)


if __name__ == "__main__":
    main()

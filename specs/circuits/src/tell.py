"""A step after the release: tells the app of the plants which model scores where.

Azure Pipelines gives the folder of `models.json` in MLINFRA_MODELS, and what was released in MLINFRA_ACCEPTED, as in
`aachen:7 brno:3`. Only the standard library: the agent has no other.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path

SECONDS = 30  # for the answer


def told(models: Path, accepted: str) -> dict[str, dict[str, object]]:
    """Plant → the version that was released there, and on what it was trained."""
    known = json.loads((models / "models.json").read_text(encoding="utf-8"))["models"]
    released = dict(pair.split(":", 1) for pair in accepted.split())
    return {
        plant: {"version": version, "cutoff": known[plant].get("parameters", {}).get("cutoff")}
        for plant, version in sorted(released.items())
        if plant in known
    }


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address", help="of the app, https://…")
    given = parser.parse_args(arguments)
    body = told(Path(os.environ["MLINFRA_MODELS"]), os.environ.get("MLINFRA_ACCEPTED", ""))
    if not body:
        print("nothing was released")
        return
    request = urllib.request.Request(
        given.address, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="PUT"
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS):
            print(f"told {given.address} of {', '.join(body)}")
    except urllib.error.URLError as error:
        sys.exit(f"tell: {given.address} did not take it: {error}")


if __name__ == "__main__":
    main()

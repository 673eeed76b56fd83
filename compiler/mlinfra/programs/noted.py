"""With which numbers a deployment came to serve a version, as its own tags say: who may only write models changes none.

The tags `mlinfra-numbers-1`, `-2` … of a deployment hold "7: auc=0.83 error=0.2": the version, and as many of its
numbers as one tag has room for. "7: none" says that it had none. They are written in the request that makes the
deployment, or updates it in place. Those of what served there before stay beside them, for the way back.

Messages go to stderr; exit code 1 says that a file is not what it should be.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlinfra.programs import decision, models
else:  # beside this file, which is run with -I: that looks for no module in its folder
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    import decision
    import models

TAG = "mlinfra-numbers-"
MOST_CHARACTERS = 256  # of a tag's value; Azure Resource Manager, tag resources
NOTHING = "none"
Record = dict[str, Any]


def main(arguments: list[str] | None = None) -> None:
    models.ended_by_problems(_main, arguments)


def _main(arguments: list[str] | None) -> None:
    parser = argparse.ArgumentParser(prog="noted.py", description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("file", type=Path, help="models.json of what shall serve")
    parser.add_argument("entry")
    parser.add_argument("--endpoint", default="", help="where it shall serve")
    parser.add_argument("--tags", type=Path, help="of the deployment that is updated in place, as JSON")
    parser.add_argument("--before", default="", help="the version that it serves until then")
    given = parser.parse_args(arguments)
    record = models.record_of(given.file, given.entry, given.endpoint)
    notes = list(_notes(record["version"], record["metrics"]))
    known = of_tags(models.read_json(given.tags), given.before) if given.tags else None
    if known is not None and given.before != record["version"]:
        notes += _notes(given.before, known)
    models.say(*(f"{TAG}{number}={note}" for number, note in enumerate(notes, start=1)))


def _notes(version: str, metrics: dict[str, float]) -> Iterator[str]:
    """What the tags are to say of a version; a number too long for any tag is left out."""
    first = note = f"{version}:"
    for pair in (f"{name}={json.dumps(value)}" for name, value in metrics.items()):
        if len(f"{note} {pair}") > MOST_CHARACTERS and note != first:
            yield note
            note = first
        if len(f"{note} {pair}") <= MOST_CHARACTERS:
            note += f" {pair}"
    yield note if note != first else f"{first} {NOTHING}"


def of_tags(tags: Any, version: str) -> dict[str, float] | None:
    """The numbers with which a deployment came to serve a version; None where its tags say nothing of that."""
    found: dict[str, float] | None = None
    for name, text in models.mapping(tags, "tags").items():
        said, colon, pairs = text.partition(": ") if isinstance(text, str) else ("", "", "")
        if not name.startswith(TAG) or not colon or said != version:
            continue
        found = found or {}
        for pair in pairs.split(" "):
            metric, _, value = pair.partition("=")
            number = models.number_of(value)
            if number is not None and models.METRIC.fullmatch(metric) and len(found) < models.MOST_METRICS:
                found[metric] = number
    return found


def counted(record: Record, where: str, tags: Any, rule: Record, *, is_gone: bool) -> tuple[Record, list[str]]:
    """What serves, with the numbers that count, and what is to be said of them.

    `record` has those of the tags of its version, `tags` are those of the deployment `where` it serves.
    """
    known = of_tags(tags, record["version"])
    is_compared = bool(rule["not_worse_than_serving"]) and not rule["evaluates"]
    if known is None:
        return record, [_lacking(where)] if is_compared and not is_gone else []
    changed = [name for name in decision.asked(rule) if known.get(name) != record["metrics"].get(name)]
    said = [_changed(where, name, known, record["metrics"]) for name in changed]
    return record | {"metrics": known}, said if is_compared and not is_gone else []


def _lacking(where: str) -> str:
    return (
        f"{where} does not say with which numbers it came to serve, as it was made before releases noted that: those in"
        " the tags of that version count, which whoever may write models can change, until a release makes a new one"
    )


def _changed(where: str, name: str, known: dict[str, float], told: dict[str, float]) -> str:
    came = f"with {name} {known[name]}" if name in known else f"without {name}"
    return (
        f"{where} came to serve {came}, and the tags of that version say {told.get(name, 'nothing of it')} by now:"
        " somebody changed them, so they don't count"
    )


if __name__ == "__main__":
    main()

"""What a job of a batch endpoint left behind, counted; and the day on which a run started.

A row is a line that is not blank. What became of mini-batches, the report says that Azure ML writes of them, with a
line for each time that one was processed. Source: docs, "Tune ParallelRunStep performance".
"""

from __future__ import annotations

import argparse
import csv
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

REPORT = "processed_mini-batches.csv"
DONE = "RUN_DONE"
DAY_CHARACTERS = len("2026-11-25")


class Counts(NamedTuple):
    rows: int
    failed: int  # mini-batches
    missing: int  # files without a result, in mini-batches that are done
    batches: int  # all of them; 0 where there is no report


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="batch.py", description=(__doc__ or "").split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    counting = commands.add_parser("count", help="rows, failed mini-batches, files without a result, mini-batches")
    counting.add_argument("output", type=Path, help="where the output of the job was downloaded to")
    counting.add_argument("logs", type=Path, help="where the logs of the jobs in it were downloaded to")
    dating = commands.add_parser("day", help="the day of a time, in UTC")
    dating.add_argument("time", help="a day, a time with its offset, or now")
    given = parser.parse_args(arguments)
    if given.command == "count":
        _say(*count(given.output, given.logs))
        return
    try:
        _say(day(given.time))
    except ValueError:
        sys.exit(f'error: "{given.time}" is no time with its offset, such as 2026-11-25 22:00:00+00:00')


def _say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")


def count(output: Path, logs: Path) -> Counts:
    """The counts of one job."""
    rows = sum(_rows(path) for path in sorted(output.rglob("*")) if path.is_file())
    missing: dict[str, int] = {}  # by mini-batch: files of it without a result, once it is done; -1 until then
    for number, report in enumerate(sorted(logs.rglob(REPORT))):
        with report.open(encoding="utf-8", errors="replace", newline="") as file:
            for line in csv.DictReader(file):
                _add(f"{number}/{line.get('Mini-batch Id')}", line, missing)
    failed = sum(1 for files in missing.values() if files < 0)
    return Counts(rows, failed, sum(files for files in missing.values() if files > 0), len(missing))


def _add(batch: str, line: dict[str, str], missing: dict[str, int]) -> None:
    if not line.get("Mini-batch Id"):
        return  # of a process, not of a mini-batch
    if line.get("Status") == DONE:
        missing[batch] = max(0, _number(line.get("Failed")))
    else:
        missing.setdefault(batch, -1)


def _number(text: object) -> int:
    return int(str(text)) if str(text).lstrip("-").isdigit() else 0


def _rows(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for line in file if line.strip())


def day(time: str) -> str:
    """The day of a time, in UTC."""
    if time == "now":
        return datetime.now(timezone.utc).date().isoformat()  # noqa: UP017 agents may have Python 3.9
    moment = datetime.fromisoformat(time)
    if moment.tzinfo is None:
        if len(time) > DAY_CHARACTERS:
            raise ValueError(time)
        return moment.date().isoformat()
    return moment.astimezone(timezone.utc).date().isoformat()  # noqa: UP017 agents may have Python 3.9


if __name__ == "__main__":
    main()

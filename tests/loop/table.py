"""The page docs/loop-matrix.md: what stands in it around the cells, and the cells by row and column."""

from __future__ import annotations

import fcntl
from pathlib import Path

from tests.loop.cases import CASES, Case
from tests.loop.events import EVENTS

PAGE = Path(__file__).parents[2] / "docs" / "loop-matrix.md"
UNKNOWN = "?"
_OPENING = """\
# What a model's life survives

A model is trained and released while something goes wrong: each row is what the gate finds of the new model, and who
had it trained; each column what happens. `make matrix` runs all of it: the pipelines that the compiler writes for
[a small platform](../tests/loop/platform/ml-platform.yaml) with a development and a production target, an online
endpoint with a canary in production and a batch endpoint, as Azure Pipelines runs them, against an Azure that remembers
([how](testing.md)).

In every cell, after every command and not only at the end:

- no model below the floor of a target gets any traffic there, nor becomes the default of its batch endpoint; in
  production none that is worse than what served, by more than the spec lets it;
- what serves goes on serving;
- no stage ends green without having done what it says: the model that was trained serves all of the traffic of both
  endpoints, no canary is left, and the endpoints know which run released it;
- after the cell, the next run of the schedule trains a better model, ends green, and that model serves everywhere.

`green` and `red` are what the runs show; `new in dev` says where the new model serves then, and elsewhere what served
goes on to. `again right`: a person runs the failed jobs again, and the runs end as in the first column.

"""
_CLOSING = """
1. The gate refuses the model in production before anybody is asked to approve, so before any traffic moves there.
2. Nothing serves, so there is nothing to go back to: the first model gets all of the traffic at once.
3. A release does not know why its model was trained, so what happens in one is tried by change.
4. A training does not know what the gate will find, so it is stopped where the model passes.

A script is stopped before its first command, and after each command that changes something; between two that only
read, the same is there to be found. Then either the script ended, and the pipeline goes on to its steps for that, or
its agent is gone, and only other jobs can help. A cancel comes at the end of each script. Where a canary had begun, its
jobs don't go on when they are run again: a person starts the release anew. Where an agent was stopped, both is tried:
to run the failed jobs again, and to leave the run as it is until the next one of the schedule.
"""


def page(cells: dict[tuple[str, str], str]) -> str:
    """The whole text; `cells` by the name of a case and the name of an event."""
    header = ["The new model", "trained by", *EVENTS]
    lines = [_row(header), "|" + "---|" * len(header)]
    for case in CASES:
        told = [cells.get((str(case), event), UNKNOWN) for event in EVENTS]
        lines.append(_row([case.outcome.title, case.reason.title, *told]))
    return _OPENING + "\n".join(lines) + "\n" + _CLOSING


def cells_of(text: str) -> dict[tuple[str, str], str]:
    """The cells of a page."""
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    if not lines:
        return {}
    header, *rows = lines
    by_title = {(case.outcome.title, case.reason.title): str(case) for case in CASES}
    return {
        (by_title[row[0], row[1]], event): cell
        for row in rows
        for event, cell in zip(header[2:], row[2:], strict=True)
        if (row[0], row[1]) in by_title
    }


def write_cell(case: Case, event: str, told: str) -> None:
    """Changes one cell, while other workers change others."""
    with PAGE.open("a+") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        opened.seek(0)
        cells = cells_of(opened.read())
        opened.truncate(0)
        opened.write(page(cells | {(str(case), event): told}))


def read_cell(case: Case, event: str) -> str:
    """What the page says of a cell."""
    return cells_of(PAGE.read_text(encoding="utf-8")).get((str(case), event), UNKNOWN)


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"

"""The page docs/loop-matrix.md: what stands in it around the cells, and the cells by table, row and column."""

from __future__ import annotations

import fcntl
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.loop.branch_cases import OF_BRANCHES
from tests.loop.cases import AS_TEAMS_WORK, CASES, OTHERS
from tests.loop.events import AFTER_A_MERGE, EVENTS, OF_OTHERS
from tests.loop.scores import CALLS, SCORINGS

PAGE = Path(__file__).parents[2] / "docs" / "loop-matrix.md"
UNKNOWN = "?"
_OPENING = """\
# What a model's life survives

A model is trained and released while something goes wrong: each row is what the gate finds of the new model, and who
had it trained; each column what happens. `make matrix` runs it: the pipelines that the compiler writes for
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

`green` and `red` are what the runs show, and `orange` where a model stays out and another goes on; `new in dev` says
where the new model serves then, and elsewhere what served goes on to. `again right`: a person runs the failed jobs
again, and the runs end as in the first column.
"""
_NOTES = """
1. The gate refuses the model in production before anybody is asked to approve, so before any traffic moves there.
2. Nothing serves, so there is nothing to go back to: the first model gets all of the traffic at once.
3. The deployment that serves is updated in its place, at once: there is no canary that could fail or be left.
4. The gate refuses the model in production. The code that was merged has the canary, with the model that serves.
"""
_TEAMS = """
## As teams work

The same platform with something beside it or otherwise ([which](../tests/loop/platforms.py)), trained by a change where
the row names nobody.
"""
_OTHERS = """
## Other platforms
"""
_BRANCHES = """
## A branch for each stage

Development is deployed from `develop`, and production from `main`. What happens, happens to what a merge to `main`
starts, when development serves the new model already: production has a gate, an approval and a canary of its own. A
model that is refused there stays out, and the code that was merged goes out with what serves.
"""
_SCORES = """
## The batch endpoint is called

`score.yml` calls the batch endpoint of production. A green run has a job of its own that scored what was asked for,
with as many rows as the spec wants, no failed mini-batch, and a folder that no other job writes to. After each cell
the next night is scored.
"""
_CLOSING = """
## What is tried

Each event has several ways to happen: a script is stopped before its first command, and after each command that changes
something; between two that only read, the same is there to be found. Then either the script ended, and the pipeline
goes on to its steps for that, or its agent is gone, and only other jobs can help. A cancel comes at the end of each
script. Where a canary had begun, its jobs don't go on when they are run again: a person starts the release anew. Where
an agent was stopped, both is tried: to run the failed jobs again, and to leave the run as it is until the next one of
the schedule.

`make matrix`, as CI runs it, tries of `kill after each command` and `cancel`:

- in the first table every place: each command of each script in each job, each of its changes, each way;
- when the batch endpoint is called, every place too;
- in the other tables each command and each change of each script that the row runs, once: in one of the jobs that run
  it and in one of the ways, which the seed chooses.

Of the other columns it tries every way where the model passes by a change, and elsewhere one, which the seed chooses.
`LOOP_SEED=N` chooses others, `LOOP_TRIALS=N` so many of each cell, `LOOP_TRIALS=kinds` each change once, and
`LOOP_TRIALS=all`, as in `make hunt`, every place and every way in every cell; `LOOP_PART=1/8` is an eighth of what is
tried, of each cell and of all alike, so that several machines share it.
"""


class Cell(NamedTuple):
    """One by the words with which its row begins, and the word above it."""

    row: tuple[str, ...]
    column: str


class Table(NamedTuple):
    """A table of the page: the words over what its rows begin with, the rows and the columns."""

    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    columns: Sequence[str]

    def written(self, cells: Mapping[Cell, str]) -> str:
        lines = [_row((*self.head, *self.columns)), "|" + "---|" * (len(self.head) + len(self.columns))]
        lines += [
            _row((*row, *(cells.get(Cell(row, column), UNKNOWN) for column in self.columns))) for row in self.rows
        ]
        return "\n" + "\n".join(lines) + "\n"


MAIN = Table(
    ("The new model", "trained by"),
    [(case.outcome.title, case.reason.title) for case in CASES],
    [event.title for event in EVENTS],
)
TEAMS = Table(
    ("What is otherwise",), [(case.outcome.title,) for case in AS_TEAMS_WORK], [event.title for event in EVENTS]
)
OTHER = Table(("What is otherwise",), [(case.outcome.title,) for case in OTHERS], [event.title for event in OF_OTHERS])
OF_MERGES = Table(
    ("What is otherwise",), [(case.outcome.title,) for case in OF_BRANCHES], [event.title for event in AFTER_A_MERGE]
)
SCORED = Table(("Called by",), [(call.title,) for call in CALLS], [scoring.title for scoring in SCORINGS])
TABLES = (MAIN, TEAMS, OTHER, OF_MERGES, SCORED)
CELLS = [Cell(row, column) for table in TABLES for row in table.rows for column in table.columns]


def page(cells: Mapping[Cell, str]) -> str:
    """The whole text."""
    main, teams, other, merges, scored = (table.written(cells) for table in TABLES)
    return f"{_OPENING}{main}{_NOTES}{_TEAMS}{teams}{_OTHERS}{other}{_BRANCHES}{merges}{_SCORES}{scored}{_CLOSING}"


def cells_of(text: str) -> dict[Cell, str]:
    """The cells of a page."""
    found: dict[Cell, str] = {}
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    for table in TABLES:
        width = len(table.head)
        for words in lines:
            if len(words) == width + len(table.columns) and tuple(words[:width]) in table.rows:
                row = tuple(words[:width])
                found |= {Cell(row, column): words[width + n] for n, column in enumerate(table.columns)}
    return found


def write_cell(cell: Cell, told: str) -> None:
    """Changes one cell, while other workers change others."""
    with PAGE.open("a+") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        opened.seek(0)
        cells = cells_of(opened.read())
        opened.truncate(0)
        opened.write(page(cells | {cell: told}))


def read_cell(cell: Cell) -> str:
    """What the page says of a cell."""
    return cells_of(PAGE.read_text(encoding="utf-8")).get(cell, UNKNOWN)


def _row(words: Sequence[str]) -> str:
    return f"| {' | '.join(words)} |"

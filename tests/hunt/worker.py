"""A process that runs cases one after the other; its parent ends it where one takes too long."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

from mlinfra.commands import session
from mlinfra.compile import Compiled
from mlinfra.emit.platform import Place
from mlinfra.verify.bicep_cli import find_bicep
from tests.hunt.cases import Recipe, lay_out
from tests.hunt.command import Ran, ran
from tests.hunt.forms import of_command, of_forms
from tests.hunt.ground import Watch, prepare, state, strangers
from tests.hunt.judge import Fault, Judges, is_noise
from tests.hunt.trees import Ground


@dataclass
class Verdict:
    """What came out of a case."""

    number: int
    changes: list[str]
    accepted: bool = False
    faults: list[Fault] = field(default_factory=list)
    seconds: float = 0.0


class Bench:
    """Everything that lives longer than a case."""

    def __init__(self, seed: int, scratch: Path, with_judges: bool = True) -> None:
        self.seed = seed
        self.with_judges = with_judges
        self.scratch = scratch
        self.watch = Watch()
        self.judges = Judges(find_bicep(os.environ))
        self.compiled: list[Compiled] = []
        self._record()

    def case(self, number: int, only: Collection[int] | None = None) -> Verdict:
        started = time.monotonic()
        recipe = Recipe.of(self.seed, number)
        ground = prepare(self.scratch, recipe.example.name)
        changes, differences = lay_out(recipe, ground, only)
        verdict = Verdict(number, changes)
        found = self._faults(recipe, ground, verdict)
        done = (*changes, *differences)
        verdict.faults = [fault for fault in dict.fromkeys(found) if not is_noise(fault, done)]
        verdict.seconds = time.monotonic() - started
        return verdict

    def _faults(self, recipe: Recipe, ground: Ground, verdict: Verdict) -> Iterator[Fault]:
        before = state(self.scratch, ground.out)
        spec = f"specs/{recipe.example.name}"
        self.compiled.clear()
        with self.watch.on():
            checked = ran(("-f", spec, "validate"), ground.root)
            compiled = ran(("-f", spec, "compile", "--outdir", "generated/out"), ground.root)
        yield from of_command(checked)
        yield from of_command(compiled)
        yield from of_touched(before, state(self.scratch, ground.out))
        yield from (Fault("reads outside", path) for path in strangers(self.watch, ground))
        yield from (
            Fault("starts a program", " ".join(command))
            for command in self.watch.started
            if Path(command[0]).name != "git"
        )
        if (
            checked.code != compiled.code
            and not (ground.out.exists() and checked.code == 0 and not ground.out.is_dir())
            and not _is_about_output(compiled)
        ):
            yield Fault("validate and compile disagree", f"{checked.code} and {compiled.code}: {compiled.err[-300:]}")
        verdict.accepted = compiled.code == 0
        random = Random(f"{recipe.seed}/{recipe.number}/forms")
        yield from of_forms(random, spec, ground, self.compiled[-1] if verdict.accepted else None)
        if verdict.accepted and self.with_judges:
            place = Place(ground.folder / "ml-platform.yaml", ground.root, ground.out)
            yield from self.judges.faults(place, self.compiled[1])

    def _record(self) -> None:
        """Keeps what the verbs compile, so that the judges need not compile it again."""
        compile_spec = vars(session)["compile_spec"]

        def recorded(*arguments: Any, **named: Any) -> Compiled:
            result: Compiled = compile_spec(*arguments, **named)
            self.compiled.append(result)
            return result

        vars(session)["compile_spec"] = recorded


def _is_about_output(compiled: Ran) -> bool:
    """Whether only what lies in the output folder is in the way: nothing that `validate` looks at."""
    return "MLI80" in compiled.err or "generated/out" in compiled.err


def of_touched(before: dict[str, tuple[int, ...]], after: dict[str, tuple[int, ...]]) -> Iterator[Fault]:
    for path in sorted(before.keys() | after.keys()):
        if before.get(path) != after.get(path) and not path.endswith("/generated"):
            yield Fault("written outside the output folder", path)


def work(connection: Connection, seed: int, scratch: Path, with_judges: bool) -> None:
    """Answers numbers of cases, or a number with the steps that count, with verdicts, until the other end is closed."""
    bench = Bench(seed, scratch, with_judges)
    try:
        while True:
            number, only = connection.recv()
            connection.send(bench.case(number, only))
    except EOFError:
        bench.judges.close()

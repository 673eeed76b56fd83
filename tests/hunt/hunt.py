"""The hunt itself: cases go to workers, what they find is said once, made small, and can be played again alone."""

from __future__ import annotations

import argparse
import multiprocessing
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path

import click

from tests.hunt.cases import Recipe
from tests.hunt.judge import Fault
from tests.hunt.worker import Verdict, work
from tests.output.together import rounds

CASE_SECONDS = 400  # every command and every judge of the largest case, on two busy cores
PROGRESS_SECONDS = 60
MAX_SHRUNK = 12  # runs of a case to make it small


@dataclass
class Tally:
    """What has come out so far."""

    cases: int = 0
    accepted: int = 0
    found: dict[str, list[tuple[int, Fault]]] = field(default_factory=dict)  # by the kind of fault


class Worker:
    """A process, and the case that it is at."""

    def __init__(self, seed: int, scratch: Path, with_judges: bool = True) -> None:
        self._arguments = (seed, scratch, with_judges)
        self.number: int | None = None
        self.only: Collection[int] | None = None
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection: Connection
        self.connection, theirs = context.Pipe()
        self.process: SpawnProcess = context.Process(target=work, args=(theirs, *self._arguments), daemon=True)
        self.process.start()
        theirs.close()

    def give(self, number: int, only: Collection[int] | None = None) -> None:
        self.number, self.only, self.since = number, only, time.monotonic()
        self.connection.send((number, only))

    def answer(self) -> Verdict:
        """The verdict of the case it is at; a process that ended or takes too long is replaced."""
        assert self.number is not None
        number, self.number = self.number, None
        try:
            if self.connection.poll(max(0.0, self.since + CASE_SECONDS - time.monotonic())):
                verdict: Verdict = self.connection.recv()
                return verdict
            fault = Fault("hangs", f"no answer in {CASE_SECONDS} s")
        except (EOFError, OSError):
            self.process.join(10)
            fault = Fault("the process ended", f"exit code {self.process.exitcode}")
        self.end()
        self._start()
        return Verdict(number, [], faults=[fault])

    @property
    def is_late(self) -> bool:
        return self.number is not None and time.monotonic() > self.since + CASE_SECONDS

    def end(self) -> None:
        self.connection.close()
        self.process.join(2)
        self.process.kill()
        self.process.join()


def hunt(
    tally: Tally,
    seed: int,
    numbers: Iterator[int],
    workers: int,
    seconds: float | None,
    folder: Path,
    with_judges: bool = True,
) -> None:
    """Runs cases until the numbers or the time are over; each kind of fault is said when it is first found."""
    ends = time.monotonic() + seconds if seconds is not None else None
    hands = [Worker(seed, folder / f"worker{index}", with_judges) for index in range(workers)]
    started = said = time.monotonic()
    try:
        busy = [hand for hand in hands if _give(hand, numbers)]
        while busy:
            ready = wait([hand.connection for hand in busy], timeout=5)
            for hand in [hand for hand in busy if hand.connection in ready or hand.is_late]:
                _note(hand, hand.answer(), seed, tally)
                is_over = ends is not None and time.monotonic() > ends
                if is_over or not _give(hand, numbers):
                    busy.remove(hand)
            if time.monotonic() > said + PROGRESS_SECONDS:
                said = time.monotonic()
                click.echo(f"{int(said - started)} s: {_summary(tally)}")
    finally:
        for hand in hands:
            hand.end()
    click.echo(f"{int(time.monotonic() - started)} s: {_summary(tally)}")


def _give(hand: Worker, numbers: Iterator[int]) -> bool:
    number = next(numbers, None)
    if number is not None:
        hand.give(number)
    return number is not None


def _note(hand: Worker, verdict: Verdict, seed: int, tally: Tally) -> None:
    tally.cases += 1
    tally.accepted += verdict.accepted
    for fault in verdict.faults:
        kind = kind_of(fault)
        is_new = kind not in tally.found
        tally.found.setdefault(kind, []).append((verdict.number, fault))
        if is_new:
            only = shrunk(hand, seed, verdict.number, kind)
            click.echo(_described(seed, verdict, fault, only))


def shrunk(hand: Worker, seed: int, number: int, kind: str) -> list[int]:
    """The changes of a case without which a fault of that kind is not there."""
    kept = list(range(Recipe.of(seed, number).steps))
    for step in [step for step in kept if len(kept) > 1][:MAX_SHRUNK]:
        fewer = [other for other in kept if other != step]
        hand.give(number, fewer)
        if any(kind_of(fault) == kind for fault in hand.answer().faults):
            kept = fewer
    return kept


def kind_of(fault: Fault) -> str:
    """Faults of one kind differ in names, numbers and places alone; of an internal error the place is the kind."""
    if fault.what == "internal error":
        return f"{fault.what}: {fault.words.partition(' at ')[2].partition(' in ')[0]}"
    words = re.sub(r"'[^']*'|\"[^\"]*\"|\[[^\]]*\]|\{[^}]*\}", "…", fault.words)
    return f"{fault.what}: {re.sub(r'[0-9]+|[^ ]*/[^ ]*', '…', words)[-120:]}"


def _described(seed: int, verdict: Verdict, fault: Fault, only: list[int]) -> str:
    changes = [change for step, change in enumerate(verdict.changes) if step in only] or verdict.changes
    steps = ",".join(map(str, only))
    lines = (
        f"FOUND {fault.what}: {fault.words}",
        *(f"    {change}" for change in changes),
        f"    replay: {replay(seed, verdict.number, steps)}",
    )
    return "\n".join(line.encode("unicode_escape").decode() for text in lines for line in text.split("\n"))


def replay(seed: int, number: int, steps: str = "") -> str:
    return f"python -m tests.hunt --seed {seed} --case {number}" + (f" --steps {steps}" if steps else "")


def _summary(tally: Tally) -> str:
    share = 100 * tally.accepted // max(1, tally.cases)
    return f"{tally.cases} cases, {share} % accepted and judged, {len(tally.found)} kinds of faults"


def together(connection: Connection, seed: int, count: int) -> None:
    """Sends what went wrong where runs met on one folder; None where nothing did."""
    try:
        rounds(seed, count)
    except AssertionError as error:
        connection.send(str(error))
    else:
        connection.send(None)


@contextmanager
def beside(seed: int, count: int, tally: Tally) -> Iterator[None]:
    """Lets runs meet on one folder, and kills some, while the cases go on; waits for the last round."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=together, args=(theirs, seed, count), daemon=True)
    process.start()
    theirs.close()
    try:
        yield
        said = ours.recv()
    except EOFError:
        said = "the process ended"
    finally:
        process.kill()
    click.echo(f"{count} rounds of runs that meet: {said or 'each ended well'}")
    if said:
        tally.found["together"] = [(0, Fault("together", said))]
        click.echo(f"    replay: python -m tests.hunt --seed {seed} --seconds 0 --rounds {count}")


def play(seed: int, number: int, only: Collection[int] | None, folder: Path) -> Tally:
    """Runs one case, or only some of its changes, and leaves its tree where it was built."""
    tally = Tally()
    hand = Worker(seed, folder / "worker0")
    hand.give(number, only)
    verdict = hand.answer()
    hand.end()
    example = Recipe.of(seed, number).example.name
    click.echo(
        "\n".join(
            (
                f"{example} in {folder / 'worker0'}, accepted: {verdict.accepted}, {verdict.seconds:.1f} s",
                *map(repr, verdict.changes),
            )
        )
    )
    for fault in verdict.faults:
        tally.found.setdefault(kind_of(fault), []).append((number, fault))
        click.echo(f"FOUND {fault.what}: {fault.words}")
    return tally


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.hunt", description=__doc__)
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--first", type=int, default=0, help="the number of the first case")
    parser.add_argument("--case", type=int, help="play this case alone")
    parser.add_argument("--steps", help="with --case: only these of its changes, as in 0,2")
    parser.add_argument("--rounds", type=int, default=1000, help="of runs that meet on one folder")
    parser.add_argument("--no-judges", action="store_true", help="leave Bicep and the SDK out")
    parser.add_argument("--folder", type=Path, help="where the cases are built")
    options = parser.parse_args(arguments)
    seed = secrets.randbelow(10**9) if options.seed is None else options.seed
    click.echo(f"seed {seed}")
    folder = options.folder or Path(tempfile.mkdtemp(prefix="hunt-"))
    if options.case is not None:
        only = [int(step) for step in options.steps.split(",")] if options.steps else None
        return 1 if play(seed, options.case, only, folder).found else 0
    tally = Tally()
    with beside(seed, options.rounds, tally):
        numbers = _from(options.first)
        hunt(tally, seed, numbers, options.workers, options.seconds, folder, not options.no_judges)
    for kind, faults in tally.found.items():
        click.echo(f"{len(faults)} times {kind}".encode("unicode_escape").decode())
    if not options.folder:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if tally.found else 0


def _from(number: int) -> Iterator[int]:
    while True:
        yield number
        number += 1

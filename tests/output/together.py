"""Three runs of mlinfra on one folder at once, one of them killed: two write versions of a spec, one checks.

Each round starts from a folder that is empty, or the output of a version. Whatever happens, a run that was not killed
ends well and says nothing of edits by hand; then one compile ends in exactly its own output.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from mlinfra.cli import run
from mlinfra.commands import compile as compile_command
from mlinfra.commands import session
from mlinfra.compile import Compiled, compile_spec
from mlinfra.emit.platform import Place
from mlinfra.output.output import Output, output

SPEC = Path(__file__).parent.parent / "acceptance/compile_minimal/ml-platform.yaml"
MORE = "\nstorage_accounts:\n  lake: {containers: {raw: {}}}\n\nenvironments:\n  train: {image: example.com/image:1}\n"
FALSE = ("edited by hand", "in the way", "did not write", "MLI80")  # what no run may say of files that mlinfra wrote
KILLED = -signal.SIGKILL
MAX_WAIT_SECONDS = 60


class Version(NamedTuple):
    compiled: Compiled
    output: Output


class Ended(NamedTuple):
    code: int
    said: str


@dataclass(frozen=True)
class Ground:
    """A repository whose spec is one of some versions: compiling costs nothing, so that runs meet where they write."""

    spec: Path
    outdir: Path
    logs: Path
    versions: Mapping[str, Version]
    seconds: float  # that a write takes here

    def start(self, name: str, version: str, *arguments: str) -> int:
        """Forks a run of the command line, which has imported everything; returns its process id."""
        process = os.fork()
        if process == 0:
            code = 70
            try:
                code = self._run(name, version, arguments)
            finally:
                os._exit(code)
        return process

    def ended(self, name: str, process: int) -> Ended:
        deadline = time.monotonic() + MAX_WAIT_SECONDS
        while time.monotonic() < deadline:
            done, status = os.waitpid(process, os.WNOHANG)
            if done:
                return Ended(os.waitstatus_to_exitcode(status), (self.logs / name).read_text(encoding="utf-8"))
            time.sleep(0.001)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        raise AssertionError(f"{name} hangs")

    def holds(self) -> dict[str, str]:
        """Every file and empty folder of the output folder."""
        found = {}
        for path in sorted(self.outdir.rglob("*")):
            name = path.relative_to(self.outdir).as_posix()
            if path.is_file():
                found[name] = path.read_text(encoding="utf-8")
            elif not any(path.iterdir()):
                found[name] = "an empty folder"
        return found

    def _run(self, name: str, version: str, arguments: Sequence[str]) -> int:
        of_version = self.versions[version]
        setattr(session, "compile_spec", lambda *_: of_version.compiled)  # noqa: B010  # no name that it exports
        setattr(compile_command, "output", lambda *_: of_version.output)  # noqa: B010  # no name that it exports
        with (self.logs / name).open("w", encoding="utf-8") as log:
            sys.stdout = sys.stderr = log
            return run(["compile", "-f", str(self.spec), *arguments])


def rounds(seed: int, count: int) -> None:
    """Plays rounds; raises AssertionError with the seed and the number of the first that does not end well."""
    with tempfile.TemporaryDirectory() as folder:
        ground = _ground(Path(os.path.realpath(folder)))
        for number in range(count):
            try:
                _round(ground, random.Random(f"{seed}/{number}"))
            except AssertionError as error:
                raise AssertionError(f"seed {seed}, round {number}: {error}") from error


def _round(ground: Ground, chance: random.Random) -> None:
    shutil.rmtree(ground.outdir, ignore_errors=True)
    before = chance.choice(("", *ground.versions))
    if before:
        _expect(ground, "before", ground.start("before", before), (0,))
    runs = [("old", "old"), ("new", "new"), ("check", chance.choice(tuple(ground.versions)), "--check")]
    chance.shuffle(runs)
    processes = {}
    for name, version, *arguments in runs:
        processes[name] = ground.start(name, version, *arguments)
        time.sleep(chance.uniform(0, ground.seconds / 4))
    killed = chance.choice([*processes, ""])
    if killed:
        _wait_for_a_moment(ground, chance)
        os.kill(processes[killed], signal.SIGKILL)
    for name, process in processes.items():
        allowed = (0, 2) if name == "check" else (0,)
        _expect(ground, name, process, (*allowed, KILLED) if name == killed else allowed)
    last = chance.choice(tuple(ground.versions))
    _expect(ground, "last", ground.start("last", last), (0,))
    assert ground.holds() == ground.versions[last].output.texts(), f"the folder is not what {last} says"


def _wait_for_a_moment(ground: Ground, chance: random.Random) -> None:
    """Mostly until one of the runs writes, and a little more; sometimes any time."""
    started, patience = time.monotonic(), 3 * ground.seconds * chance.choice((0, 1, 1, 1))
    while time.monotonic() - started < patience and not (ground.outdir / ".mlinfra-journal").exists():
        pass
    time.sleep(chance.uniform(0, ground.seconds / 4))


def _expect(ground: Ground, name: str, process: int, codes: tuple[int, ...]) -> None:
    ended = ground.ended(name, process)
    assert ended.code in codes, f"{name} ended with {ended.code}: {ended.said}"
    own = "\n".join(line for line in ended.said.splitlines() if not line.startswith(("+", "-", " ")))  # no difference
    assert not any(words in own for words in FALSE), f"{name} said: {ended.said}"
    assert ended.said or ended.code == KILLED, f"{name} said nothing"


def _ground(root: Path) -> Ground:
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    spec, logs = root / "specs/tiny/ml-platform.yaml", root / "logs"
    for folder in (spec.parent, logs):
        folder.mkdir(parents=True)
    text = SPEC.read_text(encoding="utf-8")
    place = Place(spec, root, root / "generated/tiny")
    versions = {name: _version(text + more, place) for name, more in (("old", ""), ("new", MORE))}
    ground = Ground(spec, place.outdir, logs, versions, 0)
    started = time.monotonic()
    for name in versions:
        _expect(ground, name, ground.start(name, name), (0,))
    return Ground(spec, place.outdir, logs, versions, (time.monotonic() - started) / 2)


def _version(text: str, place: Place) -> Version:
    place.spec.write_text(text, encoding="utf-8")
    compiled = compile_spec(place.spec, place.root, {})
    return Version(compiled, output(compiled.header, compiled.plans, place))

"""Which tests run a line: those are asked whether they notice a change of it, the most particular first."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from coverage import CoverageData

SETTINGS = (
    "[run]\nsource = {package}\ndynamic_context = test_function\nparallel = true\ndata_file = {folder}/.coverage\n"
)
FAST = ("-q", "-p", "no:cacheprovider", "-m", "not slow and not bicep")


@dataclass(frozen=True)
class Covering:
    """By module and line, the tests that run it as `path::function`; those of one line stand in the order to ask."""

    by_line: Mapping[tuple[Path, int], tuple[str, ...]]

    def tests_of(self, module: Path, lines: Sequence[int]) -> tuple[str, ...]:
        """The tests of the lines from the first; nothing where they run when the module is imported, or never."""
        return next((found for line in lines if (found := self.by_line.get((module, line)))), ())


def covering(copy: Path, package: Path, files: Sequence[Path], processes: int) -> Covering:
    """What each line of the package is run by: `files` of tests, relative to the copy, run in so many processes.

    Raises RuntimeError where a test fails, as then nothing can be said.
    """
    folder = copy / ".covering"
    folder.mkdir()
    (folder / "settings").write_text(SETTINGS.format(package=copy / package, folder=folder), encoding="utf-8")
    command = [sys.executable, "-m", "coverage", "run", "--rcfile", str(folder / "settings"), "-m", "pytest", *FAST]
    started = [
        subprocess.Popen(
            [*command, *map(str, files[number::processes])], cwd=copy, env=environment(copy), stdout=subprocess.PIPE
        )
        for number in range(processes)
    ]
    failed = []
    for process in started:
        said, _ = process.communicate()
        if process.returncode != 0:
            lines = said.decode(errors="replace").splitlines()
            failed += [line for line in lines if line.startswith(("FAILED ", "ERROR "))] or lines[-50:]
    if failed:
        raise RuntimeError("\n".join(failed))
    return Covering(_read(copy, folder))


def environment(copy: Path) -> dict[str, str]:
    """That of a process in which the copy's compiler and tests are imported."""
    paths = os.pathsep.join((str(copy / "compiler"), str(copy)))
    return {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}


def _read(copy: Path, folder: Path) -> dict[tuple[Path, int], tuple[str, ...]]:
    found: dict[tuple[Path, int], set[str]] = {}
    names: dict[str, str | None] = {}
    for file in sorted(folder.glob(".coverage.*")):
        data = CoverageData(str(file))
        data.read()
        for measured in data.measured_files():
            module = Path(measured).relative_to(copy)
            for line, contexts in data.contexts_by_lineno(measured).items():
                for context in contexts:
                    name = names.setdefault(context, _node(copy, context))
                    if name:
                        found.setdefault((module, line), set()).add(name)
    runs = Counter(name for of_line in found.values() for name in of_line)
    return {place: tuple(sorted(of_line, key=lambda name: (runs[name], name))) for place, of_line in found.items()}


def _node(copy: Path, context: str) -> str | None:
    """`tests/core/test_a.py::test_b` of the context `tests.core.test_a.test_b`; None for what is no test."""
    *parts, function = context.split(".")
    file = Path(*parts).with_suffix(".py") if parts else Path()
    return f"{file}::{function}" if parts and (copy / file).is_file() else None

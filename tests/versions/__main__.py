"""`python -m tests.versions PYTHON…`: the libraries of every environment give the same bytes and the same messages.

The environments are those of the lock files: `requirements/lowest.txt` has the lowest version of each direct
dependency that pyproject.toml allows, `requirements/run.txt` the newest. Exit code 0: they agree. 1: they don't.
"""

from __future__ import annotations

import difflib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAX_LINES_SHOWN = 20  # of one difference


def main(pythons: Sequence[str]) -> int:
    first, *others = pythons
    expected = _said_by(first)
    broken = [name for name, text in expected.items() if text.endswith("exit 70\n")]
    differences = [line for other in others for line in _differences(expected, _said_by(other), first, other)]
    for line in differences:
        print(line)
    for name in broken:
        print(f"{first}: {name}\n{expected[name]}")
    if not differences and not broken:
        print(f"{len(expected)} answers, the same from {len(pythons)} environments")
    return 1 if differences or broken else 0


def _said_by(python: str) -> dict[str, str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "compiler"), str(ROOT)))}
    command = [os.path.abspath(python), "-m", "tests.versions.said"]  # noqa: PTH100  # resolving leaves the environment
    ran = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    said: dict[str, str] = json.loads(ran.stdout)
    return said


def _differences(expected: Mapping[str, str], actual: Mapping[str, str], first: str, other: str) -> list[str]:
    lines: list[str] = []
    for name in dict.fromkeys((*expected, *actual)):
        one, two = ((said.get(name) or "(nothing)").splitlines() for said in (expected, actual))
        difference = difflib.unified_diff(one, two, f"{name} ({first})", f"{name} ({other})", lineterm="")
        lines += islice(difference, MAX_LINES_SHOWN)
    return lines


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The figures of the README: `make bench` prints them in one run.

Cold `mlinfra compile` of the example, all targets, against `bicep build` of one target's main.bicep, in turn; then time
per phase and peak memory for generated specs of 10 to 10,000 entries. Ratios within one run are what counts.

`make bench AGAINST=DIR` compares with the compiler of another checkout instead: both compile the same generated specs,
in turn. Times are of the processor, and the least of each phase counts: what else the machine does only adds to it.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mlinfra.verify.bicep_cli import find_bicep
from tests.bench.generated_spec import spec_text

ROOT = Path(__file__).parent.parent.parent
SIZES = (10, 100, 1_000, 10_000)
RUNS = 5  # of each command, in turn; the median counts


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.bench")
    parser.add_argument("--against", type=Path, help="another checkout, whose compiler is measured beside this one's")
    parser.add_argument("--rounds", type=int, default=10, help="in which both are measured, one after the other")
    given = parser.parse_args()
    if given.against:
        _against(given.against.resolve(), given.rounds)
    else:
        _against_bicep()
        _growth()


def _against(other: Path, rounds: int) -> None:
    """The phases at the largest size, then a cold start: this checkout beside another one."""
    both = (other, ROOT)
    measured = [[_measured(SIZES[-1], checkout)["seconds"] for checkout in both] for _ in range(rounds)]
    print(f"{SIZES[-1]:,} entries, milliseconds of the processor, least of {rounds} rounds in turn")
    for phase in measured[0][0]:
        _print_beside(phase, [min(seconds[phase] for seconds in column) for column in zip(*measured, strict=True)])
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "ml-platform.yaml").write_text(spec_text(SIZES[0]), encoding="utf-8")
        command = [sys.executable, "-m", "mlinfra", "-q", "compile", "-f", folder]
        starts = [[_processor_seconds(command, checkout) for checkout in both] for _ in range(2 * rounds)]
    _print_beside("cold start", [min(column) for column in zip(*starts, strict=True)])


def _print_beside(what: str, seconds: Sequence[float]) -> None:
    theirs, ours = seconds
    print(f"  {what:20}{theirs * 1000:>10.1f}{ours * 1000:>10.1f}{ours / theirs:>8.2f}", flush=True)


def _against_bicep() -> None:
    bicep = find_bicep(os.environ)
    if bicep is None:
        raise SystemExit("no Bicep CLI: set MLINFRA_BICEP, put it on the PATH, or run az bicep install")
    with tempfile.TemporaryDirectory() as folder:
        ours = [sys.executable, "-m", "mlinfra", "-q", "compile", "-f", "specs/churn", "--outdir", folder]
        theirs = [str(bicep), "build", f"{folder}/dev/infra/main.bicep", "--stdout"]
        _seconds(ours)
        pairs = [(_seconds(ours), _seconds(theirs)) for _ in range(RUNS)]
    compile_seconds, build_seconds = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(mine / other for mine, other in pairs)
    print("cold start to exit, median of", RUNS, "runs in turn")
    print(f"  mlinfra compile, specs/churn, all targets  {compile_seconds:6.2f} s")
    print(f"  bicep build, dev/infra/main.bicep          {build_seconds:6.2f} s")
    print(f"  ratio                                      {ratio:6.2f}")


def _seconds(command: list[str]) -> float:
    """How long a command takes."""
    started = time.perf_counter()
    _run(command)
    return time.perf_counter() - started


def _processor_seconds(command: list[str], checkout: Path) -> float:
    """How long a command of a checkout's compiler keeps a processor."""
    before = os.times()
    _run(command, checkout)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def _run(command: list[str], checkout: Path = ROOT) -> bytes:
    """What a command prints, where Python keeps what it has compiled, as it does for whoever installs mlinfra."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPATH"] = f"{checkout / 'compiler'}{os.pathsep}{ROOT}"
    return subprocess.run(command, check=True, cwd=ROOT, env=environment, capture_output=True).stdout


def _growth() -> None:
    measured = [_measured(size) for size in SIZES]
    phases = list(measured[0]["seconds"])
    print("\nmilliseconds by phase, one target, imports left out")
    print(f"  {'entries':20}" + "".join(f"{result['entries']:>10,}" for result in measured))
    for phase in phases:
        cells = "".join(f"{result['seconds'][phase] * 1000:>10.1f}" for result in measured)
        print(f"  {phase:20}{cells}")
    per_entry = "".join(f"{result['seconds']['all'] * 1e6 / result['entries']:>10.0f}" for result in measured)
    print(f"  {'µs per entry':20}{per_entry}")
    print(f"  {'files':20}" + "".join(f"{result['files']:>10,}" for result in measured))
    print(f"  {'peak MB':20}" + "".join(f"{result['peak_mb']:>10.0f}" for result in measured))


def _measured(entries: int, checkout: Path = ROOT) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.phases", str(entries)]
    result: dict[str, Any] = json.loads(_run(command, checkout))
    return result


if __name__ == "__main__":
    main()

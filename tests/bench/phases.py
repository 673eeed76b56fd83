"""One compilation of a generated spec, phase by phase: prints seconds of the processor and peak memory as JSON.

python -m tests.bench.phases ENTRIES

A small one goes before it: what is imported and built once is part of a cold start, and of no phase.
"""

from __future__ import annotations

import gc
import json
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mlinfra import compile as compiler
from mlinfra.diagnostics import has_errors
from mlinfra.emit.platform import Place
from tests.bench.generated_spec import spec_text

# By phase, the functions of mlinfra.compile that are timed: today's, then those that older compilers had for the same.
PHASES: dict[str, tuple[str, ...]] = {
    "load": ("load",),
    "read_header": ("read_header",),
    "apply_target": ("apply_target",),
    "validate": ("validate",),
    "imply": ("imply", "supply"),
    "resolve": ("resolve", "check_local_paths"),
    "derive": ("derive",),
    "check": ("check", "check_whole", "check_targets", "check_bodies"),
    "versions": ("versions", "contents"),
    "plan": ("plan",),
}
FIRST = 10  # entries of the small one
OUTPUT = "mlinfra.output.output" if find_spec("mlinfra.output") else "mlinfra.emit.platform"  # is, and was


def main(entries: int) -> dict[str, Any]:
    """Seconds by phase, in all, and megabytes at the peak."""
    _compiled(FIRST)
    seconds: dict[str, float] = {}
    for phase, names in PHASES.items():
        for name in names:
            if hasattr(compiler, name):
                setattr(compiler, name, _timed(phase, getattr(compiler, name), seconds))
    started = time.process_time()
    files = _compiled(entries, seconds)
    seconds["all"] = time.process_time() - started
    return {"entries": entries, "files": files, "seconds": seconds, "peak_mb": _peak_megabytes()}


def _compiled(entries: int, seconds: dict[str, float] | None = None) -> int:
    """How many files come out."""
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder).resolve() / "ml-platform.yaml"
        spec.write_text(spec_text(entries), encoding="utf-8")
        compiled = compiler.compile_spec(spec, spec.parent, {})
        problems = [found for target in compiled.diagnostics.values() for found in target]
        if has_errors(problems):
            raise SystemExit("\n".join(found.message for found in problems[:10]))
        output = _timed("emit", import_module(OUTPUT).output, {} if seconds is None else seconds)
        files = output(compiled.header, compiled.plans, Place(spec, spec.parent, spec.parent / "generated"))
        return len(files.files)


def _timed(phase: str, run: Callable[..., Any], seconds: dict[str, float]) -> Callable[..., Any]:
    def timed(*arguments: Any) -> Any:
        started = time.process_time()
        result = run(*arguments)
        if isinstance(result, Iterator):
            result = list(result)
        seconds[phase] = seconds.get(phase, 0.0) + time.process_time() - started
        return result

    return timed


def _peak_megabytes() -> float:
    import resource  # not there on Windows, where the benchmark is not run

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if platform.system() == "Darwin" else 1024)


if __name__ == "__main__":
    gc.disable()  # as the command does
    json.dump(main(int(sys.argv[1])), sys.stdout)

"""One compilation of a generated spec, phase by phase: prints seconds and peak memory as JSON.

python -m tests.bench.phases ENTRIES
"""

from __future__ import annotations

import gc
import json
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from mlinfra import compile as compiler
from mlinfra.diagnostics import has_errors
from mlinfra.emit.platform import Place
from mlinfra.output.output import output
from tests.bench.generated_spec import spec_text

PHASES = (
    "load",
    "read_header",
    "apply_target",
    "validate",
    "imply",
    "resolve",
    "derive",
    "check",
    "versions",
    "plan",
)


def main(entries: int) -> dict[str, Any]:
    """Seconds by phase, in all, and megabytes at the peak."""
    seconds: dict[str, float] = {}
    for name in PHASES:
        setattr(compiler, name, _timed(name, getattr(compiler, name), seconds))
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder).resolve() / "ml-platform.yaml"
        spec.write_text(spec_text(entries), encoding="utf-8")
        started = time.perf_counter()
        compiled = compiler.compile_spec(spec, spec.parent, {})
        problems = [found for target in compiled.diagnostics.values() for found in target]
        if has_errors(problems):
            raise SystemExit("\n".join(found.message for found in problems[:10]))
        files = _timed("emit", output, seconds)(
            compiled.header, compiled.plans, Place(spec, spec.parent, spec.parent / "generated")
        )
        seconds["all"] = time.perf_counter() - started
    return {"entries": entries, "files": len(files.files), "seconds": seconds, "peak_mb": _peak_megabytes()}


def _timed(name: str, run: Callable[..., Any], seconds: dict[str, float]) -> Callable[..., Any]:
    def timed(*arguments: Any) -> Any:
        started = time.perf_counter()
        result = run(*arguments)
        if isinstance(result, Iterator):
            result = list(result)
        seconds[name] = seconds.get(name, 0.0) + time.perf_counter() - started
        return result

    return timed


def _peak_megabytes() -> float:
    import resource  # not there on Windows, where the benchmark is not run

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if platform.system() == "Darwin" else 1024)


if __name__ == "__main__":
    gc.disable()  # as the command does
    json.dump(main(int(sys.argv[1])), sys.stdout)

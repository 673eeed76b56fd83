"""Judges that are Python packages, beside this one: each runs in a process and a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from mlinfra.repository.programs import absolute_folders, run
from mlinfra.verify.case import Case


def run_python(
    case: Case, folder: Path, arguments: Sequence[str], timeout_seconds: int, input: str | None = None
) -> subprocess.CompletedProcess[str]:
    """What this Python answers; it imports from nowhere in `folder`, nor from any other current folder."""
    packages = os.pathsep.join(absolute_folders(case.environ.get("PYTHONPATH", "")))
    seen = case.seen(**({"PYTHONPATH": packages} if packages else {}))
    return run(Path(sys.executable), ["-P", *arguments], folder, seen, timeout_seconds, input)

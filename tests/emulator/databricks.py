"""`databricks` on a machine: the stand-in of the fast tests over a state of its own, as no package index has the CLI.

python databricks.py FOLDER ARGUMENT…
"""

from __future__ import annotations

import json
import os
import shlex
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":  # started with -I, which looks nowhere
    sys.path[:0] = [os.fspath(ROOT), os.fspath(ROOT / "compiler")]

from tests.scripts.fake_az.world import World  # noqa: E402 # after the path is set
from tests.scripts.fake_databricks import CHECKS, answer  # noqa: E402 # so does this


def install(bin_folder: Path, state: Path) -> None:
    """Puts the program into a folder of the PATH; nothing is made yet."""
    state.mkdir()
    (state / "world.json").write_text(json.dumps({"state": {}, "script": {"kill_after": 0}}))
    call = shlex.join([sys.executable, "-I", os.fspath(Path(__file__).resolve()), os.fspath(state)])
    program = bin_folder / "databricks"
    program.write_text(f'#!/usr/bin/env bash\n{CHECKS}shift\nexec {call} "$@"\n')
    program.chmod(0o755)


def main(folder: str, *arguments: str) -> int:
    code, printed, said = answer(World(Path(folder)), list(arguments))
    sys.stdout.write(printed)
    sys.stderr.write(said)
    return int(code)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

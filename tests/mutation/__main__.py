"""`python -m tests.mutation --changes 300 --seed 1`: one change of the compiler at a time, and whether a test notices.

Each is made in a copy of the repository; the tests most likely to notice run until the first that fails. What survived
is printed with its place; a survivor is a missing test, or a change that changes nothing. Exit code 1: fewer than
`NOTICED_PERCENT` were noticed. 2: the tests fail without any change.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.mutation.changes import Change, changes

ROOT = Path(__file__).parents[2]
PACKAGE = Path("compiler") / "mlinfra"
COPIED = ("compiler", "docs", "generated", "schemas", "specs", "tests", "tools")
NOTICED_PERCENT = 95
TEST_SECONDS = 300  # of one change; a loop without end is noticed too
ALWAYS = ("tests/bad_input", "tests/rules", "tests/kinds", "tests/acceptance/test_acceptance.py", "tests/core")
# By room: whose tests are asked first.
FIRST = {
    "azure": ("tests/azure",),
    "diagnostics": ("tests/diagnostics", "tests/cli"),
    "emit": ("tests/pipelines", "tests/scripts"),
    "explain": ("tests/cli",),
    "formats": ("tests/formats",),
    "languages": ("tests/languages/azureml",),
    "output": ("tests/output",),
    "overrides": ("tests/overrides",),
    "pipelines": ("tests/pipelines", "tests/scripts"),
    "repository": ("tests/repository",),
    "schemas": ("tests/languages/azureml",),
    "source": ("tests/source",),
    "verify": ("tests/verify",),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("--changes", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--below", default="", help="only modules whose path below mlinfra/ begins so")
    given = parser.parse_args()
    chosen = _chosen(given.changes, random.Random(given.seed), given.below)
    survived = 0
    with tempfile.TemporaryDirectory() as name:
        scratch = _copied(Path(name))
        first = chosen[0][0]
        if _is_noticed(scratch, first, Change(0, "nothing", (ROOT / first).read_text(encoding="utf-8"))):
            print("the tests fail, or take too long, where nothing is changed")
            return 2
        for module, change in chosen:
            if not _is_noticed(scratch, module, change):
                survived += 1
                print(f"{module}:{change.line}: {change.what}", flush=True)
    noticed = len(chosen) - survived
    print(f"{noticed} of {len(chosen)} changes were noticed")
    return 0 if 100 * noticed >= NOTICED_PERCENT * len(chosen) else 1


def _chosen(number: int, chance: random.Random, below: str) -> list[tuple[Path, Change]]:
    """So many changes of modules by chance, each module as often as it has lines."""
    modules = [path.relative_to(ROOT) for path in sorted((ROOT / PACKAGE).rglob("*.py"))]
    modules = [module for module in modules if module.relative_to(PACKAGE).as_posix().startswith(below)]
    lengths = [len((ROOT / module).read_text(encoding="utf-8").splitlines()) + 1 for module in modules]
    found: list[tuple[Path, Change]] = []
    for module in chance.choices(modules, lengths, k=number):
        every = list(changes((ROOT / module).read_text(encoding="utf-8")))
        if every:
            found.append((module, chance.choice(every)))
    return found


def _copied(folder: Path) -> Path:
    """What the tests need of the repository; a repository of its own."""
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in ROOT.iterdir():
        if path.is_file() and path.name != ".git":
            shutil.copy(path, folder / path.name)
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    return folder


def _is_noticed(scratch: Path, module: Path, change: Change) -> bool:
    """Whether a test fails, or takes too long."""
    room = module.relative_to(PACKAGE).parts[0]
    folders = dict.fromkeys((*FIRST.get(room, ()), *ALWAYS))
    before = (scratch / module).read_text(encoding="utf-8")
    (scratch / module).write_text(change.text, encoding="utf-8")
    paths = os.pathsep.join((str(scratch / "compiler"), str(scratch)))
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-m", "not slow and not bicep"]
    try:
        ran = subprocess.run(
            [*command, *(folder for folder in folders if (scratch / folder).exists())],
            cwd=scratch,
            env=environment,
            timeout=TEST_SECONDS,
            capture_output=True,
            check=False,
        )
        return ran.returncode != 0
    except subprocess.TimeoutExpired:
        return True
    finally:
        (scratch / module).write_text(before, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

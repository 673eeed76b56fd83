"""`python -m tests.mutation --changes 300 --seed 1`: one change of the compiler at a time, and whether a test notices.

Each is made in a copy of the repository. The tests that run the changed line are asked, the most particular first,
until one fails; of a line that runs when its module is imported, the tests of its room. What survived is printed with
its place: a missing test, or a change that changes nothing. Exit code 1: fewer than `NOTICED_PERCENT` were noticed.
2: the tests fail without any change.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

from tests.mutation.changes import Change, made, ways
from tests.mutation.covering import FAST, Covering, covering, environment

ROOT = Path(__file__).parents[2]
PACKAGE = Path("compiler") / "mlinfra"
NOTICED_PERCENT = 95
TEST_SECONDS = 300  # of one question; a loop without end is noticed too
ASKED_AT_ONCE = (20, 100, 1000)  # tests that run the line: as many, then as many more, then the rest
ALWAYS = ("tests/bad_input", "tests/rules", "tests/kinds", "tests/acceptance/test_acceptance.py", "tests/core")
# By room: whose tests are asked of a line that no test function runs.
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
# What is changed, and how much of it: conditions, defaults and tables, roles.
SHARES = {
    ("negate", "compare otherwise", "swap and/or", "with case"): 0.6,
    ("other default", "other value", "without the last"): 0.3,
    ("another role",): 0.1,
}
NOT_MAPPED = ("hunt", "mutation", "versions", "bench", "emulator")  # folders of tests that judge the whole


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("--changes", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--below", default="", help="only modules whose path below mlinfra/ begins so")
    given = parser.parse_args()
    chosen = _chosen(given.changes, random.Random(given.seed), given.below)
    survived = 0
    with tempfile.TemporaryDirectory() as name:
        copies = [copied(Path(name) / str(number)) for number in range(given.workers)]
        try:
            known = covering(copies[0], PACKAGE, _files_of_tests(copies[0]), given.workers)
        except RuntimeError as failed:
            print(f"the tests fail where nothing is changed:\n{failed}")
            return 2
        for (module, change), is_noticed in _tried(copies, chosen, known):
            if not is_noticed:
                survived += 1
                print(f"{module}:{change.line}: {change.what}", flush=True)
    noticed = len(chosen) - survived
    print(f"{noticed} of {len(chosen)} changes were noticed")
    return 0 if 100 * noticed >= NOTICED_PERCENT * len(chosen) else 1


def _chosen(number: int, chance: random.Random, below: str) -> list[tuple[Path, Change]]:
    """So many changes by chance: of each kind its share, and of each module as many as it has lines."""
    modules = [path.relative_to(ROOT) for path in sorted((ROOT / PACKAGE).rglob("*.py"))]
    modules = [module for module in modules if module.relative_to(PACKAGE).as_posix().startswith(below)]
    texts = {module: (ROOT / module).read_text(encoding="utf-8") for module in modules}
    possible = [(module, way) for module, text in texts.items() for way in ways(text)]
    found: list[tuple[Path, Change]] = []
    for kinds, share in SHARES.items():
        of_kind = [(module, way) for module, way in possible if way.what in kinds]
        lines = {module: texts[module].count("\n") + 1 for module in texts}
        ways_in = Counter(module for module, _ in of_kind)
        drawn = sorted(of_kind, key=lambda one: chance.random() ** (ways_in[one[0]] / lines[one[0]]), reverse=True)
        found += [(module, made(texts[module], way)) for module, way in drawn[: round(number * share)]]
    return found


def copied(folder: Path) -> Path:
    """What git tracks or would, as a repository of its own."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    subprocess.run(["git", "add", "-A"], cwd=folder, check=True)
    somebody = ("-c", "user.name=mutation", "-c", "user.email=mutation@example.com")
    subprocess.run(["git", *somebody, "commit", "-qm", "What is changed"], cwd=folder, check=True)
    return folder


def _files_of_tests(copy: Path) -> list[Path]:
    files = sorted(path.relative_to(copy) for path in (copy / "tests").rglob("test_*.py"))
    return [file for file in files if file.parts[1] not in NOT_MAPPED]


def _tried(
    copies: Sequence[Path], chosen: Sequence[tuple[Path, Change]], known: Covering
) -> Iterator[tuple[tuple[Path, Change], bool]]:
    """Each change, in the given order, and whether a test notices it."""
    free: Queue[Path] = Queue()
    for copy in copies:
        free.put(copy)

    def is_noticed(one: tuple[Path, Change]) -> bool:
        copy = free.get()
        try:
            return _is_noticed(copy, *one, known)
        finally:
            free.put(copy)

    with ThreadPoolExecutor(len(copies)) as pool:
        yield from zip(chosen, pool.map(is_noticed, chosen), strict=True)


def _is_noticed(copy: Path, module: Path, change: Change, known: Covering) -> bool:
    """Whether a test fails, or takes too long."""
    before = (copy / module).read_text(encoding="utf-8")
    (copy / module).write_text(change.text, encoding="utf-8")
    try:
        return any(_fails(copy, tests) for tests in _questions(copy, module, change, known))
    finally:
        (copy / module).write_text(before, encoding="utf-8")


def _questions(copy: Path, module: Path, change: Change, known: Covering) -> Iterator[Sequence[str]]:
    tests = known.tests_of(module, change.lines)
    if not tests:
        room = module.relative_to(PACKAGE).parts[0]
        folders = dict.fromkeys((*FIRST.get(room, ()), *ALWAYS))
        yield [folder for folder in folders if (copy / folder).exists()]
        return
    begin = 0
    for number in ASKED_AT_ONCE:
        if asked := tests[begin : begin + number]:
            yield asked
        begin += number


def _fails(copy: Path, tests: Sequence[str]) -> bool:
    command = [sys.executable, "-m", "pytest", "-x", *FAST, *tests]
    try:
        ran = subprocess.run(
            command, cwd=copy, env=environment(copy), timeout=TEST_SECONDS, capture_output=True, check=False
        )
    except subprocess.TimeoutExpired:
        return True
    return ran.returncode != 0


if __name__ == "__main__":
    sys.exit(main())

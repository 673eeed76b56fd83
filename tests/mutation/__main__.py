"""`python -m tests.mutation --changes 300 --seed 1`: one change of the compiler at a time, and whether a test notices.

Each is made in a copy of the repository. The tests that reach what is changed are asked, the most particular first,
then those of its room, until one fails; of what runs when its module is imported, those of the output and of its room.
What survived is printed with its place: a missing test, or a change that changes nothing. Exit code 1: fewer than
`NOTICED_PERCENT` were noticed. 2: the tests fail without any change.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

from tests.mutation.changes import Change, Way, made, ways
from tests.mutation.reaching import FAST, environment, reaching

ROOT = Path(__file__).parents[2]
PACKAGE = Path("compiler") / "mlinfra"
NOTICED_PERCENT = 95
TEST_SECONDS = 300  # of one question; a loop without end is noticed too
NOTICED = (1, 2)  # exit codes of pytest: a test failed, or could not be read
ASKED_AT_ONCE = (20, 200)  # tests that reach it: as many, then as many more
OUTPUT = ("tests/examples", "tests/acceptance/test_acceptance.py")
ALWAYS = ("tests/bad_input", "tests/rules", "tests/kinds", "tests/core")
# By room: whose tests are asked of what no test function reaches.
FIRST = {
    "azure": ("tests/azure",),
    "diagnostics": ("tests/diagnostics", "tests/cli"),
    "emit": ("tests/pipelines", "tests/core"),
    "explain": ("tests/cli",),
    "formats": ("tests/formats",),
    "languages": ("tests/languages/azureml",),
    "output": ("tests/output",),
    "overrides": ("tests/overrides",),
    "pipelines": ("tests/pipelines",),
    "programs": tuple(
        f"tests/scripts/test_{of}.py"
        for of in (
            "gate",
            "decision",
            "digest",
            "evaluate",
            "canary_verdict",
            "checked",
            "keep_runs",
            "score",
            "training",
        )
    ),
    "repository": ("tests/repository",),
    "rules": ("tests/rules", "tests/pipelines", "tests/core"),
    "schemas": ("tests/languages/azureml",),
    "source": ("tests/source",),
    "trying": ("tests/trying",),
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
    parser.add_argument(
        "--from", type=int, default=0, dest="first", help="the changes from this one on, counted from 0"
    )
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--below", default="", help="only modules whose path below mlinfra/ begins so")
    given = parser.parse_args()
    chosen = _chosen(given.changes, random.Random(given.seed), given.below)[given.first :]
    survived = 0
    with tempfile.TemporaryDirectory() as name:
        copies = [copied(Path(name) / str(number)) for number in range(given.workers)]
        places: dict[Path, dict[int, Way]] = defaultdict(dict)
        for number, (module, way) in enumerate(chosen):
            places[module][number] = way
        try:
            reached = reaching(copies[0], places, _files_of_tests(copies[0]), given.workers)
        except RuntimeError as failed:
            print(f"the tests fail where nothing is changed:\n{failed}")
            return 2
        print(f"{len(reached)} of {len(chosen)} changes are reached by tests", flush=True)
        asked = [reached.get(number, ()) for number in range(len(chosen))]
        for module, change, is_noticed in _tried(copies, chosen, asked):
            if not is_noticed:
                survived += 1
                print(f"{module}:{change.line}: {change.what}", flush=True)
    noticed = len(chosen) - survived
    print(f"{noticed} of {len(chosen)} changes were noticed")
    return 0 if 100 * noticed >= NOTICED_PERCENT * len(chosen) else 1


def _chosen(number: int, chance: random.Random, below: str) -> list[tuple[Path, Way]]:
    """So many changes by chance: of each kind its share, and of each module as many as it has lines."""
    modules = [path.relative_to(ROOT) for path in sorted((ROOT / PACKAGE).rglob("*.py"))]
    modules = [module for module in modules if module.relative_to(PACKAGE).as_posix().startswith(below)]
    texts = {module: (ROOT / module).read_text(encoding="utf-8") for module in modules}
    possible = [(module, way) for module, text in texts.items() for way in ways(text)]
    found: list[tuple[Path, Way]] = []
    for kinds, share in SHARES.items():
        of_kind = [(module, way) for module, way in possible if way.what in kinds]
        lines = {module: texts[module].count("\n") + 1 for module in texts}
        ways_in = Counter(module for module, _ in of_kind)
        drawn = sorted(of_kind, key=lambda one: chance.random() ** (ways_in[one[0]] / lines[one[0]]), reverse=True)
        found += drawn[: round(number * share)]
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
    copies: Sequence[Path], chosen: Sequence[tuple[Path, Way]], asked: Sequence[Sequence[str]]
) -> Iterator[tuple[Path, Change, bool]]:
    """Each change, in the given order, and whether a test notices it."""
    free: Queue[Path] = Queue()
    for copy in copies:
        free.put(copy)

    def tried(module: Path, way: Way, tests: Sequence[str]) -> tuple[Path, Change, bool]:
        copy = free.get()
        before = (copy / module).read_text(encoding="utf-8")
        change = made(before, way)
        try:
            (copy / module).write_text(change.text, encoding="utf-8")
            return module, change, any(_fails(copy, each) for each in _questions(copy, module, tests))
        finally:
            (copy / module).write_text(before, encoding="utf-8")
            free.put(copy)

    with ThreadPoolExecutor(len(copies)) as pool:
        yield from pool.map(tried, *zip(*chosen, strict=True), asked)


def _questions(copy: Path, module: Path, tests: Sequence[str]) -> Iterator[Sequence[str]]:
    if tests:
        begin = 0
        for number in ASKED_AT_ONCE:
            if some := tests[begin : begin + number]:
                yield some
            begin += number
    room = module.relative_to(PACKAGE).parts[0]
    of_room = FIRST.get(room, ALWAYS)
    # What one test had compiled, others of its process take from a cache: they reach it, too, and nothing told so.
    for folders in (of_room,) if tests else (OUTPUT, of_room, ALWAYS):
        if there := [folder for folder in folders if (copy / folder).exists()]:
            yield there


def _fails(copy: Path, tests: Sequence[str]) -> bool:
    """Whether a test fails, or takes too long."""
    command = [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", *FAST, *tests]
    try:
        ran = subprocess.run(
            command, cwd=copy, env=environment(copy), timeout=TEST_SECONDS, capture_output=True, check=False
        )
    except subprocess.TimeoutExpired:
        return True
    return ran.returncode in NOTICED


if __name__ == "__main__":
    sys.exit(main())

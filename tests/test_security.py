"""SECURITY.md promises what tests hold, and states the bounds that the compiler has."""

from __future__ import annotations

import re
from pathlib import Path

from mlinfra.overrides import extent
from mlinfra.repository import files, ignore_file
from mlinfra.resolve import reached_paths
from mlinfra.source import include, yaml_events
from tests.conftest import Golden

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "SECURITY.md"
ROW = re.compile(r"^\| (?!Promise \||---)(.+?) \| (.+?) \|$", re.MULTILINE)
BOUND_LIST = re.compile(
    r"(?<=^What is larger is an error that says so: it is neither read to its end nor waited for\.\n\n).*?(?=\n\n## )",
    re.M | re.S,
)
MIB = 1 << 20

BOUNDS = (
    (
        "A file that is parsed: the spec, what it includes, conda, component and job files",
        f"{files.MAX_TEXT_BYTES // MIB} MiB",
    ),
    ("All of these together", f"{files.MAX_TEXTS_BYTES // MIB} MiB"),
    ("Levels of nesting in one of them", f"{yaml_events.MAX_DEPTH:,}"),
    ("Values that aliases of YAML repeat in one of them", f"{yaml_events.MAX_REPEATED_NODES:,}"),
    ("Entries times targets", f"{extent.MAX_ENTRIES:,}"),
    ("Patterns in a list of `include`", f"{include.MAX_PATTERNS:,}"),
    ("Characters of one of them", f"{include.MAX_PATTERN_CHARACTERS:,}"),
    ("Files of components and jobs that one place leads to", f"{reached_paths.MAX_REACHED:,}"),
    ("Folders on a way that one of these writes", f"{files.MAX_STEPS:,}"),
    ("Content that is hashed for versions, together", f"{files.MAX_HASHED_BYTES // (1 << 30)} GiB"),
    ("Files and folders that are looked at", f"{files.MAX_ITEMS:,}"),
    ("Files besides that ignore files leave out", f"{files.MAX_LEFT_OUT:,}"),
    ("Folders within one another", f"{files.MAX_DEPTH:,}"),
    ("Links on the way to a file", f"{files.MAX_LINKS:,}"),
    ("Patterns of an ignore file, in characters", f"{ignore_file.MAX_CHARACTERS:,}"),
    ("A file of the output folder", f"{files.MAX_FILE_BYTES // MIB} MiB"),
)


def test_every_promise_names_tests_that_are_there() -> None:
    promises = [row for row in ROW.findall(PAGE.read_text(encoding="utf-8")) if "`tests/" in row[1]]
    assert len(promises) >= 10
    named = {path for _, tests in promises for path in re.findall(r"`(tests/[\w/]+\.py)`", tests)}
    assert sorted(path for path in named if not (ROOT / path).is_file()) == []


def test_the_bounds_are_those_of_the_compiler(golden: Golden) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert BOUND_LIST.search(text)
    table = "\n".join(("| What | Bound |", "|---|---|", *(f"| {what} | {bound} |" for what, bound in BOUNDS)))
    golden(PAGE, BOUND_LIST.sub(lambda _: table, text))

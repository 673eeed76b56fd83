"""SECURITY.md promises what tests hold, and states the bounds that the compiler has."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

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
# public indexes of packages, in halves, as this file is looked at too
INDEXES = tuple(
    ".".join(halves)
    for halves in (
        ("pypi", "org"),
        ("pypi", "python.org"),
        ("pythonhosted", "org"),
        ("conda", "anaconda.org"),
        ("repo", "anaconda.com"),
        ("conda", "pypi.io"),
        ("registry", "npmjs.org"),
        ("registry", "yarnpkg.com"),
        ("proxy", "golang.org"),
        ("static.crates", "io"),
        ("rubygems", "org"),
    )
)

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


def test_no_file_of_ours_names_the_host_of_a_public_index() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = [name for name in listed.split("\0") if (ROOT / name).is_file()]
    assert "pyproject.toml" in names
    assert [name for name in names if _names_an_index((ROOT / name).read_bytes())] == []


@pytest.mark.parametrize("index", INDEXES)
def test_the_host_of_a_public_index_is_seen_wherever_it_stands(index: str) -> None:
    assert _names_an_index(f"--index-url=https://files.{index.upper()}/simple".encode())
    assert not _names_an_index(f"{index.replace('.', '-')}".encode())


def _names_an_index(content: bytes) -> bool:
    text = content.decode("utf-8", errors="replace").lower()
    return any(index in text for index in INDEXES)

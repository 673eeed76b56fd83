"""What --check prints: quick for any file, and nothing that is a command there."""

from __future__ import annotations

import difflib
import subprocess
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from mlinfra.commands.differences import diff
from mlinfra.diagnostics.formats.terminal import for_terminal
from mlinfra.output.comparison import FileState

LARGE = [f"line {number % 50}\n" for number in range(40_000)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (LARGE, LARGE[::-1]),
        (LARGE, [*LARGE[:20_000], "new\n", *LARGE[20_001:]]),
        (LARGE, LARGE[:-1]),
        (LARGE, ["new\n", *LARGE]),
        (LARGE, [*LARGE, "no end of line"]),
        (LARGE[:3000], [f"{line[:-1]}x\n" for line in LARGE[:3000]]),
    ],
)
def test_git_takes_the_difference_of_large_files(tmp_path: Path, before: list[str], after: list[str]) -> None:
    state = FileState("a.txt", "edited", "".join(before).encode(), "".join(after).encode(), "a.txt")
    patch = diff((state,), "out", color=False)
    (tmp_path / "out").mkdir()
    (tmp_path / "out/a.txt").write_text("".join(before))
    subprocess.run(["git", "apply"], cwd=tmp_path, input=patch, text=True, check=True)
    assert (tmp_path / "out/a.txt").read_text() == "".join(after)


def test_the_work_of_all_files_together_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search looks at each line before with each equal line after; hundreds of searches may be due for a file."""
    monkeypatch.setattr("mlinfra.commands.differences.MAX_WORK", 100_000)
    looked_at = 0
    search = difflib.SequenceMatcher.find_longest_match

    def counted(self: Any, alo: int, ahi: int, blo: int, bhi: int) -> difflib.Match:
        nonlocal looked_at
        looked_at += sum(1 + len(self.b2j.get(line, ())) for line in self.a[alo:ahi])
        return search(self, alo, ahi, blo, bhi)

    monkeypatch.setattr(difflib.SequenceMatcher, "find_longest_match", counted)
    after = "".join(f"echo a\necho {number}\n" for number in range(90)).encode()
    files = [FileState(f"{number}.sh", "edited", b"echo a\n" * 500, after, None) for number in range(10)]
    said = diff([*files, FileState("z.sh", "edited", b"a\nb\n", b"a\nc\n", None)], "out", color=False)
    assert looked_at <= 100_000
    assert said.endswith("--- a/out/z.sh\n+++ b/out/z.sh\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n")


def test_what_is_too_much_to_read_is_named_and_what_is_not_is_shown() -> None:
    """A blank line takes one byte of a branch, and a hundred of memory."""
    states = (
        FileState("a.txt", "edited", b"\n" * 40_000_000, b"a\n", "a.txt"),
        FileState("b.txt", "outdated", b"a" * 40_000_000, b"b\n", "b.txt"),
        FileState("c.txt", "stale", b"c\n", None, "c.txt"),
    )
    tracemalloc.start()
    said = diff(states, "out", color=False)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert said == (
        "out/a.txt: edited by hand, and too much of it to show\n"
        "out/b.txt: to change, and too much of it to show\n"
        "--- a/out/c.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-c\n"
    )
    assert peak < 2**20


def test_a_carriage_return_that_no_checkout_made_is_shown() -> None:
    state = FileState("a.sh", "edited", b"a \\\r\nb\n", b"a \\\nb\n", "a.sh")
    assert diff((state,), "out", color=False) == (
        "--- a/out/a.sh\n+++ b/out/a.sh\n@@ -1,2 +1,2 @@\n-a \\\u240d\n+a \\\n b\n"
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("-##vso[task.setvariable variable=x]y", "-# #vso[task.setvariable variable=x]y"),
        ("+###vso[x]", "+## #vso[x]"),
        ("+#\u0488#v\u0640so[x]", "+# \u0488#v\u0640so[x]"),
        ("é:\u0640:set-env", "é: \u0640:set-env"),
        ("-##[add-mask]x", "-# #[add-mask]x"),
        (" ::set-env name=x::y", " : :set-env name=x::y"),
        ("   \t::error::x", "   \t: :error::x"),
        ("-a\r::error::x", "-a\u240d::error::x"),
        ("-#\u200b#vso[x]", "-#<U+200B>#vso[x]"),
        ("-# a :: b", "-# a :: b"),
    ],
)
def test_no_line_of_a_file_is_a_command_in_a_log(line: str, expected: str) -> None:
    assert for_terminal(f"{line}\n") == f"{expected}\n"

"""The changes that are made of a module."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.mutation.__main__ import ROOT, copied
from tests.mutation.changes import made, ways
from tests.mutation.reaching import NAME, telling

MODULE = """\
LIMIT = 12
KEYS = ('a', 'b')
def is_small(text, strict=True):
    if len(text) < LIMIT and strict:
        return text.lower() in KEYS
    grant("Reader")
"""


def test_each_condition_default_and_table_is_changed_alone() -> None:
    every = [made(MODULE, way) for way in ways(MODULE)]
    found = {change.what.partition(":")[0]: (change.line, change.text) for change in every}
    assert {what: line for what, (line, _) in found.items()} == {
        "other value": 1,
        "without the last": 2,
        "other default": 0,
        "negate": 4,
        "swap and/or": 4,
        "compare otherwise": 5,
        "with case": 5,
        "another role": 6,
    }
    assert "Reader" not in found["another role"][1]
    assert "LIMIT = 13" in found["other value"][1]
    assert "KEYS = ('a',)" in found["without the last"][1]
    assert "strict=False" in found["other default"][1]
    assert "if not (len(text) < LIMIT and strict):" in found["negate"][1]


def test_what_acts_in_a_function_tells_when_it_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    reached: list[int] = []
    told = ModuleType(NAME)
    vars(told)["reached"] = reached.append
    monkeypatch.setitem(sys.modules, NAME, told)
    numbered = dict(enumerate(ways(MODULE)))
    names: dict[str, Any] = {"grant": str}
    exec(compile(telling(MODULE, numbered), "module", "exec"), names)
    assert reached == []
    assert names["is_small"]("A") is True
    assert {numbered[number].what for number in reached} == {
        "other default",
        "negate",
        "swap and/or",
        "compare otherwise",
        "with case",
    }
    names["is_small"]("a" * 13)
    assert numbered[reached[-1]].what == "another role"


def test_a_copy_holds_all_that_the_tests_may_look_at(tmp_path: Path) -> None:
    command = ("git", "ls-files", "--cached", "--stage")
    copy = copied(tmp_path / "copy")
    of_the_copy, ours = (
        {line.split("\t")[1]: line[:6] for line in subprocess.check_output(command, cwd=folder, text=True).splitlines()}
        for folder in (copy, ROOT)
    )
    assert {name: of_the_copy.get(name) for name in ours} == ours

"""Nothing is compiled twice that need not be: each phase is counted, so that no clock is asked.

A difference costs at most two compilations: the spec as it is, and the one before the change. Where nothing differs,
it costs one, as `compile` does. Between targets of two modes, one of them is compiled in the mode of the other, too.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import mlinfra.compile as phases
from mlinfra.cli import run
from mlinfra.output import output as written
from tests.differ.edits import compiled
from tests.differ.test_diff import SPEC

TARGETS = 2
MORE = SPEC.replace("max_instances: 2", "max_instances: 3")
# The module in which a phase is looked up, its name there, and how often a compilation enters it.
PHASES = (
    (phases, "load", 1),
    (phases, "read_header", 1),
    (phases, "check_target", TARGETS),
    (phases, "check_targets", 1),
    (phases, "plan_target", TARGETS),
    (phases, "versions", TARGETS),
    (phases, "plan", TARGETS),
    (written, "emit", 1),
)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return compiled(tmp_path, SPEC)


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How often each phase was entered."""
    counted = {name: 0 for _, name, _ in PHASES}

    def counting(name: str, phase: Callable[..., Any]) -> Callable[..., Any]:
        def enter(*arguments: Any) -> Any:
            counted[name] += 1
            return phase(*arguments)

        return enter

    for module, name, _ in PHASES:
        monkeypatch.setattr(module, name, counting(name, getattr(module, name)))
    return counted


@pytest.mark.parametrize(
    ("arguments", "text", "compilations"),
    [
        (["compile", "--check"], MORE, 1),
        (["diff"], SPEC, 1),
        (["diff"], MORE, 2),
        (["diff", "--against", "HEAD"], SPEC, 1),
        (["diff", "--against", "HEAD"], MORE, 2),
        (["diff", "--fail-on", "loses_data", "-o", "markdown", "--report", "page.html"], MORE, 2),
        (["diff", "--select", "state:modified+"], MORE, 2),
        (["diff", "--between", "dev", "prod"], MORE, 1),
        (["report"], MORE, 2),
        (["validate", "--select", "state:modified+"], MORE, 2),
        (["graph", "--select", "state:modified+"], MORE, 2),
        (["explain", "state:modified+"], MORE, 2),
        (["cost"], MORE, 1),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_each_phase_is_entered_as_often_as_it_has_to_be(
    arguments: list[str],
    text: str,
    compilations: int,
    repository: Path,
    counts: dict[str, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (repository / "ml-platform.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(repository)
    assert run(arguments) in (0, 1, 2)
    expected = {name: times * compilations for _, name, times in PHASES}
    if arguments == ["cost"]:  # which asks the plans alone
        expected["emit"] = 0
    if "--between" in arguments:
        expected |= {name: expected[name] + 1 for name in ("versions", "plan", "emit")}
    assert counts == expected

"""Every kind alone: `<layer>/<kind>/*.yaml` against the JSON beside it, `invalid/*.yaml` against its own notes.

A case's first line may be `# mode: production`. In an invalid case each finding stands below its line, behind `#~`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.diagnostics import Diagnostic
from mlinfra.header.targets import Mode
from mlinfra.languages.platform import DERIVED_KINDS, KINDS
from tests.conftest import Golden
from tests.kinds.harness import graph_of, judged, printed, resources_of

HERE = Path(__file__).parent
VALID = sorted(HERE.glob("*/*/*.yaml"))
INVALID = sorted(HERE.glob("*/*/invalid/*.yaml"))
NOTE = "#~"


@pytest.mark.parametrize("case", VALID, ids=lambda case: case.relative_to(HERE).as_posix())
def test_resources_of_a_kind(case: Path, golden: Golden) -> None:
    text = case.read_text(encoding="utf-8")
    golden(case.with_suffix(".json"), printed(resources_of(graph_of(text, mode_of(text)), case.parent.name)))


@pytest.mark.parametrize("case", INVALID, ids=lambda case: case.relative_to(HERE).as_posix())
def test_wrong_bodies_are_reported_under_their_line(case: Path, golden: Golden) -> None:
    lines = [line for line in case.read_text(encoding="utf-8").splitlines() if not line.startswith(NOTE)]
    _, found = judged("\n".join(lines))
    assert found
    golden(case, _annotated(lines, found))


def test_every_kind_has_its_cases() -> None:
    tested = {case.parent.name for case in VALID}
    assert tested >= {kind.name for kind in (*KINDS, *DERIVED_KINDS)}
    assert {case.parent.parent.name for case in INVALID} == {"network", *(kind.name for kind in KINDS)}


def mode_of(text: str) -> Mode:
    return "production" if text.startswith("# mode: production\n") else "development"


def _annotated(lines: list[str], found: tuple[Diagnostic, ...]) -> str:
    result: list[str] = []
    for number, line in enumerate(lines, start=1):
        result.append(line)
        result += [_note(finding, line) for finding in found if finding.span.line == number]
    return "\n".join(result) + "\n"


def _note(finding: Diagnostic, line: str) -> str:
    span = finding.span
    end = span.end_column if span.end_line == span.line else len(line) + 1
    marks = "^" * max(end - span.column, 1)
    help = f" | {finding.help}" if finding.help else ""
    return f"{NOTE}{' ' * (span.column - 1 - len(NOTE))}{marks} {finding.code.id} {finding.message}{help}"

"""A run with tens of thousands of findings shows as many as a person could read, and counts the others."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from mlinfra.cli import run
from mlinfra.commands.options import DIAGNOSTIC_FORMATS
from mlinfra.diagnostics import Code, Diagnostic, Severity, Span, finding
from mlinfra.diagnostics.formats.as_json import json_document
from mlinfra.diagnostics.formats.as_text import text
from mlinfra.diagnostics.merge import MAX_SHOWN, shown
from tests.spec import HEADER

FINDINGS = 3_000


def _finding(severity: Severity, line: int) -> Diagnostic:
    return finding(Code("MLI301", severity, "t", "w", "f", "s"), "m", Span("f", line, 1, line, 2))


def test_errors_are_shown_first_and_in_their_order() -> None:
    severities: tuple[Severity, ...] = ("info", "error", "warning", "error", "warning", "info")
    found = [_finding(severity, line) for line, severity in enumerate(severities, start=1)]
    said = [(item.severity, item.span.line, item.message) for item in shown(found, limit=3)]
    assert said == [
        ("error", 2, "m"),
        ("warning", 3, "m"),
        ("error", 4, "m"),
        ("info", 1, "3 more findings are not shown (warnings: 1, infos: 2)"),
    ]


def test_as_many_as_are_shown_are_all_shown() -> None:
    found = tuple(_finding("error", line) for line in range(3))
    assert shown(found, limit=3) == found


@pytest.mark.parametrize("form", DIAGNOSTIC_FORMATS)
def test_no_form_shows_more_than_the_limit(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wrong = "".join(f"  x{number}: ${{nothing}}\n" for number in range(FINDINGS))
    (tmp_path / "ml-platform.yaml").write_text(f"{HEADER}workspaces: {{main: {{}}}}\ntags:\n{wrong}")
    assert run(["validate", "-o", form]) == 1
    said = capsys.readouterr()
    assert _count(form, said.out, said.err) == MAX_SHOWN + 1
    assert "more findings are not shown (errors: " in said.out + said.err


def test_what_is_not_shown_is_counted() -> None:
    found = [_finding("error", line) for line in range(MAX_SHOWN + 4)] + [_finding("warning", 1)]
    assert json.loads(json_document(found, {}, Path("/")))["summary"] == {"errors": MAX_SHOWN + 4, "warnings": 1}
    *_, left_out, counts = text(found, {}, Path("/")).splitlines()
    assert left_out == "   help: mend what is shown, and run again"
    assert counts == f"{MAX_SHOWN + 4} errors, 1 warning"


def _count(form: str, out: str, err: str) -> int:
    match form:
        case "json":
            return len(json.loads(out)["diagnostics"])
        case "sarif":
            return len(json.loads(out)["runs"][0]["results"])
        case "junit":
            return len(ET.fromstring(out)[0])
        case "text":
            return err.count(" error[MLI") + err.count(" info[MLI")
    raise AssertionError(f"say how the findings of {form} are counted")

"""One finding in every form, each compared as a whole."""

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from mlinfra import __version__
from mlinfra.diagnostics import Code, Diagnostic, Related, Severity, Span, Where, finding
from mlinfra.diagnostics.formats.as_json import json_document
from mlinfra.diagnostics.formats.as_junit import junit
from mlinfra.diagnostics.formats.as_sarif import sarif
from mlinfra.diagnostics.formats.as_text import text
from mlinfra.diagnostics.merge import merge

FOLDER = Path("/repository")
FILE = "/repository/specs/my spec/ml-platform.yaml"
SOURCE = "jobs:\n  train:\n    compute: gpuu\n"
TEXTS = {FILE: SOURCE}


SOMEWHERE = Span(FILE, 1, 1, 1, 2)


def code(severity: Severity = "error", number: int = 301) -> Code:
    return Code(f"MLI{number}", severity, "The title", "The reason", "The way out", "The source")


def example(severity: Severity = "error", message: str = 'compute_clusters "gpuu" is not defined') -> Diagnostic:
    return finding(
        code(severity),
        message,
        Where(Span(FILE, 3, 14, 3, 18), "jobs.train"),
        'did you mean "gpu"? Defined: cpu, gpu',
        [Related("used here", Span(FILE, 2, 3, 2, 8))],
    )


def shown(line: str, span: tuple[int, int]) -> list[str]:
    """The excerpt of one line whose columns `span` are marked."""
    diagnostic = finding(code(), "message", Span(FILE, 1, span[0], 1, span[1]))
    return text([diagnostic], {FILE: line}, FOLDER).splitlines()[1:-2]  # without the help


def test_text_shows_the_line_the_place_of_use_the_help_and_a_count() -> None:
    findings = merge((), {"dev": [example()], "prod": [example(), example("warning", "another")]}, ("dev", "prod"))
    assert text(findings, TEXTS, FOLDER) == (
        """\
specs/my spec/ml-platform.yaml:3:14: warning[MLI301]: another
    3 |     compute: gpuu
      |              ^^^^
   note: specs/my spec/ml-platform.yaml:2:3: used here
    2 |   train:
      |   ^^^^^
   help: did you mean "gpu"? Defined: cpu, gpu
   targets: prod
specs/my spec/ml-platform.yaml:3:14: error[MLI301]: compute_clusters "gpuu" is not defined
    3 |     compute: gpuu
      |              ^^^^
   note: specs/my spec/ml-platform.yaml:2:3: used here
    2 |   train:
      |   ^^^^^
   help: did you mean "gpu"? Defined: cpu, gpu
1 error, 1 warning
"""
    )


def test_text_is_empty_where_nothing_was_found() -> None:
    assert text([], TEXTS, FOLDER) == ""


def test_text_in_color_is_the_same_text() -> None:
    colored = text([example()], TEXTS, FOLDER, color=True)
    assert colored.splitlines()[0] == (
        "specs/my spec/ml-platform.yaml:3:14: \x1b[31merror[MLI301]\x1b[0m: "
        '\x1b[1mcompute_clusters "gpuu" is not defined\x1b[0m'
    )
    assert "      |\x1b[32m              ^^^^\x1b[0m" in colored.splitlines()


def test_a_message_stays_on_its_line_and_can_not_move_the_cursor() -> None:
    line = text([example(message="a\nb\tc\x1b[31m\u202e")], {}, FOLDER).splitlines()[0]
    assert line == "specs/my spec/ml-platform.yaml:3:14: error[MLI301]: a\\nb\\tc␛[31m<U+202E>"


@pytest.mark.parametrize(
    ("line", "span", "expected"),
    [
        ("a: bc", (4, 6), ["    1 | a: bc", "      |    ^^"]),
        ("a: b", (5, 5), ["    1 | a: b", "      |     ^"]),  # nothing is written: where it would be
        ("", (1, 1), ["    1 |", "      | ^"]),
        ("\ta:\tbc", (5, 7), ["    1 |     a:  bc", "      |         ^^"]),  # tabs go to the next stop
        ("日本: x", (5, 6), ["    1 | 日本: x", "      |       ^"]),  # wide characters take two columns
        ("e\u0301: x", (5, 6), ["    1 | e\u0301: x", "      |    ^"]),  # combining characters take none
        ("\U0001f600: x", (1, 2), ["    1 | \U0001f600: x", "      | ^^"]),
        ("a\x00b: x", (2, 3), ["    1 | a␀b: x", "      |  ^"]),
        ("\u202ea: x", (2, 3), ["    1 | <U+202E>a: x", "      |         ^"]),
        ("k: pwd=hunter2; x", (16, 17), ["    1 | k: ***********; x", "      |                ^"]),
        (
            f"{'a' * 100}bc{'d' * 200}",
            (101, 103),
            [f"    1 | …{'a' * 40}bc{'d' * 116}…", f"      | {' ' * 41}^^"],
        ),
        (f"k: {'v' * 300}", (4, 304), [f"    1 | k: {'v' * 156}…", f"      |    {'^' * 157}"]),
    ],
)
def test_carets_stand_under_what_is_marked(line: str, span: tuple[int, int], expected: list[str]) -> None:
    assert shown(line, span) == expected


def test_of_a_place_that_runs_over_lines_the_first_is_shown() -> None:
    diagnostic = finding(code(), "message", Span(FILE, 1, 1, 3, 4))
    assert text([diagnostic], TEXTS, FOLDER).splitlines()[1:3] == ["    1 | jobs:", "      | ^^^^^"]


def test_a_place_without_a_line_is_only_named() -> None:
    diagnostic = finding(code(), "message", Span(FILE, 9, 1, 9, 2))
    first = "specs/my spec/ml-platform.yaml:9:1: error[MLI301]: message"
    assert text([diagnostic], TEXTS, FOLDER) == f"{first}\n   help: the way out\n1 error\n"


@pytest.mark.parametrize(
    ("found", "advice"),
    [
        (finding(code(), "message", SOMEWHERE, "this"), "this"),
        (finding(code(), "message", SOMEWHERE), "the way out"),
        (finding(code("warning"), "message", SOMEWHERE), "the way out"),
        (finding(code("info"), "message", SOMEWHERE), None),
        (finding(replace(code(), message_says_it=True), "message", SOMEWHERE), None),
    ],
)
def test_what_would_be_right_is_said_by_the_code_where_the_finding_does_not(
    found: Diagnostic, advice: str | None
) -> None:
    assert found.advice == advice
    helps = [line.strip() for line in text([found], TEXTS, FOLDER).splitlines() if line.startswith("   help: ")]
    assert helps == ([f"help: {advice}"] if advice else [])
    assert json.loads(json_document([found], TEXTS, FOLDER))["diagnostics"][0]["help"] == advice


def test_json_is_the_document_of_the_interface() -> None:
    findings = merge([example("warning", "another")], {"dev": [example()]}, ("dev", "prod"))
    place = {"file": "specs/my spec/ml-platform.yaml", "line": 3, "column": 14, "end_line": 3, "end_column": 18}
    rest = {"related": [{"message": "used here", "file": "specs/my spec/ml-platform.yaml", "line": 2, "column": 3}]}
    help = 'did you mean "gpu"? Defined: cpu, gpu'
    message = 'compute_clusters "gpuu" is not defined'
    document = {
        "diagnostics": [
            {"code": "MLI301", "severity": "warning", "message": "another", "help": help, **place}
            | {"address": "jobs.train", "target": None, **rest},
            {"code": "MLI301", "severity": "error", "message": message, "help": help, **place}
            | {"address": "jobs.train", "target": ["dev"], **rest},
        ],
        "summary": {"errors": 1, "warnings": 1},
    }
    assert json_document(findings, TEXTS, FOLDER) == json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def test_sarif_names_the_rule_and_the_places() -> None:
    findings = merge([], {"dev": [example()]}, ("dev", "prod"))
    uri = "specs/my%20spec/ml-platform.yaml"
    assert json.loads(sarif(findings, TEXTS, FOLDER)) == {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "mlinfra",
                        "semanticVersion": __version__,
                        "rules": [
                            {
                                "id": "MLI301",
                                "shortDescription": {"text": "The title"},
                                "fullDescription": {"text": "The reason"},
                                "help": {"text": "The way out\n\nSource: The source"},
                                "defaultConfiguration": {"level": "error"},
                            }
                        ],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [
                    {
                        "ruleId": "MLI301",
                        "ruleIndex": 0,
                        "level": "error",
                        "message": {
                            "text": 'compute_clusters "gpuu" is not defined\ndid you mean "gpu"? Defined: cpu, gpu'
                        },
                        "locations": [
                            {
                                "physicalLocation": {
                                    "artifactLocation": {"uri": uri},
                                    "region": {"startLine": 3, "startColumn": 14, "endLine": 3, "endColumn": 18},
                                },
                                "logicalLocations": [{"fullyQualifiedName": "jobs.train"}],
                            }
                        ],
                        "relatedLocations": [
                            {
                                "id": 0,
                                "message": {"text": "used here"},
                                "physicalLocation": {
                                    "artifactLocation": {"uri": uri},
                                    "region": {"startLine": 2, "startColumn": 3, "endLine": 2, "endColumn": 8},
                                },
                            }
                        ],
                        "properties": {"targets": ["dev"]},
                    }
                ],
            }
        ],
    }


def test_sarif_of_nothing_is_a_run_without_results() -> None:
    (run,) = json.loads(sarif([], TEXTS, FOLDER))["runs"]
    assert (run["results"], run["tool"]["driver"]["rules"]) == ([], [])


def test_junit_fails_a_case_for_an_error_alone() -> None:
    suites = ET.fromstring(junit([example(), example("warning", "a\x00b")], TEXTS, FOLDER).encode())
    (suite,) = suites
    assert suite.attrib == {"name": "mlinfra", "tests": "2", "failures": "1", "errors": "0", "skipped": "0"}
    error, warning = suite
    assert error.attrib == {
        "classname": "specs/my spec/ml-platform.yaml",
        "name": 'specs/my spec/ml-platform.yaml:3:14 MLI301 compute_clusters "gpuu" is not defined',
    }
    (failure,) = error
    assert failure.attrib == {"type": "MLI301", "message": 'compute_clusters "gpuu" is not defined'}
    assert failure.text == text([example()], TEXTS, FOLDER).removesuffix("\n1 error\n")
    assert [child.tag for child in warning] == ["system-out"]


def test_junit_of_nothing_is_one_passed_case() -> None:
    assert junit([], TEXTS, FOLDER) == (
        """\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="mlinfra" tests="1" failures="0" errors="0" skipped="0">
    <testcase classname="mlinfra" name="no findings" />
  </testsuite>
</testsuites>
"""
    )


def test_findings_of_several_targets_are_said_once_in_the_order_of_the_files() -> None:
    def at(file: str, line: int, message: str = "m") -> Diagnostic:
        return finding(code(), message, Span(file, line, 1, line, 2))

    merged = merge(
        [at("b", 1)],
        {"dev": [at("a", 2), at("a", 10), at("b", 1)], "test": [at("a", 2)], "prod": [at("a", 2), at("a", 10, "n")]},
        ("dev", "test", "prod"),
    )
    assert [(found.span.file, found.span.line, found.message, found.targets) for found in merged] == [
        ("a", 2, "m", None),
        ("a", 10, "m", ("dev",)),
        ("a", 10, "n", ("prod",)),
        ("b", 1, "m", None),
    ]

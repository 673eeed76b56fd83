"""One cause, one finding: what one change fixes is reported once, with the places that it fixes."""

from __future__ import annotations

from dataclasses import replace

from mlinfra.diagnostics import Cause, Code, Diagnostic, Span, finding
from mlinfra.diagnostics.merge import of_one_cause

CODE = Code("MLI999", "warning", "A title", "why", "fix", "https://example.com")
TARGETS = ["dev", "prod"]


def _found(line: int, weight: int, *targets: str, key: str = "a cause") -> Diagnostic:
    said = finding(CODE, f"line {line}", Span("/a.yaml", line, 1, line, 2), f"help of {weight}")
    return replace(said, cause=Cause(key, weight), targets=targets or None)


def test_the_heaviest_says_what_to_change_and_names_the_other_places() -> None:
    (said,) = of_one_cause([_found(1, 1), _found(2, 3), _found(3, 2)], TARGETS)
    assert (said.message, said.help) == ("line 2", "help of 3")
    assert [(each.message, each.span.line) for each in said.related] == [
        ("it holds here, too: line 1", 1),
        ("it holds here, too: line 3", 3),
    ]


def test_more_places_than_are_shown_are_counted() -> None:
    (said,) = of_one_cause([_found(line, 10 - line) for line in range(1, 8)], TARGETS)
    assert said.message == "line 1 (and 3 more places have the same cause)"
    assert [each.span.line for each in said.related] == [2, 3, 4]


def test_targets_are_those_of_all() -> None:
    assert of_one_cause([_found(1, 1, "dev"), _found(1, 2, "prod")], TARGETS)[0].targets is None
    assert of_one_cause([_found(1, 1, "prod"), _found(2, 2, "prod")], TARGETS)[0].targets == ("prod",)
    assert of_one_cause([_found(1, 1, "prod"), _found(2, 2)], TARGETS)[0].targets is None


def test_other_causes_and_findings_without_one_stay_apart() -> None:
    alone = replace(_found(3, 0), cause=None)
    assert len(of_one_cause([_found(1, 1), _found(2, 1, key="another"), alone, alone], TARGETS)) == 4

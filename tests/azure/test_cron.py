"""Cron expressions as Azure ML reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlinfra.azure.cron import cron_problem, ignored_fields

BLANK = "has a tab, a line's end or another blank in it; only spaces may stand between its fields"


@pytest.mark.parametrize(
    "expression",
    [
        "15 16 * * 1",
        "0 3 * * Mon",
        "0 3 * * monday-FRIDAY",
        "*/15 8-18 * * 1-5",
        "0,30 0/6 1 JAN-mar *",
        "  0   0  31 12  0 ",
    ],
)
def test_what_the_service_takes_passes(expression: str) -> None:
    assert cron_problem(expression) is None


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        (
            "0 3 * *",
            "has 4 fields; 5 are due: minutes, hours, days of the month, months, days of the week",
        ),
        (
            "0 0 3 * * 1",
            "has 6 fields; 5 are due: minutes, hours, days of the month, months, days of the week",
        ),
        ("", "has 0 fields; 5 are due: minutes, hours, days of the month, months, days of the week"),
        ("60 3 * * 1", 'has "60" for the minutes, which go from 0 to 59'),
        ("0 3-24 * * 1", 'has "3-24" for the hours, which go from 0 to 23'),
        ("0 3 0 * 1", 'has "0" for the days of the month, which go from 1 to 31'),
        ("0 3 * Foo 1", 'has "Foo" for the months, which go from 1 to 12, or january to december'),
        ("0 3 * * 7", 'has "7" for the days of the week, which go from 0 to 6, or sunday to saturday'),
        ("0 18-8 * * 1", 'has "18-8" for the hours, a range that ends before it starts'),
        ("*/0 3 * * 1", 'has "*/0" for the minutes, a step of nothing'),
        (
            "0 3 * * 1#2",
            'has "1#2" for the days of the week; a value, a range as 1-5, * or a step as */2 may stand there',
        ),
        (
            "1,,2 3 * * 1",
            'has "" for the minutes; a value, a range as 1-5, * or a step as */2 may stand there',
        ),
        *((f"0 3{blank}* * 1", BLANK) for blank in ("\t", "\n", "\u00a0", " \u2003 ")),
        ("0 3 * * 1\n", BLANK),
    ],
)
def test_what_the_service_refuses_is_told(expression: str, problem: str) -> None:
    assert cron_problem(expression) == problem


def test_fields_that_the_service_ignores_are_known() -> None:
    assert ignored_fields("0 3 1 */3 1") == ("days of the month", "months")
    assert ignored_fields("0 3 * * 1") == ()


@given(st.text())
def test_any_text_gets_a_verdict(text: str) -> None:
    problem = cron_problem(text)
    assert problem is None or problem.startswith("has ")

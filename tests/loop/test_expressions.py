"""Expressions, by the tables of the documentation of Azure Pipelines."""

from __future__ import annotations

import pytest

from tests.loop.expressions import Unknown, Value, evaluate, text_of

CONTEXT: dict[str, Value] = {
    "variables": {"Build.Reason": "Schedule", "empty": "", "mlinfra.new": "true"},
    "parameters": {"older": False, "numbers": True, "reason": "it's $(late)", "none": ""},
    "dependencies": {"look_1": {"result": "Succeeded", "outputs": {"infra.ready": "false"}}},
}
STATUS = {"succeeded": lambda: True, "failed": lambda: False, "canceled": lambda: True}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("true", True),
        ("False", False),
        ("'it''s'", "it's"),
        ("and(true, eq('a', 'A'))", True),
        ("and(true, true, false)", False),
        ("or(false, false, true)", True),
        ("not(eq('a', 'b'))", True),
        ("ne('a', 'b')", True),
        ("variables['build.reason']", "Schedule"),
        ("variables['not there']", None),
        ("eq(variables['not there'], '')", True),
        ("eq(variables['not there'], 'true')", False),
        ("in(variables['Build.Reason'], 'Manual', 'schedule')", True),
        ("in(variables['Build.Reason'], 'Manual')", False),
        ("dependencies.look_1.outputs['infra.ready']", "false"),
        ("dependencies.look_1.result", "Succeeded"),
        ("dependencies.nobody.outputs['infra.ready']", None),
        ("eq(dependencies.nobody.outputs['infra.ready'], 'false')", False),
        ("eq(parameters.older, true)", False),
        ("eq(parameters.numbers, 'any text is true')", True),
        ("iif(eq(parameters.numbers, true), '--without-numbers', '')", "--without-numbers"),
        ("iif(eq(parameters.older, true), '--older', '')", ""),
        ("replace(parameters.reason, '$', ' ')", "it's  (late)"),
        ("and(succeeded(), canceled())", True),
        ("or(failed(), canceled())", True),
        ("not(or(failed(), canceled()))", False),
    ],
)
def test_value(expression: str, value: Value) -> None:
    assert evaluate(expression, CONTEXT, STATUS) == value


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "nowhere.x",
        "endsWith('a', 'a')",
        "always()",
        "succeeded('job')",
        "eq('a')",
        "and(true)",
        "eq('a', 'b'",
        "eq('a', 'b'))",
        "eq('a' 'b')",
        "'a' == 'b'",
        "parameters.older.more",
        "in(dependencies, 'a')",
    ],
)
def test_what_is_not_known_is_an_error(expression: str) -> None:
    with pytest.raises(Unknown):
        evaluate(expression, CONTEXT, STATUS)


@pytest.mark.parametrize(("value", "text"), [(True, "True"), (None, ""), ("a", "a"), (3.0, "3")])
def test_text(value: Value, text: str) -> None:
    assert text_of(value) == text

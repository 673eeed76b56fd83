"""Each rule of the platform's own kinds lets what is right through, and says what is wrong where it is written."""

from __future__ import annotations

import pytest

from mlinfra.diagnostics import Diagnostic
from mlinfra.header.targets import Mode
from mlinfra.languages.rule import Rule
from mlinfra.rules.platform import PLATFORM_RULES
from tests.kinds.harness import graph_of
from tests.rules.access_cases import ACCESS_CASES
from tests.rules.case import Case
from tests.rules.databricks_cases import DATABRICKS_CASES
from tests.rules.key_cases import KEY_CASES
from tests.rules.network_cases import NETWORK_CASES
from tests.rules.record_cases import RECORD_CASES
from tests.rules.resource_cases import RESOURCE_CASES
from tests.rules.role_cases import ROLE_CASES
from tests.rules.subnet_cases import SUBNET_CASES
from tests.rules.unity_cases import UNITY_CASES
from tests.rules.way_cases import WAY_CASES

RULES = {code.id: rule for rule in PLATFORM_RULES for code in rule.codes}
ELSEWHERE = {
    *("MLI401", "MLI402", "MLI403", "MLI406", "MLI615", "MLI899"),  # a case derives nothing: tests/reach
    *("MLI365", "MLI366"),  # computes lie in subnets once that is implied: tests/core/test_private_network.py
    "MLI345",  # a case has one header: tests/rules/test_values.py
    *("MLI368", "MLI859", "MLI883"),  # a case has no environments and no jobs: tests/core/test_registries.py
    "MLI408",  # a case has one target: tests/core/test_lending.py
}
CASES = (
    *UNITY_CASES,
    *ACCESS_CASES,
    *RESOURCE_CASES,
    *NETWORK_CASES,
    *RECORD_CASES,
    *ROLE_CASES,
    *KEY_CASES,
    *WAY_CASES,
    *SUBNET_CASES,
    *DATABRICKS_CASES,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_what_is_right_passes(case: Case) -> None:
    assert _found(RULES[case.code], case.right, case.mode) == ()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_what_is_wrong_is_found_where_it_is_written(case: Case) -> None:
    assert _found(RULES[case.code], case.wrong, case.mode) == case.found


def test_every_rule_has_a_case() -> None:
    cases = {case.code for case in CASES}
    assert sorted(set(RULES) - ELSEWHERE - cases) == [], "no Case(…) in tests/rules/*_cases.py"
    assert sorted(cases - (set(RULES) - ELSEWHERE)) == [], "no rule of platform.py, or its cases are elsewhere"


def test_no_two_rules_share_a_code() -> None:
    assert len(RULES) == sum(len(rule.codes) for rule in PLATFORM_RULES)


def test_what_someone_else_owns_is_not_judged() -> None:
    graph = graph_of(
        "storage_accounts: {lake: {existing: true, azure_name: stlake, kind: FileStorage, sku: Standard_LRS}}"
    )
    assert [found for rule in PLATFORM_RULES for found in rule.check(graph)] == []


def _found(rule: Rule, spec: str, mode: Mode) -> tuple[str, ...]:
    found = list(rule.check(graph_of(spec, mode)))
    assert all(
        diagnostic.code in rule.codes and diagnostic.severity == diagnostic.code.severity for diagnostic in found
    )
    return tuple(map(_line, found))


def _line(found: Diagnostic) -> str:
    place = f"{found.span.line}:{found.span.column}"
    return f"{place} {found.message} | {found.help}" if found.help else f"{place} {found.message}"

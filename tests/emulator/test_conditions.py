"""Conditions of role assignments mean here what they mean to Azure."""

from __future__ import annotations

import pytest

from tests.emulator.conditions import ConditionError, Subject, parse

ROLES = "Microsoft.Authorization/roleAssignments"
A, B, C = (f"00000000-0000-0000-0000-00000000000{digit}" for digit in "abc")

IS_A = f"@Request[{ROLES}:RoleDefinitionId] GuidEquals '{A}'"


def _judged(condition: str, **attributes: str) -> bool:
    request = {f"{ROLES}:{name}": value for name, value in attributes.items()}
    return parse(condition)(Subject(f"{ROLES}/write", request, {f"{ROLES}:RoleDefinitionId": B}))


@pytest.mark.parametrize(
    ("condition", "is_met"),
    [
        (f"ActionMatches{{'{ROLES}/write'}}", True),
        (f"ActionMatches{{'{ROLES.lower()}/*'}}", True),
        (f"ActionMatches{{'{ROLES}/delete'}}", False),
        (f"!(ActionMatches{{'{ROLES}/write'}})", False),
        (f"@Request[{ROLES}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{B}, {A.upper()}}}", True),
        (f"@Resource[{ROLES}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{A}}}", False),
        (f"@Request[{ROLES}:RoleDefinitionId] ForAnyOfAllValues:GuidNotEquals {{{B}, {C}}}", True),
        (f"@Request[{ROLES}:RoleDefinitionId] ForAnyOfAllValues:GuidNotEquals {{{B}, {A}}}", False),
        (f"@Request[{ROLES}:RoleDefinitionId] ForAnyOfAnyValues:GuidNotEquals {{{B}, {A}}}", True),
        (f"@Request[{ROLES}:RoleDefinitionId] ForAllOfAllValues:GuidNotEquals {{{A}}}", False),
        (f"@Request[{ROLES}:PrincipalType] StringEqualsIgnoreCase 'serviceprincipal'", True),
        (f"@Request[{ROLES}:PrincipalType] StringEquals 'serviceprincipal'", False),
        (f"@Request[{ROLES}:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {{'User', 'Group'}}", False),
        (f"@Request[{ROLES}:PrincipalId] ForAnyOfAnyValues:GuidNotEquals {{{A}}}", False),
        (f"(ActionMatches{{'x'}} OR {IS_A}) AND !(ActionMatches{{'x'}})", True),
        (f"ActionMatches{{'{ROLES}/write'}} OR ActionMatches{{'x'}} AND ActionMatches{{'y'}}", True),
    ],
)
def test_a_condition_is_judged(condition: str, is_met: bool) -> None:
    assert _judged(condition, RoleDefinitionId=A, PrincipalType="ServicePrincipal") is is_met


@pytest.mark.parametrize(
    "condition",
    [
        "",
        "(ActionMatches{'x'}",
        "ActionMatches{'x'} ActionMatches{'y'}",
        "ActionMatches x",
        f"@Principal[{ROLES}:x] StringEquals 'y'",
        f"@Request[{ROLES}:RoleDefinitionId] ForSomeValues:GuidEquals {{{A}}}",
        f"@Request[{ROLES}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{Owner}}",
        f"@Request[{ROLES}:RoleDefinitionId] ForAnyOfAnyValues:GuidResembles {{{A}}}",
        "$(id)",
    ],
)
def test_a_condition_that_azure_would_not_take(condition: str) -> None:
    with pytest.raises(ConditionError):
        parse(condition)

"""Conditions of role assignments, evaluated as Azure does: who can be given what, and which blobs are reached."""

from __future__ import annotations

import re

import pytest

from mlinfra.azure.conditions import Assignable, Blobs, only_assigns, only_in

ROLES = "Microsoft.Authorization/roleAssignments"
BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
PULL, DATA, OWNER = (f"0000000{number}-0000-0000-0000-000000000000" for number in (1, 2, 3))
GROUP, STRANGER, IDENTITY, DEPLOY, PLAN = (f"0000000{number}-0000-0000-0000-00000000000a" for number in range(5))
GIVEN = (Assignable((PULL,)), Assignable((DATA,), (GROUP,)))
CONDITION = only_assigns(GIVEN, f"{DEPLOY}, {PLAN}")


def is_allowed(condition: str, action: str, **attributes: str) -> bool:
    """Whether a condition lets an action through; what an attribute lacks makes no expression true."""
    words = r"@\w+\[[^\]]+\] [\w:]+ (?:\{[^}]*\}|'[^']*')|!\(ActionMatches\{'[^']*'\}\)|\(|\)|AND|OR"
    tokens = re.findall(words, condition)
    assert "".join(tokens) == re.sub(r"(?<=\)) | (?=\()|(?<=\() |(?<=AND) |(?<=OR) | (?=AND)| (?=OR)", "", condition)
    plain = {"AND": "and", "OR": "or", "(": "(", ")": ")"}
    return bool(eval(" ".join(plain.get(token) or str(_is_true(token, action, attributes)) for token in tokens)))


def _is_true(token: str, action: str, attributes: dict[str, str]) -> bool:
    if token.startswith("!"):
        return action != token.split("'")[1]
    found = re.fullmatch(r"@(\w+)\[([^\]]+)\] ([\w:]+) (.*)", token)
    assert found is not None
    source, name, operator, written = found.groups()
    value = attributes.get(f"{source}_{name.rpartition(':')[2]}")
    listed = [item.strip(" '").lower() for item in written.strip("{}").split(",")]
    if value is None:
        return False
    match operator:
        case "ForAnyOfAnyValues:GuidEquals" | "StringEqualsIgnoreCase" | "StringEquals":
            return value.lower() in listed
        case "ForAnyOfAllValues:GuidNotEquals":
            return value.lower() not in listed
    raise AssertionError(operator)


@pytest.mark.parametrize(("action", "source"), [("write", "Request"), ("delete", "Resource")])
@pytest.mark.parametrize(
    ("role", "kind", "who", "may"),
    [
        (PULL, "ServicePrincipal", IDENTITY, True),
        (DATA, "Group", GROUP, True),
        (OWNER, "ServicePrincipal", IDENTITY, False),  # a role that no template assigns
        (OWNER, "Group", GROUP, False),
        (PULL, "ServicePrincipal", DEPLOY, False),  # to itself
        (PULL, "ServicePrincipal", PLAN, False),  # to what pull requests use
        (PULL, "User", STRANGER, False),
        (DATA, "Group", STRANGER, False),
        (PULL, "Group", GROUP, False),  # another one than the templates give it
        (DATA, "ServicePrincipal", IDENTITY, False),
    ],
)
def test_who_deploys_gives_and_takes_these_roles_alone(
    action: str, source: str, role: str, kind: str, who: str, may: bool
) -> None:
    attributes = {"RoleDefinitionId": role, "PrincipalType": kind, "PrincipalId": who}
    given = {f"{source}_{name}": value for name, value in attributes.items()}
    assert is_allowed(CONDITION, f"{ROLES}/{action}", **given) is may


@pytest.mark.parametrize(("action", "source"), [("write", "Request"), ("delete", "Resource")])
@pytest.mark.parametrize("given", [GIVEN, ()])
def test_one_connection_may_be_given_one_role_all_the_same(
    action: str, source: str, given: tuple[Assignable, ...]
) -> None:
    condition = only_assigns(given, f"{DEPLOY}, {PLAN}", Assignable((OWNER,), (PLAN,)))

    def may(role: str, who: str) -> bool:
        attributes = {"RoleDefinitionId": role, "PrincipalType": "ServicePrincipal", "PrincipalId": who}
        names = {f"{source}_{name}": value for name, value in attributes.items()}
        return is_allowed(condition, f"{ROLES}/{action}", **names)

    assert may(OWNER, PLAN)
    assert not any((may(OWNER, DEPLOY), may(OWNER, IDENTITY), may(PULL, PLAN), may(PULL, DEPLOY)))
    assert may(PULL, IDENTITY) is bool(given)


def test_what_is_no_assignment_is_not_narrowed() -> None:
    assert is_allowed(CONDITION, f"{ROLES}/read")


@pytest.mark.parametrize("action", ["read", "write"])
def test_blobs_of_the_named_accounts_alone(action: str) -> None:
    condition = only_in([Blobs("stone"), Blobs("sttwo")], [f"{BLOBS}/read", f"{BLOBS}/write"])
    reached = [
        name for name in ("stone", "sttwo", "stlake") if is_allowed(condition, f"{BLOBS}/{action}", Resource_name=name)
    ]
    assert reached == ["stone", "sttwo"]
    assert is_allowed(condition, "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action")

"""Roles of identities that live as long as what they are for: given by the template, with the rights of bootstrap."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.azure.roles import ROLES
from mlinfra.emit.bootstrap import needs
from mlinfra.languages.resource import Of
from mlinfra.pipelines.rights import CONNECTIONS, rights_of
from tests.emulator.conditions import Subject, parse
from tests.spec import HEADER, compiled

ASSIGNMENTS = "Microsoft.Authorization/roleAssignments"
CONNECTION, IDENTITY = (f"00000000-0000-0000-0000-00000000000{digit}" for digit in "ab")
SPEC = f"""{HEADER}\
container_registries: {{images: {{system_identity: true}}}}
key_vaults: {{keys: {{}}}}
role_assignments:
  looks: {{system_identity_of: container_registries.images, role: Key Vault Reader, scope: key_vaults.keys}}
"""


def test_the_role_is_given_after_the_thing_in_the_same_deployment(tmp_path: Path) -> None:
    (plan,) = compiled(tmp_path, SPEC).plans
    role, thing = plan.by_address["role_assignments.looks"], plan.by_address["container_registries.images"]
    assert role.resource.body["properties"]["principalId"] == Of("container_registries.images", "identity.principalId")
    assert (role.unit, role.group) == (thing.unit, thing.group) == ("main", None)


@pytest.mark.parametrize(
    ("role", "principal", "kind", "may"),
    [
        ("Key Vault Reader", IDENTITY, "ServicePrincipal", True),
        ("Key Vault Reader", CONNECTION, "ServicePrincipal", False),
        ("Key Vault Reader", IDENTITY, "User", False),
        ("Key Vault Administrator", IDENTITY, "ServicePrincipal", False),
    ],
)
def test_whoever_deploys_may_give_it_to_an_identity_that_nobody_knew_before(
    role: str, principal: str, kind: str, may: bool, tmp_path: Path
) -> None:
    (plan,) = compiled(tmp_path, SPEC).plans
    (condition,) = (each.condition for each in rights_of("deploy", needs(plan, ("deploy",))) if each.condition)
    given = {"RoleDefinitionId": ROLES[role], "PrincipalId": principal, "PrincipalType": kind}
    asked = {f"{ASSIGNMENTS}:{name}": value for name, value in given.items()}
    judge = parse(condition.replace(CONNECTIONS, CONNECTION))
    assert judge(Subject(f"{ASSIGNMENTS}/write", asked, {})) is may

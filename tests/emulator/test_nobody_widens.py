"""Nobody widens himself by deploying: what the connections of every platform are refused, with the rights they have.

The rights are those that bootstrap.sh gives, under their conditions, as the emulator enforces them; the attempts are
those of somebody who signed in as one of the connections and may send any request.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from typing import TypeAlias

import pytest

from mlinfra.azure.roles import ROLES, RULES_OVER_RIGHTS
from mlinfra.compile import compile_spec
from mlinfra.emit.bootstrap import (
    connections_of,
    needs,
    roles_of_consumers,
    roles_of_instances,
    roles_of_the_spec,
    uses_of,
)
from mlinfra.pipelines.handover import role_request
from mlinfra.pipelines.rights import CONNECTIONS, SCORER, Right, assigned_by, consumers_role
from mlinfra.plan import Plan
from tests.emulator.authorization import ASSIGNMENTS
from tests.emulator.platforms import ROOT, SPECS
from tests.emulator.resources import keep
from tests.emulator.rights import NOTHING, About, allows, definition, permits
from tests.emulator.state import State

PEOPLE = {"User": "00000000-0000-0000-0000-0000000000aa", "Group": "00000000-0000-0000-0000-0000000000bb"}
FRIEND = "00000000-0000-0000-0000-0000000000cc"  # an identity that somebody made himself, and may sign in as
GIVING = tuple(
    ROLES[name] for name in ("Owner", "User Access Administrator", "Role Based Access Control Administrator")
)
BINDS = (  # what else keeps him within his rights
    *(action for action in RULES_OVER_RIGHTS if "/roleAssignments/" not in action),
    "Microsoft.Authorization/roleDefinitions/delete",
    "Microsoft.Authorization/policyAssignments/write",
    "Microsoft.Authorization/policyExemptions/write",
    "Microsoft.Authorization/denyAssignments/delete",
    "Microsoft.Authorization/elevateAccess/action",
    "Microsoft.Resources/deploymentStacks/manageDenySetting/action",
)
OF_IDENTITIES = "Microsoft.ManagedIdentity/userAssignedIdentities"
TRUSTS = (
    f"{OF_IDENTITIES}/federatedIdentityCredentials/write",
    f"{OF_IDENTITIES}/assign/action",
    f"{OF_IDENTITIES}/write",
)
PLATFORMS = {**{name: SPECS[name] for name in SPECS if name != "minimal"}, "stacks": ROOT / "specs" / "stacks"}
Attempts: TypeAlias = Iterator[tuple[str, bool]]  # what is tried, and whether it may be done


@functools.cache
def _plans(name: str) -> tuple[Plan, ...]:
    spec = PLATFORMS[name]
    compiled = compile_spec(spec / "ml-platform.yaml", ROOT if spec.parent.name == "specs" else spec, {})
    return tuple(compiled.plans)


class Target:
    """A target as bootstrap.sh leaves it; `connections` are the object ids of those who sign in, by use."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.state = plan, State()
        self.scope = plan.graph.resource_group_id
        self.assignable = assigned_by(needs(plan, uses_of(plan)))
        self.scores = consumers_role(needs(plan, ())).role
        made = connections_of(plan)
        self.connections = {
            each.use: f"00000000-0000-0000-0000-00000000000{number}" for number, each in enumerate(made)
        }
        self.rights = tuple((each.use, right) for each in made for right in each.rights)
        own = (*roles_of_consumers(plan), *roles_of_instances(plan), *roles_of_the_spec(plan))
        for right in (*(each for _, each in self.rights), *own):
            body = json.loads(role_request(right, self.scope))
            keep(self.state, f"{self.scope}/providers/Microsoft.Authorization/roleDefinitions/{right.role}", body)
        for number, (use, right) in enumerate(self.rights):
            properties = self._assignment(self.connections[use], right)
            keep(self.state, f"{self.scope}/providers/{ASSIGNMENTS}/{number}", {"properties": properties})

    def _assignment(self, who: str, right: Right) -> dict[str, str]:
        condition = right.condition.replace(CONNECTIONS, ", ".join(self.connections.values()))
        condition = condition.replace(SCORER, self.connections.get("score", ""))
        made = {"roleDefinitionId": f"roleDefinitions/{right.role}", "principalId": who, "scope": self.scope}
        return {**made, "condition": condition} if condition else made

    @property
    def roles(self) -> list[str]:
        """Those that give others, those that the templates give, and those of all connections."""
        given = {role for each in self.assignable for role in each.roles}
        return sorted({*given, *(right.role for _, right in self.rights), *GIVING})

    def may(self, who: str, action: str, scope: str = "", about: About = NOTHING) -> bool:
        return allows(self.state, who, action, scope or self.scope, about)

    def may_give(self, by: str, role: str, who: str, scope: str = "", kind: str = "ServicePrincipal") -> bool:
        return self.may(by, f"{ASSIGNMENTS}/write", scope, About(_attributes(role, who, kind), {}))

    def may_take(self, by: str, role: str, who: str, kind: str = "ServicePrincipal") -> bool:
        return self.may(by, f"{ASSIGNMENTS}/delete", "", About({}, _attributes(role, who, kind)))


def _attributes(role: str, who: str, kind: str) -> dict[str, str]:
    values = {"RoleDefinitionId": role, "PrincipalId": who, "PrincipalType": kind}
    return {f"{ASSIGNMENTS}:{name}": value for name, value in values.items()}


@pytest.mark.parametrize("name", PLATFORMS)
def test_nobody_widens_himself_by_deploying(name: str) -> None:
    for plan in _plans(name):
        target = Target(plan)
        for use, attacker in target.connections.items():
            tried = dict(_attempts(target, attacker))
            assert [what for what, may in tried.items() if may] == [], (plan.graph.target.name, use)
            assert len(tried) > 60


def _attempts(target: Target, attacker: str) -> Attempts:
    """What somebody tries who is signed in as one of the connections."""
    yield from _for_connections(target, attacker)
    yield from _for_others(target, attacker)
    for action in BINDS:
        yield action, target.may(attacker, action)
    for action in TRUSTS:  # those of the connections lie beside the group
        yield f"{action} beside the group", target.may(attacker, action, f"{target.scope}-connections")


def _for_connections(target: Target, attacker: str) -> Attempts:
    """Roles for himself or another connection; who deploys lets the one that scores do that, and nothing else."""
    scope = target.scope
    below = f"{scope}/providers/Microsoft.Storage/storageAccounts/st"
    for role in target.roles:
        for use, who in target.connections.items():
            if role == target.scores and use == "score":
                continue
            for where in (scope, below, f"{scope}-connections", "/".join(scope.split("/")[:3])):
                yield f"{role} for {use} at {where}", target.may_give(attacker, role, who, where)
            yield f"{role} taken from {use}", target.may_take(attacker, role, who)


def _for_others(target: Target, attacker: str) -> Attempts:
    """Roles that give others for an identity of his own; any for people who are not named, or who have another one."""
    for role in GIVING:
        yield f"{role} for a friend", target.may_give(attacker, role, FRIEND)
    named = [each for each in target.assignable if each.objects]
    for role in target.roles:
        for kind, who in PEOPLE.items():
            yield f"{role} for a {kind}", target.may_give(attacker, role, who, kind=kind)
            yield f"{role} taken from a {kind}", target.may_take(attacker, role, who, kind)
        for who in {one for each in named for one in each.objects}:
            if not any(role in each.roles and who in each.objects for each in named):
                yield f"{role} for {who}", target.may_give(attacker, role, who, kind="User")


@pytest.mark.parametrize("name", PLATFORMS)
def test_no_role_that_he_may_give_gives_roles(name: str) -> None:
    """He may give those of the templates to identities that he makes, and sign in as these."""
    for plan in _plans(name):
        target = Target(plan)
        roles = [role for each in target.assignable if not each.objects for role in each.roles]
        assert all(target.may_give(target.connections["deploy"], role, FRIEND) for role in roles)
        for role in roles:
            found = definition(target.state, role)
            assert found is None or [action for action in RULES_OVER_RIGHTS if permits(found, action)] == []
            assert found is not None or role in ROLES.values()  # one of data, of which the emulator says nothing
            assert role not in GIVING

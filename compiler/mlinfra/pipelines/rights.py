"""The rights of the service connections, all of them on the resource group of a target and on nothing else.

`bootstrap.sh` gives them and the README of the output lists them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mlinfra.azure.ids import guid
from mlinfra.azure.roles import ROLES


@dataclass(frozen=True)
class Right:
    """A role: the GUID of its definition, its name, the condition that limits it, the actions of a role of our own."""

    role: str
    name: str
    because: str
    condition: str = ""
    actions: tuple[str, ...] = ()


def deployer_rights(scope: str, assigned_roles: Iterable[str], *, has_locks: bool) -> tuple[Right, ...]:
    """What the connection that deploys needs; `assigned_roles` are the GUIDs of the roles that the templates assign."""
    rights = [
        _built_in("Contributor", "creates and changes the resources"),
        _built_in("Storage Blob Data Contributor", "uploads code and models, as the accounts take no keys"),
    ]
    if assigned := sorted(set(assigned_roles)):
        name, because = (
            "Role Based Access Control Administrator",
            "assigns the roles that the templates hold, no others",
        )
        rights.append(_built_in(name, because, condition=_assigns_only(assigned)))
    if has_locks:
        because = "sets locks, which is in none of the roles above"
        rights.append(_custom(scope, "locks", because, "Microsoft.Authorization/locks/*"))
    return tuple(rights)


def planner_rights(scope: str) -> tuple[Right, ...]:
    """What the connection of pull requests needs: it asks what a deployment would do, and can do none."""
    actions = ("Microsoft.Resources/deployments/validate/action", "Microsoft.Resources/deployments/whatIf/action")
    return (
        _built_in("Reader", "reads what is there"),
        _custom(scope, "what-if", "asks what a deployment would change", *actions),
    )


def _built_in(name: str, because: str, condition: str = "") -> Right:
    return Right(ROLES[name], name, because, condition)


def _custom(scope: str, purpose: str, because: str, *actions: str) -> Right:
    """A role of our own; its name is unique in the tenant, as Azure wants it."""
    role = guid(scope, f"mlinfra-{purpose}")
    return Right(role, f"mlinfra {purpose} {role[:8]}", because, actions=actions)


def _assigns_only(roles: Iterable[str]) -> str:
    """The condition under which only assignments of these roles may be written and deleted; conditions, version 2.0."""
    listed = ", ".join(roles)
    return " AND ".join(
        f"((!(ActionMatches{{'Microsoft.Authorization/roleAssignments/{action}'}})) OR "
        f"(@{side}[Microsoft.Authorization/roleAssignments:RoleDefinitionId] "
        f"ForAnyOfAnyValues:GuidEquals {{{listed}}}))"
        for action, side in (("write", "Request"), ("delete", "Resource"))
    )

"""A role that follows from an edge: what identities and principals need for what the spec has them do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field

from mlinfra.azure.roles import ROLE_ASSIGNMENTS_TYPE, ROLES, role_guid
from mlinfra.bodies.altering import Altering
from mlinfra.bodies.body import Body
from mlinfra.bodies.fields import contrary
from mlinfra.diagnostics.suggest import closest_name, question
from mlinfra.graph import Entry, Graph
from mlinfra.languages.platform.conditions import NARROWS, Condition
from mlinfra.languages.platform.kind import Kind
from mlinfra.languages.platform.roles import CHANGES_OF_ROLES, Grant, assignment
from mlinfra.languages.resource import Resource

SECTION = "derived_role_assignments"


class DerivedRoleAssignment(Body):
    """Exactly one of `identity` (an address) and `object_id` is there; `principal_type` is ARM's word."""

    identity: str | None = None
    object_id: str | None = None
    principal_type: str = "ServicePrincipal"
    role: str  # name of a built-in role, or a GUID
    scope: str  # address of an entry, or `resource_group`
    condition: str | None = None


def _known(role: str) -> str:
    if role_guid(role) is None:
        raise contrary(f'"{role}" is not a built-in role that is known here', question(closest_name(role, ROLES)))
    return role


class AlteringRole(Altering):
    role: Annotated[
        Annotated[str, AfterValidator(_known)] | None,
        Field(description="A built-in role by its name, or any role by its GUID"),
    ] = None
    condition: Annotated[Condition | None, Field(description=NARROWS)] = None


def role_assignment_address(principal: str, role: str, scope: str) -> str:
    """The address of a derived role: `role_assignments.<address of the assignee>/<role>/<scope address>`."""
    return f"role_assignments.{principal}/{role}/{scope}"


def resources(derived: DerivedRoleAssignment, entry: Entry, graph: Graph) -> Iterator[Resource]:
    grant = Grant(
        derived.identity, derived.object_id, derived.principal_type, derived.role, derived.scope, derived.condition
    )
    yield assignment(entry.address, grant, graph, entry.because)


DERIVED_ROLE_ASSIGNMENTS = Kind(
    name=SECTION,
    is_derived=True,
    is_only_counted=True,
    noun="role assignment",
    model=DerivedRoleAssignment,
    altering=AlteringRole,
    resource_type=ROLE_ASSIGNMENTS_TYPE,
    resources=resources,
    described="Roles that follow from what the spec has identities and principals do",
    changes=CHANGES_OF_ROLES,
    plain=("properties.conditionVersion",),
)

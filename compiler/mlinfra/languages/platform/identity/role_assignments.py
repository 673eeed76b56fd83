"""role_assignments: rights that are written out, beside those that are derived."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from mlinfra.azure.roles import ROLE_ASSIGNMENTS_TYPE
from mlinfra.bodies.body import Body, ReferenceTo
from mlinfra.bodies.fields import Guid
from mlinfra.graph import Entry, Graph
from mlinfra.languages.platform.conditions import NARROWS, Condition
from mlinfra.languages.platform.identity.principals import ARM_PRINCIPAL_TYPES, Principal, PrincipalType
from mlinfra.languages.platform.kind import Kind
from mlinfra.languages.platform.outside import extended
from mlinfra.languages.platform.roles import CHANGES_OF_ROLES, Grant, assignment, role_meant
from mlinfra.languages.resource import Resource


class RoleAssignment(Body):
    identity: (
        Annotated[str, ReferenceTo("identities"), Field(description="Who gets the role: an entry of identities")] | None
    ) = None
    principal: Annotated[str, ReferenceTo("principals"), Field(description="Or an entry of principals")] | None = None
    object_id: Annotated[Guid, Field(description="Or the object id of someone in Entra")] | None = None
    principal_type: Annotated[PrincipalType, Field(description="With object_id: what that belongs to")] | None = None
    system_identity_of: (
        Annotated[
            str,
            ReferenceTo(),
            Field(description="Or the identity that something has of its own: the address of its entry"),
        ]
        | None
    ) = None
    role: Annotated[
        str,
        Field(
            description="A built-in role by its name, any role by its GUID or its whole id, or an entry of "
            "role_definitions"
        ),
    ]
    scope: Annotated[
        str,
        ReferenceTo(or_a_group=True),
        Field(
            description="Where: the address of an entry, such as storage_accounts.lake; resource_group; or the id of a "
            "resource or a group of others"
        ),
    ]
    condition: Annotated[Condition, Field(description=NARROWS)] | None = None
    description: Annotated[str, Field(description="Why, for who reads the assignment on Azure")] | None = None
    targets: Annotated[list[str], Field(description="Targets in which it exists; by default all")] | None = None


def resources(written: RoleAssignment, entry: Entry, graph: Graph) -> Iterator[Resource]:
    yield assignment(entry.address, grant(written, graph), graph, entry.because)


def grant(written: RoleAssignment, graph: Graph) -> Grant:
    """What the body says, with the principal looked up: of an assignment that `is_whole`."""
    identity = f"identities.{written.identity}" if written.identity else written.system_identity_of
    object_id, principal_type = (None, "service_principal") if identity else _principal(written, graph)
    arm_type = ARM_PRINCIPAL_TYPES[principal_type]
    role, scope = role_meant(written.role, graph), extended(written.scope, graph)
    return Grant(identity, object_id, arm_type, role, scope, written.condition, written.description)


def is_whole(written: RoleAssignment, graph: Graph) -> bool:
    """Whether it can be said who gets the role: a principal that it names is one of the spec, and not too wrong."""
    principal = graph.entries.get(f"principals.{written.principal}")
    return written.principal is None or (principal is not None and not principal.lacks_model)


def _principal(written: RoleAssignment, graph: Graph) -> tuple[str | None, PrincipalType]:
    if written.principal is None:
        return written.object_id, written.principal_type or "service_principal"
    principal = graph.entries[f"principals.{written.principal}"].model
    assert isinstance(principal, Principal)
    return principal.object_id, principal.type


ROLE_ASSIGNMENTS = Kind(
    name="role_assignments",
    noun="role assignment",
    called_elsewhere={
        "properties": "leave it out, and write what it holds right below the entry",
        "roledefinitionid": "write role, which is a name such as Reader",
        "roledefinitionname": "write role, which is a name such as Reader",
        "assignee": "write identity, principal or object_id",
        "principalid": "write principal: <an entry of identities or principals>, or object_id beside principal_type",
        "resourceid": "write scope: <the address of an entry>",
    },
    model=RoleAssignment,
    resource_type=ROLE_ASSIGNMENTS_TYPE,
    api_version="2022-04-01",
    resources=resources,
    symbol="role",
    described="Rights of identities and principals, beside those that are derived",
    changes=CHANGES_OF_ROLES,
    plain=(
        "properties.conditionVersion",
        "properties.description",
    ),
)

"""principals: people, groups and applications that work on the platform; roles are derived from what they do there."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from mlinfra.bodies.body import Body, ReferenceTo
from mlinfra.bodies.fields import Guid, malformed
from mlinfra.languages.platform.kind import Kind

PrincipalType = Literal["user", "group", "service_principal"]
PrincipalRole = Literal["data_scientist", "ml_engineer", "reader", "deployer"]

ARM_PRINCIPAL_TYPES: dict[PrincipalType, str] = {
    "user": "User",
    "group": "Group",
    "service_principal": "ServicePrincipal",
}


def _listed(value: Any) -> Any:
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list):
        raise malformed("a workspace or a list of workspaces")
    return value


class Principal(Body):
    object_id: Annotated[
        Guid, Field(description="Its object id in Entra; of an application, that of its service principal")
    ]
    type: Annotated[PrincipalType, Field(description="What the object id belongs to")] = "group"
    role: Annotated[PrincipalRole, Field(description="What it does on the platform")]
    workspace: (
        Annotated[
            list[Annotated[str, ReferenceTo("workspaces")]],
            BeforeValidator(_listed, json_schema_input_type=str | list[str]),
            Field(min_length=1, description="Where it works: a workspace or a list; by default every one"),
        ]
        | None
    ) = None
    targets: Annotated[list[str], Field(description="Targets in which it exists; by default all")] | None = None


PRINCIPALS = Kind(
    name="principals",
    noun="principal",
    model=Principal,
    compiled_to="nothing",
    symbol="principal",
    group="Identities",
    described="People, groups and applications, and what they do on the platform",
)

"""principals: people, groups and applications that work on the platform; roles are derived from what they do there.

An approver works nowhere and gets no role on Azure: Azure DevOps, which knows people by their mail, asks it before a
target is changed.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from mlinfra.bodies.body import Body, ReferenceTo
from mlinfra.bodies.fields import Guid, Mail, contrary, malformed
from mlinfra.languages.platform.kind import Kind

PrincipalType = Literal["user", "group", "service_principal"]
PrincipalRole = Literal["data_scientist", "ml_engineer", "reader", "deployer", "approver"]

_OF_WORKSPACES = "workspaces"
APPROVER: PrincipalRole = "approver"
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
    model_config = ConfigDict(
        json_schema_extra={  # what _is_known_where_it_acts says, for editors
            "if": {"properties": {"role": {"const": APPROVER}}, "required": ["role"]},
            "then": {
                "properties": {
                    "type": {"enum": ["user", "group"]},
                    "workspace": False,
                    "workspaces": False,
                    "registries": False,
                },
                "required": ["mail"],
            },
            "else": {
                "properties": {"mail": False},
                "required": ["object_id"],
                "dependentRequired": {key: ["role"] for key in ("workspace", "workspaces", "registries")},
            },
        }
    )

    object_id: (
        Annotated[
            Guid,
            Field(
                description="Its object id in Entra; of an application, that of its service principal. "
                "Every role but approver needs it"
            ),
        ]
        | None
    ) = None
    mail: (
        Annotated[Mail, Field(description="Of an approver: the address by which Azure DevOps and GitHub know it")]
        | None
    ) = None
    application_id: (
        Annotated[Guid, Field(description="Of a service principal that runs jobs of Databricks: its application's id")]
        | None
    ) = None
    name: Annotated[str, Field(min_length=1, description="Of a group that Databricks knows: its name there")] | None = (
        None
    )
    type: Annotated[PrincipalType, Field(description="What the object id belongs to")] = "group"
    role: (
        Annotated[
            PrincipalRole,
            Field(
                description="What it does on the platform; none for who only calls endpoints, as their `consumers` say"
            ),
        ]
        | None
    ) = None
    workspace: (
        Annotated[
            list[Annotated[str, ReferenceTo("workspaces")]],
            BeforeValidator(_listed, json_schema_input_type=str | list[str]),
            Field(min_length=1, description="Where it works: a workspace or a list; by default every one"),
        ]
        | None
    ) = None
    workspaces: (
        Annotated[
            list[Annotated[str, ReferenceTo()]],
            Field(min_length=1, description="The same by addresses", examples=[["workspaces.main"]]),
        ]
        | None
    ) = None
    registries: (
        Annotated[
            list[Annotated[str, ReferenceTo("registries")]],
            Field(description="The machine-learning registries that it uses; by default every one"),
        ]
        | None
    ) = None
    targets: Annotated[list[str], Field(description="Targets in which it exists; by default all")] | None = None

    @model_validator(mode="after")
    def _is_known_where_it_acts(self) -> Principal:
        if self.role != APPROVER:
            if self.object_id is None:
                raise contrary("lacks object_id", "add its object id in Entra: `az ad group show` or `az ad user show`")
            if self.mail is not None:
                known = f"role {self.role} is" if self.role else "whoever approves nothing is"
                raise contrary(f"has a mail, and {known} known by its object_id", "leave mail out")
            if self.role is None and self.works_in is not None:
                raise contrary("has a workspace, and no role in it", "write what it does there, or leave workspace out")
            if self.role is None and self.registries is not None:
                raise contrary("has registries, and no role there", "write what it does there, or leave registries out")
            if self.workspace is not None and self.workspaces is not None:
                raise contrary("has workspace and workspaces", "write workspaces, with all addresses")
            return self
        if self.mail is None:
            raise contrary("lacks mail", "add the address by which Azure DevOps knows it: it has ids of its own")
        if self.type == "service_principal":
            raise contrary("is an approver, which only a user or a group can be", "write type: user or type: group")
        if self.works_in is not None:
            raise contrary("is an approver, which works in no workspace", "leave workspace out")
        if self.registries is not None:
            raise contrary("is an approver, which works in no registry", "leave registries out")
        return self

    @property
    def works_in(self) -> list[str] | None:
        """The names of the workspaces where it works; None: in all of them."""
        if self.workspaces is None:
            return self.workspace
        return [address.removeprefix(f"{_OF_WORKSPACES}.") for address in self.workspaces]

    def is_at(self, place: str) -> bool:
        """Whether it works there: in a workspace, by its name, or in a project, by its address."""
        return self.works_in is None or place in self.works_in

    @property
    def is_approver(self) -> bool:
        return self.role == APPROVER

    @property
    def spoken_role(self) -> str:
        return f"the role {self.role}" if self.role else "no role"

    @property
    def entra_id(self) -> str:
        """The object id of one that gets roles, in lower case."""
        assert self.object_id is not None  # only an approver has none
        return str(self.object_id).lower()


_AZURES_OWN = "write role_assignments: {<name>: {role: …, scope: <an entry>, principal: <this one>}} for Azure's role"
_ID_OF_AN_APPLICATION = "write object_id, which `az ad sp show --id <client id> --query id` prints"

PRINCIPALS = Kind(
    name="principals",
    noun="principal",
    called_elsewhere={
        **dict.fromkeys(("contributor", "owner", "useraccessadministrator"), _AZURES_OWN),
        **dict.fromkeys(("clientid", "appid", "applicationid"), _ID_OF_AN_APPLICATION),
        **dict.fromkeys(("principalid", "id", "oid"), "write object_id"),
        **dict.fromkeys(
            ("upn", "email", "userprincipalname"), "write object_id, which `az ad user show` prints, or mail"
        ),
    },
    model=Principal,
    compiled_to="nothing",
    identified_by="object_id",
    symbol="principal",
    group="Identities",
    described="People, groups and applications, and what they do on the platform",
)

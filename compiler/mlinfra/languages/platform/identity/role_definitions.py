"""role_definitions: roles of the platform's own, where none of Azure's gives just what is needed.

Whoever deploys can't define a role: bootstrap.sh does, for the target's resource group alone.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mlinfra.bodies.body import Body
from mlinfra.bodies.fields import Form
from mlinfra.languages.changes import REST, changes
from mlinfra.languages.platform.kind import Kind

_ACTION = Form(
    r"\*(/[A-Za-z*]+)*|[A-Za-z]+\.[A-Za-z.]+(/[A-Za-z0-9_.*-]+)+",
    "an operation of a provider, such as Microsoft.Storage/storageAccounts/read",
)
Action = Annotated[str, _ACTION]


class RoleDefinition(Body):
    actions: Annotated[list[Action], Field(description="What it may of Resource Manager; * stands for any part")] = []
    not_actions: Annotated[list[Action], Field(description="What of that it may not")] = []
    data_actions: Annotated[list[Action], Field(description="What it may with data")] = []
    not_data_actions: Annotated[list[Action], Field(description="What of that it may not")] = []
    description: (
        Annotated[str, Field(min_length=1, max_length=1024, description="What it is for, for who reads it on Azure")]
        | None
    ) = None
    targets: Annotated[list[str], Field(description="Targets in which it exists; by default all")] | None = None


ROLE_DEFINITIONS = Kind(
    name="role_definitions",
    noun="role definition",
    called_elsewhere={
        "permissions": "write actions, not_actions, data_actions, not_data_actions",
        "rolename": "leave it out: it is called after the platform and the entry",
        "assignablescopes": "leave it out: it can be assigned in the target's resource group",
        "notactions": "write not_actions",
        "dataactions": "write data_actions",
        "notdataactions": "write not_data_actions",
    },
    model=RoleDefinition,
    compiled_to="nothing",
    group="Identities",
    described="Roles of your own, which bootstrap.sh defines and role_assignments give",
    changes=changes("opens_access", REST, "actions", "not_actions", "data_actions", "not_data_actions"),
)

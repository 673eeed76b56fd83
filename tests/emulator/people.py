"""Who is in the directory, and which roles they have from before."""

from __future__ import annotations

import uuid

from mlinfra.azure.clouds import DATABRICKS_APPLICATION
from mlinfra.azure.roles import ROLES
from tests.emulator.graph import COSMOS, object_id_of
from tests.emulator.resources import keep
from tests.emulator.sign_in import add_application
from tests.emulator.state import State
from tests.emulator.tokens import Caller

SECRET = "s3cret"
SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
SOMEBODY, NOBODY = "00000000-0000-0000-0000-00000000000a", "00000000-0000-0000-0000-00000000000b"
Somebody = Caller


def add_somebody(state: State, name: str) -> Somebody:
    """An application of that name, which signs in by SECRET."""
    return add_application(state, name, SECRET)


def add_to_directory(state: State, object_id: str, kind: str) -> None:
    """A principal who never signs in here: a User, a Group or a ServicePrincipal."""
    state.table("directory")[object_id.lower()] = kind


def let_read_the_directory(state: State, object_id: str) -> None:
    """Somebody reads who is in the directory, where Azure has applications of its own."""
    state.table("readers_of_the_directory")[object_id] = True
    for application in (COSMOS, DATABRICKS_APPLICATION):
        add_to_directory(state, object_id_of(application), "ServicePrincipal")


def give_role(state: State, object_id: str, role: str, scope: str) -> None:
    """A built-in role, by its name, as somebody gave it before the test."""
    subscription = "/".join(scope.split("/")[:3])
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"{object_id} {role} {scope}")
    properties = {
        "roleDefinitionId": f"{subscription}/providers/Microsoft.Authorization/roleDefinitions/{ROLES[role]}",
        "principalId": object_id,
        "principalType": "ServicePrincipal",
        "scope": scope,
    }
    keep(state, f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}", {"properties": properties})

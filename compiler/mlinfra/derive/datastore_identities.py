"""Whom a workspace signs in to a datastore as where no user is there: its own identity, where that one may read.

An identity that is named and may not read is refused with 403, where a user's own sign-in would have been let in
(D:how-to-administrate-data-authentication). So reading is given by a role, derived or written, and followed here.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from mlinfra.azure.roles import role_guid
from mlinfra.derive import workspace as around
from mlinfra.derive.role_assignments import above
from mlinfra.graph import Edge, Entry, Graph
from mlinfra.languages.azureml.datastores import SIGNS_IN_AS
from mlinfra.languages.forms import DERIVED
from mlinfra.languages.platform.identity.derived_role_assignments import DerivedRoleAssignment
from mlinfra.languages.platform.identity.role_assignments import RoleAssignment
from mlinfra.languages.vault_references import vault_references

READING = {  # the service of the data -> the roles that let its content be read
    "blob": ("Storage Blob Data Reader", "Storage Blob Data Contributor", "Storage Blob Data Owner"),
    "file": ("Storage File Data Privileged Reader", "Storage File Data Privileged Contributor"),
}


def datastore_identities(graph: Graph) -> Iterator[Edge]:
    """An edge from each datastore to the identity of its workspace, where a role lets that one read it."""
    for workspace in around.workspaces(graph):
        if identity := graph.bound(workspace.address, "primary_user_assigned_identity"):
            held = set(_held(graph, identity))
            for datastore in around.members(graph, workspace, "datastores"):
                if not any(vault_references(datastore)) and _may_read(graph, datastore, held):
                    yield Edge(datastore.address, identity, "needs", SIGNS_IN_AS, DERIVED.name)


def _held(graph: Graph, identity: str) -> Iterator[tuple[str | None, str]]:
    """GUID and scope of every role that an identity has whatever the circumstances."""
    for entry in graph.section("derived_role_assignments"):
        model = entry.model
        if isinstance(model, DerivedRoleAssignment) and (model.identity, model.condition) == (identity, None):
            yield role_guid(model.role), model.scope
    for entry in graph.section("role_assignments"):
        written = entry.model
        name = identity.removeprefix("identities.")
        if isinstance(written, RoleAssignment) and (written.identity, written.condition) == (name, None):
            yield role_guid(written.role), written.scope


def _may_read(graph: Graph, datastore: Entry, held: AbstractSet[tuple[str | None, str]]) -> bool:
    roles = {role_guid(role) for role in READING[around.data_service(datastore)]}
    scopes = list(around.scopes(graph, datastore.address))
    return bool(scopes) and all(_is_opened(graph, scope, roles, held) for scope in scopes)


def _is_opened(
    graph: Graph, scope: str, roles: AbstractSet[str | None], held: AbstractSet[tuple[str | None, str]]
) -> bool:
    around_it = set(above(graph, scope))
    return any(role in roles and given in around_it for role, given in held)

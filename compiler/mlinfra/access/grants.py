"""Every role of a target: who has it, where, and what it opens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mlinfra.azure.data_roles import Powers, powers, powers_of
from mlinfra.azure.own_roles import name_of_role, written_role
from mlinfra.azure.roles import role_guid, role_name
from mlinfra.graph import Graph
from mlinfra.languages.platform.identity.derived_role_assignments import SECTION, DerivedRoleAssignment
from mlinfra.languages.platform.identity.principals import Principal
from mlinfra.languages.platform.identity.role_assignments import RoleAssignment, grant, is_whole
from mlinfra.languages.platform.identity.role_definitions import RoleDefinition

IDENTITY = "identity"
OBJECT = "object id"


@dataclass(frozen=True, slots=True)
class Granted:
    """A role that somebody has. `powers` is None where nobody here knows what the role opens."""

    who: str  # the address of an identity or principal, or an object id, or the name of a service connection
    kind: str  # identity, group, user, service principal, service connection, object id
    role: str  # its name
    scope: str  # the address of an entry, or `resource_group`
    powers: Powers | None
    is_conditional: bool = False


def granted(graph: Graph) -> Iterator[Granted]:
    """What is derived and what is written."""
    people = {
        entry.model.entra_id: entry
        for entry in graph.section("principals")
        if isinstance(entry.model, Principal) and entry.model.object_id
    }
    of_the_spec = dict(_of_the_spec(graph))
    for who, object_id, kind, role, scope, condition in _assigned(graph):
        entry = people.get(object_id.lower())
        if entry is not None and isinstance(entry.model, Principal):
            who, kind = entry.address, entry.model.type.replace("_", " ")
        guid = role_guid(role) or role
        name, opens = of_the_spec.get(guid, (name_of_role(guid, graph.resource_group_id) or role, None))
        built_in = role_name(guid)
        opens = opens or (powers_of(built_in) if built_in else Powers() if name != role else None)
        yield Granted(who or object_id, kind, name, scope, opens, condition is not None)


def _assigned(graph: Graph) -> Iterator[tuple[str, str, str, str, str, str | None]]:
    """Who (an address, or nothing), his object id, his kind, role, scope and condition."""
    for entry in graph.section(SECTION):
        model = entry.model
        assert isinstance(model, DerivedRoleAssignment)
        kind = IDENTITY if model.identity else OBJECT
        yield model.identity or "", model.object_id or "", kind, model.role, model.scope, model.condition
    for entry in graph.section("role_assignments"):
        assert isinstance(entry.model, RoleAssignment)
        if is_whole(entry.model, graph):
            written = grant(entry.model, graph)
            kind = IDENTITY if written.identity else OBJECT
            object_id = str(written.object_id or "")
            yield written.identity or "", object_id, kind, written.role, written.scope, written.condition


def _of_the_spec(graph: Graph) -> Iterator[tuple[str, tuple[str, Powers]]]:
    """The roles that the spec defines, by their GUIDs."""
    for entry in graph.section("role_definitions"):
        model = entry.model
        assert isinstance(model, RoleDefinition)
        opens = powers(model.actions, model.not_actions, model.data_actions, model.not_data_actions)
        yield written_role(graph.resource_group_id, entry.lasting_name), (entry.address, opens)

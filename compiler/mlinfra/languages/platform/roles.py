"""One role assignment as an Azure resource, written or derived."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from mlinfra.azure.casing import camel
from mlinfra.azure.ids import GROUP, GUID, guid
from mlinfra.azure.own_roles import written_role
from mlinfra.azure.roles import ROLE_ASSIGNMENTS_TYPE, role_guid
from mlinfra.graph import Graph
from mlinfra.languages.changes import ANY, TERRAFORM, changes
from mlinfra.languages.resource import RESOURCE_GROUP, Of, Resource, RoleDefinition

CHANGES_OF_ROLES = (
    *changes("refused", TERRAFORM, "properties.principalId", "scope"),
    *changes("create_only", TERRAFORM, "properties.roleDefinitionId", "properties.principalType"),
    *changes("opens_access", TERRAFORM, "properties.condition", towards=ANY),
)


_ROLE_ID = re.compile(
    rf"(?:/subscriptions/{GUID}(?:/resourceGroups/{GROUP})?)?/providers/Microsoft\.Authorization/roleDefinitions/"
    rf"(?P<guid>{GUID})",
    re.IGNORECASE,
)
_OF_IDENTITIES, _OF_DEFINITIONS = "identities", "role_definitions"


class Grant(NamedTuple):
    """Who may do what where."""

    identity: str | None  # address of an entry of identities, or of one with an identity of its own
    object_id: str | None  # or an object of Entra
    principal_type: str  # as ARM writes it: User, Group, ServicePrincipal
    role: str  # name of a built-in role, or a GUID
    scope: str  # address of an entry, RESOURCE_GROUP, or the id of what lies outside, as `extended` gives it
    condition: str | None = None
    description: str | None = None


def assignment(address: str, grant: Grant, graph: Graph, because: str | None) -> Resource:
    """The assignment of a grant, named guid(scope, principal, role), so that the same grant is never made twice."""
    role = known_role_guid(grant.role)
    principal, principal_parts = _named(graph, grant)
    properties: dict[str, Any] = {
        "principalId": _principal_of(graph, grant.identity) if grant.identity else grant.object_id,
        "principalType": grant.principal_type,
        "roleDefinitionId": RoleDefinition(grant.role),
    }
    if grant.description:
        properties["description"] = grant.description
    if grant.condition:
        properties |= {"condition": grant.condition, "conditionVersion": "2.0"}
    return Resource(
        address=address,
        type=ROLE_ASSIGNMENTS_TYPE,
        names=(guid(_id(graph, grant.scope), *principal, role),),
        body={"properties": properties},
        owner=address,
        scope=None if grant.scope == RESOURCE_GROUP else grant.scope,
        name_parts=(Of(grant.scope), *principal_parts, role),
        because=because,
    )


def _named(graph: Graph, grant: Grant) -> tuple[tuple[str, ...], tuple[Of | str, ...]]:
    """What stands for a principal in the name of an assignment: as it is, and as the template says it."""
    if not grant.identity:
        return (str(grant.object_id),), (str(grant.object_id),)
    holder, which = _holder(graph, grant.identity)
    return (_id(graph, holder), *which), (Of(holder), *which)


def _principal_of(graph: Graph, address: str) -> Of:
    """The object id of an identity, or of the one that lives as long as what it is for."""
    holder, which = _holder(graph, address)
    if which:
        name = camel(which[0])
        return Of(holder, f"properties.{name[0].lower()}{name[1:]}.principalId")
    of_its_own = graph.entries[address].section != _OF_IDENTITIES
    return Of(address, "identity.principalId" if of_its_own else "properties.principalId")


def made_identity(address: str, name: str) -> str:
    """The address of an identity that Azure makes with an entry, beside its own: no entry of the graph."""
    return f"{address}.{name}"


def _holder(graph: Graph, identity: str) -> tuple[str, tuple[str, ...]]:
    """The entry whose identity has an address, and which of those that Azure makes with it; nothing: its own."""
    if identity in graph.entries:
        return identity, ()
    address, _, name = identity.rpartition(".")
    return address, (name,)


def role_meant(written: str, graph: Graph) -> str:
    """What `role` of an assignment means: a role's GUID where an entry or an id is named, else the name as it is."""
    entry = graph.entries.get(f"{_OF_DEFINITIONS}.{written}")
    if entry is not None:
        return written_role(graph.resource_group_id, entry.lasting_name)
    of_id = _ROLE_ID.fullmatch(written)
    return of_id["guid"].lower() if of_id else written


def known_role_guid(role: str) -> str:
    """The GUID of a role that a rule has let through. Raises ValueError for any other."""
    guid = role_guid(role)
    if guid is None:
        raise ValueError(f"{role} is no role that is known here")
    return guid


def _id(graph: Graph, address: str) -> str:
    """The ARM id of an entry, of the resource group of the target, or of what lies outside, which is one."""
    if address == RESOURCE_GROUP:
        return graph.resource_group_id
    if address.startswith("/"):
        return address
    identity = graph.entries[address].id
    if identity is None:
        raise ValueError(f"{address} has no id on Azure, so nothing can be granted on it or to it")
    return identity

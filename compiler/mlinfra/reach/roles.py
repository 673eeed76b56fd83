"""Whether whoever works with a resource has the role that this takes, on it or on what it lies in."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import NamedTuple

from mlinfra.azure.own_roles import stem_of_role
from mlinfra.azure.roles import role_guid
from mlinfra.derive.grants import needs
from mlinfra.derive.need import Need
from mlinfra.derive.role_assignments import IMPLIED, Grant, above, given, grantee
from mlinfra.graph import Graph
from mlinfra.languages.platform.identity.derived_role_assignments import role_assignment_address


class Missing(NamedTuple):
    need: Need
    spoken: str  # the role's name
    address: str  # of the assignment that would be derived


def missing_roles(graph: Graph) -> Iterator[Missing]:
    """Each role, once, that something needs and nothing gives; only where roles that are derived were changed."""
    if not any(address.startswith("role_assignments.") for address in graph.alterations):
        return
    have = frozenset(given(graph))
    seen = set()
    for need in needs(graph):
        key = need.principal, need.role, need.scope
        if key in seen:
            continue
        seen.add(key)
        if not is_given(graph, need, have):
            spoken = stem_of_role(need.role, graph.resource_group_id) or need.role
            yield Missing(need, spoken, role_assignment_address(need.principal, spoken, need.scope))


def is_given(graph: Graph, need: Need, have: Set[Grant]) -> bool:
    """Whether a role, or one that holds it, is among those that are given, on the scope or above."""
    return not have.isdisjoint(_enough(graph, need))


def _enough(graph: Graph, need: Need) -> Iterator[Grant]:
    who = grantee(graph, need.principal)
    for scope in above(graph, need.scope):
        for role in (need.role, *IMPLIED.get(need.role, ())):
            yield who, role_guid(role), scope

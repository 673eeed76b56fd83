"""Roles: the least that makes what the spec says work; equal ones are one, with all their reasons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from mlinfra.azure.roles import role_guid
from mlinfra.derive.entries import derived
from mlinfra.derive.grants import BLOB_CONTRIBUTOR, BLOB_READER, Need, needs
from mlinfra.graph import Entry, Graph
from mlinfra.kinds.derived import role_assignments as kind
from mlinfra.kinds.foundation.principals import ARM_PRINCIPAL_TYPES, Principal
from mlinfra.kinds.foundation.role_assignments import RoleAssignment, grant
from mlinfra.kinds.resource import RESOURCE_GROUP

Grant: TypeAlias = tuple[str, str | None, str]  # who (identity's address, object id), GUID of the role, scope
IMPLIED = {BLOB_READER: (BLOB_CONTRIBUTOR,)}  # roles that are of no use beside a wider one on the same scope


def role_assignments(graph: Graph) -> Iterator[Entry]:
    merged: dict[tuple[str, str, str], list[Need]] = {}
    names: dict[str, str] = {}  # a grantee by the first of the addresses that stand for it
    for need in sorted(needs(graph), key=lambda need: need.principal):
        principal = names.setdefault(_grantee(graph, need.principal), need.principal)
        merged.setdefault((principal, need.role, need.scope), []).append(need)
    assignments = (entry for entry in graph.section("role_assignments") if _is_of_the_spec(entry, graph))
    written = [_written(assignment, graph) for assignment in assignments]
    wide = {given for given, is_whole in written if is_whole}
    wide |= {(_grantee(graph, principal), role_guid(role), scope) for principal, role, scope in merged}
    equal = {given for given, _ in written}
    for (principal, role, scope), causes in sorted(merged.items()):
        needed = (_grantee(graph, principal), role_guid(role), scope)
        if needed not in equal and not wide.intersection(_wider(graph, needed, role)):
            yield _assignment(graph, principal, role, scope, causes)


def _wider(graph: Graph, given: Grant, role: str) -> Iterator[Grant]:
    """The grants beside which a given one is of no use: of the same role above, of a wider role here or above."""
    principal, guid, scope = given
    for above in _above(graph, scope):
        if above != scope:
            yield principal, guid, above
        for wider in IMPLIED.get(role, ()):
            yield principal, role_guid(wider), above


def _assignment(graph: Graph, principal: str, role: str, scope: str, causes: list[Need]) -> Entry:
    because = "; ".join(dict.fromkeys(cause.because for cause in causes))
    address = kind.role_assignment_address(principal, role, scope)
    model = kind.DerivedRoleAssignment(**_principal(graph, principal), role=role, scope=scope)
    return derived(graph, causes[0].cause, kind.SECTION, address, address.partition(".")[2], model, because)


def _principal(graph: Graph, address: str) -> dict[str, str]:
    model = graph.entries[address].model
    if isinstance(model, Principal):
        return {"object_id": model.object_id, "principal_type": ARM_PRINCIPAL_TYPES[model.type]}
    return {"identity": address}


def _grantee(graph: Graph, address: str) -> str:
    """What a written assignment says for a principal: the address of an identity, or an object id."""
    model = graph.entries[address].model
    return model.object_id.lower() if isinstance(model, Principal) else address


def _above(graph: Graph, scope: str) -> Iterator[str]:
    """A scope and everything that it lives in."""
    entry = graph.entries[scope]
    yield scope
    if entry.parent:
        yield from _above(graph, entry.parent)
    elif not entry.existing:
        yield RESOURCE_GROUP


def _is_of_the_spec(entry: Entry, graph: Graph) -> bool:
    """Whether a written assignment names an entry as its principal, or none; a rule refuses all else."""
    assert isinstance(entry.model, RoleAssignment)
    return entry.model.principal is None or f"principals.{entry.model.principal}" in graph.entries


def _written(entry: Entry, graph: Graph) -> tuple[Grant, bool]:
    """A written assignment as derived ones are compared, and whether no condition narrows it."""
    assert isinstance(entry.model, RoleAssignment)
    written = grant(entry.model, graph)
    principal = written.identity or str(written.object_id).lower()
    return (principal, role_guid(written.role), written.scope), written.condition is None

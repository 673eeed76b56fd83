"""Roles: the least that makes what the spec says work; equal ones are one, with all their reasons."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.azure.roles import role_guid
from mlinfra.derive.entries import derived
from mlinfra.derive.grants import BLOB_CONTRIBUTOR, BLOB_READER, Need, needs
from mlinfra.graph import Entry, Graph
from mlinfra.kinds.derived import role_assignments as kind
from mlinfra.kinds.foundation.principals import ARM_PRINCIPAL_TYPES, Principal
from mlinfra.kinds.foundation.role_assignments import RoleAssignment, grant

IMPLIED = {BLOB_READER: (BLOB_CONTRIBUTOR,)}  # roles that are of no use beside a wider one on the same scope


def role_assignments(graph: Graph) -> Iterator[Entry]:
    written = {_key(assignment, graph) for assignment in graph.section("role_assignments")}
    merged: dict[tuple[str, str, str], list[Need]] = {}
    for need in needs(graph):
        merged.setdefault((need.principal, need.role, need.scope), []).append(need)
    for (principal, role, scope), causes in sorted(merged.items()):
        wider = any(
            (principal, other, above) in merged for other in IMPLIED.get(role, ()) for above in _above(graph, scope)
        )
        if not wider and (_grantee(graph, principal), role_guid(role), scope) not in written:
            yield _assignment(graph, principal, role, scope, causes)


def _assignment(graph: Graph, principal: str, role: str, scope: str, causes: list[Need]) -> Entry:
    because = "; ".join(dict.fromkeys(cause.because for cause in causes))
    address = kind.role_assignment_address(principal.partition(".")[2], role, scope)
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
    return model.object_id if isinstance(model, Principal) else address


def _above(graph: Graph, scope: str) -> Iterator[str]:
    """A scope and everything that it lives in."""
    current: str | None = scope
    while current:
        yield current
        current = graph.entries[current].parent


def _key(entry: Entry, graph: Graph) -> tuple[str, str | None, str]:
    """Principal, role and scope of a written assignment, as those of a derived one are compared."""
    assert isinstance(entry.model, RoleAssignment)
    written = grant(entry.model, graph)
    return str(written.identity or written.object_id), role_guid(written.role), written.scope

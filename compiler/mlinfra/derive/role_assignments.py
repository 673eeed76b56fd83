"""Roles: the least that makes what the spec says work; equal ones are one, with all their reasons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import islice
from typing import TypeAlias

from mlinfra.azure.own_roles import stem_of_role
from mlinfra.azure.roles import role_guid
from mlinfra.derive.entries import derived
from mlinfra.derive.grants import BLOB_READER, CONTRIBUTOR, needs
from mlinfra.derive.need import BLOB_CONTRIBUTOR, OPENAI_CONTRIBUTOR, OPENAI_USER, READER, Need
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.diagnostics.outcome import Outcome
from mlinfra.graph import Entry, Graph
from mlinfra.languages.platform.identity import derived_role_assignments as kind
from mlinfra.languages.platform.identity.principals import ARM_PRINCIPAL_TYPES, Principal
from mlinfra.languages.platform.identity.role_assignments import RoleAssignment, grant, is_whole
from mlinfra.languages.resource import RESOURCE_GROUP

TOO_MANY = Code(
    "MLI321",
    "error",
    "More role assignments than a subscription takes",
    "Everyone who works in a workspace needs a role on each of its data stores, and Azure refuses what is beyond its "
    "limit",
    "Give groups a role in place of their members, or split the platform",
    "https://learn.microsoft.com/azure/role-based-access-control/troubleshoot-limits",
)
MAX_ROLES = 4_000  # in one subscription (Azure RBAC's limit)
MAX_NEEDS = 500_000  # a job needs one for each of its inputs, and 10,000 jobs may need the same roles

Grant: TypeAlias = tuple[str, str | None, str]  # who (identity's address, object id), GUID of the role, scope
IMPLIED = {
    BLOB_READER: (BLOB_CONTRIBUTOR,),
    READER: (CONTRIBUTOR,),
    OPENAI_USER: (OPENAI_CONTRIBUTOR,),
}  # roles of no use beside a wider one on the same scope


def role_assignments(graph: Graph) -> Outcome[tuple[Entry, ...]]:
    """Every role that is needed and not written; none where they are more than can be deployed."""
    needed = tuple(islice(needs(graph), MAX_NEEDS + 1))
    if len(needed) > MAX_NEEDS:
        return Outcome((), (_too_many(graph, MAX_NEEDS, "reasons for roles"),))
    due = tuple(islice(_due(graph, needed), MAX_ROLES + 1))
    if len(due) > MAX_ROLES:
        return Outcome((), (_too_many(graph, MAX_ROLES, "roles"),))
    return Outcome(tuple(_assignment(graph, principal, role, scope, causes) for principal, role, scope, causes in due))


def each_once(graph: Graph, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The roles, of which some were changed: equal ones are one, with all their reasons, and none that is written."""
    written = {_written(entry, graph)[0] for entry in graph.section("role_assignments") if _is_whole(entry, graph)}
    found: dict[Grant, Entry] = {}
    for entry in entries:
        model = entry.model
        assert isinstance(model, kind.DerivedRoleAssignment)
        given = (model.identity or str(model.object_id).lower(), role_guid(model.role), model.scope)
        if given in found:
            reasons = dict.fromkeys((found[given].because, entry.because))
            found[given] = replace(found[given], because="; ".join(str(reason) for reason in reasons))
        elif given not in written:
            found[given] = entry
    return tuple(found.values())


def _too_many(graph: Graph, limit: int, what: str) -> Diagnostic:
    message = f"more than {limit:,} {what} follow from the spec; a subscription takes {MAX_ROLES:,} roles"
    return finding(TOO_MANY, message, graph.target.span)


def _due(graph: Graph, needed: Iterable[Need]) -> Iterator[tuple[str, str, str, list[Need]]]:
    """Principal, role and scope of what is to be assigned, with all that needs it."""
    merged: dict[tuple[str, str, str], list[Need]] = {}
    names: dict[str, str] = {}  # a grantee by the first of the addresses that stand for it
    for need in sorted(needed, key=lambda need: need.principal):
        principal = names.setdefault(grantee(graph, need.principal), need.principal)
        merged.setdefault((principal, need.role, need.scope), []).append(need)
    assignments = (entry for entry in graph.section("role_assignments") if _is_whole(entry, graph))
    written = [_written(assignment, graph) for assignment in assignments]
    wide = {given for given, is_whole in written if is_whole}
    wide |= {(grantee(graph, principal), role_guid(role), scope) for principal, role, scope in merged}
    equal = {given for given, _ in written}
    for (principal, role, scope), causes in sorted(merged.items()):
        if _is_due(graph, (grantee(graph, principal), role_guid(role), scope), role, equal, wide):
            yield principal, role, scope, causes


def _is_due(graph: Graph, needed: Grant, role: str, equal: AbstractSet[Grant], wide: AbstractSet[Grant]) -> bool:
    return needed not in equal and wide.isdisjoint(_wider(graph, needed, role))


def _wider(graph: Graph, given: Grant, role: str) -> Iterator[Grant]:
    """The grants beside which a given one is of no use: of the same role above, of a wider role here or above."""
    principal, guid, scope = given
    for higher in above(graph, scope):
        if higher != scope:
            yield principal, guid, higher
        for wider in IMPLIED.get(role, ()):
            yield principal, role_guid(wider), higher


def _assignment(graph: Graph, principal: str, role: str, scope: str, causes: list[Need]) -> Entry:
    because = "; ".join(dict.fromkeys(cause.because for cause in causes))
    spoken = stem_of_role(role, graph.resource_group_id) or role
    address = kind.role_assignment_address(principal, spoken, scope)
    model = kind.DerivedRoleAssignment(**_principal(graph, principal), role=role, scope=scope)
    return derived(graph, causes[0].cause, kind.SECTION, address, address.partition(".")[2], model, because)


def _principal(graph: Graph, address: str) -> dict[str, str]:
    model = _model(graph, address)
    if isinstance(model, Principal):
        return {"object_id": str(model.object_id), "principal_type": ARM_PRINCIPAL_TYPES[model.type]}
    return {"identity": address}


def grantee(graph: Graph, address: str) -> str:
    """What a written assignment says for a principal: the address of an identity, or an object id."""
    model = _model(graph, address)
    return model.entra_id if isinstance(model, Principal) else address


def _model(graph: Graph, address: str) -> object:
    """What judged the body of a principal; nothing of an identity that Azure makes with an entry."""
    entry = graph.entries.get(address)
    return entry.model if entry else None


def given(graph: Graph) -> Iterator[Grant]:
    """What principals have, derived or written without a condition."""
    for entry in graph.section(kind.SECTION):
        if isinstance(entry.model, kind.DerivedRoleAssignment):
            model = entry.model
            yield model.identity or str(model.object_id).lower(), role_guid(model.role), model.scope
    for entry in graph.section("role_assignments"):
        if _is_whole(entry, graph):
            yield _written(entry, graph)[0]


def above(graph: Graph, scope: str) -> Iterator[str]:
    """A scope and everything that it lives in."""
    yield scope
    if scope == RESOURCE_GROUP:
        return
    entry = graph.entries[scope]
    if entry.parent:
        yield from above(graph, entry.parent)
    elif not entry.existing:
        yield RESOURCE_GROUP


def _is_whole(entry: Entry, graph: Graph) -> bool:
    assert isinstance(entry.model, RoleAssignment)
    return is_whole(entry.model, graph)


def _written(entry: Entry, graph: Graph) -> tuple[Grant, bool]:
    """A written assignment as derived ones are compared, and whether no condition narrows it."""
    assert isinstance(entry.model, RoleAssignment)
    written = grant(entry.model, graph)
    principal = written.identity or str(written.object_id).lower()
    return (principal, role_guid(written.role), written.scope), written.condition is None

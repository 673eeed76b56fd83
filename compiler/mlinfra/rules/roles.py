"""Rules of the role assignments that are written out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.azure.data_roles import covers, powers_of
from mlinfra.azure.ids import is_resource_id, type_of
from mlinfra.azure.roles import ROLES, RULES_OVER_RIGHTS, provider_of, role_guid, role_name, ruled_over, spoken_role
from mlinfra.derive.workspace import is_known_to_entra
from mlinfra.diagnostics import Code, Diagnostic, Related, Where, finding
from mlinfra.diagnostics.suggest import MAX_NAMES_SHOWN, closest_name, question
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages import ROWS
from mlinfra.languages.platform.identity.derived_role_assignments import (
    DERIVED_ROLE_ASSIGNMENTS,
    DerivedRoleAssignment,
)
from mlinfra.languages.platform.identity.principals import Principal
from mlinfra.languages.platform.identity.role_assignments import RoleAssignment, grant, is_whole
from mlinfra.languages.platform.identity.role_definitions import ROLE_DEFINITIONS, RoleDefinition
from mlinfra.languages.platform.outside import extended
from mlinfra.languages.platform.roles import role_meant
from mlinfra.languages.resource import RESOURCE_GROUP
from mlinfra.rules.rule import over_graph, owned

SECTION, DERIVED = "role_assignments", DERIVED_ROLE_ASSIGNMENTS.name

ONE_PRINCIPAL = Code(
    "MLI445",
    "error",
    "Role assignment without exactly one principal",
    "An assignment gives one role to one principal",
    "Write exactly one of identity, principal, object_id and system_identity_of",
    "https://learn.microsoft.com/azure/templates/microsoft.authorization/roleassignments",
)
PRINCIPAL_TYPE = Code(
    "MLI446",
    "error",
    "object_id without principal_type, or the other way round",
    "Without the type Azure looks the object up, and fails for one that was made a minute ago; a wrong one is refused",
    "Write principal_type beside object_id, and nowhere else",
    "https://learn.microsoft.com/azure/role-based-access-control/role-assignments-template",
)
UNKNOWN_ROLE = Code(
    "MLI447",
    "error",
    "Unknown role",
    "Azure knows roles by their GUIDs; a name has to be one of Azure's built-in roles, or of role_definitions",
    "Correct the name, or write the role's GUID",
    "https://learn.microsoft.com/azure/role-based-access-control/built-in-roles",
)
TOO_MUCH = Code(
    "MLI448",
    "warning",
    "Privileged role for the identity of a workload",
    "Whoever takes the workload over then takes the scope over; by the keys of an account he reads and writes all of "
    "it, whatever roles and conditions say",
    "Give a role for the data only, such as Storage Blob Data Reader",
    "https://learn.microsoft.com/azure/role-based-access-control/best-practices",
)
NO_EFFECT = Code(
    "MLI829",
    "warning",
    "Role that does nothing at its scope",
    "Azure gives any role on any resource; the actions of this one are those of resources of another type, so that who "
    "has it can do nothing there, and nothing where it was needed",
    "Give the role on a resource of its type, on resource_group for all of them, or another role",
    "https://learn.microsoft.com/azure/role-based-access-control/built-in-roles",
)
GIVES_ROLES = Code(
    "MLI550",
    "error",
    "Role that gives or defines roles or takes locks away, for an identity of the platform",
    "The pipeline would have to be allowed to give that role to identities that it makes; whoever may change what is "
    "deployed could then give it to one of his own, and with it himself everything",
    "Give a role that does none of this; what has to is made and allowed by a person, and named by its object_id",
    "https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-overview",
)
NO_SCOPE = Code(
    "MLI449",
    "error",
    "Principal or scope of a role that has no id on Azure",
    "Roles are given to what Entra knows, on what Resource Manager knows; assets, jobs and files are neither",
    "Name an entry that becomes an Azure resource; declare what others own with existing: true",
    "https://learn.microsoft.com/azure/templates/microsoft.authorization/roleassignments",
)
TWICE = Code(
    "MLI450",
    "error",
    "Same role assigned twice",
    "The name of an assignment follows from scope, principal and role; the second one of the same name is refused",
    "Delete one of the two",
    "https://learn.microsoft.com/azure/role-based-access-control/role-assignments-template",
)

_RULING = "Contributor"
_ACCOUNTS = "microsoft.storage/storageaccounts"
_PRINCIPALS = ("identity", "principal", "object_id", "system_identity_of")


def _one_principal_each(graph: Graph) -> Iterator[Diagnostic]:
    for entry, written in owned(graph, SECTION, RoleAssignment):
        given = [key for key in _PRINCIPALS if getattr(written, key) is not None]
        if not given:
            message = f"{entry.address} gives a role to no one"
            yield finding(
                ONE_PRINCIPAL, message, at(entry), "write identity, principal, object_id or system_identity_of"
            )
        if len(given) > 1:
            message = f"{entry.address} takes one of {' and '.join(given)}"
            yield finding(ONE_PRINCIPAL, message, at(entry, (given[1],), on_key=True))


def _types_of_object_ids(graph: Graph) -> Iterator[Diagnostic]:
    for entry, written in owned(graph, SECTION, RoleAssignment):
        if written.object_id is not None and written.principal_type is None:
            message = f"{entry.address} lacks principal_type"
            yield finding(PRINCIPAL_TYPE, message, at(entry, ("object_id",)), "write user, group or service_principal")
        if written.object_id is None and written.principal_type is not None:
            message = "principal_type belongs to an object_id; the type of an entry is known"
            yield finding(PRINCIPAL_TYPE, message, at(entry, ("principal_type",), on_key=True))


def _roles_are_known(graph: Graph) -> Iterator[Diagnostic]:
    for entry, written in owned(graph, SECTION, RoleAssignment):
        if role_guid(role_meant(written.role, graph)) is None:
            message = f'role "{written.role}" is not a built-in role that is known here'
            known = [*(each.name for each in graph.section(ROLE_DEFINITIONS.name)), *ROLES]
            yield finding(UNKNOWN_ROLE, message, at(entry, ("role",)), _role_help(written.role, known))


def _role_help(word: str, known: Sequence[str]) -> str:
    """The roles that hold each word of what is written, or the nearest; there are too many to list them all."""
    words = {*word.lower().split()}
    holding = [name for name in known if words <= {*name.lower().split()}] if len(words) > 1 else []
    if 1 < len(holding) <= MAX_NAMES_SHOWN:
        return f"one of {', '.join(holding)}"
    alike = next((name for name in known if _letters(name) == _letters(word)), None)
    near = alike or (holding[0] if len(holding) == 1 else closest_name(word, known))
    return question(near) or "write its GUID, which az role definition list shows"


def _letters(name: str) -> str:
    """What is left where a name is written as one word, such as StorageBlobDataReader."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _workloads_rule_over_nothing(graph: Graph) -> Iterator[Diagnostic]:
    for entry, written in owned(graph, SECTION, RoleAssignment):
        who = _workload(written)
        if who is not None and _rules(role_meant(written.role, graph), extended(written.scope, graph), graph):
            message = f"{entry.address} makes {who} {spoken_role(written.role)} of {written.scope}"
            yield finding(TOO_MUCH, message, at(entry, ("role",)))


def _rules(role: str, scope: str, graph: Graph) -> bool:
    """Whether a role changes all of a scope, or hands out the keys of its accounts."""
    if role_guid(role) == ROLES[_RULING]:
        return True
    known = powers_of(role_name(role_guid(role) or "") or "")
    entry = graph.entries.get(scope)
    identifier = (entry.id if entry else scope) or ""
    is_of_accounts = not is_resource_id(identifier) or type_of(identifier).lower().startswith(_ACCOUNTS)
    return known is not None and "keys" in known.ways and is_of_accounts


def _workloads_give_no_roles(graph: Graph) -> Iterator[Diagnostic]:
    own = _own_giving(graph)
    for entry, written in owned(graph, SECTION, RoleAssignment):
        who, role = _workload(written), role_meant(written.role, graph)
        does = own.get(role_guid(role) or "") or ruled_over(role)
        if who is not None and does is not None:
            message = f"{entry.address} lets {who} {does}, as {spoken_role(written.role)}"
            help = f"give a role that does not {does}, such as Contributor, or one for the data only"
            yield finding(GIVES_ROLES, message, at(entry, ("role",)), help)
    yield from _changed_roles_give_none(graph)


def _workload(written: RoleAssignment) -> str | None:
    """The address of what gets a role and is no person: an identity, or what has one of its own."""
    return f"identities.{written.identity}" if written.identity else written.system_identity_of


def _own_giving(graph: Graph) -> dict[str, str]:
    """The roles of the spec that rule over rights, with what they let do."""
    found: dict[str, str] = {}
    for entry, role in owned(graph, ROLE_DEFINITIONS.name, RoleDefinition):
        for operation, does in RULES_OVER_RIGHTS.items():
            if covers(role.actions, operation) and not covers(role.not_actions, operation):
                found.setdefault(role_meant(entry.name, graph), does)
    return found


def _changed_roles_give_none(graph: Graph) -> Iterator[Diagnostic]:
    """The same of what `derived` makes of a role."""
    for address in graph.met:
        entry = graph.entries.get(address)
        given = entry.model if entry else None
        does = ruled_over(given.role) if isinstance(given, DerivedRoleAssignment) else None
        if isinstance(given, DerivedRoleAssignment) and given.identity and does:
            message = f"{address} lets {given.identity} {does}, as {spoken_role(given.role)}"
            help = f"give a role that does not {does}, such as Contributor, or one for the data only"
            yield finding(GIVES_ROLES, message, Where(graph.alterations[address].key, address), help)


def _principals_and_scopes_are_resources(graph: Graph) -> Iterator[Diagnostic]:
    for entry, written in owned(graph, SECTION, RoleAssignment):
        yield from _has_an_identity(graph, entry, written.system_identity_of)
        for key in ("identity", "principal", "system_identity_of", "scope"):
            value = getattr(written, key)
            if value is None or (key == "scope" and value == RESOURCE_GROUP):
                continue
            if value.startswith("/") and key == "scope":
                continue
            if value.startswith("/"):
                message = f'{key} takes an entry of the spec, not the id "{value}"'
                yield finding(NO_SCOPE, message, at(entry, (key,)), "declare it as an entry with existing: true")
            elif key == "scope" and value in graph.entries and graph.entries[value].id is None:
                message = f"scope {value} is not an Azure resource, so nothing can be granted on it"
                yield finding(NO_SCOPE, message, at(entry, (key,)))
            elif key == "principal":
                yield from _is_known_to_entra(graph, entry, value)


def _has_an_identity(graph: Graph, entry: Entry, of: str | None) -> Iterator[Diagnostic]:
    owner = graph.entries.get(of or "")
    if owner is None or is_known_to_entra(owner):
        return
    message = f"{owner.address} has no identity of its own that a template knows"
    is_ours = owner.model is not None and "system_identity" in type(owner.model).model_fields
    help = "name something that has one" if owner.model is not None else "write identity: {type: system_assigned} in it"
    help = "write system_identity: true in it" if is_ours else help
    if owner.existing or ROWS[owner.section].compiled_to != "bicep":
        help = "write object_id, once it is made: az resource show --ids <its id> --query identity.principalId"
    yield finding(NO_SCOPE, message, at(entry, ("system_identity_of",)), help)


def _is_known_to_entra(graph: Graph, entry: Entry, name: str) -> Iterator[Diagnostic]:
    principal = graph.entries.get(f"principals.{name}")
    if principal and isinstance(principal.model, Principal) and principal.model.object_id is None:
        message = f"{principal.address} has no object_id, by which Azure knows who gets a role"
        related = (Related(f"{principal.address} is written here", principal.key),)
        yield finding(NO_SCOPE, message, at(entry, ("principal",)), "add its object id in Entra", related)


def _roles_do_something(graph: Graph) -> Iterator[Diagnostic]:
    """Also of what is derived, whose role may be changed."""
    written = ((entry, each.role, extended(each.scope, graph)) for entry, each in owned(graph, SECTION, RoleAssignment))
    derived = ((entry, each.role, each.scope) for entry, each in owned(graph, DERIVED, DerivedRoleAssignment))
    for entry, role, address in (*written, *derived):
        scope, about = graph.entries.get(address), provider_of(role)
        identifier = scope.id if scope else address if is_resource_id(address) else None
        if identifier is None or about is None:
            continue
        if not type_of(identifier).lower().startswith(about):
            what = f"{scope.address}, {ROWS[scope.section].one}" if scope else f"a resource of {type_of(identifier)}"
            message = f'"{role_name(role_guid(role) or "")}" lets nobody do anything with {what}'
            help = f"give it on a resource of {about.rstrip('/')}, or another role here"
            yield finding(NO_EFFECT, message, at(entry, ("scope",)), help)


def _no_role_twice(graph: Graph) -> Iterator[Diagnostic]:
    first: dict[tuple[str, str | None, str], str] = {}
    for entry, written in owned(graph, SECTION, RoleAssignment):
        if not is_whole(written, graph):
            continue
        who = grant(written, graph)
        key = (who.identity or str(who.object_id).lower(), role_guid(who.role), who.scope)
        other = first.setdefault(key, entry.address)
        if other != entry.address:
            related = (Related(f"{other} is written here", graph.entries[other].key),)
            message = f"{entry.address} says the same as {other}"
            yield finding(TWICE, message, at(entry), "delete one of the two", related)


RULES = (
    over_graph(ONE_PRINCIPAL, _one_principal_each),
    over_graph(PRINCIPAL_TYPE, _types_of_object_ids),
    over_graph(UNKNOWN_ROLE, _roles_are_known),
    over_graph(TOO_MUCH, _workloads_rule_over_nothing),
    over_graph(GIVES_ROLES, _workloads_give_no_roles),
    over_graph(NO_SCOPE, _principals_and_scopes_are_resources),
    over_graph(NO_EFFECT, _roles_do_something),
    over_graph(TWICE, _no_role_twice),
)

"""Rules of compute instances: whose each is. Nobody but its user opens one, whatever rights he has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mlinfra.azure import ids
from mlinfra.derive.workspace import USER, user
from mlinfra.diagnostics import Code, Diagnostic, Related, finding
from mlinfra.diagnostics.suggest import listed
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages.platform.identity.principals import Principal, PrincipalRole
from mlinfra.rules.rule import over_graph

NO_USER = Code(
    "MLI590",
    "error",
    "Compute instance without a user",
    "A compute instance belongs to who creates it, and nobody else can open it: made by a pipeline, it is of no use",
    "Write create_on_behalf_of: the name of an entry of principals with type: user, or the ids of tenant and user",
    "https://learn.microsoft.com/azure/machine-learning/concept-compute-instance#create",
)
NOT_A_USER = Code(
    "MLI591",
    "error",
    "Compute instance for what is no user",
    "A compute instance is given to one person; a group, an application or a mail address can't have one",
    "Name an entry of principals with type: user and an object_id",
    "https://learn.microsoft.com/azure/machine-learning/how-to-create-compute-instance#create-on-behalf-of",
)
NOT_LET_IN = Code(
    "MLI592",
    "warning",
    "User who may not open his compute instance",
    "To open a compute instance its user needs a role in its workspace that lets him work there",
    "Give the principal role: data_scientist or role: ml_engineer, in that workspace",
    "https://learn.microsoft.com/azure/machine-learning/how-to-assign-roles",
)
NOT_AN_ID = Code(
    "MLI593",
    "error",
    "Id of a user or tenant that is none",
    "Entra knows users and tenants by GUIDs, and the service refuses everything else",
    "Write the object id of the user and the id of the tenant, or the name of an entry of principals in their place",
    "https://learn.microsoft.com/azure/machine-learning/reference-yaml-compute-instance",
)
_GUID = re.compile(ids.GUID)
WORKS: tuple[PrincipalRole, ...] = ("data_scientist", "ml_engineer", "deployer")  # roles with the right to open one


def _each_has_a_user(graph: Graph) -> Iterator[Diagnostic]:
    for instance in graph.section("compute_instances"):
        if not instance.body.get(USER):
            message = f"{instance.address} has no user, and whoever deploys it would be the only one to open it"
            yield finding(NO_USER, message, at(instance), _line(graph, instance))


def _line(graph: Graph, instance: Entry) -> str:
    people = [entry for entry in graph.section("principals") if _is_a_user(entry)]
    let_in = [entry for entry in people if _may_open(entry, instance)]
    if let_in:
        more = f"; users: {listed(entry.name for entry in let_in)}" if len(let_in) > 1 else ""
        return f"write {USER}: {let_in[0].name}{more}"
    if people:
        there = f"in workspaces.{_workspace(instance)}"
        return f"write {USER}: {people[0].name}, and give {people[0].address} role: data_scientist {there}"
    entry = "lead: {object_id: …, type: user, role: data_scientist}"
    return f"write {USER}: lead, and under principals: `{entry}` with the object id that `az ad user show` prints"


def _each_user_is_one(graph: Graph) -> Iterator[Diagnostic]:
    for instance in graph.section("compute_instances"):
        named = graph.bound(instance.address, USER)
        entry = graph.entries[named] if named else None
        if entry is not None and isinstance(entry.model, Principal) and not _is_a_user(entry):
            message = f"{instance.address} is for {named}, which is {_what(entry.model)}, not a user with an object_id"
            help, related = "name a principal of the type user", (Related("written here", entry.key),)
            yield finding(NOT_A_USER, message, at(instance, (USER,)), help, related)


def _is_a_user(principal: Entry) -> bool:
    model = principal.model
    return isinstance(model, Principal) and model.type == "user" and not model.is_approver


def _may_open(principal: Entry, instance: Entry) -> bool:
    model = principal.model
    return isinstance(model, Principal) and model.role in WORKS and model.is_at(_workspace(instance))


def _workspace(instance: Entry) -> str:
    return str(instance.additions.get("workspace"))


def _what(model: Principal) -> str:
    if model.is_approver:
        return "an approver"
    return f"a {model.type.replace('_', ' ')}"


def _each_user_is_let_in(graph: Graph) -> Iterator[Diagnostic]:
    for instance in graph.section("compute_instances"):
        person = user(graph, instance)
        model = person.model if person and _is_a_user(person) else None
        if person is None or not isinstance(model, Principal):
            continue
        if not _may_open(person, instance):
            workspace = _workspace(instance)
            is_there = model.is_at(workspace)
            what = f"has {model.spoken_role}" if is_there else f"does not work in workspaces.{workspace}"
            message = f"{person.address} {what}, and can't open {instance.address}"
            yield finding(NOT_LET_IN, message, at(instance, (USER,)), related=(Related("written here", person.key),))


def _ids_are_guids(graph: Graph) -> Iterator[Diagnostic]:
    for instance in graph.section("compute_instances"):
        written = instance.body.get(USER)
        for field, value in written.items() if isinstance(written, Mapping) else ():
            if isinstance(value, str) and not _GUID.fullmatch(value):
                message = f'{field} of {instance.address} is "{value}", which is no GUID'
                yield finding(NOT_AN_ID, message, at(instance, (USER, field)), _instead(graph, value))


def _instead(graph: Graph, value: str) -> str | None:
    return f"write {USER}: {value}" if f"principals.{value}" in graph.entries else None


RULES = (
    over_graph(NO_USER, _each_has_a_user),
    over_graph(NOT_A_USER, _each_user_is_one),
    over_graph(NOT_LET_IN, _each_user_is_let_in),
    over_graph(NOT_AN_ID, _ids_are_guids),
)

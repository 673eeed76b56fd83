"""Rules of those who may call an online endpoint and do nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlinfra.diagnostics import NAMES, UNREAD, Code, Diagnostic, Related, finding
from mlinfra.graph import Edge, Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages import SECTIONS
from mlinfra.languages.forms import CONSUMER
from mlinfra.languages.platform.identity.identities import Identity
from mlinfra.languages.platform.identity.principals import Principal
from mlinfra.rules.rule import over_graph, over_targets
from mlinfra.source.tree import value_at

UNKNOWN_TO_ENTRA = Code(
    "MLI712",
    "error",
    "Consumer that gets no role",
    "Who may call an endpoint has a role on it, and roles are given by object ids of Entra; an approver has a mail, "
    "by which only Azure DevOps knows it",
    "Name a principal with an object_id, or an identity",
    "https://learn.microsoft.com/azure/machine-learning/concept-endpoints-online-auth",
)
TWO_OF_A_NAME = Code(
    "MLI713",
    "error",
    "Consumer of which nobody knows who it is",
    "A principal and an identity have the name, and who may call is nothing to guess",
    "Write principals.<name> or identities.<name>",
    "docs/language.md#references",
)
ELSEWHERE = Code(
    "MLI714",
    "error",
    "Consumers of an endpoint in a workspace that someone else owns",
    "The role that can only score is defined for this platform's own resource group, and a role on what lies in the "
    "workspace is its owner's to give",
    "Leave consumers out, and have the workspace's owner give the role on the endpoint",
    "https://learn.microsoft.com/azure/role-based-access-control/custom-roles",
)
OF_NO_USE = Code(
    "MLI715",
    "error",
    "Principal that gets nothing",
    "Without a role, and named by nothing, it has no rights, which somebody thinks that it has",
    "Give it a role, or name it where it does something: under consumers of an online endpoint, in role_assignments",
    "docs/language.md#keys-that-mlinfra-adds",
    misses=(f"{NAMES}principals", *(f"{row.name}{UNREAD}" for row in SECTIONS)),
)


def _consumers_are_known_to_entra(graph: Graph) -> Iterator[Diagnostic]:
    for edge in _consumers(graph):
        consumer = graph.entries[edge.target]
        if isinstance(consumer.model, Principal) and consumer.model.object_id is None:
            message = f"{consumer.address} is an approver, and has no object_id by which it could get a role"
            related = (Related(f"{consumer.address} is written here", consumer.key),)
            help = "name a principal with an object_id: of one person, an entry without role and mail"
            yield finding(UNKNOWN_TO_ENTRA, message, at(graph.entries[edge.source], edge.path), help, related)


def _names_are_those_of_one(graph: Graph) -> Iterator[Diagnostic]:
    for edge in _consumers(graph):
        endpoint, name = graph.entries[edge.source], graph.entries[edge.target].name
        both = [entry for entry in graph.entries.values() if entry.name == name and _may_call(entry)]
        if len(both) > 1 and value_at(endpoint.additions, edge.path) == name:
            message = f'"{name}" is a principal and an identity'
            related = tuple(Related(f"{entry.address} is written here", entry.key) for entry in both)
            help = f"write principals.{name} or identities.{name}"
            yield finding(TWO_OF_A_NAME, message, at(endpoint, edge.path), help, related)


def _roles_are_ours_to_give(graph: Graph) -> Iterator[Diagnostic]:
    for endpoint in dict.fromkeys(edge.source for edge in _consumers(graph)):
        entry = graph.entries[endpoint]
        workspace = graph.entries.get(f"workspaces.{entry.additions.get('workspace')}")
        if workspace is not None and workspace.existing:
            message = f"{endpoint} lives in {workspace.address}, which someone else owns, and gives the roles there"
            related = (Related(f"{workspace.address} is written here", workspace.key),)
            place = at(entry, ("consumers",), on_key=True)
            yield finding(ELSEWHERE, message, place, "leave consumers out, and ask the workspace's owner", related)


def _principals_get_something(graphs: Sequence[Graph]) -> Iterator[Diagnostic]:
    if not graphs or len(graphs) < len(graphs[0].header.targets):
        return  # what is looked for may be in another target
    idle: dict[str, Entry] = {}
    for graph in graphs:
        for principal in graph.section("principals"):
            if isinstance(principal.model, Principal) and principal.model.role is None:
                idle.setdefault(principal.address, principal)
    used = {edge.target for graph in graphs for address in idle for edge in graph.edges_to(address)}
    for address, principal in idle.items():
        if address not in used:
            help = "write its role, or name it under consumers of an online endpoint"
            yield finding(OF_NO_USE, f"{address} has no role, and nothing names it", at(principal), help)


def _may_call(entry: Entry) -> bool:
    return isinstance(entry.model, Principal | Identity)


def _consumers(graph: Graph) -> Iterator[Edge]:
    return (edge for edge in graph.edges if edge.form == CONSUMER.name)


RULES = (
    over_graph(UNKNOWN_TO_ENTRA, _consumers_are_known_to_entra),
    over_graph(TWO_OF_A_NAME, _names_are_those_of_one),
    over_graph(ELSEWHERE, _roles_are_ours_to_give),
)
CONSUMER_RULES = (over_targets(OF_NO_USE, _principals_get_something),)

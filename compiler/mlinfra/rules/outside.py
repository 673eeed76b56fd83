"""Rules of ids that roles, locks and diagnostic settings are given, of what is no entry of the spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mlinfra.azure.ids import is_resource_id, names_in, type_of
from mlinfra.azure.resource_types import known_types, spelled
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.diagnostics.suggest import closest_name, is_slip, listed, question
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.languages.platform.identity.role_assignments import ROLE_ASSIGNMENTS
from mlinfra.languages.platform.observe.diagnostic_settings import DIAGNOSTIC_SETTINGS
from mlinfra.languages.platform.security.locks import LOCKS
from mlinfra.rules.rule import over_graph

UNKNOWN_TYPE = Code(
    "MLI821",
    "error",
    "Id of a resource of a type that nobody knows",
    "What is extended is declared in Bicep by its type and a version of that: of a type that Bicep does not know there "
    "is none, and Azure finds no resource of a type with a slip in it",
    "Copy the whole id: az resource show --query id; or write the id of the resource group",
    "https://learn.microsoft.com/azure/azure-resource-manager/management/azure-services-resource-providers",
)
_FIELDS: Mapping[str, str] = {ROLE_ASSIGNMENTS.name: "scope", LOCKS.name: "of", DIAGNOSTIC_SETTINGS.name: "of"}


def is_known_resource(identifier: str) -> bool:
    """Whether an id is that of a resource of a type that Bicep knows, which extends no other."""
    is_alone = identifier.lower().count("/providers/") == 1
    return is_alone and is_resource_id(identifier) and spelled(type_of(identifier)) is not None


def _types_are_known(graph: Graph) -> Iterator[Diagnostic]:
    for section, field in _FIELDS.items():
        for entry in graph.section(section):
            written = getattr(entry.model, field)
            if not is_resource_id(written) or is_known_resource(written):
                continue
            message = f"{field} is the id of a resource of the type {type_of(written)}, which Bicep does not know"
            help = _meant(written)
            if spelled(type_of(written)):
                message = f"{field} is the id of what extends another resource"
                help = "write the id of that one"
            yield finding(UNKNOWN_TYPE, message, at(entry, (field,)), help)


def _meant(identifier: str) -> str | None:
    """What the type of an id may be a slip of: one of its provider, or of the provider with nearly that name."""
    provider, _, below = type_of(identifier).partition("/")
    of_providers: dict[str, list[str]] = {}
    for each in known_types():
        of_providers.setdefault(each.partition("/")[0], []).append(each)
    named = next((each for each in of_providers if each.lower() == provider.lower()), None)
    near = named or closest_name(provider, of_providers)
    if near is None or not (named or is_slip(provider.lower(), near.lower())):
        return None
    known = [each for each in of_providers[near] if each.count("/") == len(names_in(identifier))]
    meant = closest_name(f"{near}/{below}", known)
    return question(meant) if meant else f"it has {listed(known)}" if known else None


RULES = (over_graph(UNKNOWN_TYPE, _types_are_known),)

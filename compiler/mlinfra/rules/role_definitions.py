"""Rule of roles that the spec defines: what Azure refuses when bootstrap defines them."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache

from mlinfra.azure.resource_types import known_types, spelled
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.diagnostics.suggest import question
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.languages.platform.identity.role_definitions import ROLE_DEFINITIONS, RoleDefinition
from mlinfra.rules.rule import over_graph, owned

REFUSED_ROLE = Code(
    "MLI395",
    "error",
    "Role definition that Azure refuses",
    "Azure refuses a role without actions and without actions on data, and operations that no service has: of data "
    "among those of Resource Manager, or the other way round",
    "Write actions for what Resource Manager does, data_actions for what is done with data, each as the page of its "
    "service spells it",
    "https://learn.microsoft.com/azure/role-based-access-control/role-definitions",
)
_VERBS = ("read", "write", "delete", "action")
_ONLY_WITH_DATA = (  # what lies below these no operation of Resource Manager is about
    "/blobservices/containers/blobs/",
    "/fileservices/fileshares/files/",
    "/queueservices/queues/messages/",
    "/tableservices/tables/entities/",
)
_STORAGE = "microsoft.storage"
MIN_ALIKE = 0.95  # of a provider's name and the one that was meant; a little less, and two that exist are alike


def _definitions_are_taken(graph: Graph) -> Iterator[Diagnostic]:
    for entry, role in owned(graph, ROLE_DEFINITIONS.name, RoleDefinition):
        if not role.actions and not role.data_actions:
            help = "write actions or data_actions"
            yield finding(REFUSED_ROLE, f"{entry.address} may do nothing", at(entry), help)
        for key in ("actions", "data_actions"):
            if getattr(role, f"not_{key}") and not getattr(role, key):
                message = f"{entry.address} takes something from its {key}, and has none"
                yield finding(REFUSED_ROLE, message, at(entry, (f"not_{key}",), on_key=True))
        for key in ("actions", "not_actions", "data_actions", "not_data_actions"):
            for place, operation in enumerate(getattr(role, key)):
                if wrong := _wrong_with(operation, key):
                    yield finding(REFUSED_ROLE, f"{operation} {wrong[0]}", at(entry, (key, place)), wrong[1])


def _wrong_with(operation: str, key: str) -> tuple[str, str | None] | None:
    """What is wrong with an operation of one of the lists of a role, and what would be right."""
    provider, *parts = operation.lower().split("/")
    if "*" in provider or not parts:
        return None
    if (other := _near(provider)) is not None:
        return "is of a provider that Azure does not know", question(operation.replace(operation.split("/")[0], other))
    if (other := _in_plural_or_singular(provider, parts[0])) is not None:
        right = operation.split("/")
        right[1] = other
        return "is of a type that the provider does not know", question("/".join(right))
    if parts[-1] not in _VERBS and "*" not in parts[-1]:
        return "says not what may be done", f"write {operation}/read, write, delete or action, or {operation}/*"
    if key.endswith("data_actions"):
        of_a_resource = provider == _STORAGE and parts[-1] in _VERBS[:3]
        is_control = of_a_resource and spelled("/".join((provider, *parts[:-1])))
        return ("is of Resource Manager", f"write it in {key.replace('data_', '')}") if is_control else None
    if any(each in operation.lower() for each in _ONLY_WITH_DATA):
        return "is done with data", f"write it in {key.replace('actions', 'data_actions')}"
    return None


def _near(provider: str) -> str | None:
    """The provider that one is a slip of. Of some that exist Bicep knows no type: so what is only unknown passes."""
    if provider in _providers():
        return None
    found = get_close_matches(provider, list(_providers()), n=1, cutoff=MIN_ALIKE)
    return _providers()[found[0]] if found else None


def _in_plural_or_singular(provider: str, first: str) -> str | None:
    """The type of a provider that is called as a part of an operation but for the s at its end."""
    types = _first_parts().get(provider, {})
    if first in types or "*" in first:
        return None
    return next((types[each] for each in (f"{first}s", first.removesuffix("s")) if each in types), None)


@cache
def _providers() -> dict[str, str]:
    return {each.partition("/")[0].lower(): each.partition("/")[0] for each in known_types()}


@cache
def _first_parts() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for each in known_types():
        provider, first, *_ = each.split("/")
        found.setdefault(provider.lower(), {})[first.lower()] = first
    return found


RULES = (over_graph(REFUSED_ROLE, _definitions_are_taken),)

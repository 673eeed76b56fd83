"""Rules of registries of images."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.languages.platform.identity.derived_role_assignments import DerivedRoleAssignment
from mlinfra.languages.platform.identity.role_assignments import RoleAssignment
from mlinfra.languages.platform.storage.container_registries import ContainerRegistry, is_closed, sku_of
from mlinfra.rules.rule import over_graph, owned

SECTION = "container_registries"

CLOSED_NEEDS_PREMIUM = Code(
    "MLI425",
    "error",
    "Closed registry that is not of tier premium",
    "Network rules and private endpoints exist only in the tier premium; Azure refuses them elsewhere",
    "Write sku: premium, or leave sku out",
    "https://learn.microsoft.com/azure/container-registry/container-registry-skus",
)
ADMIN_USER = Code(
    "MLI426",
    "warning",
    "Admin user of a registry is on",
    "It is one password that everyone shares, in no log by name",
    "Leave admin_user out; identities pull with AcrPull",
    "https://learn.microsoft.com/azure/container-registry/container-registry-authentication",
)
ABAC_WITHOUT_ACR_ROLES = Code(
    "MLI427",
    "error",
    "AcrPull or AcrPush on a registry that grants by repository",
    "With role_mode abac Azure ignores both roles, so nothing that relies on them gets an image",
    "Leave role_mode out, or grant Container Registry Repository Reader and Writer",
    "https://learn.microsoft.com/azure/container-registry/container-registry-rbac-abac-repository-permissions",
)
EXPORT_POLICY = Code(
    "MLI428",
    "error",
    "Export forbidden on a public registry",
    "Azure refuses an export policy that is off while public network access is on",
    "Write public_network_access: disabled, or leave export_policy out",
    "https://learn.microsoft.com/azure/container-registry/data-loss-prevention",
)
PREMIUM_OPTION = Code(
    "MLI429",
    "error",
    "Premium option on a registry of a lower tier",
    "Azure refuses zones, data endpoints, retention and keys of your own in other tiers",
    "Write sku: premium, or leave the option out",
    "https://learn.microsoft.com/azure/container-registry/container-registry-skus",
)
ANONYMOUS_PULL = Code(
    "MLI430",
    "warning",
    "Registry that anyone can pull from without sign-in",
    "Images hold code and models; whoever knows the name of the registry reads them",
    "Leave anonymous_pull out",
    "https://learn.microsoft.com/azure/container-registry/anonymous-pull-access",
)

_PREMIUM_OPTIONS = (
    "zone_redundancy",
    "data_endpoint",
    "retention_days",
    "customer_managed_key",
    "quarantine",
    "trust_policy",
)
_IGNORED_BY_ABAC = ("AcrPull", "AcrPush")


def _closed_is_premium(graph: Graph) -> Iterator[Diagnostic]:
    for entry, registry in owned(graph, SECTION, ContainerRegistry):
        if is_closed(registry, graph) and sku_of(registry, graph) != "premium":
            message = f"{entry.address} is closed to all but some addresses, which {registry.sku} can't be"
            yield finding(CLOSED_NEEDS_PREMIUM, message, at(entry, ("sku",)), "write sku: premium, or leave sku out")


def _no_admin_user(graph: Graph) -> Iterator[Diagnostic]:
    for entry, registry in owned(graph, SECTION, ContainerRegistry):
        if registry.admin_user:
            message = f"{entry.address} has an admin user, one password for everyone"
            yield finding(ADMIN_USER, message, at(entry, ("admin_user",), on_key=True))


def _abac_without_acr_roles(graph: Graph) -> Iterator[Diagnostic]:
    by_repository = {
        entry.address: entry
        for entry, registry in owned(graph, SECTION, ContainerRegistry)
        if registry.role_mode == "abac"
    }
    if not by_repository:
        return
    for model in [entry.model for entry in graph.entries.values()]:
        if not isinstance(model, RoleAssignment | DerivedRoleAssignment) or model.role not in _IGNORED_BY_ABAC:
            continue
        if registry := by_repository.pop(model.scope, None):
            message = f"{registry.address} grants by repository, where {model.role}, which is granted on it, is ignored"
            yield finding(ABAC_WITHOUT_ACR_ROLES, message, at(registry, ("role_mode",)))


def _export_is_forbidden_behind_closed_doors(graph: Graph) -> Iterator[Diagnostic]:
    for entry, registry in owned(graph, SECTION, ContainerRegistry):
        if not registry.export_policy and registry.public_network_access == "enabled":
            message = f"{entry.address} can forbid exports only with public_network_access: disabled"
            yield finding(EXPORT_POLICY, message, at(entry, ("export_policy",), on_key=True))


def _premium_options_in_premium(graph: Graph) -> Iterator[Diagnostic]:
    for entry, registry in owned(graph, SECTION, ContainerRegistry):
        sku = sku_of(registry, graph)
        for option in _PREMIUM_OPTIONS if sku != "premium" else ():
            if getattr(registry, option):
                message = f"{option} needs sku premium, and {entry.address} is {sku}"
                yield finding(PREMIUM_OPTION, message, at(entry, (option,), on_key=True))


def _no_anonymous_pull(graph: Graph) -> Iterator[Diagnostic]:
    for entry, registry in owned(graph, SECTION, ContainerRegistry):
        if registry.anonymous_pull:
            message = f"everyone may pull images from {entry.address}"
            yield finding(ANONYMOUS_PULL, message, at(entry, ("anonymous_pull",), on_key=True))


RULES = (
    over_graph(CLOSED_NEEDS_PREMIUM, _closed_is_premium),
    over_graph(ADMIN_USER, _no_admin_user),
    over_graph(ABAC_WITHOUT_ACR_ROLES, _abac_without_acr_roles),
    over_graph(EXPORT_POLICY, _export_is_forbidden_behind_closed_doors),
    over_graph(PREMIUM_OPTION, _premium_options_in_premium),
    over_graph(ANONYMOUS_PULL, _no_anonymous_pull),
)

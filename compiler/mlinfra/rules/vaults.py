"""Rules of key vaults."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.languages.platform.security.key_vaults import KeyVault
from mlinfra.rules.rule import over_graph, owned

NO_PURGE_PROTECTION = Code(
    "MLI420",
    "warning",
    "Production vault without purge protection",
    "Whoever may purge destroys every secret for good, and a vault without it can't hold keys for encryption",
    "Leave purge_protection out; once on, it stays on",
    "https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview",
)
ACCESS_POLICIES = Code(
    "MLI421",
    "warning",
    "Access policies on a vault that is opened by roles",
    "With enableRbacAuthorization Azure ignores access policies; without it, the roles that are derived here",
    "Write role_assignments instead, and leave enableRbacAuthorization alone",
    "https://learn.microsoft.com/azure/key-vault/general/rbac-guide",
)

_BY_POLICIES = {
    "accessPolicies": "holds access policies, which are ignored",
    "enableRbacAuthorization": "turns roles off",
}


def _purge_protection_in_production(graph: Graph) -> Iterator[Diagnostic]:
    for entry, vault in owned(graph, "key_vaults", KeyVault):
        if graph.target.mode == "production" and not vault.purge_protection:
            message = f"{entry.address} can be destroyed for good, as purge_protection is off"
            yield finding(NO_PURGE_PROTECTION, message, at(entry, ("purge_protection",), on_key=True))


def _roles_alone_open_vaults(graph: Graph) -> Iterator[Diagnostic]:
    for entry, vault in owned(graph, "key_vaults", KeyVault):
        for key, does in _BY_POLICIES.items():
            if key in vault.properties and vault.properties[key] is not True:
                yield finding(ACCESS_POLICIES, f"{entry.address} {does}", at(entry, ("properties", key), on_key=True))


RULES = (
    over_graph(NO_PURGE_PROTECTION, _purge_protection_in_production),
    over_graph(ACCESS_POLICIES, _roles_alone_open_vaults),
)

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

KEYS_UNPROTECTED = Code(
    "MLI594",
    "error",
    "Keys in a vault without purge protection",
    "Who purges a key takes along what is encrypted with it; no service takes a key of such a vault",
    "Leave purge_protection of the vault at true",
    "https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview",
)
HARDWARE = Code(
    "MLI595",
    "error",
    "Key in hardware, in a vault that has none",
    "Only vaults of the sku premium keep keys in hardware",
    "Write sku: premium in the vault, or type: RSA in the key",
    "https://learn.microsoft.com/azure/key-vault/keys/about-keys",
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


def _keys_are_protected(graph: Graph) -> Iterator[Diagnostic]:
    for entry, vault in owned(graph, "key_vaults", KeyVault):
        if vault.keys and not vault.purge_protection:
            message = f"{entry.address} holds keys, and lacks purge protection"
            yield finding(KEYS_UNPROTECTED, message, at(entry, ("purge_protection",)))


def _hardware_is_there(graph: Graph) -> Iterator[Diagnostic]:
    for entry, vault in owned(graph, "key_vaults", KeyVault):
        for name, key in vault.keys.items():
            if key.type == "RSA-HSM" and vault.sku != "premium":
                message = f"{entry.address}.keys.{name} lies in hardware, which a vault of the sku {vault.sku} lacks"
                yield finding(HARDWARE, message, at(entry, ("keys", name, "type")), "write sku: premium")


def _roles_alone_open_vaults(graph: Graph) -> Iterator[Diagnostic]:
    for entry, vault in owned(graph, "key_vaults", KeyVault):
        for key, does in _BY_POLICIES.items():
            if key in vault.properties and vault.properties[key] is not True:
                yield finding(ACCESS_POLICIES, f"{entry.address} {does}", at(entry, ("properties", key), on_key=True))


RULES = (
    over_graph(NO_PURGE_PROTECTION, _purge_protection_in_production),
    over_graph(ACCESS_POLICIES, _roles_alone_open_vaults),
    over_graph(KEYS_UNPROTECTED, _keys_are_protected),
    over_graph(HARDWARE, _hardware_is_there),
)

"""Rules of key vaults."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from mlinfra.azure.key_durations import days_of
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.languages.platform.security.key import Key
from mlinfra.languages.platform.security.key_vaults import KeyVault
from mlinfra.release import retired
from mlinfra.rules.rule import over_graph, owned
from mlinfra.source.tree import holds_unknown, value_at

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

LEAST_LIFE_DAYS, LEAST_APART_DAYS = 28, 7  # docs, "Configure cryptographic key autorotation in Azure Key Vault"
KEY_REFUSED = Code(
    "MLI396",
    "error",
    "Key that a vault refuses",
    "RSA has a size and EC a curve; a version lasts 28 days at least, the next is made 7 days off its ends, and what "
    "is counted from an end needs one",
    "Write what the kind of key has, and durations that the page allows",
    "https://learn.microsoft.com/azure/key-vault/keys/how-to-configure-key-rotation",
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
            if key.type.endswith("-HSM") and vault.sku != "premium":
                message = f"{entry.address}.keys.{name} lies in hardware, which a vault of the sku {vault.sku} lacks"
                yield finding(HARDWARE, message, at(entry, ("keys", name, "type")), "write sku: premium")


_NEEDS = "needs "  # how a message about what is missing begins


def _keys_are_whole(graph: Graph) -> Iterator[Diagnostic]:
    for entry, vault in owned(graph, "key_vaults", KeyVault):
        for name, key in vault.keys.items():
            is_whole = not holds_unknown(value_at(entry.body, ("keys", name)))
            for field, message, help in _wrong_with(key):
                if message.startswith(_NEEDS) and not is_whole:
                    continue  # what it needs may be what could not be read
                where = at(entry, ("keys", name, field), on_key=True)
                yield finding(KEY_REFUSED, f"{field} of {entry.address}.keys.{name} {message}", where, help)


def _wrong_with(key: Key) -> Iterator[tuple[str, str, str]]:
    """Field, what is wrong with it, and what would be right."""
    if key.size is not None and key.type.startswith("EC"):
        yield "size", "is of RSA, and this one is EC", "write curve: P-256"
    if key.curve is not None and key.type.startswith("RSA"):
        yield "curve", "is of EC, and this one is RSA", "write size: 3072"
    if key.rotate_after and key.rotate_before_expiry:
        yield "rotate_before_expiry", "stands beside rotate_after", "write one of the two"
    elif key.rotate_before_expiry and not key.expires:
        yield "rotate_before_expiry", f"{_NEEDS}expires: the first version never ends", "write rotate_after, or expires"
    elif key.rotate_before_expiry and not key.expires_after:
        message = f"{_NEEDS}expires_after: the versions that follow never end"
        yield "rotate_before_expiry", message, "write rotate_after, or expires_after"
    if key.notify_before_expiry and not key.expires_after:
        yield "notify_before_expiry", f"{_NEEDS}versions that end", "write expires_after"
    is_last = not (key.rotate_after or key.rotate_before_expiry)
    if key.expires and is_last and retired(date.fromisoformat(key.expires)):
        yield "expires", f"is past ({key.expires}): nothing can be encrypted with it", "write a day to come"
    lasts = days_of(key.expires_after) if key.expires_after else None
    if lasts is not None and lasts < LEAST_LIFE_DAYS:
        yield "expires_after", f"is less than the {LEAST_LIFE_DAYS} days that a version lasts", "write P28D or more"
    for field in ("rotate_after", "rotate_before_expiry"):
        duration = getattr(key, field)
        if duration is None:
            continue
        days = days_of(duration)
        if days < LEAST_APART_DAYS or (lasts is not None and lasts - days < LEAST_APART_DAYS):
            message = f"lies less than {LEAST_APART_DAYS} days from an end of the version"
            yield (
                field,
                message,
                f"write a duration from P{LEAST_APART_DAYS}D to {LEAST_APART_DAYS} days before the end",
            )


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
    over_graph(KEY_REFUSED, _keys_are_whole),
)

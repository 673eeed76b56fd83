"""Rules of keys of one's own: that they are made or there, and that all who encrypt with them may and can read them."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from mlinfra.derive.applications import COSMOS, DATABRICKS, lies_in_the_group, without_service
from mlinfra.derive.encryption import Encrypted, encrypted
from mlinfra.derive.grants import CRYPTO_USER
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.languages.key_places import FIELD as KEY
from mlinfra.languages.platform.access import is_closed
from mlinfra.languages.platform.security.key_vaults import KeyVault
from mlinfra.resolve.naming import resource_group_of
from mlinfra.rules.rule import over_graph
from mlinfra.schemas.values import value_at

REGISTRIES = "container_registries"
UNPROTECTED_KEY = Code(
    "MLI467",
    "error",
    "Customer-managed key in a vault without purge protection",
    "Who purges the key takes the data along; services refuse such a vault",
    "Leave purge_protection of the vault at true",
    "https://learn.microsoft.com/azure/machine-learning/concept-customer-managed-keys",
)
BEHIND_A_CLOSED_VAULT = Code(
    "MLI555",
    "error",
    "Registry of images that is encrypted with a key in a closed vault",
    "A registry passes the rules of a vault only as its own identity, which is there once the registry is; and a key "
    "is given to it while it is made, or never",
    "Put the key into a vault of its own with network_acls.default_action: allow: who has no role reads nothing there",
    "https://learn.microsoft.com/azure/container-registry/tutorial-enable-customer-managed-keys",
)
OTHER_SUBSCRIPTION = Code(
    "MLI556",
    "error",
    "Workspace with a key in another subscription",
    "Azure ML takes the key of a workspace from a vault of the same subscription only",
    "Name a vault of the target's subscription",
    "https://learn.microsoft.com/azure/machine-learning/how-to-setup-customer-managed-keys",
)
UNKNOWN_READER = Code(
    "MLI557",
    "error",
    "Identity that reads a key, known only by its id",
    "Of an id outside of the spec nobody knows whom to give the role on the key, nor as what a registry signs in",
    "Write an entry of identities with `existing: true` and that id, and name the entry; or leave identity out",
    "docs/language.md#keys",
)
NO_KEY = Code(
    "MLI596",
    "error",
    "Key by a name that no vault of the spec has",
    "A key is named in the vault that stands beside it, where it is made or known to exist; without that, only its "
    "whole address says which one a workspace means",
    "Write the key under `keys:` of the vault, or for a workspace the whole address of one of its versions",
    "docs/language.md#keys",
)
NO_COSMOS = Code(
    "MLI597",
    "warning",
    "Key of a workspace that Azure Cosmos DB may not use",
    "Azure ML keeps what it knows of a workspace with its own key in a Cosmos DB, whose service reads the key by "
    "itself: without the role, the workspace is not created. bootstrap.sh gives it in the target's own group only",
    "Give the service principal of Azure Cosmos DB in your tenant the role Key Vault Crypto Service Encryption User",
    "https://learn.microsoft.com/azure/machine-learning/how-to-setup-customer-managed-keys",
)

NO_DATABRICKS = Code(
    "MLI880",
    "warning",
    "Key of a Databricks workspace that AzureDatabricks may not use",
    "What the control plane keeps for a workspace with its own key, Databricks reads as its own application, whose "
    "object id is another one in each tenant: without the role on the key the workspace is not made",
    "Give the service principal AzureDatabricks of your tenant the role Key Vault Crypto Service Encryption User on "
    "the key",
    "https://learn.microsoft.com/azure/databricks/security/keys/cmk-managed-services-azure/"
    "customer-managed-key-managed-services-azure",
)


def _keys_are_there(graph: Graph) -> Iterator[Diagnostic]:
    for each in encrypted(graph):
        name, place = each.written, (*each.path, each.field)
        by_address = each.field == "key_uri"
        if name is not None and by_address and "://" in name and each.vault is not None:
            yield from _is_of_its_vault(graph, each, name)
        if name is None or each.key or (by_address and "://" in name):
            continue
        if each.vault is None:
            message = f'"{name}" is no address of a key, and no vault of the spec stands beside it'
            if not by_address:
                message = f'nothing says where the key "{name}" lies: no vault of the spec stands beside it'
            yield finding(NO_KEY, message, at(each.entry, place), _vault_meant(graph, name))
        elif "://" in name:
            message = f'"{name}" is an address, where the name of a key of {each.vault} is meant'
            help = "write the key's name, and that name under keys: of the vault"
            yield finding(NO_KEY, message, at(each.entry, place), help)
        elif graph.entries[each.vault].existing:  # of others it is said where names lead nowhere
            message = f'{each.vault} exists already, and nothing says that it has a key "{name}"'
            help = f"write keys: {{{name}: {{}}}} in {each.vault}"
            yield finding(NO_KEY, message, at(each.entry, place), help)


def _is_of_its_vault(graph: Graph, each: Encrypted, address: str) -> Iterator[Diagnostic]:
    """An address leads to a vault by itself, and Azure ML is told of both."""
    name, _, domain = (urlsplit(address).hostname or "").partition(".")
    vault = graph.entries[each.vault or ""]
    if domain.startswith("vault.") and name != vault.azure_name.lower():
        message = f'"{address}" is a key of the vault "{name}", and {vault.address} is "{vault.azure_name}"'
        help = f"write the name of a key of {vault.address}, or name the vault of the address"
        yield finding(NO_KEY, message, at(each.entry, (*each.path, each.field)), help)


def _vault_meant(graph: Graph, name: str) -> str:
    """The vault that has a key of that name, or the one in which an address leads to it."""
    known = {
        (vault.name, key): (key, f"key_vaults.{vault.name}.keys.{key}", f"keys.{key}")
        for vault in graph.section("key_vaults")
        for key in vault.body.get("keys") or ()
    }
    meant = [pair for pair, names in known.items() if name in names]
    if len(meant) != 1:
        return "write key_vault: <entry of key_vaults>"
    ((vault, key),) = meant
    return f"write key_vault: {vault}" if key == name else f"write key_vault: {vault} and key: {key}"


def _keys_are_protected(graph: Graph) -> Iterator[Diagnostic]:
    for each in encrypted(graph):
        vault = graph.entries[each.vault].model if each.vault else None
        if isinstance(vault, KeyVault) and not vault.purge_protection:
            message = f"{each.vault} lacks purge protection, and holds the key of {each.entry.address}"
            yield finding(UNPROTECTED_KEY, message, at(each.entry, (*each.path, "key_vault")))


def _registries_reach_keys(graph: Graph) -> Iterator[Diagnostic]:
    for each in encrypted(graph):
        vault = graph.entries.get(each.vault or "")
        if each.entry.section != REGISTRIES or vault is None or vault.existing:  # of others nobody knows
            continue
        model = vault.model
        if isinstance(model, KeyVault) and is_closed(model.network_acls, graph.network, model.public_network_access):
            message = f"{each.entry.address} can't read its key in {each.vault}, which is closed"
            help = "put the key into a vault of its own with network_acls: {default_action: allow}, or leave it out"
            yield finding(BEHIND_A_CLOSED_VAULT, message, at(each.entry, (*each.path, "key_vault")), help)


def _keys_of_workspaces_are_in_their_subscription(graph: Graph) -> Iterator[Diagnostic]:
    for each in encrypted(graph):
        if each.field != "key_uri" or each.vault is None:
            continue
        subscription, _ = resource_group_of(graph.entries[each.vault], graph.target)
        if subscription != graph.target.subscription:
            message = f"{each.vault}, with the key of {each.entry.address}, lies in subscription {subscription}"
            yield finding(OTHER_SUBSCRIPTION, message, at(each.entry, (*each.path, "key_vault")))


def _readers_are_known(graph: Graph) -> Iterator[Diagnostic]:
    for each in encrypted(graph):
        identity = value_at(each.entry.body, (*each.path, "identity"))
        if isinstance(identity, str) and identity.startswith("/"):
            message = f"{each.entry.address} reads its key as an identity of which only the id is known"
            yield finding(UNKNOWN_READER, message, at(each.entry, (KEY, "identity")))


def _cosmos_may_use_them(graph: Graph) -> Iterator[Diagnostic]:
    yield from _unused(graph, NO_COSMOS, COSMOS, "cosmos-key")


def _databricks_may_use_them(graph: Graph) -> Iterator[Diagnostic]:
    yield from _unused(graph, NO_DATABRICKS, DATABRICKS, "databricks-key")


def _unused(graph: Graph, code: Code, name: str, entry: str) -> Iterator[Diagnostic]:
    """Keys that a service may not use, where bootstrap.sh, which gives it the role, does not come."""
    for service, workspace, key in without_service(graph):
        if service.name == name and not lies_in_the_group(graph, key):
            message = f"nothing lets {name} use {key}, with which it encrypts what {workspace.address} keeps"
            help = role_by_hand(entry, CRYPTO_USER, key, service.application)
            yield finding(code, message, at(workspace, (KEY,), on_key=True), help)


def role_by_hand(entry: str, role: str, scope: str, application: str) -> str:
    """What to write so that an application has a role: its object id is another one in each tenant."""
    line = f"{entry}: {{object_id: …, principal_type: service_principal, role: {role}, scope: {scope}}}"
    return f"under role_assignments write `{line}` with the id that `az ad sp show --id {application}` prints"


RULES = (
    over_graph(UNPROTECTED_KEY, _keys_are_protected),
    over_graph(BEHIND_A_CLOSED_VAULT, _registries_reach_keys),
    over_graph(OTHER_SUBSCRIPTION, _keys_of_workspaces_are_in_their_subscription),
    over_graph(UNKNOWN_READER, _readers_are_known),
    over_graph(NO_KEY, _keys_are_there),
    over_graph(NO_COSMOS, _cosmos_may_use_them),
    over_graph(NO_DATABRICKS, _databricks_may_use_them),
)

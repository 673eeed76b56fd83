"""Rules of the key of the platform's own: that it is there, encrypts, and lies in a vault for keys alone."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.derive.encryption import encrypted
from mlinfra.derive.workspace import workspaces
from mlinfra.diagnostics import Code, Diagnostic, Where, finding
from mlinfra.diagnostics.suggest import did_you_mean
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.graph.near import address_near, entry_near, key_near
from mlinfra.header.places import is_written
from mlinfra.imply.keys import takes_a_key
from mlinfra.languages import SECTIONS
from mlinfra.languages.platform.identity.identities import IDENTITIES
from mlinfra.languages.platform.security.key import Key
from mlinfra.languages.platform.security.key_vaults import KEY_VAULTS, KEYS
from mlinfra.rules.rule import over_graph
from mlinfra.source import tree

KEY = ("security", "customer_managed_key")
NOT_THERE = Code(
    "MLI397",
    "error",
    "Key of the platform that leads nowhere, or encrypts nothing",
    "What is to be encrypted with a key that isn't there would be made with one of Azure's; services wrap their own "
    "keys with RSA keys, and with nothing else",
    "Write the key under `keys:` of an entry of key_vaults, as RSA or RSA-HSM",
    "https://learn.microsoft.com/azure/storage/common/customer-managed-keys-overview",
    misses_a_name=True,
)
SERVES_A_WORKSPACE = Code(
    "MLI398",
    "error",
    "Vault of the platform's key that a workspace keeps its secrets in",
    "Whoever works with secrets of the workspace administers that vault, and with it the key of everything",
    "Give the keys a vault of their own",
    "https://learn.microsoft.com/azure/key-vault/general/best-practices",
)


def _it_leads_somewhere(graph: Graph) -> Iterator[Diagnostic]:
    yield from _names_are_entries(graph)
    for each in encrypted(graph):
        key = graph.entries[each.key].model if each.key else None
        if isinstance(key, Key) and not _wraps(key):
            message = f"{each.key}, with which {each.entry.address} is to be encrypted, wraps no keys"
            help = "write type: RSA or RSA-HSM, with wrap_key and unwrap_key where operations are written"
            yield finding(NOT_THERE, message, at(graph.entries[each.key or ""], ("type",)), help)


def _wraps(key: Key) -> bool:
    return key.type.startswith("RSA") and {"wrap_key", "unwrap_key"} <= set(
        key.operations or ("wrap_key", "unwrap_key")
    )


def _names_are_entries(graph: Graph) -> Iterator[Diagnostic]:
    key = graph.key
    if key is None:
        return
    vault = f"{KEY_VAULTS.name}.{key.key_vault}"
    if graph.target.shared and vault in graph.removed and not any(_may_be_encrypted(graph)):
        return  # it holds nothing that takes a key
    if vault not in graph.entries:
        names = [entry.name for entry in graph.section(KEY_VAULTS.name)]
        message = f'key_vaults "{key.key_vault}" is not defined'
        help, near = did_you_mean(key.key_vault, names), entry_near(graph, key.key_vault, KEY_VAULTS.name)
        yield finding(NOT_THERE, message, _where(graph, "key_vault"), help, near)
    elif f"{vault}.keys.{key.key}" not in graph.entries:
        names = [entry.name for entry in graph.section(KEYS.name) if entry.parent == vault]
        message = f'{vault} has no key "{key.key}"'
        help = did_you_mean(key.key, names) if names else f"write keys: {{{key.key}: {{}}}} in {vault}"
        near = key_near(graph.entries[vault], ("keys",), key.key)
        yield finding(NOT_THERE, message, _where(graph, "key"), help, near)
    if key.identity and f"{IDENTITIES.name}.{key.identity}" not in graph.entries:
        names = [entry.name for entry in graph.section(IDENTITIES.name)]
        message = f'identities "{key.identity}" is not defined'
        help, near = did_you_mean(key.identity, names), entry_near(graph, key.identity, IDENTITIES.name)
        yield finding(NOT_THERE, message, _where(graph, "identity"), help, near)
    for index, address in enumerate(key.without):
        if address not in graph.entries and address not in graph.removed:
            message = f'"{address}" is not the address of an entry'
            help = did_you_mean(address, list(graph.entries))
            near = address_near(graph, address)
            yield finding(NOT_THERE, message, _where(graph, "except", index), help, near)


def _may_be_encrypted(graph: Graph) -> Iterator[Entry]:
    for row in filter(takes_a_key, SECTIONS):
        yield from (entry for entry in graph.section(row.name) if not entry.existing)


def _where(graph: Graph, *path: str | int) -> Where:
    """Where a part of the key is written: in the target's overrides, else in the header."""
    overrides = graph.target.overrides
    if overrides and is_written(overrides, (*KEY, *path)):
        return Where(tree.deepest(overrides, (*KEY, *path)).span, "security")
    return Where(graph.header.value_at(*KEY, *path), "security")


def _it_lies_alone(graph: Graph) -> Iterator[Diagnostic]:
    key = graph.key
    for workspace in workspaces(graph) if key else ():
        vault = graph.bound(workspace.address, "key_vault")
        if key and vault == f"{KEY_VAULTS.name}.{key.key_vault}":
            message = f"{vault} holds the key of the platform, and {workspace.address} keeps its secrets there"
            help = "leave key_vault of the workspace out, or name another entry in security"
            where = (
                at(workspace, ("key_vault",)) if "key_vault" in workspace.tree.fields else _where(graph, "key_vault")
            )
            yield finding(SERVES_A_WORKSPACE, message, where, help)


RULES = (over_graph(NOT_THERE, _it_leads_somewhere), over_graph(SERVES_A_WORKSPACE, _it_lies_alone))

"""Rules of keys of one's own: that they are made or there, and that all who encrypt with them may."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.azure.clouds import cloud
from mlinfra.azure.roles import role_guid
from mlinfra.derive.grants import CRYPTO_USER
from mlinfra.derive.role_assignments import above
from mlinfra.derive.workspace import workspaces
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.languages.platform.identity.role_assignments import RoleAssignment
from mlinfra.rules.rule import over_graph, owned

NO_KEY = Code(
    "MLI596",
    "error",
    "Key by a name that no vault of the spec has",
    "A key is named in the vault that stands beside it, where it is made or known to exist; without that, only its "
    "whole address says which one is meant",
    "Write the key under `keys:` of the vault, or the whole address of one of its versions",
    "docs/language.md#keys",
)
NO_COSMOS = Code(
    "MLI597",
    "warning",
    "Key of a workspace that Azure Cosmos DB may not use",
    "Azure ML keeps what it knows of a workspace with its own key in a Cosmos DB, whose service reads the key by "
    "itself: without the role, the workspace is not created",
    "Give the service principal of Azure Cosmos DB in your tenant the role Key Vault Crypto Service Encryption User",
    "https://learn.microsoft.com/azure/machine-learning/how-to-setup-customer-managed-keys",
)
KEY = "customer_managed_key"


def _keys_are_there(graph: Graph) -> Iterator[Diagnostic]:
    for workspace in workspaces(graph):
        name = (workspace.body.get(KEY) or {}).get("key_uri")
        if not isinstance(name, str) or "://" in name or graph.bound(workspace.address, KEY, "key_uri"):
            continue
        vault = graph.bound(workspace.address, KEY, "key_vault")
        if vault is None:
            message = f'"{name}" is no address of a key, and no vault of the spec stands beside it'
            yield finding(NO_KEY, message, at(workspace, (KEY, "key_uri")), "write key_vault: <entry of key_vaults>")
        elif graph.entries[vault].existing:  # of others it is said where names lead nowhere
            message = f'{vault} exists already, and nothing says that it has a key "{name}"'
            help = f"write keys: {{{name}: {{}}}} in {vault}"
            yield finding(NO_KEY, message, at(workspace, (KEY, "key_uri")), help)


def _cosmos_may_use_them(graph: Graph) -> Iterator[Diagnostic]:
    for workspace in workspaces(graph):
        written = workspace.body.get(KEY) or {}
        key = graph.bound(workspace.address, KEY, "key_uri") or graph.bound(workspace.address, KEY, "key_vault")
        if key and "cosmosdb_id" not in written and not _somebody_else_has_the_role(graph, key):
            application = cloud(graph.header.cloud).cosmos_application
            message = f"nothing lets Azure Cosmos DB use {key}, with which it encrypts what {workspace.address} keeps"
            line = f"cosmos-key: {{object_id: …, principal_type: service_principal, role: {CRYPTO_USER}, scope: {key}}}"
            help = f"under role_assignments write `{line}` with the id that `az ad sp show --id {application}` prints"
            yield finding(NO_COSMOS, message, at(workspace, (KEY,), on_key=True), help)


def _somebody_else_has_the_role(graph: Graph, key: str) -> bool:
    """Whether an application that is no entry has the role on a key: which of them is the service is not known here."""
    scopes = set(above(graph, key))
    for _, written in owned(graph, "role_assignments", RoleAssignment):
        is_of_an_application = written.object_id is not None and written.principal_type == "service_principal"
        if is_of_an_application and role_guid(written.role) == role_guid(CRYPTO_USER) and written.scope in scopes:
            return True
    return False


RULES = (over_graph(NO_KEY, _keys_are_there), over_graph(NO_COSMOS, _cosmos_may_use_them))

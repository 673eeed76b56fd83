"""Rules of workspaces: what they can be linked to, and what a stable API version takes."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.azure.casing import snake
from mlinfra.derive.private_endpoints import lacks_subnet, reached
from mlinfra.derive.workspace import holders
from mlinfra.diagnostics import Code, Diagnostic, Related, finding
from mlinfra.diagnostics.suggest import listed
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages.bound import is_shut
from mlinfra.languages.platform.storage.account import StorageAccount
from mlinfra.rules.rule import over_graph

LAKE_AS_DEFAULT = Code(
    "MLI460",
    "error",
    "Data lake as the default storage of a workspace",
    "A workspace keeps runs, models and logs in blobs and file shares, and refuses a hierarchical namespace",
    "Leave storage_account out, and reach the lake through a datastore",
    "https://learn.microsoft.com/azure/machine-learning/concept-workspace",
)
NO_BLOBS_OR_FILES = Code(
    "MLI461",
    "error",
    "Default storage without blobs or file shares",
    "A workspace needs both services in its account; premium accounts have one of them",
    "Use kind StorageV2 with a Standard SKU, or leave storage_account out",
    "https://learn.microsoft.com/azure/machine-learning/concept-workspace",
)
NO_PRIMARY_IDENTITY = Code(
    "MLI462",
    "error",
    "User-assigned identities of a workspace without a primary one",
    "With user-assigned identities only, the workspace has to know which of them it signs in as",
    "Write primary_user_assigned_identity",
    "https://learn.microsoft.com/azure/machine-learning/how-to-identity-based-service-authentication",
)
LEGACY_MODE = Code(
    "MLI463",
    "error",
    "Workspace in the legacy v1 mode",
    "In the legacy mode no managed endpoint can be created, and private access is not what it seems",
    "Leave v1LegacyMode out",
    "https://learn.microsoft.com/azure/machine-learning/how-to-configure-network-isolation-with-v2",
)
SHARED = Code(
    "MLI464",
    "warning",
    "Workspaces that share storage, vault or registry",
    "Without data isolation each reads what the other one keeps there, and names clash",
    "Write enable_data_isolation: true in both, or give each its own",
    "https://learn.microsoft.com/azure/machine-learning/how-to-identity-based-service-authentication",
)
NOBODY_COMES_IN = Code(
    "MLI465",
    "error",
    "Workspace with neither public access nor a private endpoint",
    "Public access is disabled, and no private endpoint leads to the workspace",
    "Write network.inbound: private with your network, add an entry of private_endpoints, or leave it public",
    "https://learn.microsoft.com/azure/machine-learning/how-to-configure-private-link",
)
PREVIEW_ONLY = Code(
    "MLI466",
    "error",
    "Property that only a preview API version has",
    "The stable API versions that we deploy with ignore it, so that what is written would not be so",
    "Leave it out",
    "https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/workspaces",
)
KEYS_THAT_ARE_OFF = Code(
    "MLI468",
    "error",
    "System datastores with keys, on an account whose keys are off",
    "Shared keys of the storage account are off, so whoever comes with one is turned away",
    "Leave system_datastores_auth_mode out: identities are the default",
    "https://learn.microsoft.com/azure/machine-learning/how-to-disable-local-auth-storage",
)

IN_A_HUB = Code(
    "MLI469",
    "error",
    "Workspace in a hub",
    "A workspace in a hub is a project: it has the storage, the vault, the network and the key of its hub",
    "Write it as an entry of projects, with hub_id; or leave workspace_hub out",
    "https://learn.microsoft.com/azure/machine-learning/concept-hub-workspace",
)

PREVIEW_FIELDS = ("network_acls", "allow_roleassignment_on_rg")
LINKS = ("storage_account", "key_vault", "container_registry")


def _no_lake_is_a_default_storage(graph: Graph) -> Iterator[Diagnostic]:
    for workspace, account, storage in _default_storages(graph):
        if storage.hierarchical_namespace:
            message = (
                f"{account.address} has a hierarchical namespace, and {workspace.address} can't keep its runs there"
            )
            related = (Related("the namespace is switched on here", account.key),)
            help = "leave storage_account out, and declare a datastore for the lake"
            yield finding(LAKE_AS_DEFAULT, message, at(_place(workspace, account), _link(workspace)), help, related)


def _a_default_storage_has_blobs_and_files(graph: Graph) -> Iterator[Diagnostic]:
    for workspace, account, storage in _default_storages(graph):
        if not (storage.has_blobs and storage.has_files) or str(storage.sku).startswith("Premium"):
            message = f"{account.address} has not both blobs and file shares, which {workspace.address} needs"
            yield finding(NO_BLOBS_OR_FILES, message, at(_place(workspace, account), _link(workspace)))


def _default_storages(graph: Graph) -> Iterator[tuple[Entry, Entry, StorageAccount]]:
    for workspace in holders(graph):
        address = graph.bound(workspace.address, "storage_account")
        account = graph.entries[address] if address else None
        if account and isinstance(account.model, StorageAccount) and not account.existing:
            yield workspace, account, account.model


def _place(workspace: Entry, account: Entry) -> Entry:
    """The entry at whose line the link is shown: the workspace, or the account where the link was derived."""
    return workspace if "storage_account" in workspace.tree.fields else account


def _link(workspace: Entry) -> tuple[str, ...]:
    return ("storage_account",) if "storage_account" in workspace.tree.fields else ("hierarchical_namespace",)


def _one_identity_is_the_primary_one(graph: Graph) -> Iterator[Diagnostic]:
    for workspace in holders(graph):
        identity = workspace.body.get("identity") or {}
        is_user_assigned = snake(identity.get("type", "")) == "user_assigned"
        if is_user_assigned and not workspace.body.get("primary_user_assigned_identity"):
            message = f"{workspace.address} has user-assigned identities, and none of them is the primary one"
            yield finding(NO_PRIMARY_IDENTITY, message, at(workspace, ("identity",), on_key=True))


def _nothing_runs_in_legacy_mode(graph: Graph) -> Iterator[Diagnostic]:
    for workspace in holders(graph):
        properties = workspace.additions.get("properties") or {}
        if properties.get("v1LegacyMode") is True:
            message = f"{workspace.address} is in the legacy mode, in which no managed endpoint can be created"
            yield finding(LEGACY_MODE, message, at(workspace, ("properties", "v1LegacyMode")), "leave it out")


def _workspaces_keep_apart(graph: Graph) -> Iterator[Diagnostic]:
    first: dict[tuple[str, str], Entry] = {}
    for workspace in holders(graph):
        shared: dict[str, dict[str, str]] = {}  # with whom: what is shared, by its field
        for field in LINKS:
            linked = graph.bound(workspace.address, field)
            other = first.setdefault((field, linked), workspace) if linked else workspace
            if linked and other is not workspace and not (_is_isolated(workspace) and _is_isolated(other)):
                shared.setdefault(other.address, {})[field] = linked
        for address, fields in shared.items():
            message = f"{workspace.address} and {address} share {listed(fields.values())}"
            related = (Related(f"{address} is written here", graph.entries[address].key),)
            yield finding(SHARED, message, at(workspace, (next(iter(fields)),)), related=related)


def _is_isolated(workspace: Entry) -> bool:
    return workspace.body.get("enable_data_isolation") is True


def _somebody_comes_in(graph: Graph) -> Iterator[Diagnostic]:
    for workspace in holders(graph) if not lacks_subnet(graph) else ():
        if is_shut(workspace) and workspace.address not in reached(graph):
            message = f"nobody reaches {workspace.address}: public access is disabled, and it has no private endpoint"
            yield finding(NOBODY_COMES_IN, message, at(workspace, ("public_network_access",)))


def _only_stable_properties(graph: Graph) -> Iterator[Diagnostic]:
    for workspace in holders(graph):
        for field in PREVIEW_FIELDS:
            if field in workspace.body:
                message = f"{field} exists only in preview API versions"
                yield finding(PREVIEW_ONLY, message, at(workspace, (field,), on_key=True))


def _keys_open_what_takes_keys(graph: Graph) -> Iterator[Diagnostic]:
    for workspace, account, storage in _default_storages(graph):
        mode = snake(workspace.body.get("system_datastores_auth_mode") or "identity")
        if mode in ("access_key", "accesskey") and not storage.shared_key_access:
            message = (
                f"system_datastores_auth_mode of {workspace.address} is accesskey, and {account.address} takes no keys"
            )
            place = ("system_datastores_auth_mode",)
            yield finding(KEYS_THAT_ARE_OFF, message, at(workspace, place), f"leave {place[0]} out, or write identity")


def _no_workspace_is_in_a_hub(graph: Graph) -> Iterator[Diagnostic]:
    for workspace in holders(graph):
        if "workspace_hub" in workspace.body:
            message = f"{workspace.address} is in a hub, and so a project"
            yield finding(IN_A_HUB, message, at(workspace, ("workspace_hub",), on_key=True))


RULES = (
    over_graph(LAKE_AS_DEFAULT, _no_lake_is_a_default_storage),
    over_graph(NO_BLOBS_OR_FILES, _a_default_storage_has_blobs_and_files),
    over_graph(NO_PRIMARY_IDENTITY, _one_identity_is_the_primary_one),
    over_graph(LEGACY_MODE, _nothing_runs_in_legacy_mode),
    over_graph(SHARED, _workspaces_keep_apart),
    over_graph(NOBODY_COMES_IN, _somebody_comes_in),
    over_graph(PREVIEW_ONLY, _only_stable_properties),
    over_graph(KEYS_THAT_ARE_OFF, _keys_open_what_takes_keys),
    over_graph(IN_A_HUB, _no_workspace_is_in_a_hub),
)

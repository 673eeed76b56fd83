"""Rules of datastores that are made as they are written, and that nobody reads, or that stand in another's place."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.derive.accounts import OF_LAKES, leads
from mlinfra.derive.workspace import data_service, holders
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages import ROWS
from mlinfra.languages.platform.storage.account import StorageAccount
from mlinfra.rules.rule import over_graph

FILES_WITHOUT_A_KEY = Code(
    "MLI709",
    "warning",
    "Datastore of a file share without a key",
    "Whoever reads signs in with Entra where a datastore keeps no key, and Azure Machine Learning does so for blobs "
    "and lakes alone: a job that reads the share is turned away",
    "Use a container and azure_blob; or set shared_key_access in the account, and take the key from a vault: "
    "credentials: {account_key: {vault: <key_vaults entry>, secret: <name>}}",
    "https://learn.microsoft.com/azure/machine-learning/how-to-identity-based-service-authentication",
)
NO_LAKE = Code(
    "MLI717",
    "error",
    "Data read as a lake's, in an account that is none",
    "An account without a hierarchical namespace turns away whatever comes by its dfs endpoint while deleted blobs can "
    "be recovered: EndpointUnsupportedAccountFeatures, when the first job reads",
    "Write hierarchical_namespace: true in the account, which can't be changed later; or read it as blobs: a datastore "
    "of type azure_blob, or https://<account>.blob.…",
    "https://learn.microsoft.com/azure/storage/blobs/soft-delete-blob-overview",
    misses=("storage_accounts.hierarchical_namespace", "storage_accounts.blob_soft_delete_days"),
)
OF_THE_WORKSPACE = Code(
    "MLI718",
    "warning",
    "Datastore with the name of one that every workspace has",
    "Azure makes these with the workspace, and keeps code, logs, outputs and notebooks there: a datastore of that name "
    "is written over the one that is there, and all of that goes where the new one leads",
    "Give the datastore another name; what the workspace has needs no entry",
    "https://learn.microsoft.com/azure/machine-learning/how-to-datastore",
)


def _shares_need_a_key(graph: Graph) -> Iterator[Diagnostic]:
    for datastore in _made(graph):
        if data_service(datastore) == "file" and not datastore.body.get("credentials"):
            message = (
                f"{datastore.address} leads to a file share and keeps no key, and nobody signs in to one with Entra"
            )
            yield finding(FILES_WITHOUT_A_KEY, message, at(datastore, ("type",)))


def _lakes_have_a_namespace(graph: Graph) -> Iterator[Diagnostic]:
    for holder in holders(graph):
        for lead in leads(graph, holder):
            account = graph.entries[lead.account]
            if lead.services == OF_LAKES and not lead.entry.existing and _refuses_dfs(account):
                message = f"{lead.entry.address} reads {account.address} as a lake, which has no hierarchical namespace"
                help = f"write hierarchical_namespace: true in {account.address}, or read it as blobs: "
                way = "https://<account>.blob.…" if lead.path else "type: azure_blob, container_name"
                yield finding(NO_LAKE, message, at(lead.entry, lead.path or ("type",)), f"{help}{way}")


def _refuses_dfs(account: Entry) -> bool:
    model = account.model
    is_flat = isinstance(model, StorageAccount) and not model.hierarchical_namespace and not account.existing
    return is_flat and isinstance(model, StorageAccount) and model.blob_soft_delete_days > 0


def _names_are_its_own(graph: Graph) -> Iterator[Diagnostic]:
    for datastore in _made(graph):
        if datastore.azure_name.lower() in ROWS[datastore.section].built_in:
            message = f"{datastore.address} is written over the datastore {datastore.azure_name} that the workspace has"
            yield finding(OF_THE_WORKSPACE, message, at(datastore))


def _made(graph: Graph) -> Iterator[Entry]:
    yield from (datastore for datastore in graph.section("datastores") if not datastore.existing)


RULES = (
    over_graph(FILES_WITHOUT_A_KEY, _shares_need_a_key),
    over_graph(NO_LAKE, _lakes_have_a_namespace),
    over_graph(OF_THE_WORKSPACE, _names_are_its_own),
)

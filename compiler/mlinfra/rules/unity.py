"""Rules of what Unity Catalog needs and no body of its own says: identities, roots, who may do what."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.languages.databricks.sections.unity import STORAGE_CREDENTIALS
from mlinfra.languages.rule import Rule
from mlinfra.rules.rule import over_graph

IDENTITY = ("access_connector", "azure_managed_identity")
WITHOUT_IDENTITY = Code(
    "MLI884",
    "error",
    "Storage credential of nobody",
    "A storage credential is an identity as which Unity Catalog reads and writes; Databricks refuses one without, and "
    "one that names two",
    "Write access_connector: <an entry of databricks_access_connectors>, or azure_managed_identity with ids of others'",
    "https://learn.microsoft.com/azure/databricks/connect/unity-catalog/cloud-storage/storage-credentials",
)


def _credentials_have_an_identity(graph: Graph) -> Iterator[Diagnostic]:
    for entry in graph.section(STORAGE_CREDENTIALS.name):
        written = [field for field in IDENTITY if entry.body.get(field) is not None]
        if entry.existing or len(written) == 1:
            continue
        if written:
            message, help = f"{entry.address} has {' and '.join(written)}", "leave one of them out"
            yield finding(WITHOUT_IDENTITY, message, at(entry, (written[1],), on_key=True), help)
        else:
            help = "write access_connector: <an entry of databricks_access_connectors>"
            yield finding(WITHOUT_IDENTITY, f"{entry.address} has no identity", at(entry), help)


UNITY_RULES: tuple[Rule, ...] = (over_graph(WITHOUT_IDENTITY, _credentials_have_an_identity),)

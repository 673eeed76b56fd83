"""Rules of what Unity Catalog needs and no body of its own says: identities, roots, who may do what."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.derive.databricks import BY_ROLE, OTHERS, known_as, root_of, secured
from mlinfra.derive.workspace import workers
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.diagnostics.suggest import listed
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.languages.databricks.sections.unity import EXTERNAL_LOCATIONS, STORAGE_CREDENTIALS
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
UNKNOWN = Code(
    "MLI885",
    "warning",
    "Role of a principal that Unity Catalog does not know",
    "Unity Catalog knows a group by its name and a service principal by the id of its application; the object id of "
    "Entra, by which Azure gives roles, says nothing to it, so nothing is granted",
    "Add name to a group, or application_id to a service principal; or write grants in the catalog",
    "https://learn.microsoft.com/azure/databricks/data-governance/unity-catalog/manage-privileges/",
)
WITHOUT_ROOT = Code(
    "MLI886",
    "warning",
    "Catalog without storage of its own",
    "A metastore that the service made has no storage, and refuses a catalog that has none either; what it is made of "
    "can't be changed later",
    "Write storage_root: <an entry of databricks_external_locations>, one that no volume is made of",
    "https://learn.microsoft.com/azure/databricks/catalogs/create-catalog",
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


def _workers_are_known(graph: Graph) -> Iterator[Diagnostic]:
    if not any(secured(graph)):
        return
    for address, model, role in workers(graph):
        principal = graph.entries[address]
        if role in BY_ROLE and known_as(principal) is None:
            message = f"{address} is granted nothing in Unity Catalog, which does not know it by its object id"
            help = {
                "group": "add name: <what Databricks calls the group>",
                "service_principal": "add application_id: <the id of its application>",
            }.get(model.type, "make it a member of a group, and give that the role")
            yield finding(UNKNOWN, message, at(principal), help)


def _catalogs_have_a_root(graph: Graph) -> Iterator[Diagnostic]:
    for entry, is_catalog in secured(graph):
        has_root = {"storage_root", *OTHERS} & entry.body.keys() or root_of(graph, entry)
        if is_catalog and not has_root:
            places = [each.name for each in graph.section(EXTERNAL_LOCATIONS.name)]
            help = f"write storage_root: one of {listed(places)}" if places else "write storage_root: <an address>"
            yield finding(WITHOUT_ROOT, f"{entry.address} has no storage_root", at(entry), help)


RULES: tuple[Rule, ...] = (
    over_graph(WITHOUT_IDENTITY, _credentials_have_an_identity),
    over_graph(UNKNOWN, _workers_are_known),
    over_graph(WITHOUT_ROOT, _catalogs_have_a_root),
)

"""A rule of secret scopes: Databricks reads the vault of one as itself, by an application that is no entry."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.azure.clouds import DATABRICKS_APPLICATION
from mlinfra.derive.applications import is_given_to_an_application
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.languages.databricks.sections.unity import SECRET_SCOPES
from mlinfra.languages.rule import Rule
from mlinfra.rules.keys import role_by_hand
from mlinfra.rules.rule import over_graph

SECRETS_USER = "Key Vault Secrets User"
NOT_LET_IN = Code(
    "MLI876",
    "warning",
    "Vault that Databricks may not read",
    "A secret scope shows the secrets of a vault, and Databricks reads them as its own application, AzureDatabricks: "
    "without a role on the vault the scope is made, and each job that asks it for a secret fails. The object id of the "
    "application differs from tenant to tenant, so nothing is derived",
    "Give the service principal AzureDatabricks of your tenant the role Key Vault Secrets User on the vault",
    "https://github.com/MicrosoftDocs/azure-docs/issues/84380",
    misses=("role_assignments",),
)
_FIELD = "keyvault_metadata"


def _are_read(graph: Graph) -> Iterator[Diagnostic]:
    for entry in graph.section(SECRET_SCOPES.name):
        vault = graph.bound(entry.address, _FIELD)
        if vault and not entry.existing and not is_given_to_an_application(graph, SECRETS_USER, vault):
            help = role_by_hand("databricks", SECRETS_USER, vault, DATABRICKS_APPLICATION)
            message = f"nothing lets Databricks read {vault}, whose secrets {entry.address} shows"
            yield finding(NOT_LET_IN, message, at(entry, (_FIELD,)), help)


SECRET_SCOPE_RULES: tuple[Rule, ...] = (over_graph(NOT_LET_IN, _are_read),)

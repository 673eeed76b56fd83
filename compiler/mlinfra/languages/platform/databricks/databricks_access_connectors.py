"""databricks_access_connectors: the identities as which Unity Catalog reads and writes lakes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, TypeAlias

from pydantic import Field

from mlinfra.azure.name_rules import WORD, NameRule
from mlinfra.bodies.body import ReferenceTo
from mlinfra.graph import Entry, Graph
from mlinfra.languages.changes import REST, changes
from mlinfra.languages.platform.identity_block import identity_block
from mlinfra.languages.platform.kind import InfrastructureBody, Kind, resource_of
from mlinfra.languages.resource import Resource

_ADDRESS = r"[a-z_]+\."
Lake: TypeAlias = (
    Annotated[str, ReferenceTo("storage_accounts", when=rf"(?!{_ADDRESS})")]
    | Annotated[str, ReferenceTo(when=_ADDRESS)]
)


class DatabricksAccessConnector(InfrastructureBody):
    storage: Annotated[
        list[Lake],
        Field(
            description="What its identity reads and writes: accounts by name, or the addresses of containers",
            examples=[["lake"], ["storage_accounts.lake.containers.raw"]],
        ),
    ] = []
    identities: Annotated[
        list[Annotated[str, ReferenceTo("identities")]],
        Field(description="User-assigned identities, which a storage credential names; they get the roles, too"),
    ] = []
    system_identity: Annotated[bool, Field(description="An identity that lives as long as the connector")] = True


def resources(connector: DatabricksAccessConnector, entry: Entry, graph: Graph) -> Iterator[Resource]:
    identity = identity_block(connector.identities, system_assigned=connector.system_identity)
    yield resource_of(DATABRICKS_ACCESS_CONNECTORS, entry, connector, {}, identity=identity)


DATABRICKS_ACCESS_CONNECTORS = Kind(
    name="databricks_access_connectors",
    lends_to="whoever has grants on what its credentials open",
    noun="Databricks access connector",
    called_elsewhere={
        "identityids": "write identities: [<an entry of identities>]",
        "userassignedidentities": "write identities: [<an entry of identities>]",
        "storageaccounts": "write storage: [<an entry of storage_accounts>]",
        "roleassignments": "write storage: the roles follow from it",
    },
    model=DatabricksAccessConnector,
    resource_type="Microsoft.Databricks/accessConnectors",
    api_version="2026-01-01",
    name_rule=NameRule("a Databricks access connector", 3, 64, WORD, "resource group", "platform", "dbac"),  # NR
    resources=resources,
    # Source: docs, "Use Azure managed identities in Unity Catalog": who makes a storage credential needs it there.
    rights_to_use=("Microsoft.Databricks/accessConnectors/*/write",),
    symbol="connector",
    group="Databricks",
    described="Identities as which Unity Catalog reads and writes the lakes that they name",
    changes=changes("in_place", REST, "identity", is_confirmed=False),  # credentials may break
)

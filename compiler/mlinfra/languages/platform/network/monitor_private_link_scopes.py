"""monitor_private_link_scopes: which logs are reached by a private endpoint, and whether only so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from mlinfra.azure.casing import camel
from mlinfra.azure.name_rules import NETWORK, NameRule
from mlinfra.bodies.azure_words import AzureWords
from mlinfra.graph import Entry, Graph
from mlinfra.languages.changes import REST, changes
from mlinfra.languages.platform.kind import InfrastructureBody, Kind, resource_of
from mlinfra.languages.platform.scoped import SCOPE_TYPE
from mlinfra.languages.resource import Resource

Mode = Annotated[Literal["open", "private_only"], AzureWords()]


class MonitorPrivateLinkScope(InfrastructureBody):
    ingestion: Annotated[
        Mode,
        Field(description="private_only: networks that share its zones send to no logs beside those of the scope"),
    ] = "open"
    query: Annotated[
        Mode, Field(description="private_only: networks that share its zones ask no logs beside those of the scope")
    ] = "open"


def resources(scope: MonitorPrivateLinkScope, entry: Entry, graph: Graph) -> Iterator[Resource]:
    modes = {"ingestionAccessMode": camel(scope.ingestion), "queryAccessMode": camel(scope.query)}
    yield resource_of(MONITOR_PRIVATE_LINK_SCOPES, entry, scope, {"accessModeSettings": modes}, location="global")


MONITOR_PRIVATE_LINK_SCOPES = Kind(
    name="monitor_private_link_scopes",
    noun="monitor private link scope",
    called_elsewhere={
        "accessmodesettings": "write ingestion and query: open or private_only",
        "ingestionaccessmode": "write ingestion: open or private_only",
        "queryaccessmode": "write query: open or private_only",
        "scopedresources": "leave it out: all logs and insights of the spec are in it",
    },
    model=MonitorPrivateLinkScope,
    resource_type=SCOPE_TYPE,
    api_version="2021-09-01",
    name_rule=NameRule("a monitor private link scope", 1, 255, NETWORK, "resource group", "platform", "ampls"),  # BT
    resources=resources,
    closed_as=lambda scope: ("azuremonitor",),
    symbol="monitorScope",
    group="Network",
    described="Which logs are reached by a private endpoint; network.monitor: private derives one",
    changes=changes("opens_access", REST, "properties.accessModeSettings"),
)

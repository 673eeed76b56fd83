"""Rule of what is to lie in several zones of a region that has none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from mlinfra.azure.regions import has_zones
from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.graph import Entry, Graph
from mlinfra.graph.findings import at
from mlinfra.languages.platform.kind import InfrastructureBody, region_of
from mlinfra.languages.platform.network.nat_gateways import NatGateway
from mlinfra.languages.platform.network.public_ips import PublicIp
from mlinfra.languages.platform.observe.log_analytics_clusters import LogAnalyticsCluster
from mlinfra.languages.platform.storage.account import StorageAccount
from mlinfra.languages.platform.storage.container_registries import ContainerRegistry
from mlinfra.languages.platform.storage.storage_accounts import sku_of
from mlinfra.rules.rule import over_graph, owned

NO_ZONES = Code(
    "MLI619",
    "error",
    "Copies in the zones of a region that has none",
    "Some regions have no availability zones: Azure refuses there what is to lie in several, and a copy in another "
    "region is for who owns the data to decide",
    "Write copies that the region has, or another location",
    "https://learn.microsoft.com/azure/reliability/regions-list",
)


class _Zoned(NamedTuple):
    """Where a kind says that it lies in zones."""

    section: str
    model: type[InfrastructureBody]
    field: str
    asked: Callable[[Any, Graph], str]  # what is asked for, empty where nothing is
    instead: Callable[[Any, Graph], str] | None = None  # what may be written, where it can't be left out


def _in_zones(sku: str) -> str:
    return sku if sku.endswith("ZRS") else ""


def _listed(zones: list[Any] | None) -> str:
    return f"zones {', '.join(zones)}" if zones else ""


def _copies(account: StorageAccount, graph: Graph) -> str:
    is_premium = sku_of(account, graph).startswith("Premium")
    return (
        "Premium_LRS" if is_premium else "Standard_LRS, or Standard_GRS for a copy in the region that it is paired with"
    )


_ZONED = (
    _Zoned(
        "storage_accounts", StorageAccount, "sku", lambda account, graph: _in_zones(sku_of(account, graph)), _copies
    ),
    _Zoned(
        "container_registries",
        ContainerRegistry,
        "zone_redundancy",
        lambda registry, graph: "a copy in each zone" if registry.zone_redundancy else "",
    ),
    _Zoned("public_ips", PublicIp, "zones", lambda address, graph: _listed(address.zones)),
    _Zoned("nat_gateways", NatGateway, "zones", lambda gateway, graph: _listed(gateway.zones)),
    _Zoned(
        "log_analytics_clusters",
        LogAnalyticsCluster,
        "availability_zones",
        lambda cluster, graph: "a copy in each zone" if cluster.availability_zones else "",
    ),
)


def _region_has_zones(graph: Graph) -> Iterator[Diagnostic]:
    for zoned in _ZONED:
        for entry, model in owned(graph, zoned.section, zoned.model):
            region, asked = region_of(model, graph), zoned.asked(model, graph)
            if asked and not has_zones(region):
                is_written = zoned.field in model.model_fields_set
                by_default = "" if is_written else ", as it has in production unless something else is written"
                message = f"{region} has no availability zones, and {entry.address} has {asked} there{by_default}"
                instead = zoned.instead(model, graph) if zoned.instead else None
                help = f"write {_place(entry, zoned)}: {instead}" if instead else f"leave {zoned.field} out"
                yield finding(NO_ZONES, message, at(entry, (zoned.field,), on_key=not is_written), help)


def _place(entry: Entry, zoned: _Zoned) -> str:
    """Where a field is written, of an entry that may not be."""
    return f"{entry.address}.{zoned.field}" if entry.because else zoned.field


RULES = (over_graph(NO_ZONES, _region_has_zones),)

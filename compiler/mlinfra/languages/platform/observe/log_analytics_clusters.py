"""log_analytics_clusters: machines of one's own below Log Analytics, which encrypt with a key of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from mlinfra.azure.name_rules import LOGS, NameRule
from mlinfra.graph import Entry, Graph
from mlinfra.languages.changes import GONE, LEARN, LESS, REST, changes
from mlinfra.languages.charges import Charge, Uncounted
from mlinfra.languages.key_places import FIELD
from mlinfra.languages.language import KeyReader
from mlinfra.languages.platform.encryption import INSIDE, CustomerManagedKey, OwnKey, own_key, with_key_identity
from mlinfra.languages.platform.identity_block import identity_block
from mlinfra.languages.platform.kind import InfrastructureBody, Kind, resource_of
from mlinfra.languages.resource import Resource
from mlinfra.languages.settings import Insecure, Setting

_MADE_LIKE_THAT = f"{LEARN}azure-monitor/logs/logs-dedicated-clusters"


class LogAnalyticsCluster(InfrastructureBody):
    reserved_gb_per_day: Annotated[
        Literal[100, 200, 300, 400, 500, 1000, 2000, 5000, 10000, 25000, 50000],
        Field(description="Gigabytes a day that are paid for, whether they arrive or not; less only after 31 days"),
    ] = 100
    billing: Annotated[
        Literal["cluster", "workspaces"],
        Field(description="Who is billed: the cluster, or its workspaces by what arrives in each"),
    ] = "cluster"
    double_encryption: Annotated[
        bool, Field(description="Encrypted twice, by two keys and two algorithms; fixed once created")
    ] = True
    availability_zones: (
        Annotated[
            bool, Field(description="Copies in every zone; by default where the region has zones; fixed once created")
        ]
        | None
    ) = None
    customer_managed_key: (
        Annotated[
            CustomerManagedKey,
            Field(description="A key of your own that encrypts what arrives in its workspaces from then on"),
        ]
        | None
    ) = None


def resources(cluster: LogAnalyticsCluster, entry: Entry, graph: Graph) -> Iterator[Resource]:
    key = own_key(entry, graph)
    yield resource_of(
        LOG_ANALYTICS_CLUSTERS,
        entry,
        cluster,
        _properties(cluster, key),
        sku={"name": "CapacityReservation", "capacity": cluster.reserved_gb_per_day},
        identity=identity_block(with_key_identity([], key)),
    )


def _properties(cluster: LogAnalyticsCluster, key: OwnKey | None) -> dict[str, Any]:
    """An empty version of a key is its newest one, which the cluster looks for by itself."""
    properties: dict[str, Any] = {
        "billingType": cluster.billing.capitalize(),
        "isDoubleEncryptionEnabled": cluster.double_encryption,
    }
    if cluster.availability_zones is not None:
        properties["isAvailabilityZonesEnabled"] = cluster.availability_zones
    if key is not None:
        properties["keyVaultProperties"] = {"keyVaultUri": key.vault_uri, "keyName": key.name, "keyVersion": ""}
    return properties


def _charges(entry: Entry, graph: Graph) -> Iterator[Charge | Uncounted]:
    if isinstance(entry.model, LogAnalyticsCluster):
        reserved = entry.model.reserved_gb_per_day
        yield Uncounted(f"logs at {reserved} GB a day reserved", "its price is not known here")


LOG_ANALYTICS_CLUSTERS = Kind(
    name="log_analytics_clusters",
    noun="cluster of Log Analytics",
    called_elsewhere={
        "capacity": "write reserved_gb_per_day",
        "sizegb": "write reserved_gb_per_day",
        "billingtype": "write billing: cluster or workspaces",
        "isdoubleencryptionenabled": "write double_encryption, which is true unless written",
        "isavailabilityzonesenabled": "write availability_zones",
        "keyvaultproperties": "write customer_managed_key: {key_vault: …, key: …}",
    },
    settings=(Setting(("isDoubleEncryptionEnabled",), ("double_encryption",)),),
    insecure=(Insecure(("double_encryption",), False, "encrypts its data once only"),),
    model=LogAnalyticsCluster,
    charges=_charges,
    resource_type="Microsoft.OperationalInsights/clusters",
    api_version="2026-03-01",
    name_rule=NameRule("a cluster of Log Analytics", 4, 63, LOGS, "resource group", "platform", "logc"),  # NR
    layer="storage",  # in the one before is the role on the key
    resources=resources,
    stateful=True,
    locked_because="holds the record of what happened, and what is deleted there can't be asked",
    lost_with_it="the logs of its workspaces; its name is kept for 14 days",
    inside=INSIDE,
    # Source: docs, "Azure Monitor customer-managed keys".
    key_reader=KeyReader(FIELD, "logs-key", "reads the key that encrypts it with an identity of its own"),
    symbol="logCluster",
    group="Logs",
    described="Dedicated clusters of Log Analytics, for keys of one's own; from 100 GB a day, made within two hours",
    changes=(
        *changes(
            "create_only",
            _MADE_LIKE_THAT,
            "properties.isDoubleEncryptionEnabled",
            "properties.isAvailabilityZonesEnabled",
            is_confirmed=False,
        ),
        *changes("refused", _MADE_LIKE_THAT, "sku.capacity", towards=LESS, is_confirmed=False),  # for 31 days
        *changes("weakens", REST, "properties.replication.enabled", towards=LESS),
        *changes(
            "weakens",
            f"{LEARN}azure-monitor/logs/customer-managed-keys",
            "properties.keyVaultProperties",
            towards=GONE,
        ),
    ),
    plain=(
        "identity.type",
        "identity.userAssignedIdentities",
        "properties.billingType",
        "sku.name",
    ),
)

"""log_analytics: where logs and metrics of everything go."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator

from mlinfra.azure.name_rules import LOGS, NameRule
from mlinfra.azure.prices import DAYS_A_MONTH
from mlinfra.bodies.body import ReferenceTo
from mlinfra.bodies.fields import RETENTION_DAYS, WHOLE_IF_IT_IS, contrary
from mlinfra.graph import Entry, Graph
from mlinfra.languages.changes import LEARN, LESS, MORE, REST, TERRAFORM, UNLIMITED, changes
from mlinfra.languages.charges import Amount, Charge, Uncounted, used
from mlinfra.languages.platform.access import PublicAccess
from mlinfra.languages.platform.charges import Sent
from mlinfra.languages.platform.identity_block import identity_block
from mlinfra.languages.platform.kind import InfrastructureBody, Kind, reference, resource_of
from mlinfra.languages.platform.scoped import in_scopes
from mlinfra.languages.resource import Resource
from mlinfra.languages.settings import AS_WRITTEN, OPPOSITE, SWITCHED, Insecure, Setting

DAYS_IN_THE_PRICE = 31  # that logs are kept at no price of its own; docs, "Azure Monitor Logs cost calculations"
MAX_DAILY_QUOTA_GB = 1_000_000  # a petabyte; the service names no bound
_CLUSTERS = "log_analytics_clusters"
_SKUS = {"per_gb": "PerGB2018", "capacity_reservation": "CapacityReservation"}


class LogAnalytics(InfrastructureBody):
    model_config = ConfigDict(
        json_schema_extra={  # what _is_known_in_one_way says, for editors
            "if": {"properties": {"system_identity": {"const": True}}, "required": ["system_identity"]},
            "then": {"properties": {"identities": {"maxItems": 0}}},
        }
    )

    usage: Annotated[Sent, Field(description="How much arrives, which only its cost rests on")] | None = None
    sku: Annotated[
        Literal["per_gb", "capacity_reservation"], Field(description="Pay per gigabyte, or reserve an amount a day")
    ] = "per_gb"
    reserved_gb_per_day: (
        Annotated[
            Literal[100, 200, 300, 400, 500, 1000, 2000, 5000, 10000, 25000, 50000],
            Field(description="With capacity_reservation: gigabytes a day"),
        ]
        | None
    ) = None
    retention_days: (
        Annotated[
            int, Field(ge=30, le=730, description="Days that logs are kept; by default 90 in production, else 30")
        ]
        | None
    ) = None
    daily_quota_gb: (
        Annotated[
            float,
            Field(
                gt=0,
                le=MAX_DAILY_QUOTA_GB,
                description="Ingestion stops for the day above this; by default it never does",
            ),
            WHOLE_IF_IT_IS,
        ]
        | None
    ) = None
    cluster: (
        Annotated[
            str,
            ReferenceTo("log_analytics_clusters"),
            Field(description="The dedicated cluster that it lies in, whose price and key are its own then"),
        ]
        | None
    ) = None
    identities: Annotated[
        list[Annotated[str, ReferenceTo("identities")]],
        Field(description="User-assigned identities of the workspace, in place of one of its own"),
    ] = []
    system_identity: Annotated[bool, Field(description="An identity that lives as long as the workspace")] = False
    local_auth: Annotated[bool, Field(description="Agents may send with the workspace's key, without Entra")] = False
    ingestion: Annotated[PublicAccess, Field(description="Whether logs arrive over the public endpoint")] = "enabled"
    query: Annotated[PublicAccess, Field(description="Whether logs are read over the public endpoint")] = "enabled"

    @model_validator(mode="after")
    def _is_known_in_one_way(self) -> LogAnalytics:
        if self.identities and self.system_identity:  # REST: Identity.type of a workspace is one of the two
            raise contrary("has identities and an identity of its own, and takes one or the other", "leave one out")
        return self


def resources(logs: LogAnalytics, entry: Entry, graph: Graph) -> Iterator[Resource]:
    identity = identity_block(logs.identities, system_assigned=logs.system_identity)
    yield resource_of(LOG_ANALYTICS, entry, logs, _properties(logs, graph.target.mode), identity=identity)
    yield from in_scopes(entry, graph)
    if logs.cluster is not None:
        yield Resource(
            address=f"{entry.address}.cluster",
            type=f"{LOG_ANALYTICS.resource_type}/linkedServices",
            names=(entry.azure_name, "Cluster"),
            body={"properties": {"writeAccessResourceId": reference(_CLUSTERS, logs.cluster)}},
            owner=entry.address,
            parent=entry.address,
            because=f"{entry.address} lies in a dedicated cluster",
        )


def _properties(logs: LogAnalytics, mode: str) -> dict[str, Any]:
    sku: dict[str, Any] = {"name": _SKUS[logs.sku]}
    if logs.reserved_gb_per_day is not None:
        sku["capacityReservationLevel"] = logs.reserved_gb_per_day
    # Once it is linked to a cluster Azure refuses every sku but that of the cluster: azure-cli#23867.
    priced = {"sku": sku} if logs.cluster is None else {}
    properties: dict[str, Any] = {**priced, "retentionInDays": logs.retention_days or RETENTION_DAYS[mode]}
    if logs.daily_quota_gb is not None:
        properties["workspaceCapping"] = {"dailyQuotaGb": logs.daily_quota_gb}
    return properties | {
        "features": {
            "disableLocalAuth": not logs.local_auth,
            "enableLogAccessUsingOnlyResourcePermissions": True,
        },
        "publicNetworkAccessForIngestion": logs.ingestion.capitalize(),
        "publicNetworkAccessForQuery": logs.query.capitalize(),
    }


def _charges(entry: Entry, graph: Graph) -> Iterator[Charge | Uncounted]:
    """What arrives, and what is kept longer than the price of that allows; the five free GB are an account's."""
    logs = entry.model
    if not isinstance(logs, LogAnalytics):
        return
    sent = used(logs.usage, "gb_a_day")
    if logs.cluster is not None:
        return  # what its cluster reserves is billed there
    if logs.sku != "per_gb":
        yield Uncounted(f"logs at {logs.reserved_gb_per_day} GB a day reserved", "its price is not known here")
    elif sent is None:
        yield Uncounted("logs", "usage.gb_a_day is not written")
    else:
        bound = sent if logs.daily_quota_gb is None else max(sent, Decimal(str(logs.daily_quota_gb)))
        a_day = Amount(Decimal(), sent, bound)
        kept = max((logs.retention_days or RETENTION_DAYS[graph.target.mode]) - DAYS_IN_THE_PRICE, 0)
        shown = f"{sent.normalize():f} GB a day of logs"
        yield Charge(shown, "logs_ingested", a_day.times(DAYS_A_MONTH))
        if kept:
            what = f"{shown}, kept {kept} days longer than is in the price"
            yield Charge(what, "logs_kept", a_day.times(kept))
        if logs.daily_quota_gb is None:
            yield Uncounted(f"more than {shown}", "no daily_quota_gb bounds them")


LOG_ANALYTICS = Kind(
    name="log_analytics",
    lost_with_it="its logs",
    noun="Log Analytics workspace",
    called_elsewhere={
        "retentionindays": "write retention_days",
        "dailyquotagb": "write daily_quota_gb",
        "workspacecapping": "write daily_quota_gb",
        "disablelocalauth": "write local_auth, which is false unless written",
    },
    model=LogAnalytics,
    charges=_charges,
    resource_type="Microsoft.OperationalInsights/workspaces",
    api_version="2026-03-01",
    name_rule=NameRule("a Log Analytics workspace", 4, 63, LOGS, "resource group", "platform", "log"),  # BT
    resources=resources,
    watched=True,
    locked_because="holds the record of what happened, and what is deleted there can't be asked",
    symbol="logs",
    # Source: docs, "Azure Monitor customer-managed keys".
    encrypted_by="cluster",
    keeps_keys_of_azure="only a dedicated cluster takes one, from 100 GB a day",
    # Source: docs, "Manage access to Log Analytics workspaces" (destination of diagnostic settings), "Create
    # workspace-based Application Insights resources" (a workspace of another subscription).
    rights_to_use=("Microsoft.OperationalInsights/workspaces/sharedKeys/action",),
    group="Logs",
    described="Log Analytics workspaces: where logs and metrics go",
    settings=(
        Setting(("features", "disableLocalAuth"), ("local_auth",), OPPOSITE),
        Setting(("retentionInDays",), ("retention_days",), AS_WRITTEN),
        Setting(("publicNetworkAccessForIngestion",), ("ingestion",), SWITCHED),
        Setting(("publicNetworkAccessForQuery",), ("query",), SWITCHED),
    ),
    insecure=(Insecure(("local_auth",), True, "takes logs from whoever has its key"),),
    changes=(
        *changes("create_only", TERRAFORM, "properties.sku.name", families=(("PerGB2018", "CapacityReservation"),)),
        *changes(
            "loses_data",  # after 30 days in which the old value can be restored
            f"{LEARN}azure-monitor/logs/data-retention-configure",
            "properties.retentionInDays",
            towards=LESS,
        ),
        *changes(
            "loses_data",  # what is sent beyond it on a day
            f"{LEARN}azure-monitor/logs/daily-cap",
            "properties.workspaceCapping.dailyQuotaGb",
            towards=LESS,
            none_is=UNLIMITED,
        ),
        *changes("weakens", TERRAFORM, "properties.retentionInDays", towards=LESS),
        *changes("weakens", REST, "properties.forceCmkForQuery", "properties.replication.enabled", towards=LESS),
        *changes("loses_data", REST, "properties.features.immediatePurgeDataOn30Days", towards=MORE),
        *changes(  # whoever reads a resource then reads its logs, without a role here
            "opens_access",
            f"{LEARN}azure-monitor/logs/manage-access",
            "properties.features.enableLogAccessUsingOnlyResourcePermissions",
            "properties.features.enableDataExport",
        ),
        *changes(
            "opens_access",
            TERRAFORM,
            "properties.publicNetworkAccessForIngestion",
            "properties.publicNetworkAccessForQuery",
        ),
        *changes("opens_access", TERRAFORM, "properties.features.disableLocalAuth", whom="whoever has its key"),
    ),
    plain=(
        "identity.type",
        "identity.userAssignedIdentities",
        "properties.linkedResourceId",
        "properties.sku.capacityReservationLevel",
        "properties.writeAccessResourceId",
    ),
)

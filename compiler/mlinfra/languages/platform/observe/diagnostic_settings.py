"""diagnostic_settings: logs and metrics of a resource, sent where somebody can look later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from mlinfra.azure.casing import camel
from mlinfra.azure.diagnostics import ALL_LOGS, NOT_KNOWN, Sends, sends
from mlinfra.azure.ids import is_group_id, type_of
from mlinfra.azure.name_rules import EXTENSION, NameRule
from mlinfra.bodies.altering import Altering, ExtensionName
from mlinfra.bodies.azure_words import AzureWords
from mlinfra.bodies.body import Body, ReferenceTo
from mlinfra.bodies.fields import Properties, SendingRuleId
from mlinfra.graph import Entry, Graph
from mlinfra.languages.changes import ANY, GONE, REST, TERRAFORM, WHOLE, changes
from mlinfra.languages.platform.kind import Kind, at_address
from mlinfra.languages.platform.outside import extended
from mlinfra.languages.resource import Resource, merged

ONLY_PREVIEW_HAS_NAMES = (
    "use-recent-api-versions",
    "only the preview API lets a diagnostic setting have a name of its own",
)
GROUPS = (ALL_LOGS, "audit")  # docs, "Diagnostic settings in Azure Monitor": category groups
# The services of an account are no entries: storage_accounts.lake.blob_services.
SERVICES = {f"{name}_services": f"{name}Services" for name in ("blob", "file", "queue", "table")}
_AN_ENTRY = rf"(?!.*\.({'|'.join(SERVICES)})$)"


class EventHub(Body):
    rule: Annotated[SendingRuleId, Field(description="The id of a rule of its namespace, which may send")]
    name: Annotated[str, Field(description="Which hub; by default one for each category")] | None = None


TableType: TypeAlias = Annotated[Literal["dedicated", "azure_diagnostics"], AzureWords()]


class Destinations(Body):
    """What written and derived settings have in common."""

    log_analytics: (
        Annotated[str, ReferenceTo("log_analytics"), Field(description="The Log Analytics workspace that receives")]
        | None
    ) = None
    storage_account: (
        Annotated[str, ReferenceTo("storage_accounts"), Field(description="An account that receives, for archives")]
        | None
    ) = None
    event_hub: Annotated[EventHub, Field(description="A hub that receives, for a system of others")] | None = None
    categories: (
        Annotated[list[str], Field(description="Categories of logs, by Azure's names; by default all; none: []")] | None
    ) = None
    category_groups: (
        Annotated[
            list[Literal["allLogs", "audit"]],
            Field(description="Groups of categories, instead of these: allLogs or audit"),
        ]
        | None
    ) = None
    metrics: Annotated[list[str], Field(description="Categories of metrics; by default all; none: []")] | None = None
    table_type: (
        Annotated[
            TableType,
            Field(description="In Log Analytics: a table for each kind of log (dedicated), or AzureDiagnostics"),
        ]
        | None
    ) = None
    azure_name: Annotated[str, Field(description="Its name on Azure")] | None = None


class DiagnosticSetting(Destinations):
    of: Annotated[
        str,
        ReferenceTo(when=_AN_ENTRY),
        Field(
            description="What sends: the address of an entry, or of a service of an account, such as "
            "storage_accounts.lake.blob_services; or an id",
            examples=["key_vaults.main"],
        ),
    ]
    properties: Annotated[Properties, Field(description="Merged into the setting's properties as written")] = {}
    targets: Annotated[list[str], Field(description="Targets in which it exists; by default all")] | None = None


class DerivedSetting(Destinations):
    of: str  # address of the resource that sends; destinations are addresses, too, or ARM ids


class AlteringDiagnostics(Altering):
    azure_name: Annotated[ExtensionName | None, Field(description="Its name on Azure")] = None
    log_analytics: Annotated[
        Annotated[str, ReferenceTo("log_analytics")] | None,
        Field(description="The entry that receives"),
    ] = None
    storage_account: Annotated[
        Annotated[str, ReferenceTo("storage_accounts")] | None,
        Field(description="An account that receives as well"),
    ] = None
    event_hub: Annotated[EventHub | None, Field(description="A hub that receives as well")] = None
    categories: Annotated[
        list[str] | None, Field(description="Categories of logs, or their groups allLogs and audit; none: [] ")
    ] = None
    category_groups: Annotated[
        list[Literal["allLogs", "audit"]] | None, Field(description="Groups of categories, instead of these")
    ] = None
    metrics: Annotated[list[str] | None, Field(description="Categories of metrics; none: []")] = None
    table_type: Annotated[
        TableType | None, Field(description="A table for each kind of log (dedicated), or AzureDiagnostics")
    ] = None


def diagnostics_address(resource: str) -> str:
    return f"{resource}.diagnostics"


def resources(setting: DiagnosticSetting, entry: Entry, graph: Graph) -> Iterator[Resource]:
    whole = setting.model_copy(
        update={
            field: f"{section}.{name}"
            for field, section in (("log_analytics", "log_analytics"), ("storage_account", "storage_accounts"))
            if (name := getattr(setting, field)) and not name.startswith("/")
        }
    )
    yield _resource(whole, extended(setting.of, graph), entry.azure_name, entry, graph, setting.properties)


def derived_resources(setting: DerivedSetting, entry: Entry, graph: Graph) -> Iterator[Resource]:
    name = setting.azure_name or f"to-{_name(graph, str(setting.log_analytics))}"
    yield _resource(setting, setting.of, name, entry, graph, {})


def _resource(
    setting: Destinations, of: str, name: str, entry: Entry, graph: Graph, written: dict[str, Any]
) -> Resource:
    return Resource(
        address=entry.address,
        type=DIAGNOSTIC_SETTINGS.resource_type,
        names=(name,),
        body={"properties": merged(_properties(setting, sent_by(of, graph) or NOT_KNOWN), written)},
        owner=entry.address,
        scope=of,
        because=entry.because,
        exceptions=(ONLY_PREVIEW_HAS_NAMES,),
        properties_written=bool(written),
    )


def _properties(setting: Destinations, sends: Sends) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    if setting.log_analytics:
        properties["workspaceId"] = at_address(setting.log_analytics)
    if setting.table_type:
        properties["logAnalyticsDestinationType"] = camel(setting.table_type)
    if setting.storage_account:
        properties["storageAccountId"] = at_address(setting.storage_account)
    if setting.event_hub:
        properties["eventHubAuthorizationRuleId"] = setting.event_hub.rule
        if setting.event_hub.name:
            properties["eventHubName"] = setting.event_hub.name
    if logs := logs_of(setting, sends):
        properties["logs"] = [
            {"categoryGroup" if each in GROUPS else "category": each, "enabled": True} for each in logs
        ]
    if metrics := metrics_of(setting, sends):
        properties["metrics"] = [{"category": each, "enabled": True} for each in metrics]
    return properties


def logs_of(setting: Destinations, sends: Sends) -> list[str]:
    """The categories of logs that are sent, and their groups."""
    if setting.categories is None and setting.category_groups is None:
        return [ALL_LOGS] if sends.logs else []
    return [*(setting.categories or ()), *(setting.category_groups or ())]


def metrics_of(setting: Destinations, sends: Sends) -> list[str]:
    """The categories of metrics that are sent."""
    if setting.metrics is None:
        return [sends.metrics] if sends.metrics else []
    return setting.metrics


def sent_by(of: str, graph: Graph) -> Sends | None:
    """What the resource at an address, or of an id, can send; None where that is nothing, or no resource."""
    if of.startswith("/"):
        return None if is_group_id(of) else sends(type_of(of)) or NOT_KNOWN
    owner, _, service = of.rpartition(".")
    entry = graph.entries.get(owner if service in SERVICES else of)
    if entry is None or entry.id is None:
        return None
    return sends(f"{type_of(entry.id)}/{SERVICES[service]}" if service in SERVICES else type_of(entry.id))


def _name(graph: Graph, receiver: str) -> str:
    return receiver.rpartition("/")[2] if receiver.startswith("/") else graph.entries[receiver].azure_name


_CHANGES = (
    *changes("create_only", TERRAFORM, "scope", "name"),
    *changes("weakens", REST, "properties.logs", "properties.metrics", towards=WHOLE),
    *changes(
        "weakens",
        REST,
        "properties.eventHubAuthorizationRuleId",
        "properties.marketplacePartnerId",
        "properties.storageAccountId",
        "properties.workspaceId",
        towards=GONE,
    ),
    *changes(
        "opens_access",
        REST,
        "properties.eventHubAuthorizationRuleId",
        "properties.eventHubName",
        "properties.marketplacePartnerId",
        "properties.storageAccountId",
        "properties.workspaceId",
        towards=ANY,
        is_confirmed=False,
    ),
)

DIAGNOSTIC_SETTINGS = Kind(
    name="diagnostic_settings",
    noun="diagnostic setting",
    extends="of",
    called_elsewhere={
        "targetresourceid": "write of: <the address of an entry>",
        "resource": "write of: <the address of an entry>",
        "scope": "write of: <the address of an entry>",
        "workspaceid": "write log_analytics: <an entry of that section>",
        "workspaceresourceid": "write log_analytics: <an entry of that section>",
        "loganalyticsworkspaceid": "write log_analytics: <an entry of that section>",
        "loganalyticsdestinationtype": "write table_type: dedicated",
        "storageaccountid": "write storage_account: <an entry of storage_accounts>",
        "eventhubauthorizationruleid": "write event_hub: {rule: <its id>, name: <the hub>}",
        "eventhubname": "write event_hub: {rule: <its id>, name: <the hub>}",
        "logs": "write categories or category_groups",
        "enabledlog": "write categories or category_groups",
        "logcategoriesandgroups": "write categories or category_groups",
        "metriccategories": "write metrics",
        "metric": "write metrics",
    },
    model=DiagnosticSetting,
    resource_type="Microsoft.Insights/diagnosticSettings",
    api_version="2021-05-01-preview",  # the stable one insists on the name `service`; AVM uses the preview too
    name_rule=NameRule("a diagnostic setting", 1, 90, EXTENSION, "resource"),
    resources=resources,
    symbol="diagnostics",
    group="Logs",
    described="Logs and metrics of a resource, sent elsewhere beside what is derived",
    changes=_CHANGES,
    plain=("properties.logAnalyticsDestinationType",),
)

DERIVED_DIAGNOSTIC_SETTINGS = Kind(
    name="derived_diagnostic_settings",
    is_derived=True,
    is_only_counted=True,
    noun="diagnostic setting",
    model=DerivedSetting,
    altering=AlteringDiagnostics,
    resource_type=DIAGNOSTIC_SETTINGS.resource_type,
    resources=derived_resources,
    described="Logs and metrics of a resource, sent to Log Analytics",
    changes=_CHANGES,
)

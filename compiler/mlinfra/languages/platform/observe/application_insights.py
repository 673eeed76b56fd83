"""application_insights: traces of endpoints and experiments, kept in a Log Analytics workspace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from mlinfra.azure import providers as known
from mlinfra.azure.name_rules import INSIGHTS, NameRule
from mlinfra.azure.providers import Made, Provider
from mlinfra.bodies.body import ReferenceTo
from mlinfra.bodies.fields import RETENTION_DAYS, WHOLE_IF_IT_IS
from mlinfra.graph import Entry, Graph
from mlinfra.languages.changes import LEARN, LESS, REST, TERRAFORM, changes
from mlinfra.languages.platform.access import PublicAccess
from mlinfra.languages.platform.kind import InfrastructureBody, Kind, reference, resource_of
from mlinfra.languages.platform.scoped import in_scopes
from mlinfra.languages.resource import Resource
from mlinfra.languages.settings import AS_WRITTEN, OPPOSITE, SWITCHED, Insecure, Setting

_RETENTION = f"{LEARN}azure-monitor/logs/data-retention-configure"


class ApplicationInsights(InfrastructureBody):
    log_analytics: (
        Annotated[
            str,
            ReferenceTo("log_analytics"),
            Field(
                description="The Log Analytics workspace that keeps the traces; by default the only one of the spec, "
                "else that of the same name"
            ),
        ]
        | None
    ) = None
    retention_days: (
        Annotated[
            Literal[30, 60, 90, 120, 180, 270, 365, 550, 730],
            Field(description="Days that traces are kept; by default 90 in production, else 30"),
        ]
        | None
    ) = None
    sampling_percentage: (
        Annotated[
            float,
            Field(gt=0, le=100, description="Share of the telemetry that is kept; by default all"),
            WHOLE_IF_IT_IS,
        ]
        | None
    ) = None
    ip_masking: Annotated[bool, Field(description="Addresses of callers are not kept")] = True
    local_auth: (
        Annotated[
            bool,
            Field(
                description="Who has the connection string sends; by default where a deployment logs so, by "
                "app_insights_enabled: off, it logs nothing"
            ),
        ]
        | None
    ) = None
    ingestion: Annotated[PublicAccess, Field(description="Whether traces arrive over the public endpoint")] = "enabled"
    query: Annotated[PublicAccess, Field(description="Whether traces are read over the public endpoint")] = "enabled"


def resources(insights: ApplicationInsights, entry: Entry, graph: Graph) -> Iterator[Resource]:
    properties: dict[str, Any] = {
        "Application_Type": "web",
        "WorkspaceResourceId": reference("log_analytics", insights.log_analytics or entry.name),
        "IngestionMode": "LogAnalytics",
        "RetentionInDays": insights.retention_days or RETENTION_DAYS[graph.target.mode],
        "DisableIpMasking": not insights.ip_masking,
        "DisableLocalAuth": not takes_connection_strings(insights, graph),
        "publicNetworkAccessForIngestion": insights.ingestion.capitalize(),
        "publicNetworkAccessForQuery": insights.query.capitalize(),
    }
    if insights.sampling_percentage is not None:
        properties["SamplingPercentage"] = insights.sampling_percentage
    yield resource_of(APPLICATION_INSIGHTS, entry, insights, properties, kind="web")
    yield from in_scopes(entry, graph)


def takes_connection_strings(insights: ApplicationInsights, graph: Graph) -> bool:
    """Deployments sign in with nothing else: azureml-inference-server-http 1.5.1 knows only the instrumentation key."""
    if insights.local_auth is not None:
        return insights.local_auth
    return any(deployment.body.get("app_insights_enabled") for deployment in graph.section("online_deployments"))


def _providers(entry: Entry, graph: Graph, made: Made) -> tuple[Provider, ...]:
    """Of the rule that Azure makes beside each."""
    return made.needs(known.ALERTS) if made.properties else ()


APPLICATION_INSIGHTS = Kind(
    name="application_insights",
    noun="Application Insights component",
    called_elsewhere={
        "workspaceresourceid": "write log_analytics: <an entry of that section>",
        "workspaceid": "write log_analytics: <an entry of that section>",
        "retentionindays": "write retention_days",
        "disablelocalauth": "write local_auth",
        "applicationtype": "leave it out: it is web, the only one that telemetry of endpoints has",
    },
    model=ApplicationInsights,
    resource_type="Microsoft.Insights/components",
    api_version="2020-02-02",
    name_rule=NameRule(
        "an Application Insights component", 1, 260, INSIGHTS, "resource group", "platform", "appi"
    ),  # NR
    resources=resources,
    providers=_providers,
    encrypted_by="log_analytics",
    keeps_keys_of_azure="its data lie in Log Analytics, where only a dedicated cluster takes one",
    symbol="insights",
    group="Logs",
    described="Application Insights: traces of endpoints and experiments",
    settings=(
        Setting(("DisableIpMasking",), ("ip_masking",), OPPOSITE),
        Setting(("DisableLocalAuth",), ("local_auth",), OPPOSITE),
        Setting(("RetentionInDays",), ("retention_days",), AS_WRITTEN),
        Setting(("publicNetworkAccessForIngestion",), ("ingestion",), SWITCHED),
        Setting(("publicNetworkAccessForQuery",), ("query",), SWITCHED),
    ),
    insecure=(
        Insecure(("ip_masking",), False, "keeps the addresses of callers"),
        Insecure(("local_auth",), True, "takes traces from whoever has its connection string"),
    ),
    changes=(
        *changes("create_only", TERRAFORM, "properties.Application_Type"),
        *changes("irreversible", TERRAFORM, "properties.WorkspaceResourceId"),
        *changes("weakens", TERRAFORM, "properties.RetentionInDays", towards=LESS),
        *changes(  # the rest is thrown away
            "weakens",
            f"{LEARN}azure-monitor/app/sampling-classic-api",
            "properties.SamplingPercentage",
            towards=LESS,
            none_is="100",
        ),
        *changes(  # addresses of callers are kept
            "weakens", f"{LEARN}azure-monitor/app/ip-collection", "properties.DisableIpMasking", towards="true"
        ),
        *changes("loses_data", REST, "properties.ImmediatePurgeDataOn30Days", towards="true", is_confirmed=False),
        *changes("loses_data", _RETENTION, "properties.RetentionInDays", towards=LESS),
        *changes(
            "opens_access",
            TERRAFORM,
            "properties.publicNetworkAccessForIngestion",
            "properties.publicNetworkAccessForQuery",
        ),
        *changes("opens_access", TERRAFORM, "properties.DisableLocalAuth", whom="whoever has its connection string"),
    ),
    plain=(
        "kind",
        "properties.IngestionMode",
        "properties.linkedResourceId",
    ),
)

"""Rules of telemetry: what a deployment sends arrives."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.derive.workspace import workspace_of
from mlinfra.diagnostics import Code, Diagnostic, Related, finding
from mlinfra.graph import Graph
from mlinfra.graph.findings import at
from mlinfra.languages.platform.observe.application_insights import ApplicationInsights, takes_connection_strings
from mlinfra.rules.rule import over_graph

LOST = Code(
    "MLI645",
    "warning",
    "Deployment whose logs Application Insights rejects",
    "The inference server of Azure ML sends logs and traces with the instrumentation key, and takes no identity. With "
    "local authentication off, Application Insights drops them without an error, whatever role the endpoint has",
    "Leave local_auth out of the component, or app_insights_enabled out of the deployment and read its console log in "
    "Log Analytics",
    "https://learn.microsoft.com/azure/azure-monitor/app/azure-ad-authentication",
)


def _logs_arrive(graph: Graph) -> Iterator[Diagnostic]:
    for deployment in graph.section("online_deployments"):
        if deployment.body.get("app_insights_enabled") is not True:
            continue
        workspace = workspace_of(graph, deployment)
        insights = graph.entries.get(graph.bound(workspace.address, "application_insights") or "")
        model = insights.model if insights else None
        if insights is None or insights.existing or not isinstance(model, ApplicationInsights):
            continue
        is_off = model.properties.get("DisableLocalAuth", not takes_connection_strings(model, graph))
        if is_off is True:
            message = f"{deployment.address} logs to {insights.address}, which takes no keys and drops what it sends"
            related = (Related(f"{insights.address} is written here", insights.key),)
            where = at(deployment, ("app_insights_enabled",), on_key=True)
            yield finding(LOST, message, where, f"let {insights.address} take keys: remove local_auth", related)


RULES = (over_graph(LOST, _logs_arrive),)

"""Diagnostic settings: what happens on a resource is kept in Log Analytics, so that somebody can look later."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.derive import workspace as around
from mlinfra.derive.altered import resources_of
from mlinfra.derive.entries import derived
from mlinfra.graph import Entry, Graph
from mlinfra.languages import SECTIONS, nested_in
from mlinfra.languages.language import Section
from mlinfra.languages.platform.observe import diagnostic_settings as kind
from mlinfra.source.tree import holds_unknown


def diagnostic_settings(graph: Graph) -> Iterator[Entry]:
    for row in SECTIONS:
        for entry in graph.section(row.name) if row.watched else ():
            logs = _logs_for(graph, entry)
            if logs and _is_ours(graph, entry):
                for resource, resource_type in _sources(graph, row, entry):
                    yield _setting(graph, entry, resource, resource_type, logs)


def _is_ours(graph: Graph, entry: Entry) -> bool:
    """Whether this spec creates the entry, and the workspace that it lives in: what others own, they watch."""
    workspace = graph.entries.get(f"workspaces.{entry.additions.get('workspace')}")
    return not entry.existing and not (workspace and workspace.existing)


def _setting(graph: Graph, entry: Entry, resource: str, resource_type: str, logs: str) -> Entry:
    address = kind.diagnostics_address(resource)
    because = f"what happens on {resource} is kept in {logs}"
    model = kind.DiagnosticSetting(resource=resource, resource_type=resource_type, log_analytics=logs)
    return derived(graph, entry.address, kind.SECTION, address, "diagnostics", model, because)


def _sources(graph: Graph, row: Section, entry: Entry) -> Iterator[tuple[str, str]]:
    """The resources of an entry that send logs or metrics, with their types."""
    yield entry.address, row.resource_type
    has_services = any(below.lives_in for below in nested_in(row.name))
    if not has_services or holds_unknown(entry.body):
        return
    for resource in resources_of(entry, graph):
        if resource.address != entry.address and resource.type.endswith("Services"):
            yield resource.address, resource.type


def _logs_for(graph: Graph, entry: Entry) -> str | None:
    """Where an entry's logs go: where the Application Insights of its workspace lie, else the first Log Analytics."""
    for workspace in around.workspaces(graph):
        linked = {edge.target for edge in graph.edges_from(workspace.address)} | {workspace.address}
        if entry.address in linked or entry.additions.get("workspace") == workspace.name:
            insights = graph.bound(workspace.address, "application_insights")
            if insights and (logs := graph.bound(insights, "log_analytics")):
                return logs
    return next((logs.address for logs in graph.section("log_analytics")), None)

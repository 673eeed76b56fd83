"""Diagnostic settings: what happens on a resource is kept in Log Analytics, so that somebody can look later."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.azure.diagnostics import sends
from mlinfra.derive import workspace as around
from mlinfra.derive.altered import resources_of
from mlinfra.derive.entries import derived
from mlinfra.graph import Entry, Graph
from mlinfra.languages import SECTIONS, nested_in
from mlinfra.languages.language import Section
from mlinfra.languages.platform.observe import diagnostic_settings as kind
from mlinfra.languages.platform.observe.log_analytics import LOG_ANALYTICS
from mlinfra.source.tree import holds_unknown


def diagnostic_settings(graph: Graph) -> Iterator[Entry]:
    """One for each resource that is watched, where none is written that sends to the same place."""
    written = set(_written(graph))
    for row in SECTIONS:
        for entry in graph.section(row.name) if row.watched else ():
            logs = _logs_for(graph, entry)
            if logs and _is_ours(graph, entry):
                for resource in _sources(graph, row, entry):
                    if (resource, logs) not in written:
                        yield _setting(graph, entry, resource, logs)


def _written(graph: Graph) -> Iterator[tuple[str, str]]:
    """What sends where by a setting that is written: Azure takes no second one with the same destination."""
    for entry in graph.section(kind.DIAGNOSTIC_SETTINGS.name):
        if isinstance(entry.model, kind.DiagnosticSetting):
            yield entry.model.of, f"{LOG_ANALYTICS.name}.{entry.model.log_analytics}"


def _is_ours(graph: Graph, entry: Entry) -> bool:
    """Whether this spec creates the entry, and the workspace that it lives in: what others own, they watch."""
    workspace = graph.entries.get(f"workspaces.{entry.additions.get('workspace')}")
    return not entry.existing and not (workspace and workspace.existing)


def _setting(graph: Graph, entry: Entry, resource: str, logs: str) -> Entry:
    address = kind.diagnostics_address(resource)
    itself = " itself" if logs == resource else ""
    because = f"what happens on {resource} is kept in {logs}{itself}"
    model = kind.DerivedSetting(of=resource, log_analytics=logs)
    section = kind.DERIVED_DIAGNOSTIC_SETTINGS.name
    return derived(graph, entry.address, section, address, "diagnostics", model, because)


def _sources(graph: Graph, row: Section, entry: Entry) -> Iterator[str]:
    """The resources of an entry that send logs or metrics."""
    yield entry.address
    has_services = any(below.lives_in for below in nested_in(row.name))
    if not has_services or holds_unknown(entry.body):
        return
    for resource in resources_of(entry, graph):
        if resource.address != entry.address and sends(resource.type):
            yield resource.address


def _logs_for(graph: Graph, entry: Entry) -> str | None:
    """Where an entry's logs go: where the Application Insights of its workspace lie, else the first Log Analytics."""
    if entry.section == LOG_ANALYTICS.name:
        return entry.address
    for workspace in around.holders(graph):
        linked = {edge.target for edge in graph.edges_from(workspace.address)} | {workspace.address}
        if entry.address in linked or entry.additions.get("workspace") == workspace.name:
            insights = graph.bound(workspace.address, "application_insights")
            if insights and (logs := graph.bound(insights, "log_analytics")):
                return logs
    return next((logs.address for logs in graph.section(LOG_ANALYTICS.name)), None)

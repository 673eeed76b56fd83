"""Schedules and monitors of a target, as the scripts know them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlinfra.derive.models import endpoints_serving
from mlinfra.derive.workspace import workspace_of
from mlinfra.emit.azureml import file_of
from mlinfra.emit.filled import fills_of
from mlinfra.graph import Entry, Graph
from mlinfra.overrides.run_values import VERSION, models_told
from mlinfra.pipelines.scheduled import ScheduleContext, ServedModel
from mlinfra.plan import Plan

_MONITORED = ("create_monitor", "monitoring_target", "endpoint_deployment_id")


def schedule(plan: Plan, entry: Entry) -> ScheduleContext:
    """A schedule or a monitor, with what it watches, and what it is told of what serves."""
    graph = plan.graph
    trigger: Mapping[str, Any] = entry.body.get("trigger") or {}
    watched = graph.entries.get(graph.bound(entry.address, *_MONITORED) or "")
    endpoint = graph.entries[str(watched.parent)] if watched else None
    return ScheduleContext(
        name=entry.azure_name,
        workspace=workspace_of(graph, entry).azure_name,
        file=file_of(graph, entry),
        content_hash=graph.contents[entry.address].hash,
        enabled=entry.additions.get("is_enabled", graph.target.mode == "production") is True,
        start_time=str(trigger.get("start_time") or ""),
        end_time=str(trigger.get("end_time") or ""),
        monitored_endpoint=endpoint.azure_name if endpoint else "",
        monitored_deployment=watched.azure_name if watched else "",
        fills=fills_of(graph, entry),
        served=tuple(_served(graph, entry, endpoint)),
    )


def _served(graph: Graph, entry: Entry, watched: Entry | None) -> Iterator[ServedModel]:
    """The models whose versions an entry is told: those on the endpoint that it watches, if that serves them."""
    for address in models_told(entry.run_values.values()):
        endpoints = sorted(endpoints_serving(graph, address), key=lambda each: each is not watched)
        name, serving = graph.entries[address].azure_name, tuple(_endpoint(graph, each) for each in endpoints)
        yield ServedModel(f"{address}.{VERSION}", name, serving)


def _endpoint(graph: Graph, entry: Entry) -> tuple[str, str, str]:
    return entry.section.removesuffix("_endpoints"), entry.azure_name, workspace_of(graph, entry).azure_name

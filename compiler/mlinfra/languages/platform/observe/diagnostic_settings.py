"""Logs and metrics of a resource, sent to Log Analytics."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from mlinfra.bodies.body import Body
from mlinfra.graph import Entry, Graph
from mlinfra.languages.platform.kind import Kind
from mlinfra.languages.resource import Of, Resource

SECTION = "diagnostic_settings"

ONLY_PREVIEW_HAS_NAMES = (
    "use-recent-api-versions",
    "only the preview API lets a diagnostic setting have a name of its own",
)


class Categories(NamedTuple):
    """What a resource type can send."""

    logs: bool
    metrics: str | None


_STORAGE = "Microsoft.Storage/storageAccounts"
_CATEGORIES = {  # K and azure-facts; every other type sends all logs and all metrics
    _STORAGE: Categories(logs=False, metrics="Transaction"),
    f"{_STORAGE}/blobServices": Categories(logs=True, metrics="Transaction"),
    f"{_STORAGE}/fileServices": Categories(logs=True, metrics="Transaction"),
    f"{_STORAGE}/queueServices": Categories(logs=True, metrics="Transaction"),
    f"{_STORAGE}/tableServices": Categories(logs=True, metrics="Transaction"),
    "Microsoft.MachineLearningServices/registries": Categories(logs=True, metrics=None),
}
_EVERYTHING = Categories(logs=True, metrics="AllMetrics")


class DiagnosticSetting(Body):
    resource: str  # address of the resource that sends
    resource_type: str
    log_analytics: str  # address of the entry that receives


def diagnostics_address(resource: str) -> str:
    return f"{resource}.diagnostics"


def resources(setting: DiagnosticSetting, entry: Entry, graph: Graph) -> Iterator[Resource]:
    categories = _CATEGORIES.get(setting.resource_type, _EVERYTHING)
    properties: dict[str, Any] = {"workspaceId": Of(setting.log_analytics)}
    if categories.logs:
        properties["logs"] = [{"categoryGroup": "allLogs", "enabled": True}]
    if categories.metrics:
        properties["metrics"] = [{"category": categories.metrics, "enabled": True}]
    yield Resource(
        address=entry.address,
        type=DIAGNOSTIC_SETTINGS.resource_type,
        names=(f"to-{graph.entries[setting.log_analytics].azure_name}",),
        body={"properties": properties},
        owner=entry.address,
        scope=setting.resource,
        because=entry.because,
        exceptions=(ONLY_PREVIEW_HAS_NAMES,),
    )


DIAGNOSTIC_SETTINGS = Kind(
    name=SECTION,
    is_derived=True,
    is_only_counted=True,
    noun="diagnostic setting",
    model=DiagnosticSetting,
    resource_type="Microsoft.Insights/diagnosticSettings",
    api_version="2021-05-01-preview",  # the stable one insists on the name `service`; AVM uses the preview too
    resources=resources,
    described="Logs and metrics of a resource, sent to Log Analytics",
)

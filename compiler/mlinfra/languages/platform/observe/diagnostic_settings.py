"""Logs and metrics of a resource, sent to Log Analytics."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from mlinfra.bodies.altering import Altering, ExtensionName
from mlinfra.bodies.body import Body, ReferenceTo
from mlinfra.graph import Entry, Graph
from mlinfra.languages.platform.kind import Kind, at_address
from mlinfra.languages.resource import Resource

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
_GROUPS = ("allLogs", "audit")  # docs, "Diagnostic settings in Azure Monitor": category groups
_EVERYTHING = Categories(logs=True, metrics="AllMetrics")


class DiagnosticSetting(Body):
    resource: str  # address of the resource that sends
    resource_type: str
    log_analytics: str  # address of the entry that receives, or an ARM id
    storage_account: str | None = None  # the same, of one that receives as well
    categories: list[str] | None = None  # of logs, or their groups; None: all
    metrics: list[str] | None = None  # categories of metrics; None: all
    azure_name: str | None = None


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
    categories: Annotated[
        list[str] | None, Field(description="Categories of logs, or their groups allLogs and audit; none: [] ")
    ] = None
    metrics: Annotated[list[str] | None, Field(description="Categories of metrics; none: []")] = None


def diagnostics_address(resource: str) -> str:
    return f"{resource}.diagnostics"


def resources(setting: DiagnosticSetting, entry: Entry, graph: Graph) -> Iterator[Resource]:
    categories = _CATEGORIES.get(setting.resource_type, _EVERYTHING)
    properties: dict[str, Any] = {"workspaceId": at_address(setting.log_analytics)}
    if setting.storage_account:
        properties["storageAccountId"] = at_address(setting.storage_account)
    if logs := _logs(setting, categories):
        properties["logs"] = logs
    metrics = [categories.metrics] if setting.metrics is None else setting.metrics
    if enabled := [{"category": each, "enabled": True} for each in metrics if each]:
        properties["metrics"] = enabled
    yield Resource(
        address=entry.address,
        type=DIAGNOSTIC_SETTINGS.resource_type,
        names=(setting.azure_name or f"to-{_name(graph, setting.log_analytics)}",),
        body={"properties": properties},
        owner=entry.address,
        scope=setting.resource,
        because=entry.because,
        exceptions=(ONLY_PREVIEW_HAS_NAMES,),
    )


def _logs(setting: DiagnosticSetting, categories: Categories) -> list[dict[str, Any]]:
    written = setting.categories if setting.categories is not None else ["allLogs"] if categories.logs else []
    return [{"categoryGroup" if each in _GROUPS else "category": each, "enabled": True} for each in written]


def _name(graph: Graph, receiver: str) -> str:
    return receiver.rpartition("/")[2] if receiver.startswith("/") else graph.entries[receiver].azure_name


DIAGNOSTIC_SETTINGS = Kind(
    name=SECTION,
    is_derived=True,
    is_only_counted=True,
    noun="diagnostic setting",
    model=DiagnosticSetting,
    altering=AlteringDiagnostics,
    resource_type="Microsoft.Insights/diagnosticSettings",
    api_version="2021-05-01-preview",  # the stable one insists on the name `service`; AVM uses the preview too
    resources=resources,
    described="Logs and metrics of a resource, sent to Log Analytics",
)

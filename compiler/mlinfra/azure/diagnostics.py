"""What each type of resource can send to Azure Monitor, by its type in lower case; what is not here sends nothing.

Source: docs, "Supported Resource log categories for Azure Monitor" and the pages of metrics that it leads to. Batch
endpoints are on neither list: what their runs do is among the events of their workspace. Of private endpoints and NAT
gateways no metric is listed as one that diagnostic settings export.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

PAGE = "https://learn.microsoft.com/azure/azure-monitor/reference/logs-index"
ALL_LOGS, ALL_METRICS = "allLogs", "AllMetrics"
STORAGE_METRICS = "Transaction"
METRICS = (ALL_METRICS, STORAGE_METRICS, "Capacity")  # categories of any type; storage alone has the latter two
MAX_SETTINGS = 5  # of one resource (docs, "Diagnostic settings in Azure Monitor")


class Sends(NamedTuple):
    """What a resource type sends."""

    logs: bool = True
    metrics: str = ALL_METRICS  # their category, as all types but storage have one; empty: none
    categories: tuple[str, ...] = ()  # of its logs, as of 2026-07; empty: not looked up


NOT_KNOWN = Sends(logs=False, metrics="")  # of a type of others: what is sent has to be written
_STORAGE = "microsoft.storage/storageaccounts"
_NETWORK = "microsoft.network"
_OF_STORAGE = ("StorageRead", "StorageWrite", "StorageDelete")
_OF_IMAGES = ("ContainerRegistryLoginEvents", "ContainerRegistryRepositoryEvents")
_OF_WORKSPACES = (
    *("AmlComputeClusterEvent", "AmlComputeClusterNodeEvent", "AmlComputeCpuGpuUtilization", "AmlComputeJobEvent"),
    *("AmlRunStatusChangedEvent", "ComputeInstanceEvent", "DataLabelChangeEvent", "DataLabelReadEvent"),
    *("DataSetChangeEvent", "DataSetReadEvent", "DataStoreChangeEvent", "DataStoreReadEvent", "DeploymentEventACI"),
    *("DeploymentEventAKS", "DeploymentReadEvent", "EnvironmentChangeEvent", "EnvironmentReadEvent"),
    *("InferencingOperationACI", "InferencingOperationAKS", "ModelsActionEvent", "ModelsChangeEvent"),
    *("ModelsReadEvent", "PipelineChangeEvent", "PipelineReadEvent", "RunEvent", "RunReadEvent"),
)
_OF_ENDPOINTS = ("AmlOnlineEndpointConsoleLog", "AmlOnlineEndpointEventLog", "AmlOnlineEndpointTrafficLog")
_OF_REGISTRIES = ("RegistryAssetReadEvent", "RegistryAssetWriteEvent")
_OF_DATABRICKS = (  # as of 2026-08: "Supported logs for Microsoft.Databricks/workspaces"
    *("accounts", "Apps", "BrickStoreHttpGateway", "BudgetPolicyCentral", "capsule8Dataplane", "clamAVScan"),
    *("CloudStorageMetadata", "clusterLibraries", "ClusterPolicies", "clusters", "Dashboards", "databrickssql"),
    *("DataMonitoring", "DataRooms", "dbfs", "deltaPipelines", "featureStore", "Files", "Filesystem", "genie"),
    *("gitCredentials", "globalInitScripts", "Groups", "iamRole", "Ingestion", "instancePools", "jobs"),
    *("LakeviewConfig", "LineageTracking", "MarketplaceConsumer", "MarketplaceProvider", "mlflowAcledArtifact"),
    *("mlflowExperiment", "modelRegistry", "notebook", "OnlineTables", "partnerHub", "PredictiveOptimization"),
    *("RBAC", "RemoteHistoryService", "repos", "RFA", "secrets", "serverlessRealTimeInference", "sqlanalytics"),
    *("sqlPermissions", "ssh", "unityCatalog", "VectorSearch", "WebhookNotifications", "webTerminal", "workspace"),
    "WorkspaceFiles",
)
_OF_RULES = ("NetworkSecurityGroupEvent", "NetworkSecurityGroupFlowEvent", "NetworkSecurityGroupRuleCounter")
_ML = "microsoft.machinelearningservices"
SENDS: Mapping[str, Sends] = MappingProxyType(
    {
        _STORAGE: Sends(logs=False, metrics=STORAGE_METRICS),
        **{
            f"{_STORAGE}/{each}services": Sends(metrics=STORAGE_METRICS, categories=_OF_STORAGE)
            for each in ("blob", "file", "queue", "table")
        },
        "microsoft.keyvault/vaults": Sends(categories=("AuditEvent", "AzurePolicyEvaluationDetails")),
        "microsoft.containerregistry/registries": Sends(categories=_OF_IMAGES),
        "microsoft.operationalinsights/workspaces": Sends(),
        "microsoft.insights/components": Sends(),
        f"{_ML}/workspaces": Sends(categories=_OF_WORKSPACES),
        f"{_ML}/workspaces/onlineendpoints": Sends(categories=_OF_ENDPOINTS),
        f"{_ML}/registries": Sends(metrics="", categories=_OF_REGISTRIES),
        "microsoft.databricks/workspaces": Sends(metrics="", categories=_OF_DATABRICKS),
        f"{_NETWORK}/virtualnetworks": Sends(),
        f"{_NETWORK}/networksecuritygroups": Sends(metrics="", categories=_OF_RULES),
        f"{_NETWORK}/publicipaddresses": Sends(),
    }
)


def sends(resource_type: str) -> Sends | None:
    """None of a type that sends nothing.

    >>> sends("Microsoft.Databricks/workspaces")
    Sends(logs=True, metrics='', categories=())
    >>> sends("Microsoft.Network/routeTables")
    """
    return SENDS.get(resource_type.lower())

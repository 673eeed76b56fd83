"""Service tags, and the parts of services to which private endpoints lead: the words that rules of networks name.

Sources: docs, "Virtual network service tags" and "What is a private endpoint?", private-link resources; of managed
networks "Workspace managed virtual network isolation", private endpoints. Both lists grow: what is not in them may be.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PROTOCOLS = ("tcp", "udp", "icmp", "any", "*")  # of a service tag's rule in a managed network, in any casing
STORAGE = "Storage"  # all accounts of everybody, and Storage.<region> those of a region

SERVICE_TAGS = (
    *("ActionGroup", "ApiManagement", "AppConfiguration", "AppService", "AppServiceManagement"),
    *("ApplicationInsightsAvailability", "AzureActiveDirectory", "AzureActiveDirectoryDomainServices"),
    *("AzureAdvancedThreatProtection", "AzureArcInfrastructure", "AzureAttestation", "AzureBackup", "AzureBotService"),
    *("AzureCloud", "AzureCognitiveSearch", "AzureConnectors", "AzureContainerAppsService", "AzureContainerRegistry"),
    *("AzureCosmosDB", "AzureDataExplorerManagement", "AzureDatabricks", "AzureDevOps", "AzureDigitalTwins"),
    *("AzureEventGrid", "AzureFrontDoor.Backend", "AzureFrontDoor.FirstParty", "AzureFrontDoor.Frontend"),
    *("AzureInformationProtection", "AzureIoTHub", "AzureKeyVault", "AzureLoadBalancer", "AzureMachineLearning"),
    *("AzureManagedGrafana", "AzureMonitor", "AzureOpenDatasets", "AzurePlatformDNS", "AzurePlatformIMDS"),
    *("AzurePlatformLKM", "AzureResourceManager", "AzureSentinel", "AzureSignalR", "AzureSiteRecovery"),
    *("AzureSpringCloud", "AzureTrafficManager", "AzureUpdateDelivery", "AzureWebPubSub", "BatchNodeManagement"),
    *("ChaosStudio", "CognitiveServicesFrontend", "CognitiveServicesManagement", "DataFactory"),
    *("DataFactoryManagement", "Dynamics365ForMarketingEmail", "EOPExternalPublishedIPs", "EventHub"),
    *("GatewayManager", "GuestAndHybridManagement", "HDInsight", "Internet", "KustoAnalytics", "LogicApps"),
    *("LogicAppsManagement", "MicrosoftCloudAppSecurity", "MicrosoftContainerRegistry"),
    *("MicrosoftDefenderForEndpoint", "MicrosoftPurviewPolicyDistribution", "OneDsCollector", "PowerBI"),
    *("PowerPlatformInfra", "PowerPlatformPlex", "PowerQueryOnline", "SerialConsole", "ServiceBus", "ServiceFabric"),
    *("Sql", "SqlManagement", STORAGE, "StorageMover", "StorageSyncService", "VirtualNetwork", "WindowsAdminCenter"),
    "WindowsVirtualDesktop",
)

INTERNET, AZURE = "Internet", "AzureCloud"  # all that has a public address, and all of Azure's that has


def tags_around(tag: str) -> tuple[str, ...]:
    """A tag and those that hold all of it, the narrowest first, in lower case, as case tells none apart.

    >>> tags_around("Storage.WestEurope")
    ('storage.westeurope', 'storage', 'azurecloud.westeurope', 'azurecloud', 'internet')
    >>> tags_around("Internet")
    ('internet',)
    """
    service, _, region = tag.lower().partition(".")
    if service in (INTERNET.lower(), "virtualnetwork"):
        return (service,)
    of_region = (f"{AZURE.lower()}.{region}",) if region and service not in _WITH_A_DOT else ()
    return tuple(dict.fromkeys((tag.lower(), service, *of_region, AZURE.lower(), INTERNET.lower())))


_WITH_A_DOT = ("azurefrontdoor",)  # what follows is no region
_ENDPOINTS_OF_STORAGE = ("blob", "file", "queue", "table", "dfs", "web")
GROUPS_OF_TYPES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "microsoft.machinelearningservices/workspaces": ("amlworkspace",),
        "microsoft.machinelearningservices/registries": ("amlregistry",),
        "microsoft.storage/storageaccounts": (
            *_ENDPOINTS_OF_STORAGE,
            *(f"{each}_secondary" for each in _ENDPOINTS_OF_STORAGE),
        ),
        "microsoft.keyvault/vaults": ("vault",),
        "microsoft.containerregistry/registries": ("registry",),
        "microsoft.cognitiveservices/accounts": ("account",),
        "microsoft.search/searchservices": ("searchService",),
        "microsoft.sql/servers": ("sqlServer",),
        "microsoft.datafactory/factories": ("dataFactory", "portal"),
        "microsoft.documentdb/databaseaccounts": ("Sql", "MongoDB", "Cassandra", "Gremlin", "Table", "Analytical"),
        "microsoft.eventhub/namespaces": ("namespace",),
        "microsoft.servicebus/namespaces": ("namespace",),
        "microsoft.cache/redis": ("redisCache",),
        "microsoft.databricks/workspaces": ("databricks_ui_api", "browser_authentication"),
        "microsoft.dbforpostgresql/flexibleservers": ("postgresqlServer",),
        "microsoft.dbformysql/flexibleservers": ("mysqlServer",),
        "microsoft.apimanagement/service": ("Gateway",),
        "microsoft.insights/privatelinkscopes": ("azuremonitor",),
    }
)

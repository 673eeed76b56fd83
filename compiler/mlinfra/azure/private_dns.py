"""The private DNS zones in which names of private endpoints resolve, by the name of the entry that holds one.

Sources: docs, "Azure Private Endpoint private DNS zone values"; for Azure ML "How to use your workspace with a custom
DNS server". `{storage}` is the suffix of the cloud's storage.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mlinfra.azure.clouds import cloud
from mlinfra.azure.regions import Cloud

ML_API, ML_NOTEBOOKS = "ml_api", "ml_notebooks"
VAULT, IMAGES = "vault", "images"
OF_STORAGE = ("blob", "file", "queue", "table", "dfs", "web")
OF_MONITOR = ("monitor", "oms", "ods", "agentsvc")

DATABRICKS = "databricks"

_ZONES: Mapping[str, Mapping[Cloud, str]] = MappingProxyType(
    {
        VAULT: {"public": "vaultcore.azure.net", "usgov": "vaultcore.usgovcloudapi.net", "china": "vaultcore.azure.cn"},
        IMAGES: {"public": "azurecr.io", "usgov": "azurecr.us", "china": "azurecr.cn"},
        ML_API: {"public": "api.azureml.ms", "usgov": "api.ml.azure.us", "china": "api.ml.azure.cn"},
        ML_NOTEBOOKS: {
            "public": "notebooks.azure.net",
            "usgov": "notebooks.usgovcloudapi.net",
            "china": "notebooks.chinacloudapi.cn",
        },
        DATABRICKS: {
            "public": "azuredatabricks.net",
            "usgov": "databricks.azure.us",
            "china": "databricks.azure.cn",
        },
        "monitor": {"public": "monitor.azure.com", "usgov": "monitor.azure.us", "china": "monitor.azure.cn"},
        "oms": {
            "public": "oms.opinsights.azure.com",
            "usgov": "oms.opinsights.azure.us",
            "china": "oms.opinsights.azure.cn",
        },
        "ods": {
            "public": "ods.opinsights.azure.com",
            "usgov": "ods.opinsights.azure.us",
            "china": "ods.opinsights.azure.cn",
        },
        "agentsvc": {
            "public": "agentsvc.azure-automation.net",
            "usgov": "agentsvc.azure-automation.us",
            "china": "agentsvc.azure-automation.cn",
        },
    }
)

# Of services that platforms reach and do not make. A name without a zone in a cloud has none on the page of that cloud.
_ZONES_OF_OTHERS: Mapping[str, Mapping[Cloud, str]] = MappingProxyType(
    {
        "cognitive_services": {
            "public": "cognitiveservices.azure.com",
            "usgov": "cognitiveservices.azure.us",
            "china": "cognitiveservices.azure.cn",
        },
        "openai": {"public": "openai.azure.com", "usgov": "openai.azure.us"},
        "ai_services": {"public": "services.ai.azure.com"},
        "search": {"public": "search.windows.net", "usgov": "search.azure.us", "china": "search.azure.cn"},
        "data_factory": {
            "public": "datafactory.azure.net",
            "usgov": "datafactory.azure.us",
            "china": "datafactory.azure.cn",
        },
        "data_factory_portal": {"public": "adf.azure.com", "usgov": "adf.azure.us", "china": "adf.azure.cn"},
        "purview": {"public": "purview.azure.com", "usgov": "purview.azure.us"},
        "purview_portal": {"public": "purviewstudio.azure.com", "usgov": "purviewstudio.azure.us"},
        "synapse_sql": {"public": "sql.azuresynapse.net", "usgov": "sql.azuresynapse.usgovcloudapi.net"},
        "synapse_dev": {"public": "dev.azuresynapse.net", "usgov": "dev.azuresynapse.usgovcloudapi.net"},
        "sql": {
            "public": "database.windows.net",
            "usgov": "database.usgovcloudapi.net",
            "china": "database.chinacloudapi.cn",
        },
        "cosmos": {"public": "documents.azure.com", "usgov": "documents.azure.us", "china": "documents.azure.cn"},
        "cosmos_mongo": {
            "public": "mongo.cosmos.azure.com",
            "usgov": "mongo.cosmos.azure.us",
            "china": "mongo.cosmos.azure.cn",
        },
        "cosmos_cassandra": {"public": "cassandra.cosmos.azure.com", "china": "cassandra.cosmos.azure.cn"},
        "cosmos_gremlin": {"public": "gremlin.cosmos.azure.com", "china": "gremlin.cosmos.azure.cn"},
        "cosmos_table": {"public": "table.cosmos.azure.com", "china": "table.cosmos.azure.cn"},
        "postgresql": {
            "public": "postgres.database.azure.com",
            "usgov": "postgres.database.usgovcloudapi.net",
            "china": "postgres.database.chinacloudapi.cn",
        },
        "mysql": {
            "public": "mysql.database.azure.com",
            "usgov": "mysql.database.usgovcloudapi.net",
            "china": "mysql.database.chinacloudapi.cn",
        },
        "redis": {
            "public": "redis.cache.windows.net",
            "usgov": "redis.cache.usgovcloudapi.net",
            "china": "redis.cache.chinacloudapi.cn",
        },
        "service_bus": {  # and Event Hubs
            "public": "servicebus.windows.net",
            "usgov": "servicebus.usgovcloudapi.net",
            "china": "servicebus.chinacloudapi.cn",
        },
        "event_grid": {"public": "eventgrid.azure.net", "usgov": "eventgrid.azure.us"},
        "app_configuration": {"public": "azconfig.io", "usgov": "azconfig.azure.us"},
        "api_management": {"public": "azure-api.net"},
        "managed_hsm": {"public": "managedhsm.azure.net"},
        "web_apps": {"public": "azurewebsites.net", "usgov": "azurewebsites.us"},
    }
)
_NAMED: Mapping[str, Mapping[Cloud, str]] = MappingProxyType({**_ZONES, **_ZONES_OF_OTHERS})
_OF_OURS = (*OF_STORAGE, *_ZONES)
KNOWN = (*_OF_OURS, *_ZONES_OF_OTHERS)


def zone_of(name: str, of: Cloud) -> str | None:
    """The zone of an entry with a name that is known; None of any other.

    >>> zone_of("vault", "public")
    'privatelink.vaultcore.azure.net'
    >>> zone_of("dfs", "china")
    'privatelink.dfs.core.chinacloudapi.cn'
    >>> zone_of("ai_services", "china")
    """
    if name in OF_STORAGE:
        return f"privatelink.{name}.{cloud(of).storage_suffix}"
    zone = _NAMED[name].get(of) if name in _NAMED else None
    return f"privatelink.{zone}" if zone else None


def name_of_zone(zone: str, of: Cloud) -> str | None:
    """The name by which an entry says which zone it is; None of a zone that has none.

    >>> name_of_zone("privatelink.search.windows.net", "public")
    'search'
    """
    return next((name for name in KNOWN if zone_of(name, of) == zone.lower()), None)


# Other zones of services: without "privatelink." before them, and without those that begin with a region.
_OF_OTHERS = frozenset(
    [
        "afs.azure.net",
        "azure-automation.net",
        "azure-devices.net",
        "azurehdinsight.net",
        "azurestaticapps.net",
        "azuresynapse.net",
        "digitaltwins.azure.net",
        "grafana.azure.com",
        "mariadb.database.azure.com",
        "media.azure.net",
        "redis.azure.net",
        "redisenterprise.cache.azure.net",
        "service.signalr.net",
        "ts.eventgrid.azure.net",
        "webpubsub.azure.com",
        "workspace.azurehealthcareapis.com",
    ]
)


def zones_of_ours(of: Cloud) -> tuple[str, ...]:
    """The zones of the services that sections make."""
    return tuple(filter(None, (zone_of(name, of) for name in _OF_OURS)))


def is_of_others(zone: str, of: Cloud) -> bool:
    """Whether a zone is that of a service which no section makes."""
    return zone.removeprefix("privatelink.") in _OF_OTHERS or name_of_zone(zone, of) is not None


# Group of a private endpoint -> the entries of private_dns_zones that its names stand in.
ZONES_OF_GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **{service: (service,) for service in OF_STORAGE},
        **{f"{service}_secondary": (service,) for service in OF_STORAGE},
        "vault": (VAULT,),
        "registry": (IMAGES,),
        "amlworkspace": (ML_API, ML_NOTEBOOKS),
        "amlregistry": (ML_API,),
        "databricks_ui_api": (DATABRICKS,),
        "browser_authentication": (DATABRICKS,),
        "azuremonitor": (*OF_MONITOR, "blob"),
        "account": ("cognitive_services", "openai", "ai_services"),
        "searchService": ("search",),
        "dataFactory": ("data_factory",),
        "portal": ("data_factory_portal",),
        "sqlServer": ("sql",),
        "Sql": ("cosmos",),
        "MongoDB": ("cosmos_mongo",),
        "Cassandra": ("cosmos_cassandra",),
        "Gremlin": ("cosmos_gremlin",),
        "Table": ("cosmos_table",),
        "postgresqlServer": ("postgresql",),
        "mysqlServer": ("mysql",),
        "redisCache": ("redis",),
        "namespace": ("service_bus",),
        "topic": ("event_grid",),
        "domain": ("event_grid",),
        "configurationStores": ("app_configuration",),
        "Gateway": ("api_management",),
        "sites": ("web_apps",),
        "managedhsm": ("managed_hsm",),
        "disks": ("blob",),
    }
)
# The same of types of resources whose groups are called as those of others.
_OF_TYPES: Mapping[tuple[str, str], tuple[str, ...]] = MappingProxyType(
    {
        ("microsoft.purview/accounts", "account"): ("purview",),
        ("microsoft.purview/accounts", "portal"): ("purview_portal",),
        ("microsoft.synapse/workspaces", "Sql"): ("synapse_sql",),
        ("microsoft.synapse/workspaces", "SqlOnDemand"): ("synapse_sql",),
        ("microsoft.synapse/workspaces", "Dev"): ("synapse_dev",),
    }
)
# Of the zones of such a group an account has names in some, by its kind, which an id does not say.
_ONE_IS_ENOUGH = ("account",)


def zones_of_group(group: str, resource_type: str, of: Cloud) -> tuple[str, ...]:
    """The entries of private_dns_zones in which names of a group of a resource may stand; none if nobody knows them.

    >>> zones_of_group("portal", "Microsoft.DataFactory/factories", "public")
    ('data_factory_portal',)
    >>> zones_of_group("account", "Microsoft.CognitiveServices/accounts", "china")
    ('cognitive_services',)
    """
    names = _OF_TYPES.get((resource_type.lower(), group)) or ZONES_OF_GROUPS.get(group, ())
    return tuple(name for name in names if zone_of(name, of))


def needs_all_zones(group: str) -> bool:
    """Whether names of a group stand in each of its zones."""
    return group not in _ONE_IS_ENOUGH

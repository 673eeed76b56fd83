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
OF_STORAGE = ("blob", "file", "queue", "table", "dfs")
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
KNOWN = (*OF_STORAGE, *_ZONES)


def zone_of(name: str, of: Cloud) -> str | None:
    """The zone of an entry with a name that is known; None of any other.

    >>> zone_of("vault", "public")
    'privatelink.vaultcore.azure.net'
    >>> zone_of("dfs", "china")
    'privatelink.dfs.core.chinacloudapi.cn'
    """
    if name in OF_STORAGE:
        return f"privatelink.{name}.{cloud(of).storage_suffix}"
    return f"privatelink.{_ZONES[name][of]}" if name in _ZONES else None


# Of services that no section makes: without "privatelink." before them, and without those that begin with a region.
_OF_OTHERS = frozenset(
    [
        "adf.azure.com",
        "afs.azure.net",
        "azconfig.io",
        "azure-api.net",
        "azure-automation.net",
        "azure-devices.net",
        "azurehdinsight.net",
        "azurestaticapps.net",
        "azuresynapse.net",
        "azurewebsites.net",
        "cassandra.cosmos.azure.com",
        "cognitiveservices.azure.com",
        "database.chinacloudapi.cn",
        "database.usgovcloudapi.net",
        "database.windows.net",
        "datafactory.azure.net",
        "dev.azuresynapse.net",
        "digitaltwins.azure.net",
        "documents.azure.cn",
        "documents.azure.com",
        "documents.azure.us",
        "eventgrid.azure.net",
        "grafana.azure.com",
        "gremlin.cosmos.azure.com",
        "managedhsm.azure.net",
        "mariadb.database.azure.com",
        "media.azure.net",
        "mongo.cosmos.azure.com",
        "mysql.database.azure.com",
        "openai.azure.com",
        "openai.azure.us",
        "postgres.database.azure.com",
        "purview.azure.com",
        "purviewstudio.azure.com",
        "redis.azure.net",
        "redis.cache.windows.net",
        "redisenterprise.cache.azure.net",
        "search.azure.us",
        "search.windows.net",
        "service.signalr.net",
        "services.ai.azure.com",
        "servicebus.chinacloudapi.cn",
        "servicebus.usgovcloudapi.net",
        "servicebus.windows.net",
        "sql.azuresynapse.net",
        "table.cosmos.azure.com",
        "ts.eventgrid.azure.net",
        "web.core.chinacloudapi.cn",
        "web.core.usgovcloudapi.net",
        "web.core.windows.net",
        "webpubsub.azure.com",
        "workspace.azurehealthcareapis.com",
    ]
)


def zones_of_ours(of: Cloud) -> tuple[str, ...]:
    """The zones of the services that sections make."""
    return tuple(filter(None, (zone_of(name, of) for name in KNOWN)))


def is_of_others(zone: str) -> bool:
    """Whether a zone is that of a service which no section makes."""
    return zone.removeprefix("privatelink.") in _OF_OTHERS


# Group of a private endpoint -> the entries of private_dns_zones that its names stand in.
ZONES_OF_GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **{service: (service,) for service in OF_STORAGE},
        "vault": (VAULT,),
        "registry": (IMAGES,),
        "amlworkspace": (ML_API, ML_NOTEBOOKS),
        "amlregistry": (ML_API,),
        "databricks_ui_api": (DATABRICKS,),
        "browser_authentication": (DATABRICKS,),
        "azuremonitor": (*OF_MONITOR, "blob"),
    }
)

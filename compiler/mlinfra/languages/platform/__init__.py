"""The kinds that are ours, in the order of every list."""

from typing import Any

from mlinfra.languages.platform.databricks.databricks_access_connectors import DATABRICKS_ACCESS_CONNECTORS
from mlinfra.languages.platform.databricks.databricks_workspaces import DATABRICKS_WORKSPACES
from mlinfra.languages.platform.identity.derived_role_assignments import DERIVED_ROLE_ASSIGNMENTS
from mlinfra.languages.platform.identity.identities import FEDERATED_CREDENTIALS, IDENTITIES
from mlinfra.languages.platform.identity.principals import PRINCIPALS
from mlinfra.languages.platform.identity.role_assignments import ROLE_ASSIGNMENTS
from mlinfra.languages.platform.identity.role_definitions import ROLE_DEFINITIONS
from mlinfra.languages.platform.kind import Kind
from mlinfra.languages.platform.network.cognitive_services import COGNITIVE_SERVICES
from mlinfra.languages.platform.network.monitor_private_link_scopes import MONITOR_PRIVATE_LINK_SCOPES
from mlinfra.languages.platform.network.nat_gateways import NAT_GATEWAYS
from mlinfra.languages.platform.network.network_security_groups import (
    DERIVED_RULES,
    NETWORK_SECURITY_GROUPS,
    SECURITY_RULES,
)
from mlinfra.languages.platform.network.outbound_rules import OUTBOUND_RULES
from mlinfra.languages.platform.network.private_dns_zones import DERIVED_LINKS, LINKS, PRIVATE_DNS_ZONES
from mlinfra.languages.platform.network.private_endpoints import DERIVED_PRIVATE_ENDPOINTS, PRIVATE_ENDPOINTS
from mlinfra.languages.platform.network.public_ips import PUBLIC_IPS
from mlinfra.languages.platform.network.route_tables import ROUTE_TABLES, ROUTES
from mlinfra.languages.platform.network.search_services import SEARCH_SERVICES
from mlinfra.languages.platform.network.service_endpoint_policies import SERVICE_ENDPOINT_POLICIES
from mlinfra.languages.platform.network.virtual_networks import PEERINGS, SUBNETS, VIRTUAL_NETWORKS
from mlinfra.languages.platform.observe.application_insights import APPLICATION_INSIGHTS
from mlinfra.languages.platform.observe.diagnostic_settings import DERIVED_DIAGNOSTIC_SETTINGS, DIAGNOSTIC_SETTINGS
from mlinfra.languages.platform.observe.log_analytics import LOG_ANALYTICS
from mlinfra.languages.platform.observe.log_analytics_clusters import LOG_ANALYTICS_CLUSTERS
from mlinfra.languages.platform.security.key_vaults import KEY_VAULTS, KEYS
from mlinfra.languages.platform.security.locks import DERIVED_LOCKS, LOCKS
from mlinfra.languages.platform.storage.container_registries import CONTAINER_REGISTRIES
from mlinfra.languages.platform.storage.inside import CONTAINERS, FILE_SHARES, QUEUES, TABLES
from mlinfra.languages.platform.storage.storage_accounts import STORAGE_ACCOUNTS

KINDS: tuple[Kind[Any], ...] = (
    IDENTITIES,
    PRINCIPALS,
    PUBLIC_IPS,
    NAT_GATEWAYS,
    NETWORK_SECURITY_GROUPS,
    ROUTE_TABLES,
    SERVICE_ENDPOINT_POLICIES,
    VIRTUAL_NETWORKS,
    PRIVATE_DNS_ZONES,
    LOG_ANALYTICS,
    LOG_ANALYTICS_CLUSTERS,
    APPLICATION_INSIGHTS,
    MONITOR_PRIVATE_LINK_SCOPES,
    KEY_VAULTS,
    CONTAINER_REGISTRIES,
    STORAGE_ACCOUNTS,
    COGNITIVE_SERVICES,
    SEARCH_SERVICES,
    DATABRICKS_ACCESS_CONNECTORS,
    DATABRICKS_WORKSPACES,
    PRIVATE_ENDPOINTS,
    ROLE_DEFINITIONS,
    ROLE_ASSIGNMENTS,
    DIAGNOSTIC_SETTINGS,
    LOCKS,
)

NESTED_KINDS: tuple[Kind[Any], ...] = (
    FEDERATED_CREDENTIALS,
    SECURITY_RULES,
    ROUTES,
    SUBNETS,
    PEERINGS,
    LINKS,
    KEYS,
    CONTAINERS,
    FILE_SHARES,
    QUEUES,
    TABLES,
)

# No section of the spec holds these: they are derived, and stand under what they belong to.
DERIVED_KINDS: tuple[Kind[Any], ...] = (
    DERIVED_ROLE_ASSIGNMENTS,
    DERIVED_DIAGNOSTIC_SETTINGS,
    DERIVED_LOCKS,
    OUTBOUND_RULES,
    DERIVED_RULES,
    DERIVED_LINKS,
    DERIVED_PRIVATE_ENDPOINTS,
)

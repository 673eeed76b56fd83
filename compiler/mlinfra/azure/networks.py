"""Facts of Azure's virtual networks."""

from __future__ import annotations

# Subnets on which Azure takes no group, or makes its own rules; docs, "Azure Firewall FAQ", "About VPN Gateway
# configuration settings", "What is Azure Route Server?".
UNGUARDED_SUBNETS = frozenset(
    {"GatewaySubnet", "AzureFirewallSubnet", "AzureFirewallManagementSubnet", "RouteServerSubnet"}
)

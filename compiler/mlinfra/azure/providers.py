"""Resource providers that Azure needs for what it makes on behalf of something: where each has to be registered.

The provider of a resource's own type follows from its template. Azure refuses what it makes by itself with
MissingSubscriptionRegistration as well, often long after the deployment: when a cluster starts, or when the first
endpoint is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

# docs, "Manage Azure Machine Learning workspaces by using Azure CLI", resource provider errors: what a workspace works
# with, and integrated notebooks of compute instances.
STORAGE = "Microsoft.Storage"
CONTAINER_REGISTRY = "Microsoft.ContainerRegistry"
KEY_VAULT = "Microsoft.KeyVault"
NOTEBOOKS = "Microsoft.Notebooks"
MACHINE_LEARNING = "Microsoft.MachineLearningServices"

NETWORK = "Microsoft.Network"
COMPUTE = "Microsoft.Compute"
IDENTITY = "Microsoft.ManagedIdentity"
EVENTS = "Microsoft.EventGrid"

# A workspace with a key of one's own keeps its metadata, its index and its storage in services of their own.
# Source: docs, "Use customer-managed keys with Azure Machine Learning", prerequisites.
CUSTOMER_MANAGED_KEY = ("Microsoft.DocumentDB", "Microsoft.Search", STORAGE, KEY_VAULT)

# Managed online endpoints in subscriptions that never had one.
# (?) From reports of such first deployments, not from the documentation: registered, as registering costs nothing.
ONLINE_ENDPOINTS = ("Microsoft.Cdn", "Microsoft.PolicyInsights")

# Azure deploys a rule for failure anomalies beside each component. Source: https://github.com/microsoft/AzureTRE/issues/4510
ALERTS = "Microsoft.AlertsManagement"

# The group that the Databricks service makes: an account, an identity, a network where none is given, and the machines
# of classic clusters. Source: docs, "Azure Databricks: Common questions and help", Microsoft.Compute; "Azure Databricks
# architecture overview", managed resource group.
DATABRICKS = (STORAGE, IDENTITY, NETWORK, COMPUTE)
CLUSTERS = (COMPUTE, NETWORK)

# The connections sign in as identities of a group of their own.
CONNECTIONS = (IDENTITY,)


class Provider(NamedTuple):
    """A resource provider, and the subscription in which it has to be registered."""

    namespace: str
    subscription: str


class Made(NamedTuple):
    """Where an entry is made, and with which properties; none where no template holds it."""

    subscription: str
    properties: Mapping[str, Any]

    def needs(self, *namespaces: str) -> tuple[Provider, ...]:
        """Providers where it is made itself."""
        return tuple(Provider(each, self.subscription) for each in namespaces)
